"""What the demonstration does beside its scenes ends with them."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from service.sandbox.demo.performance import meanwhile

pytestmark = pytest.mark.unit


async def test_should_end_what_forgets_that_it_was_cancelled() -> None:
    """On Python 3.11 a time-out returns an answer that comes together with a cancellation, and forgets the latter."""
    forgotten = 0

    async def look() -> None:
        nonlocal forgotten
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        forgotten += 1
        await asyncio.Event().wait()

    async with meanwhile(look()):
        await asyncio.sleep(0)

    assert forgotten == 1

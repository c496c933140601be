"""Whoever is told to stop while it waits for the ledger stops, whatever the ledger answers at that moment."""

from __future__ import annotations

import asyncio
import time

import pytest

from service.ledger import Ledger


async def test_should_not_forget_a_cancellation_that_comes_with_the_answer(ledger: Ledger) -> None:
    """A task that went on working after its cancellation would hold up the end of its worker for ever."""
    waiting = asyncio.ensure_future(ledger.ping())
    await asyncio.sleep(0)
    # The commit ends meanwhile, and nobody has heard of it yet when the cancellation comes.
    time.sleep(0.3)  # noqa: ASYNC251  # the loop must not run
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting

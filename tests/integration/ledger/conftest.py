"""Gives each test a ledger of its own, of every kind there is: add a kind to `ledger_url`, and all of this asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from service.ledger import Ledger, open_ledger
from tests.support.ledger_rig import OpenAgain


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place where nothing was remembered before."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def open_again(ledger_url: str) -> AsyncIterator[OpenAgain]:
    """Opens this test's ledger as often as asked; closes all of them."""
    async with AsyncExitStack() as opened:

        async def open_one(*, lease: float = 20.0, listen: Callable[[Ledger], None] | None = None) -> Ledger:
            ledger = open_ledger(ledger_url, lease=lease)
            if listen is not None:
                listen(ledger)
            return await opened.enter_async_context(ledger)

        yield open_one


@pytest.fixture
async def ledger(open_again: OpenAgain) -> Ledger:
    """The ledger as one worker has it."""
    return await open_again()


@pytest.fixture
async def neighbour(open_again: OpenAgain) -> Ledger:
    """The same ledger as another worker has it."""
    return await open_again()

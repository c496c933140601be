"""When the ledger cannot be used, nothing is taken and nothing is sent; it is said once, and work goes on by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.ledger_trouble import Ordeal, ordeal, outlast
from tests.support.scene import Scene

SAID = [("ledger_lost", ""), ("ledger_regained", "")]


@asynccontextmanager
async def locked(scene: Scene) -> AsyncIterator[None]:
    """Another program writes to the file and does not end."""
    other = sqlite3.connect(scene.folder / "ledger.db", isolation_level=None, timeout=60, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def check(going: Ordeal, *, times: int = 1) -> None:
    """Everything is answered once, nothing was sent meanwhile, and each worker said two lines in each trouble."""
    assert going.sent_meanwhile == 0
    assert going.scene.audit.complaints_in_full(going.ids) == []
    assert await going.scene.audit.quiet() == {}
    assert [going.said("ledger_lost"), going.said("ledger_regained")] == [[times] * len(going.workers)] * 2
    assert going.loud() == SAID


@pytest.mark.parametrize("workers", [1, 2])
async def test_should_wait_for_a_file_that_somebody_else_keeps_locked(scene: Scene, workers: int) -> None:
    """Locked for longer than any commit waits: every worker of the machine stands still, and goes on."""
    async with ordeal(scene, workers) as going:
        await outlast(going, locked(scene), lasts=15)

    await check(going)

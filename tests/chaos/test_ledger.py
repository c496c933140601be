"""The ledger itself dies under the workers: they stop, wait, and go on with what it remembers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.chaos.conftest import OpenChaos
from tests.chaos.scene import Chaos, Step
from tests.chaos.steps import kill_one, repeat, wait

if TYPE_CHECKING:
    from tests.support.postgres import PrivatePostgres


def kill_postgres(server: PrivatePostgres, *, down_for: float) -> Step:
    """Kill the database as a crash does, and start it again on what it had written."""

    async def step(chaos: Chaos) -> None:
        chaos.tell(f"PostgreSQL is killed, and away for {down_for:g} s")
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(down_for)
        await asyncio.to_thread(server.start)
        chaos.tell("PostgreSQL is back")

    return step


@pytest.mark.full
async def test_should_survive_the_death_of_postgresql(open_chaos: OpenChaos, private_postgres: PrivatePostgres) -> None:
    """Killed and started again under load, while workers die as well."""
    chaos = await open_chaos()

    await chaos.survive(
        "PostgreSQL killed and started, workers too",
        wait(1),
        repeat(3, kill_postgres(private_postgres, down_for=2), wait(2), kill_one(), wait(1)),
        wait(1),
    )

"""Workers die, alone and together, and freeze beyond their leases: nothing is lost, nothing is done twice."""

from __future__ import annotations

from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.steps import freeze_one, kill_all, kill_one, repeat, wait

BEYOND = 11.0  # seconds: twice the lease, and longer than the broker waits for a sign of life


async def test_should_survive_kills(open_chaos: OpenChaos, form: Form) -> None:
    """One worker dies each second, then all at once: every request still ends once."""
    chaos = await open_chaos()

    await chaos.survive(
        "kill -9 of a worker each second, then of all",
        repeat(form.times(6, 15), kill_one(), wait(1.0)),
        kill_all(),
        wait(form.of(1, 5)),
    )


async def test_should_survive_a_frozen_worker(open_chaos: OpenChaos, form: Form) -> None:
    """A worker stops in the middle, loses its leases and its connection, and goes on: it does nothing twice."""
    chaos = await open_chaos()

    await chaos.survive(
        "worker frozen beyond its lease, then continued",
        repeat(form.times(1, 3), wait(0.5), freeze_one(BEYOND)),
        wait(0.5),
    )

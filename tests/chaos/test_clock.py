"""The wall clocks of workers jump: leases, turns and waits do not follow them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.sandbox.simulator import Fault
from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.steps import fail, jump, kill_one, repeat, together, wait

HOUR, DAY = 3600.0, 86_400.0


@pytest.mark.full
async def test_should_survive_clocks_that_jump(open_chaos: OpenChaos, form: Form) -> None:
    """Any worker is suddenly late, early or back again, one is killed in between, and a day passes in a maintenance."""
    chaos = await open_chaos(own_clocks=True)
    jumps = (HOUR, -2 * HOUR, DAY, -DAY, -3 * DAY, 400 * DAY, 30.0, -30.0)

    await chaos.survive(
        "clocks of workers jump",
        *(step for seconds in jumps for step in (jump(seconds), wait(form.of(1, 2)))),
        repeat(2, kill_one(), wait(2), jump(-HOUR)),
        together(fail(Fault(kind="maintenance"), seconds=5), repeat(1, wait(2), jump(DAY, one=False), wait(3))),
    )

    latest = max(datetime.fromisoformat(result["time"]) for result in chaos.bus.received)
    assert latest > datetime.now(UTC) + timedelta(days=300)  # the clocks did jump

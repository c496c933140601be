"""The wall clocks of workers jump: leases, turns and waits do not follow them."""

from __future__ import annotations

import pytest

from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.steps import jump, kill_one, repeat, wait

HOUR, DAY = 3600.0, 86_400.0


@pytest.mark.full
async def test_should_survive_clocks_that_jump(open_chaos: OpenChaos, form: Form) -> None:
    """Any worker is suddenly an hour late, a day early, or back again, and one is killed in between."""
    chaos = await open_chaos(own_clocks=True)
    jumps = (HOUR, -2 * HOUR, DAY, -DAY, -3 * DAY, 400 * DAY, 30.0, -30.0)

    await chaos.survive(
        "clocks of workers jump",
        *(step for seconds in jumps for step in (jump(seconds), wait(form.of(1, 2)))),
        repeat(2, kill_one(), wait(2), jump(-HOUR)),
    )

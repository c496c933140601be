"""Workers die, alone and together, and freeze beyond their leases: nothing is lost, nothing is done twice."""

from __future__ import annotations

from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.steps import kill_all, kill_one, repeat, wait


async def test_should_survive_kills(open_chaos: OpenChaos, form: Form) -> None:
    """One worker dies each second, then all at once: every request still ends once."""
    chaos = await open_chaos()

    await chaos.survive(
        "kill -9 of a worker each second, then of all",
        repeat(form.times(6, 20), kill_one(), wait(1.0)),
        wait(1.0),
        kill_all(),
        wait(2.0),
    )

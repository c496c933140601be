"""Requests and the relay's own copies of them multiply: each still ends once, and is done once."""

from __future__ import annotations

from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.steps import copy_moves, kill_one, publish_again, publish_old_copies, repeat, wait


async def test_should_survive_copies(open_chaos: OpenChaos, form: Form) -> None:
    """Requests published twice, copies in the relay's own queues doubled, old ones brought back after the end."""
    chaos = await open_chaos()

    await chaos.survive(
        "copies multiplied, old copies republished",
        wait(1),
        repeat(form.times(6, 30), publish_again(5), copy_moves(5), wait(0.3)),
        kill_one(),
        publish_old_copies(),
        publish_again(form.times(50, 300)),
        wait(1),
    )

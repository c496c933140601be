"""The network between workers and peers breaks in every way it can: requests are late, never lost or doubled."""

from __future__ import annotations

import pytest

from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.network import Peer
from tests.chaos.scene import Step
from tests.chaos.steps import break_network, repeat, together, wait

FEW = 5  # connections of a worker to one peer when all is well
SILENCE = 9.0  # seconds: longer than any wait for an answer


def every_trouble(*peers: Peer, silence: float) -> Step:
    """Cut, closed, slow, and silent in both directions and in each, for every worker and for one alone."""
    return repeat(
        1,
        *(step for _ in range(5) for step in (break_network("cut", *peers, seconds=0.4), wait(0.4))),
        break_network("refused", *peers, seconds=3),
        wait(1),
        break_network("slow", *peers, seconds=3),
        together(
            break_network("mute", *peers, seconds=silence, one=True),
            break_network("deaf", *peers, seconds=silence, one=True),
        ),
        break_network("frozen", *peers, seconds=silence),
        wait(2),
    )


@pytest.mark.full
@pytest.mark.parametrize("peer", ["broker", "ledger", "upstream"])
async def test_should_survive_a_broken_way_to_one_peer(open_chaos: OpenChaos, peer: Peer) -> None:
    """Cut, closed, slow and black-holed, one after the other."""
    chaos = await open_chaos()

    await chaos.survive(f"way to the {peer} cut, closed, slow, black-holed", every_trouble(peer, silence=SILENCE))

    for member in chaos.fleet.members:
        (way,) = member.network.to(peer)
        assert way.accepted > FEW  # the way did break, and was made anew


async def test_should_survive_when_every_way_breaks(open_chaos: OpenChaos, form: Form) -> None:
    """All ways at once, in the same way and in different ways."""
    chaos = await open_chaos()

    await chaos.survive(
        "every way cut, closed, black-holed at once",
        repeat(form.times(2, 4), break_network("cut", "broker", "ledger", "upstream", seconds=1.0)),
        break_network("refused", "broker", "ledger", "upstream", seconds=2),
        wait(1),
        together(
            break_network("cut", "broker", seconds=1),
            break_network("slow", "ledger", seconds=3),
            break_network("mute", "upstream", seconds=form.of(3, 6)),
        ),
        together(
            break_network("mute", "broker", seconds=form.of(3, 9), one=True),
            break_network("deaf", "ledger", seconds=form.of(2, 6), one=True),
            break_network("slow", "upstream", seconds=3),
        ),
        break_network("frozen", "broker", "ledger", "upstream", seconds=form.of(3, 9)),
        wait(1),
    )

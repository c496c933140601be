"""An archive of which a part was sent before is not sent again, and its answer tells what is not there."""

from __future__ import annotations

import base64

from service.sandbox.samples import make_archive, make_ubl
from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.bus import Json, request
from tests.support.counter import Counter

DEPOSIT = "deposerFluxFacture"


def archive(*numbers: str) -> Json:
    """A request to deposit a file with these invoices."""
    packed = make_archive([(f"{number}.xml", make_ubl(number)) for number in numbers])
    return request(
        "invoice.deposit.requested.v1",
        {"file": {"name": "factures.tar.gz", "content": base64.b64encode(packed).decode()}},
    )


async def test_should_tell_which_invoices_are_not_there(counter: Counter, simulator: Simulator) -> None:
    """One of three was sent by an earlier request: the whole file is not sent, and the two others are named."""
    simulator.world.apply(simulator.world.settings.changed(unknown_for=0.0, integrated_after=0.0))
    first, *others = [new_number() for _ in range(3)]
    earlier = archive(first)
    done = await counter.answer(earlier)
    answer = await counter.answer(archive(first, *others))

    assert (done["ended"], answer["reason"], counter.calls(DEPOSIT)) == (
        "invoice.deposit.done.v1",
        "already_requested",
        ["created"],
    )
    assert all(word in answer["detail"] for word in (*others, earlier["id"]))
    assert first not in answer["detail"]

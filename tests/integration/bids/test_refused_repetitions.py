"""A bid that is refused when it is sent again may be there: what is not clear is for a person, and never `refused`."""

from __future__ import annotations

import pytest

from service.core.outcome import Rejected
from service.sandbox.simulator import Simulator
from tests.support.bids import CREATING, SAVING, consultation, creation, elsewhere, ids, in_doubt, saving
from tests.support.bus import Json
from tests.support.counter import Counter
from tests.support.tenders import SEARCH, refusing

NOTHING: Json = {"status": 200, "body": {"response": {"messageList": [], "dumes": []}}}


def wanted(kind: str) -> tuple[Json, str, str | None]:
    """A request that makes a DUME of a bidder, its operation, and the consultation it is for."""
    if kind == "creation":
        return creation(), CREATING, None
    about = consultation()
    return saving(about), SAVING, about["id"]


@pytest.mark.parametrize("kind", ["saving", "creation"])
async def test_should_ask_a_person_which_one_it_is(counter: Counter, simulator: Simulator, kind: str) -> None:
    """Two looks show nothing; sent again it is refused, and by now two are shown that were not there before."""
    event, operation, about = wanted(kind)
    counter.fault("lost_answer", operation)
    await in_doubt(counter, event)
    elsewhere(simulator.world, about)
    counter.fault("status", SEARCH, params=NOTHING, count=2)
    refusing(counter, operation)
    held = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected), held
    assert (held.reason, len(ids(simulator))) == ("needs_person", 2)


@pytest.mark.parametrize("kind", ["saving", "creation"])
async def test_should_ask_a_person_about_one_that_nobody_shows(
    counter: Counter, simulator: Simulator, kind: str
) -> None:
    """A search may stay behind for longer than anybody looks."""
    event, operation, _ = wanted(kind)
    simulator.world.apply(simulator.world.settings.changed(search_lag=600.0))
    counter.fault("lost_answer", operation)
    refusing(counter, operation)
    held = await counter.hand_in(event)

    assert isinstance(held, Rejected), held
    assert (held.reason, len(ids(simulator))) == ("needs_person", 1)


@pytest.mark.parametrize("kind", ["saving", "creation"])
async def test_should_look_although_nobody_knows_what_was_there_before(
    counter: Counter, simulator: Simulator, kind: str
) -> None:
    """The search before the first send was refused, and so was what was sent again."""
    event, operation, _ = wanted(kind)
    refusing(counter, SEARCH)
    counter.fault("lost_answer", operation)
    await in_doubt(counter, event)
    counter.fault("status", SEARCH, params=NOTHING, count=2)
    refusing(counter, operation)
    held = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected), held
    assert (held.reason, len(ids(simulator))) == ("needs_person", 1)


async def test_should_save_over_once_more_before_it_believes_a_refusal(counter: Counter, simulator: Simulator) -> None:
    """The first try arrived, and the refusal of the second may be about that."""
    about = consultation()
    made = await counter.answer(saving(about))
    counter.fault("lost_answer", SAVING)
    refusing(counter, SAVING)
    told = await counter.answer(saving(about, dume_id=made["dume_id"]))

    assert (told["ended"], counter.calls(SAVING)) == (
        "tender.bid.save.done.v1",
        ["created", "changed", "none", "changed"],
    )
    assert ids(simulator) == [made["dume_id"]]

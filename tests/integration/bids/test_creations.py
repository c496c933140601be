"""A bidder's DUME is created from company data once for each request, and told from those for a consultation."""

from __future__ import annotations

import base64

import pytest

from service.core.outcome import Completed, Rejected
from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.bids import BIDDER, CREATING, creation, elsewhere, ids, in_doubt
from tests.support.counter import Counter


async def test_should_create_the_dume_of_a_company(counter: Counter, simulator: Simulator) -> None:
    """With its identifier, and the document that the State filled."""
    answer = await counter.answer(creation())

    assert (answer["ended"], answer["company_data"], answer["adopted"]) == (
        "tender.bid.creation.done.v1",
        "included",
        False,
    )
    assert (ids(simulator), BIDDER["id"].encode() in base64.b64decode(answer["document"])) == (
        [answer["dume_id"]],
        True,
    )


async def test_should_create_one_for_each_request(counter: Counter, simulator: Simulator) -> None:
    """Nothing says that a company has only one."""
    answers = [await counter.answer(creation()) for _ in range(2)]

    assert sorted(ids(simulator)) == sorted(answer["dume_id"] for answer in answers)


async def test_should_take_over_what_was_created(counter: Counter, simulator: Simulator) -> None:
    """The answer was lost, and the document with it: the result says so."""
    before = elsewhere(simulator.world, None)
    counter.fault("lost_answer", CREATING)
    answer = await counter.answer(creation())

    assert (answer["ended"], answer["adopted"], answer["document"], answer["company_data"]) == (
        "tender.bid.creation.done.v1",
        True,
        None,
        "unknown",
    )
    assert (answer["dume_id"] != before, counter.calls(CREATING)) == (True, ["created"])


async def test_should_not_take_a_bid_for_it(counter: Counter, simulator: Simulator) -> None:
    """Nothing of ours arrived, and a bid was saved meanwhile: that one is for a consultation."""
    counter.fault("reset_before", CREATING)
    event = creation()
    await in_doubt(counter, event)
    bid = elsewhere(simulator.world, new_number("C"))
    outcome = await counter.hand_in(event, redelivered=True)

    assert isinstance(outcome, Completed)
    assert outcome.results[-1].data.model_dump()["dume_id"] not in {bid, None}
    assert counter.calls(CREATING) == ["none", "created"]


async def test_should_ask_a_person_which_of_two_is_ours(counter: Counter, simulator: Simulator) -> None:
    """Another product created one for the same company meanwhile."""
    counter.fault("lost_answer", CREATING)
    event = creation()
    await in_doubt(counter, event)
    elsewhere(simulator.world, None)
    held = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert (held.reason, counter.calls(CREATING)) == ("needs_person", ["created"])


@pytest.mark.parametrize(("how", "ended"), [("no_data", "done"), ("message", "done"), ("refusal", "refused")])
async def test_should_say_that_nothing_of_the_company_is_in_it(
    counter: Counter, simulator: Simulator, how: str, ended: str
) -> None:
    """What was made is there all the same; what was refused is not."""
    simulator.world.apply(simulator.world.settings.changed(company_service=how))
    answer = await counter.answer(creation())

    assert answer["ended"] == f"tender.bid.creation.{ended}.v1"
    assert (answer.get("company_data"), len(ids(simulator))) == (
        ({"no_data": "unknown", "message": "missing"}[how], 1) if ended == "done" else (None, 0)
    )

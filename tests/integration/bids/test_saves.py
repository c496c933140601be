"""A bidder's DUME is saved once: what was there before is never taken for it, and what is unclear is for a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.core.outcome import Completed, Rejected
from service.sandbox.simulator import Simulator
from tests.support.bids import (
    BIDDER,
    SAVE,
    SAVING,
    SEARCH,
    XML,
    bids_of,
    consultation,
    elsewhere,
    ids,
    in_doubt,
    saving,
)
from tests.support.bus import Json, request
from tests.support.counter import Counter

FOUND = "rechercherDumes"
REFUSED = {"response": {"messageList": [{"type": "ERREUR", "code": "SIM-X", "message": "Non."}]}}


@pytest.fixture
async def patient(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Counter]:
    """A counter that looks often before it believes that nothing is there."""
    async with Counter(simulator, tmp_path, {"RELAY_DOUBT__LOOKS": "50"}) as opened:
        yield opened


async def test_should_save_the_document_byte_for_byte(counter: Counter, simulator: Simulator) -> None:
    """What a person filled in is not written anew."""
    about, document = consultation(), b"<?xml version='1.0'?>\r\n" + XML.partition(b"?>")[2] + b"\n<!-- end -->\n"
    answer = await counter.answer(saving(about, document))
    (bid,) = bids_of(simulator)

    assert (answer["ended"], answer["dume_id"], answer["adopted"]) == ("tender.bid.save.done.v1", bid.dume_id, False)
    assert (bid.bid.document, bid.bid.consultation_id, bid.bid.bidder) == (document, about["id"], BIDDER["id"])


@pytest.mark.parametrize("how", ["lost_answer", "gateway_timeout_after", "truncated"])
async def test_should_take_over_what_was_saved(counter: Counter, simulator: Simulator, how: str) -> None:
    """The answer was lost: the one that was not there before is ours."""
    about = consultation(lots=[{"number": "1"}, {"number": "2"}])
    before = elsewhere(simulator.world, about["id"], lots=[{"numeroLot": "1"}, {"numeroLot": "2"}])
    counter.fault(how, SAVING)
    answer = await counter.answer(saving(about))

    assert (answer["ended"], answer["adopted"], counter.calls(SAVING)) == (
        "tender.bid.save.done.v1",
        True,
        ["created"],
    )
    assert (answer["dume_id"] != before, sorted(ids(simulator))) == (True, sorted([before, answer["dume_id"]]))


async def test_should_never_take_over_what_was_there_before(counter: Counter, simulator: Simulator) -> None:
    """Nothing of ours arrived: it is sent again, and the other one stays another's."""
    about = consultation()
    before = elsewhere(simulator.world, about["id"])
    counter.fault("reset_before", SAVING)
    answer = await counter.answer(saving(about))

    assert (answer["ended"], answer["adopted"], counter.calls(SAVING)) == (
        "tender.bid.save.done.v1",
        False,
        ["none", "created"],
    )
    assert answer["dume_id"] != before


async def test_should_wait_for_a_search_that_lags(patient: Counter, simulator: Simulator) -> None:
    """Empty looks prove nothing before there were as many as configured."""
    simulator.world.apply(simulator.world.settings.changed(search_lag=0.5))
    patient.fault("lost_answer", SAVING)
    answer = await patient.answer(saving(consultation()))

    assert (answer["adopted"], patient.calls(SAVING), ids(simulator)) == (True, ["created"], [answer["dume_id"]])


async def test_should_tell_bids_for_other_lots_apart(counter: Counter, simulator: Simulator) -> None:
    """Another product saved one for another lot meanwhile: it is not ours, which is sent again."""
    about = consultation(lots=[{"number": "1"}])
    counter.fault("reset_before", SAVING)
    event = saving(about)
    await in_doubt(counter, event)
    other = elsewhere(simulator.world, about["id"], lots=[{"numeroLot": "2"}])
    outcome = await counter.hand_in(event, redelivered=True)

    assert isinstance(outcome, Completed)
    assert (outcome.results[-1].data.model_dump()["adopted"], len(ids(simulator))) == (False, 2)
    assert outcome.results[-1].data.model_dump()["dume_id"] != other


@pytest.mark.parametrize("lots", [[], [{"numeroLot": "1"}, {"numeroLot": "3"}]], ids=["not shown", "others too"])
async def test_should_ask_a_person_who_made_one_that_may_be_ours(
    counter: Counter, simulator: Simulator, lots: list[Json]
) -> None:
    """One appeared that may be for our lot or for another: taking it over could tell of a bid that is not there."""
    about = consultation(lots=[{"number": "1"}])
    counter.fault("reset_before", SAVING)
    event = saving(about)
    await in_doubt(counter, event)
    other = elsewhere(simulator.world, about["id"], lots=lots)
    held = await counter.hand_in(event, redelivered=True)
    await counter.decided_sent(event, dume_id=other)
    done = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert (held.reason, other in held.detail) == ("needs_person", True)
    assert isinstance(done, Completed)
    assert done.results[-1].data.model_dump()["dume_id"] == other


async def test_should_not_believe_a_person_who_names_one_from_before(counter: Counter, simulator: Simulator) -> None:
    """It was there before anything was sent, so the question comes back."""
    about = consultation()
    before = elsewhere(simulator.world, about["id"])
    counter.fault("reset_before", SAVING)
    event = saving(about)
    await in_doubt(counter, event)
    elsewhere(simulator.world, about["id"])
    elsewhere(simulator.world, about["id"])
    assert isinstance(await counter.hand_in(event, redelivered=True), Rejected)
    await counter.decided_sent(event, dume_id=before)
    again = await counter.hand_in(event, redelivered=True)

    assert isinstance(again, Rejected)
    assert "was there before" in again.detail


async def test_should_not_take_over_what_another_request_made(counter: Counter, simulator: Simulator) -> None:
    """Both for one consultation, one for all of it and one for a lot that searches do not show."""
    about = consultation()
    first, second = saving(about), saving({**about, "lots": [{"number": "1"}]})
    counter.fault("reset_before", SAVING)
    await in_doubt(counter, first)
    made = await counter.answer(second)
    for bid in bids_of(simulator):
        bid.bid = type(bid.bid)(document=XML, bidder=bid.bid.bidder, consultation_id=bid.bid.consultation_id)
    outcome = await counter.hand_in(first, redelivered=True)

    assert isinstance(outcome, Completed)
    assert outcome.results[-1].data.model_dump()["dume_id"] != made["dume_id"]
    assert len(ids(simulator)) == 2


async def test_should_ask_a_person_when_nobody_knows_what_was_there(counter: Counter, simulator: Simulator) -> None:
    """The search was refused before the send: it is sent all the same, and a lost answer is for a person."""
    counter.fault("status", FOUND, params={"status": 200, "body": REFUSED})
    counter.fault("lost_answer", SAVING)
    held = await counter.hand_in(saving(consultation()))

    assert isinstance(held, Rejected)
    assert (held.reason, counter.calls(SAVING), len(ids(simulator))) == ("needs_person", ["created"], 1)


async def test_should_look_before_sending_what_a_lost_ledger_does_not_know(
    counter: Counter, simulator: Simulator
) -> None:
    """Delivered once more, and nobody knows what was sent: what is there may be ours."""
    about = consultation()
    elsewhere(simulator.world, about["id"])
    event = {**saving(about), "time": "2020-01-01T00:00:00Z"}
    held = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert (counter.calls(SAVING), len(ids(simulator))) == ([], 1)


async def test_should_save_over_a_dume_as_often_as_needed(counter: Counter, simulator: Simulator) -> None:
    """The answer was lost: sent again it leaves one effect, and nothing is searched."""
    about = consultation()
    made = await counter.answer(saving(about))
    searched = len(counter.calls(FOUND))
    counter.fault("lost_answer", SAVING)
    changed = await counter.answer(saving(about, dume_id=made["dume_id"]))

    assert (changed["ended"], changed["dume_id"], changed["adopted"]) == (
        "tender.bid.save.done.v1",
        made["dume_id"],
        False,
    )
    assert (counter.calls(SAVING), len(counter.calls(FOUND))) == (["created", "changed", "changed"], searched)
    assert ids(simulator) == [made["dume_id"]]


async def test_should_pass_on_that_there_is_nothing_to_save_over(counter: Counter) -> None:
    """The refusal is an answer, with the State's code."""
    answer = await counter.answer(saving(consultation(), dume_id="abcdefgh"))

    assert (answer["ended"], answer["code"], answer["dume_id"]) == (
        "tender.bid.save.refused.v1",
        "SIM-DUME-010",
        "abcdefgh",
    )


async def test_should_not_make_a_second_one_for_the_same_lots(counter: Counter, simulator: Simulator) -> None:
    """A second wish under another id names the first, which can be saved over; another lot is another bid."""
    about = consultation(lots=[{"number": "1"}])
    first = await counter.answer(saving(about))
    second = await counter.answer(saving(about))
    other = await counter.answer(saving({**about, "lots": [{"number": "2"}]}))

    assert (second["ended"], second["reason"], second["dume_id"]) == (
        "tender.bid.save.refused.v1",
        "dume_exists",
        first["dume_id"],
    )
    assert (other["ended"], len(ids(simulator))) == ("tender.bid.save.done.v1", 2)


@pytest.mark.parametrize(
    "document",
    [b"<x/>", b"<QualificationApplicationRequest/>", b"no XML", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"],
)
async def test_should_send_nothing_that_is_no_dume_of_a_bidder(counter: Counter, document: bytes) -> None:
    """The sentence names the field, and repeats nothing of the document."""
    answer = await counter.answer(saving(consultation(), document))

    assert (answer["ended"], answer["reason"], counter.calls(SAVING)) == (
        "tender.bid.save.failed.v1",
        "invalid_event",
        [],
    )
    assert answer["detail"].startswith("data.document: ")


async def test_should_find_the_dumes_of_a_bidder(counter: Counter, simulator: Simulator) -> None:
    """By consultation and bidder, in the domain of bidders; those of buyers are not among them."""
    about = consultation(lots=[{"number": "1"}])
    made = await counter.answer(saving(about))
    elsewhere(simulator.world, consultation()["id"])
    asked = {"of": "bidder", "consultation_id": about["id"], "bidder": BIDDER}
    answer = await counter.answer(request(SEARCH, asked))
    by_bidder = await counter.answer(request(SEARCH, {"of": "bidder", "bidder": BIDDER}))

    assert answer["dumes"] == [
        {
            "dume_id": made["dume_id"],
            "state": "unknown",
            "state_code": None,
            "consultation_id": about["id"],
            "lot_number": "1",
        }
    ]
    assert (by_bidder["total"], SAVE in str(by_bidder)) == (2, False)

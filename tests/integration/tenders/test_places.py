"""One live DUME for each consultation, lot and buyer, whichever requests ask for it, and however far a search lags."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.outcome import Rejected, RetryLater
from service.sandbox.simulator import Simulator
from tests.support.bus import request
from tests.support.counter import Counter
from tests.support.tenders import (
    SAVE,
    SIMPLE,
    by_hand,
    consultation,
    deletion,
    kept,
    lag,
    made,
    wish,
)

KINDS = {"simplified": SIMPLE, "draft": SAVE}


@pytest.mark.parametrize("is_hidden", [False, True], ids=["shown", "not shown yet"])
async def test_should_name_the_dume_that_serves_already(
    patient: Counter, simulator: Simulator, *, is_hidden: bool
) -> None:
    """Made by an earlier request of another kind: refused without a second one, however far the search lags."""
    about = consultation("1")
    if is_hidden:
        lag(simulator)
    first = await made(patient, "simplified", about)
    answer = await patient.answer(wish("draft", about))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (
        "tender.dume.draft.refused.v1",
        "dume_exists",
        first,
    )
    assert (list(kept(simulator, about)), patient.calls(SAVE)) == ([first], [])


@pytest.mark.parametrize("is_hidden", [False, True], ids=["shown", "not shown yet"])
async def test_should_recognise_the_same_wish(patient: Counter, simulator: Simulator, *, is_hidden: bool) -> None:
    """The very same request under another id failed as already requested, and names the first."""
    about = consultation("1")
    if is_hidden:
        lag(simulator)
    first = wish("simplified", about)
    await patient.answer(first)
    answer = await patient.answer(wish("simplified", about))

    assert (answer["ended"], answer["reason"]) == ("tender.dume.simplified.failed.v1", "already_requested")
    assert first["id"] in answer["detail"]
    assert len(kept(simulator, about)) == 1


async def test_should_call_the_requester_by_its_own_id(counter: Counter) -> None:
    """Nobody named is the configured requester, and the same as naming it."""
    about = consultation("1")
    unnamed = request("tender.dume.simplified.requested.v1", {"consultation": about})
    named = wish("draft", about, buyer={"id": "99900012800010", "name": "Ville de Sample"})
    made_of_it = await counter.answer(unnamed)
    answer = await counter.answer(named)

    assert (answer["reason"], answer["dume_id"]) == ("dume_exists", made_of_it["dume_id"])


@pytest.mark.parametrize("is_hidden", [False, True], ids=["shown", "not shown yet"])
async def test_should_serve_each_lot_on_its_own(patient: Counter, simulator: Simulator, *, is_hidden: bool) -> None:
    """Two lots, two DUMEs, none of which waits for the other; one for both, or for all of it, is refused."""
    about = consultation()
    if is_hidden:
        lag(simulator)
    first = await made(patient, "simplified", consultation("1", id=about["id"]))
    second = await made(patient, "simplified", consultation("2", id=about["id"]))
    both = await patient.answer(wish("draft", consultation("2", "3", id=about["id"])))
    whole = await patient.answer(wish("simplified", about))

    assert (both["reason"], both["dume_id"]) == ("dume_exists", second)
    assert (whole["reason"], whole["dume_id"] in {first, second}) == ("dume_exists", True)
    assert len(kept(simulator, about)) == 2


@pytest.mark.parametrize(("first", "second"), [(("1",), ("1", "2")), ((), ("1",)), (("1",), ())])
@pytest.mark.parametrize("kind", KINDS)
async def test_should_let_an_overlapping_wish_wait_for_one_in_doubt(
    patient: Counter, simulator: Simulator, kind: str, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """Of any other kind too: neither may make what the other perhaps made."""
    about = consultation(*first)
    patient.fault("lost_answer", KINDS[kind], contains=about["id"])
    lost = await patient.pipeline.handle(patient.delivery(wish(kind, about)))
    others = [
        await patient.pipeline.handle(patient.delivery(wish(other, consultation(*second, id=about["id"]))))
        for other in KINDS
    ]

    assert isinstance(lost, RetryLater)
    assert [(other.reason, isinstance(other, RetryLater)) for other in others] == [("key_busy", True)] * 2
    assert (lost.reason, len(kept(simulator, about))) == ("in_doubt", 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_should_not_let_another_lot_wait_for_one_in_doubt(
    patient: Counter, simulator: Simulator, kind: str
) -> None:
    """A quarter of an hour of doubt about one lot is nothing to the other lots."""
    about = consultation("1")
    patient.fault("lost_answer", KINDS[kind], contains=about["id"])
    await patient.pipeline.handle(patient.delivery(wish(kind, about)))
    await made(patient, kind, consultation("2", id=about["id"]))

    assert len(kept(simulator, about)) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_should_take_over_the_one_of_its_own_lots(counter: Counter, simulator: Simulator, kind: str) -> None:
    """The answer was lost, and several DUMEs of the consultation are shown: that of the very lots is its own."""
    about = consultation("1", "2")
    other = await made(counter, kind, consultation("3", id=about["id"]))
    by_hand(simulator, about, "4")
    counter.fault("lost_answer", KINDS[kind], contains=about["id"])
    answer = await counter.answer(wish(kind, about))

    assert (answer["ended"], answer["adopted"]) == (f"tender.dume.{kind}.done.v1", True)
    assert (answer["dume_id"] != other, len(kept(simulator, about))) == (True, 3)
    assert counter.calls(KINDS[kind]) == ["created", "created"]


@pytest.mark.parametrize("kind", KINDS)
async def test_should_not_take_over_what_another_request_made(
    counter: Counter, simulator: Simulator, kind: str
) -> None:
    """What was deleted a moment ago is shown yet, for the same lots: it is not what the lost answer was about."""
    about = consultation("1")
    first = await made(counter, kind, about)
    simulator.world.clock.move(10)
    lag(simulator, 5.0)
    await counter.answer(deletion(first))
    counter.fault("reset_before", KINDS[kind], contains=about["id"])
    answer = await counter.answer(wish(kind, about))

    assert (answer["ended"], answer["adopted"]) == (f"tender.dume.{kind}.done.v1", False)
    assert (kept(simulator, about)[first], kept(simulator, about)[answer["dume_id"]]) == ("04", "brouillon")


async def test_should_not_take_over_as_a_draft_what_is_none(counter: Counter, simulator: Simulator) -> None:
    """Made by nobody known and validated: not the draft whose answer was lost, and named as what is in the way."""
    about = consultation("1")
    counter.fault("reset_before", SAVE, contains=about["id"])
    event = wish("draft", about)
    await counter.pipeline.handle(counter.delivery(event))
    foreign = by_hand(simulator, about, "1")
    simulator.world.dume.set_state(foreign, "validé")
    answer = await counter.answer(event)

    assert (answer["reason"], answer["dume_id"], counter.calls(SAVE)) == ("dume_exists", foreign, ["none"])


async def test_should_leave_to_a_person_what_shows_no_lots(counter: Counter, simulator: Simulator) -> None:
    """One that serves all lots may be the one asked for, or another: neither adopted nor made a second time."""
    about = consultation("1")
    counter.fault("reset_before", SIMPLE, contains=about["id"])
    event = wish("simplified", about)
    await counter.pipeline.handle(counter.delivery(event))
    foreign = by_hand(simulator, about)
    held = await counter.hand_in(event)
    await counter.decided_sent(event, dume_id=foreign)
    ended = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert foreign in held.detail
    assert (ended.reason, list(kept(simulator, about))) == ("done", [foreign])


async def test_should_not_believe_a_person_who_names_what_another_request_made(
    simulator: Simulator, tmp_path: Path
) -> None:
    """It has an owner, who was told of it; the question comes back with that reason."""
    about = consultation("1")
    async with Counter(simulator, tmp_path, {"RELAY_DOUBT__THEN": "ask"}) as asking:
        other = await made(asking, "simplified", consultation("2", id=about["id"]))
        asking.fault("reset_before", SIMPLE, contains=about["id"])
        event = wish("simplified", about)
        await asking.hand_in(event)
        await asking.decided_sent(event, dume_id=other)
        held = await asking.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert "is not among those that serve" in held.detail


@pytest.mark.parametrize("kind", KINDS)
async def test_should_believe_no_refusal_that_may_be_about_itself(
    counter: Counter, simulator: Simulator, kind: str
) -> None:
    """The answer was lost, nothing is shown, and the repetition is refused: a person finds out that it is there."""
    about = consultation("1")
    lag(simulator)
    counter.fault("lost_answer", KINDS[kind], contains=about["id"])
    event = wish(kind, about)
    held = await counter.hand_in(event)
    (made_before,) = kept(simulator, about)
    lag(simulator, 0.0)
    await counter.decided_sent(event, dume_id=made_before)
    ended = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert "refused when it was sent again" in held.detail
    assert (counter.calls(KINDS[kind]), ended.reason) == (["created", "none"], "done")


async def test_should_name_what_somebody_made_on_the_portal(counter: Counter, simulator: Simulator) -> None:
    """The State refuses the first try; the search tells which DUME is in the way."""
    about = consultation("1")
    foreign = by_hand(simulator, about)
    answer = await counter.answer(wish("simplified", about))

    assert (answer["reason"], answer["dume_id"], answer["code"]) == ("dume_exists", foreign, "SIM-DUME-011")


async def test_should_not_know_what_a_simplified_dume_is_good_for(simulator: Simulator, tmp_path: Path) -> None:
    """Where the State does not say in which state it left it, nobody says that bidders can use it, or cannot."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("dume: {answers: {state: [etat]}}")
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        answer = await counter.answer(wish("simplified", consultation("1")))

    assert (answer["state"], answer["state_code"], answer["usable_by_bidders"]) == ("unknown", None, None)

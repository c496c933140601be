"""A DUME is deleted once, however often that is asked for, and its place is free at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.outcome import Rejected
from service.sandbox.simulator import Simulator
from tests.support.counter import Counter
from tests.support.tenders import (
    DELETE,
    SIMPLE,
    by_hand,
    consultation,
    deletion,
    kept,
    lag,
    made,
    refusing,
    validated,
    wish,
)

DONE, REFUSED = "tender.dume.deletion.done.v1", "tender.dume.deletion.refused.v1"


@pytest.mark.parametrize("is_hidden", [False, True], ids=["shown", "not shown yet"])
@pytest.mark.parametrize("kind", ["simplified", "draft"])
async def test_should_free_the_place_at_once(
    patient: Counter, simulator: Simulator, kind: str, *, is_hidden: bool
) -> None:
    """Asked for again by any kind of request, the same as before among them: made without waiting for a search."""
    about = consultation("1")
    if is_hidden:
        lag(simulator)
    first = await made(patient, "simplified", about)
    answer = await patient.answer(deletion(first, consultation_id=about["id"]))
    second = await made(patient, kind, about)

    assert (answer["ended"], answer["state"], answer["usable_by_bidders"], answer["adopted"]) == (
        DONE,
        "deleted",
        False,
        False,
    )
    assert kept(simulator, about) == {first: "04", second: "brouillon"}


async def test_should_delete_again_what_may_be_deleted(counter: Counter, simulator: Simulator) -> None:
    """The answer was lost: sent again, and what is deleted stays so."""
    about = consultation()
    first = await made(counter, "simplified", about)
    counter.fault("lost_answer", DELETE)
    answer = await counter.answer(deletion(first))

    assert (answer["ended"], counter.calls(DELETE)) == (DONE, ["changed", "none"])
    assert kept(simulator, about) == {first: "04"}


@pytest.mark.parametrize("said", [{}, {"consultation_id": True}], ids=["by its buyer", "by its consultation"])
async def test_should_take_a_refusal_of_what_is_deleted_for_success(
    counter: Counter, simulator: Simulator, said: dict[str, object]
) -> None:
    """A State that refuses to delete twice, and shows it as deleted."""
    about = consultation()
    first = by_hand(simulator, about)
    simulator.world.dume.set_state(first, "04")
    refusing(counter, DELETE, "EX-1", "Le DUME est deja supprime")
    where = {"consultation_id": about["id"]} if said else {}
    answer = await counter.answer(deletion(first, **where))

    assert (answer["ended"], answer["state_code"], answer["adopted"]) == (DONE, "04", True)


async def test_should_know_itself_what_it_deleted(patient: Counter, simulator: Simulator) -> None:
    """Another request to delete it is done too, although the State refuses and shows it as before."""
    about = consultation()
    lag(simulator)
    first = await made(patient, "simplified", about)
    await patient.answer(deletion(first))
    refusing(patient, DELETE, "EX-1", "Le DUME est deja supprime")
    answer = await patient.answer(deletion(first, consultation_id=about["id"]))

    assert (answer["ended"], answer["state"], answer["adopted"]) == (DONE, "deleted", True)


async def test_should_wait_for_a_search_before_it_believes_a_refused_repetition(
    counter: Counter, simulator: Simulator
) -> None:
    """The answer was lost, the State refuses to delete twice, and the search shows what it was before."""
    about = consultation()
    first = by_hand(simulator, about)
    simulator.world.clock.move(10)
    lag(simulator, 5.0)
    counter.fault("lost_answer", DELETE)
    event = deletion(first, consultation_id=about["id"])
    lost = await counter.pipeline.handle(counter.delivery(event))
    refusing(counter, DELETE, "EX-1", "Le DUME est deja supprime")
    waiting = await counter.pipeline.handle(counter.delivery(event, redelivered=True))
    simulator.world.clock.move(10)
    refusing(counter, DELETE, "EX-1", "Le DUME est deja supprime")
    answer = await counter.answer(event)

    assert (lost.reason, waiting.reason) == ("in_doubt", "in_doubt")
    assert (answer["ended"], answer["adopted"]) == (DONE, True)


async def test_should_say_that_its_state_does_not_allow_it(counter: Counter) -> None:
    """What was replaced is deleted no more."""
    about = consultation("1")
    first = await validated(counter, about)
    await made(counter, "replacement", about, dume_id=first)
    answer = await counter.answer(deletion(first, consultation_id=about["id"]))

    assert (answer["ended"], answer["reason"], answer["code"]) == (REFUSED, "dume_not_deletable", "SIM-DUME-023")


async def test_should_not_know_a_dume_that_is_none(counter: Counter) -> None:
    """The State knows it neither by its search nor by its document."""
    answer = await counter.answer(deletion("unknown1"))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (REFUSED, "dume_unknown", "unknown1")


async def test_should_give_a_code_the_reason_an_operator_gave_it(simulator: Simulator, tmp_path: Path) -> None:
    """The table comes first: what a code means is known once it was met."""
    about = consultation()
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("dume: {refusals: {supprimerDume: {EX-9: dume_not_deletable}}}")
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        first = await made(counter, "simplified", about)
        refusing(counter, DELETE, "EX-9", "Non.")
        answer = await counter.answer(deletion(first))

    assert (answer["reason"], answer["code"], answer["upstream_text"]) == ("dume_not_deletable", "EX-9", "Non.")


async def test_should_not_free_the_place_of_what_was_not_deleted(counter: Counter, simulator: Simulator) -> None:
    """A refusal leaves everything as it was."""
    about = consultation()
    first = await made(counter, "simplified", about)
    refusing(counter, DELETE, "EX-1", "Non.")
    refused = await counter.answer(deletion(first))
    again = await counter.answer(wish("draft", about))

    assert (refused["reason"], again["reason"], again["dume_id"]) == ("upstream_refused", "dume_exists", first)
    assert kept(simulator, about) == {first: "brouillon"}


async def test_should_let_a_person_say_that_it_is_deleted(simulator: Simulator, tmp_path: Path) -> None:
    """Believed once the State shows it so; before, the question comes back."""
    about = consultation()
    async with Counter(simulator, tmp_path) as counter:
        first = await made(counter, "simplified", about)
        counter.fault("reset_before", DELETE)
        event = deletion(first)
        await counter.pipeline.handle(counter.delivery(event))
    unusable = {"RELAY_DUME__PLATFORM_ID": "", "RELAY_DUME__TECHNICAL_PLATFORM_ID": ""}
    async with Counter(simulator, tmp_path, unusable) as unconfigured:
        held = await unconfigured.hand_in(event, redelivered=True)
    async with Counter(simulator, tmp_path) as counter:
        await counter.decided_sent(event)
        doubted = await counter.hand_in(event, redelivered=True)
        simulator.world.dume.set_state(first, "04")
        await counter.decided_sent(event)
        ended = await counter.hand_in(event, redelivered=True)

    assert (isinstance(held, Rejected), isinstance(doubted, Rejected), ended.reason) == (True, True, "done")
    assert simulator.journal.calls(SIMPLE)

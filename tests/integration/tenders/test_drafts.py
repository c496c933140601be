"""A draft is saved and changed as often as asked, and told why when it is a draft no longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.espd import consultation_of
from service.core.outcome import Rejected, RetryLater
from service.sandbox.simulator import Simulator
from tests.support.counter import Counter
from tests.support.tenders import (
    DELETE,
    DOCUMENT,
    SAVE,
    consultation,
    deletion,
    document_of,
    kept,
    lag,
    made,
    refusing,
    shown_lots,
    validated,
    wish,
)

DONE, REFUSED = "tender.dume.draft.done.v1", "tender.dume.draft.refused.v1"


async def test_should_start_from_an_earlier_dume(counter: Counter, simulator: Simulator) -> None:
    """Of another consultation, which stays as it is: its document, filled for this one, under a new identifier."""
    first = await validated(counter, consultation("1"))
    about = {**consultation("1"), "reference": "REF-3"}
    second = await made(counter, "draft", about, from_dume_id=first)

    assert consultation_of(document_of(simulator, second)) == "REF-3"
    assert (kept(simulator, about), counter.calls(SAVE)) == (
        {second: "brouillon"},
        ["created", "changed", "created"],
    )


async def test_should_change_a_draft_again_when_the_answer_was_lost(counter: Counter, simulator: Simulator) -> None:
    """It leaves one effect, so nothing is looked for."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    counter.fault("lost_answer", SAVE, contains=first)
    answer = await counter.answer(wish("draft", {**about, "reference": "REF-4"}, dume_id=first))

    assert (answer["ended"], answer["dume_id"], consultation_of(document_of(simulator, first))) == (
        DONE,
        first,
        "REF-4",
    )
    assert counter.calls(SAVE) == ["created", "changed", "changed"]


@pytest.mark.parametrize("is_hidden", [False, True], ids=["shown", "not shown yet"])
@pytest.mark.parametrize("by", ["validation", "deletion"])
async def test_should_say_that_it_is_a_draft_no_longer(
    patient: Counter, simulator: Simulator, by: str, *, is_hidden: bool
) -> None:
    """The state it came to tells why, which the relay knows before a search shows it."""
    about = consultation("1")
    if is_hidden:
        lag(simulator, 2.0)
    first = await made(patient, "draft", about)
    if by == "deletion":
        await patient.answer(deletion(first))
    else:
        simulator.world.clock.move(3)
        await made(patient, "validation", about, dume_id=first)
    answer = await patient.answer(wish("draft", {**about, "title": "Autres travaux"}, dume_id=first))

    assert (answer["ended"], answer["reason"], answer["dume_id"], answer["code"]) == (
        REFUSED,
        "dume_not_modifiable",
        first,
        "SIM-DUME-021",
    )


@pytest.mark.parametrize("named", ["dume_id", "from_dume_id"])
async def test_should_not_know_a_dume_that_is_none(counter: Counter, named: str) -> None:
    """Neither to change nor to start from."""
    answer = await counter.answer(wish("draft", consultation(), **{named: "unknown1"}))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (REFUSED, "dume_unknown", "unknown1")
    assert counter.calls(SAVE) == []


async def test_should_let_the_table_of_an_operator_come_first(simulator: Simulator, tmp_path: Path) -> None:
    """A code that was met means what it means, whatever state is shown."""
    about = consultation()
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("dume: {refusals: {any: {EX-7: dume_not_modifiable}, enregistrerDume: {EX-8: dume_exists}}}")
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        first = await made(counter, "draft", about)
        refusing(counter, SAVE, "EX-7")
        changed = await counter.answer(wish("draft", about, dume_id=first))
        refusing(counter, SAVE, "EX-8")
        new = await counter.answer(wish("draft", consultation()))

    assert (changed["reason"], changed["code"]) == ("dume_not_modifiable", "EX-7")
    assert (new["reason"], new["code"], "dume_id" in new) == ("dume_exists", "EX-8", False)


async def test_should_take_up_other_lots_with_a_change(patient: Counter, simulator: Simulator) -> None:
    """The lot it leaves is free at once, and the one it takes is not."""
    about = consultation("1")
    first = await made(patient, "draft", about)
    moved = consultation("2", id=about["id"])
    await made(patient, "draft", moved, dume_id=first)
    lag(simulator)
    second = await made(patient, "simplified", about)
    answer = await patient.answer(wish("simplified", moved))

    assert (shown_lots(simulator, first), shown_lots(simulator, second)) == (["2"], ["1"])
    assert (answer["reason"], answer["dume_id"]) == ("dume_exists", first)


async def test_should_not_keep_another_lot_waiting_with_a_change(patient: Counter, simulator: Simulator) -> None:
    """A change in doubt that names no lots is about its draft alone."""
    about = consultation("1")
    first = await made(patient, "draft", about)
    patient.fault("lost_answer", SAVE, contains=first)
    unnamed = wish("draft", consultation(id=about["id"]), dume_id=first)
    lost = await patient.pipeline.handle(patient.delivery(unnamed))
    second = await made(patient, "simplified", consultation("2", id=about["id"]))

    assert isinstance(lost, RetryLater)
    assert kept(simulator, about) == {first: "brouillon", second: "brouillon"}


async def test_should_wait_with_a_validation_for_a_change_in_doubt(patient: Counter) -> None:
    """Whatever is about one DUME waits for what was perhaps done about it before."""
    about = consultation("1")
    first = await made(patient, "draft", about)
    patient.fault("lost_answer", SAVE, contains=first)
    await patient.pipeline.handle(patient.delivery(wish("draft", about, dume_id=first)))
    others = [wish("validation", about, dume_id=first), deletion(first), wish("metadata", about, dume_id=first)]
    outcomes = [await patient.pipeline.handle(patient.delivery(other)) for other in others]

    assert [outcome.reason for outcome in outcomes] == ["key_busy"] * 3
    assert patient.calls(DELETE) == []


async def test_should_see_in_the_document_that_it_was_changed_before(counter: Counter, simulator: Simulator) -> None:
    """The answer was lost, and somebody validated the draft on the portal: what is there is what was sent."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    counter.fault("lost_answer", SAVE, contains=first)
    event = wish("draft", {**about, "reference": "REF-5"}, dume_id=first)
    await counter.pipeline.handle(counter.delivery(event))
    simulator.world.dume.set_state(first, "validé")
    answer = await counter.answer(event)

    assert (answer["ended"], answer["adopted"], answer["state"]) == (DONE, True, "validated")
    assert counter.calls(DOCUMENT)[-1] == "none"


async def test_should_leave_to_a_person_whether_it_was_changed_before(counter: Counter, simulator: Simulator) -> None:
    """What is there is something else: neither done nor refused is sure."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    counter.fault("reset_before", SAVE, contains=first)
    event = wish("draft", {**about, "reference": "REF-6"}, dume_id=first)
    await counter.pipeline.handle(counter.delivery(event))
    simulator.world.dume.set_state(first, "validé")
    held = await counter.hand_in(event)

    assert isinstance(held, Rejected)
    assert "whether it was changed before" in held.detail


@pytest.mark.parametrize(
    ("kind", "named", "reason"),
    [
        ("draft", "dume_id", "dume_not_modifiable"),
        ("draft", "from_dume_id", "dume_unknown"),
        ("validation", "dume_id", "dume_not_modifiable"),
        ("replacement", "dume_id", "dume_not_replaceable"),
    ],
)
async def test_should_say_why_a_deleted_dume_gives_no_document(
    counter: Counter, kind: str, named: str, reason: str
) -> None:
    """It is known, and known to be deleted."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    await counter.answer(deletion(first))
    refusing(counter, DOCUMENT, "EX-3")
    answer = await counter.answer(wish(kind, about, **{named: first}))

    assert (answer["reason"], answer["dume_id"], answer["code"]) == (reason, first, "EX-3")


async def test_should_name_what_serves_the_lot_a_change_wants(counter: Counter, simulator: Simulator) -> None:
    """The draft stays as it was; the other one is in its way."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    second = await made(counter, "simplified", consultation("2", id=about["id"]))
    answer = await counter.answer(wish("draft", consultation("1", "2", id=about["id"]), dume_id=first))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (REFUSED, "dume_exists", second)
    assert shown_lots(simulator, first) == ["1"]

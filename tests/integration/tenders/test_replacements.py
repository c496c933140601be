"""A validated DUME is replaced by a new one, once, and both identifiers are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.cli.deciding import Verdict
from service.core.espd import consultation_of
from service.core.outcome import Rejected
from service.sandbox.simulator import Simulator
from tests.support.counter import Counter
from tests.support.tenders import (
    DOCUMENT,
    SAVE,
    by_hand,
    consultation,
    deletion,
    kept,
    lag,
    made,
    validated,
    wish,
)

DONE, REFUSED = "tender.dume.replacement.done.v1", "tender.dume.replacement.refused.v1"


@pytest.mark.parametrize("is_hidden", [False, True], ids=["shown", "not shown yet"])
async def test_should_replace_a_validated_dume(patient: Counter, simulator: Simulator, *, is_hidden: bool) -> None:
    """At once, although its own maker keeps the place: the new one has an identifier of its own."""
    about = consultation("1")
    if is_hidden:
        lag(simulator)
    first = await made(patient, "simplified", about)
    simulator.world.dume.set_state(first, "validé")
    answer = await patient.answer(wish("replacement", about, dume_id=first))

    assert (answer["ended"], answer["replaced_dume_id"], answer["state"]) == (DONE, first, "validated")
    assert kept(simulator, about) == {first: "remplacé", answer["dume_id"]: "validé"}
    assert patient.calls(SAVE) == ["created"]


async def test_should_start_from_the_document_of_the_one_replaced(counter: Counter, simulator: Simulator) -> None:
    """Filled with what the request gives; the rest, its criteria among it, stays as it was."""
    about = consultation("1")
    first = await validated(counter, about)
    renamed = {**about, "reference": "REF-2"}
    second = await made(counter, "replacement", renamed, dume_id=first)
    document = simulator.world.dume._books.buyers._dumes[second].document  # what the State holds

    assert (consultation_of(document), b"SIM-BANKRUPTCY" in document) == ("REF-2", True)
    assert counter.calls(DOCUMENT) == ["none"] * 2


async def test_should_take_over_the_replacement_whose_answer_was_lost(counter: Counter, simulator: Simulator) -> None:
    """Replaced once; the new one is found by its lots, and the DUMEs of other lots are left alone."""
    about = consultation("1")
    first = await validated(counter, about)
    other = by_hand(simulator, about, "2")
    counter.fault("lost_answer", SAVE, contains=first)
    answer = await counter.answer(wish("replacement", about, dume_id=first))

    assert (answer["ended"], answer["adopted"], answer["replaced_dume_id"]) == (DONE, True, first)
    assert kept(simulator, about) == {first: "remplacé", other: "brouillon", answer["dume_id"]: "validé"}


async def test_should_keep_the_lots_of_the_one_replaced(patient: Counter, simulator: Simulator) -> None:
    """A request that names no lots takes no others, so that another lot waits for nobody."""
    about = consultation("1")
    first = await validated(patient, about)
    second = await made(patient, "replacement", consultation(id=about["id"]), dume_id=first)
    third = await made(patient, "simplified", consultation("2", id=about["id"]))
    again = await patient.answer(wish("simplified", about))

    assert kept(simulator, about) == {first: "remplacé", second: "validé", third: "brouillon"}
    assert (again["reason"], again["dume_id"]) == ("dume_exists", second)


async def test_should_find_a_replacement_that_names_no_lots(counter: Counter, simulator: Simulator) -> None:
    """Looked for by the lots of the one replaced."""
    about = consultation("1", "2")
    first = await validated(counter, about)
    counter.fault("lost_answer", SAVE, contains=first)
    answer = await counter.answer(wish("replacement", consultation(id=about["id"]), dume_id=first))

    assert (answer["ended"], answer["adopted"], len(kept(simulator, about))) == (DONE, True, 2)


@pytest.mark.parametrize(("state", "reason"), [("brouillon", "dume_not_replaceable"), ("04", "dume_not_replaceable")])
async def test_should_say_that_its_state_does_not_allow_it(
    counter: Counter, simulator: Simulator, state: str, reason: str
) -> None:
    """A draft is changed, and what is deleted already is not replaced."""
    about = consultation("1")
    first = by_hand(simulator, about, "1")
    simulator.world.dume.set_state(first, state)
    answer = await counter.answer(wish("replacement", about, dume_id=first))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (REFUSED, reason, first)
    assert (answer["code"], list(kept(simulator, about))) == ("SIM-DUME-022", [first])


async def test_should_not_know_a_dume_that_is_none(counter: Counter) -> None:
    """Neither its document nor the DUME is there."""
    answer = await counter.answer(wish("replacement", consultation(), dume_id="unknown1"))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (REFUSED, "dume_unknown", "unknown1")
    assert counter.calls(SAVE) == []


async def test_should_replace_it_only_once(patient: Counter, simulator: Simulator) -> None:
    """A second wish about it names the one that serves now, although no search shows it yet."""
    about = consultation("1")
    first = await made(patient, "simplified", about)
    simulator.world.dume.set_state(first, "publié")
    lag(simulator)
    second = await made(patient, "replacement", about, dume_id=first)
    same = await patient.answer(wish("replacement", about, dume_id=first))
    other = await patient.answer(wish("replacement", {**about, "title": "Autres travaux"}, dume_id=first))

    assert same["reason"] == "already_requested"
    assert (other["reason"], other["dume_id"], len(kept(simulator, about))) == ("dume_exists", second, 2)


async def test_should_leave_to_a_person_what_was_replaced_by_nobody_knows_which(
    counter: Counter, simulator: Simulator
) -> None:
    """The answer was lost, the new one is never shown, and the repetition is refused."""
    about = consultation("1")
    first = await validated(counter, about)
    simulator.world.clock.move(10_000)
    lag(simulator)
    counter.fault("lost_answer", SAVE, contains=first)
    event = wish("replacement", about, dume_id=first)
    held = await counter.hand_in(event)
    (second,) = set(kept(simulator, about)) - {first}
    lag(simulator, 0.0)
    await counter.decided_sent(event, dume_id=second)
    ended = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert (ended.reason, kept(simulator, about)) == ("done", {first: "remplacé", second: "validé"})


async def test_should_see_what_a_person_has_overlooked(counter: Counter, simulator: Simulator) -> None:
    """Decided `not-sent` although it is there: taken over, not refused because of itself."""
    about = consultation("1")
    first = await validated(counter, about)
    simulator.world.clock.move(10_000)
    lag(simulator)
    counter.fault("lost_answer", SAVE, contains=first)
    event = wish("replacement", about, dume_id=first)
    await counter.hand_in(event)
    lag(simulator, 0.0)
    await counter.decided(event, Verdict.NOT_SENT)
    answer = await counter.answer(event)

    assert (answer["ended"], answer["adopted"], answer["replaced_dume_id"]) == (DONE, True, first)
    assert kept(simulator, about)[answer["dume_id"]] == "validé"


async def test_should_free_the_place_of_the_new_one_too(patient: Counter, simulator: Simulator) -> None:
    """Replaced, then deleted: another DUME may be asked for at once."""
    about = consultation("1")
    first = await validated(patient, about)
    lag(simulator)
    second = await made(patient, "replacement", about, dume_id=first)
    await patient.answer(deletion(second))
    third = await made(patient, "simplified", about)

    assert kept(simulator, about) == {first: "remplacé", second: "04", third: "brouillon"}


async def test_should_ask_a_person_whether_it_was_replaced_by_its_own_first_try(
    simulator: Simulator, tmp_path: Path
) -> None:
    """An operator gave the refusal its reason; sent again, it is about what the first try did, and is not shown yet."""
    mapping, about = tmp_path / "mapping.yaml", consultation("1")
    mapping.write_text("dume: {refusals: {enregistrerDume: {SIM-DUME-022: dume_not_replaceable}}}", encoding="utf-8")
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        first = await validated(counter, about)
        simulator.world.clock.move(3600)
        lag(simulator, 600)
        counter.fault("lost_answer", SAVE)
        held = await counter.hand_in(wish("replacement", about, dume_id=first))

    assert isinstance(held, Rejected), held
    assert (held.reason, kept(simulator, about)[first]) == ("needs_person", "remplacé")


@pytest.mark.parametrize("is_deleted", [False, True], ids=["draft", "deleted"])
async def test_should_need_nobody_to_know_that_it_was_not_replaced(counter: Counter, *, is_deleted: bool) -> None:
    """The first try never arrived, and what is shown, a draft or a deleted one, has not been replaced by anything."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    if is_deleted:
        await counter.answer(deletion(first))
    counter.fault("reset_before", SAVE)
    answer = await counter.answer(wish("replacement", about, dume_id=first))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (REFUSED, "dume_not_replaceable", first)

"""What a fact did, or may have done, is told as it is, however little the State shows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.core.outcome import Completed, Rejected, RetryLater
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.dume_register import KeptDume
from tests.builders import BUYER, new_number
from tests.support.bus import Json
from tests.support.counter import Counter
from tests.support.tender_facts import SAVE, SIMPLE, fact, kept, states
from tests.support.tenders import SEARCH, by_hand, lag, refusing

DONE, REFUSED = "tender.sync.done.v1", "tender.sync.refused.v1"


@pytest.fixture
def consultation() -> str:
    """The id of a consultation that nobody used before."""
    return new_number("C")


@pytest.mark.parametrize("is_simplified", [False, True], ids=["full", "simplified"])
async def test_should_ask_a_person_when_what_was_made_is_in_its_own_way(
    counter: Counter, simulator: Simulator, consultation: str, *, is_simplified: bool
) -> None:
    """The answer was lost, no search shows the DUME, and the State says that there is one."""
    lag(simulator)
    counter.fault("lost_answer", SIMPLE if is_simplified else SAVE)
    held = await counter.hand_in(fact("created", consultation, 1, simplified=is_simplified))

    assert isinstance(held, Rejected), held
    assert (held.reason, len(kept(simulator, consultation))) == ("needs_person", 1)
    assert held.detail.isprintable()


async def test_should_ask_a_person_when_the_one_to_replace_was_replaced_perhaps(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """The first try replaced it and no search shows the new one: the refusal of the second tells nothing."""
    await counter.answer(fact("published", consultation, 1))
    simulator.world.clock.move(3600)
    lag(simulator, 600)
    counter.fault("lost_answer", SAVE)
    held = await counter.hand_in(fact("updated", consultation, 2, procedure="Dialogue compétitif"))

    assert isinstance(held, Rejected), held
    assert (held.reason, states(simulator, consultation)) == ("needs_person", ["remplacé", "validé"])


async def test_should_not_take_a_draft_made_by_hand_for_a_replacement(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """The replacement never arrived, and another DUME appeared that is no replacement."""
    await counter.answer(fact("published", consultation, 1, lots=[{"number": "1"}]))
    counter.fault("reset_before", SAVE)
    event = fact("updated", consultation, 2, procedure="Dialogue compétitif", lots=[{"number": "1"}])
    doubt = await counter.pipeline.handle(counter.delivery(event))
    other = by_hand(simulator, {"id": consultation}, "9")
    told = await counter.answer(event)

    assert isinstance(doubt, RetryLater), doubt
    assert (told["ended"], told["action"], told["dume_id"] != other) == (DONE, "replaced", True)
    assert states(simulator, consultation) == ["remplacé", "brouillon", "validé"]


async def held_replacement(counter: Counter, consultation: str) -> tuple[Json, str]:
    """A fact whose replacement is in doubt and held, nothing of it having arrived, and the DUME to be replaced."""
    first = await counter.answer(fact("published", consultation, 1))
    event = fact("updated", consultation, 2, procedure="Dialogue compétitif")
    counter.fault("reset_before", SAVE)
    held = await counter.hand_in(event)
    assert isinstance(held, Rejected), held
    return event, str(first["dume_id"])


async def test_should_not_believe_a_person_who_names_the_one_to_be_replaced(
    simulator: Simulator, tmp_path: Path, consultation: str
) -> None:
    """It was there before anything was sent, so it is no new one, and the question comes back."""
    async with Counter(simulator, tmp_path, {"RELAY_DOUBT__THEN": "ask"}) as counter:
        event, first = await held_replacement(counter, consultation)
        await counter.decided_sent(event, dume_id=first)
        again = await counter.hand_in(event, redelivered=True)

    assert isinstance(again, Rejected), again
    assert states(simulator, consultation) == ["validé"]


UNREADABLE = [b"<QualificationApplicationResponse/>", b'<?xml version="1.0" encoding="x-none"?><a/>', b"no XML"]


@pytest.mark.parametrize("document", UNREADABLE, ids=["of a bidder", "encoding", "no XML"])
async def test_should_say_that_the_document_at_the_state_cannot_be_read(
    counter: Counter, simulator: Simulator, consultation: str, document: bytes
) -> None:
    """Nothing was sent, and it is no mistake of the relay."""
    made = await counter.answer(fact("created", consultation, 1))
    dume_of(simulator, made["dume_id"]).document = document
    told = await counter.answer(fact("updated", consultation, 2, reference="R-2"))

    assert (told["ended"], told["reason"]) == ("tender.sync.failed.v1", "upstream_answer_unreadable")


async def test_should_ask_a_person_when_the_document_cannot_be_read_any_more(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """A change that perhaps arrived is neither repeated for ever nor failed."""
    made = await counter.answer(fact("created", consultation, 1))
    counter.fault("lost_answer", SAVE)
    event = fact("updated", consultation, 2, reference="R-2")
    await counter.pipeline.handle(counter.delivery(event))
    dume_of(simulator, made["dume_id"]).document = b"no XML"
    held = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected), held
    assert held.reason == "needs_person"


async def test_should_validate_a_simplified_dume_of_which_nothing_tells_the_state(
    simulator: Simulator, tmp_path: Path, consultation: str
) -> None:
    """Neither answer nor search says that it is a draft, and bidders need more than that."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("dume:\n  answers:\n    state: [etat]\n", encoding="utf-8")
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        told = await counter.answer(fact("published", consultation, 1, simplified=True))

    assert (told["ended"], told["state"], states(simulator, consultation)) == (DONE, "unknown", ["validé"])


@pytest.mark.parametrize("kind", ["published", "updated"])
async def test_should_not_believe_a_refusal_that_may_be_about_its_own_first_try(
    simulator: Simulator, tmp_path: Path, consultation: str, kind: str
) -> None:
    """Sent again it is refused, and the search stays behind what the first try did."""
    async with Counter(simulator, tmp_path, {"RELAY_DOUBT__LOOKS": "50"}) as counter:
        await counter.answer(fact("created", consultation, 1))
        simulator.world.clock.move(3600)
        lag(simulator, 0.5)
        counter.fault("lost_answer", SAVE)
        refusing(counter, SAVE, text="Le DUME ne peut pas etre modifie")
        told = await counter.answer(fact(kind, consultation, 2, procedure="Dialogue compétitif"))

    assert told["ended"] == DONE


async def test_should_not_replace_a_dume_that_the_state_words_otherwise(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """What was told of buyer and procedure is the same as before, whatever the State makes of it in its document."""
    made = await counter.answer(fact("published", consultation, 1))
    worded_otherwise(simulator, made["dume_id"])
    told = await counter.answer(fact("updated", consultation, 2, reference="R-2"))

    assert (told["action"], states(simulator, consultation)) == ("metadata_updated", ["validé"])


async def test_should_not_replace_what_it_validated_itself(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """The answer of the validation was lost, and the document is worded otherwise by now."""
    made = await counter.answer(fact("created", consultation, 1))
    counter.fault("lost_answer", SAVE)
    event = fact("published", consultation, 2, procedure="Dialogue compétitif")
    await counter.pipeline.handle(counter.delivery(event))
    worded_otherwise(simulator, made["dume_id"])
    told = await counter.answer(event)

    assert (told["action"], told["adopted"], states(simulator, consultation)) == ("validated", True, ["validé"])


async def test_should_believe_a_first_refusal_without_its_explanation(counter: Counter, consultation: str) -> None:
    """The search that would tell why fails: the refusal stands, and nothing is sent a second time."""
    refusing(counter, SAVE)
    counter.fault("reset_before", SEARCH, skip=1, count=9)
    outcome = await counter.pipeline.handle(counter.delivery(fact("created", consultation, 1)))

    assert isinstance(outcome, Completed), outcome
    assert (outcome.results[-1].type, counter.calls(SAVE)) == (REFUSED, ["none"])


def dume_of(simulator: Simulator, dume_id: object) -> KeptDume:
    """A DUME at the State."""
    return next(dume for dume in simulator.world.dume.dumes if dume.dume_id == dume_id)


def worded_otherwise(simulator: Simulator, dume_id: object) -> None:
    """Let the State spell the buyer in its own way."""
    dume = dume_of(simulator, dume_id)
    dume.document = dume.document.replace(BUYER["name"].encode(), b"Ville (imaginaire) de Valclair")

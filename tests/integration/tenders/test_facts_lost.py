"""Facts whose answer was lost: looked for, taken over, or asked about, and never done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.cli.deciding import Verdict
from service.core.outcome import Completed, Rejected
from service.sandbox.simulator import Simulator
from tests.builders import new_number, simplified
from tests.support.counter import Counter
from tests.support.tender_facts import DELETE, METADATA, SAVE, SIMPLE, fact, kept, states

DONE, REFUSED = "tender.sync.done.v1", "tender.sync.refused.v1"


@pytest.fixture
def consultation() -> str:
    """The id of a consultation that nobody used before."""
    return new_number("C")


@pytest.mark.parametrize(
    ("kind", "operation", "action"),
    [
        ("created", SAVE, "created"),
        ("simplified", SIMPLE, "created"),
        ("changed", SAVE, "changed"),
        ("published", SAVE, "validated"),
        ("metadata", METADATA, "metadata_updated"),
        ("replaced", SAVE, "replaced"),
        ("cancelled", DELETE, "deleted"),
    ],
)
@pytest.mark.parametrize("fault", ["lost_answer", "reset_before"])
async def test_should_do_it_once_although_the_answer_was_lost(
    counter: Counter, simulator: Simulator, consultation: str, kind: str, operation: str, action: str, fault: str
) -> None:
    """Whether the call arrived or not, one effect remains, and the answer says what was done."""
    before = {
        "created": [],
        "simplified": [],
        "changed": ["created"],
        "published": ["created"],
        "metadata": ["published"],
        "replaced": ["published"],
        "cancelled": ["created"],
    }[kind]
    for revision, earlier in enumerate(before, start=1):
        await counter.answer(fact(earlier, consultation, revision))
    asked = {
        "created": fact("created", consultation, 9),
        "simplified": fact("created", consultation, 9, simplified=True),
        "changed": fact("updated", consultation, 9, procedure="Dialogue compétitif"),
        "published": fact("published", consultation, 9),
        "metadata": fact("updated", consultation, 9, reference="R-9"),
        "replaced": fact("updated", consultation, 9, procedure="Dialogue compétitif"),
        "cancelled": fact("cancelled", consultation, 9),
    }[kind]
    counter.fault(fault, operation)
    told = await counter.answer(asked)

    living = [state for state in states(simulator, consultation) if state not in {"remplacé", "04"}]
    assert (told["ended"], told["action"]) == (DONE, action)
    assert len(living) == (0 if kind == "cancelled" else 1)
    assert len(kept(simulator, consultation)) == (2 if kind == "replaced" else 1)


@pytest.mark.parametrize("lost", [0, 1], ids=["the first", "the second"])
async def test_should_name_all_that_it_deleted_although_an_answer_was_lost(
    counter: Counter, simulator: Simulator, consultation: str, lost: int
) -> None:
    """Whoever stored the identifiers is told which to forget, those that an earlier try deleted included."""
    for lot in ("1", "2"):
        event = simplified(consultation)
        event["data"]["consultation"]["lots"] = [{"number": lot}]
        await counter.answer(event)
    counter.fault("lost_answer", DELETE, skip=lost)
    told = await counter.answer(fact("cancelled", consultation, 1))

    assert (told["ended"], told["action"], states(simulator, consultation)) == (DONE, "deleted", ["04"] * 2)
    assert sorted(told["deleted_dume_ids"]) == sorted(dume["idDume"] for dume in kept(simulator, consultation))


async def test_should_name_what_it_replaced_although_nobody_saw_it(simulator: Simulator, tmp_path: Path) -> None:
    """A person did not find it either, and it is shown when it is to be sent again: it is taken over."""
    consultation = new_number("C")
    async with Counter(simulator, tmp_path, {"RELAY_DOUBT__THEN": "ask"}) as counter:
        first = await counter.answer(fact("published", consultation, 1))
        counter.fault("lost_answer", SAVE)
        simulator.world.dume.search_lag = 600.0
        event = fact("updated", consultation, 2, procedure="Dialogue compétitif")
        await counter.hand_in(event)
        simulator.world.dume.search_lag = 0.0
        await counter.decided(event, Verdict.NOT_SENT)
        told = await counter.answer(event)

    assert (told["action"], told["replaced_dume_id"], told["adopted"]) == ("replaced", first["dume_id"], True)
    assert states(simulator, consultation) == ["remplacé", "validé"]


@pytest.mark.parametrize("before", [[], ["published"]], ids=["created", "replaced"])
async def test_should_ask_a_person_when_the_state_refuses_what_it_may_have(
    counter: Counter, simulator: Simulator, consultation: str, before: list[str]
) -> None:
    """The search stays behind for longer than anybody looks: that a second is refused proves nothing."""
    for earlier in before:
        await counter.answer(fact(earlier, consultation, 1))
    simulator.world.dume.search_lag = 600.0
    counter.fault("lost_answer", SAVE)
    outcome = await counter.hand_in(fact("updated", consultation, 2, procedure="Dialogue compétitif"))

    assert isinstance(outcome, Rejected), outcome
    assert (outcome.reason, len(kept(simulator, consultation))) == ("needs_person", len(before) + 1)


async def test_should_wait_for_the_search_before_it_makes_what_it_may_have_made(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """A redelivered fact that the ledger does not know may have been served by a worker whose ledger is lost."""
    event = fact("created", consultation, 1)
    del event["time"]
    outcome = await counter.hand_in(event, redelivered=True)

    assert isinstance(outcome, Completed), outcome
    assert (outcome.reason, states(simulator, consultation)) == ("done", ["brouillon"])


async def test_should_ask_a_person_where_that_is_wanted(simulator: Simulator, tmp_path: Path) -> None:
    """The search shows nothing although the DUME was made; a person names it, and it is confirmed at the State."""
    consultation = new_number("C")
    async with Counter(simulator, tmp_path, {"RELAY_DOUBT__THEN": "ask"}) as counter:
        counter.fault("lost_answer", SAVE)
        simulator.world.dume.search_lag = 600.0
        event = fact("published", consultation, 1)
        held = await counter.hand_in(event)
        simulator.world.dume.search_lag = 0.0
        (dume,) = kept(simulator, consultation)
        await counter.decided_sent(event, dume_id=str(dume["idDume"]))
        told = await counter.answer(event)

    assert isinstance(held, Rejected), held
    assert (held.reason, told["ended"], told["dume_id"]) == ("needs_person", DONE, dume["idDume"])
    assert (told["adopted"], told["state"], len(kept(simulator, consultation))) == (True, "validated", 1)

"""Essential data are handed in once, however the call went; and whoever hands in others under the id is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.cli.deciding import Verdict
from service.core.outcome import Completed, Rejected
from service.sandbox.simulator import Simulator
from tests.builders import BUYER
from tests.support.bus import Json
from tests.support.counter import Counter
from tests.support.essential_data import (
    FIND,
    PUBLISH,
    concession,
    contract,
    kept,
    publication,
    publish_all,
)

AFTER = ("lost_answer", "truncated", "gateway_timeout_after")
BEFORE = ("reset_before", "gateway_timeout_before")


def allow(simulator: Simulator, **changes: object) -> None:
    """Let the State behave otherwise."""
    simulator.world.apply(simulator.world.settings.changed(**changes))


async def test_should_hand_in_a_contract(counter: Counter, simulator: Simulator) -> None:
    """The result names what the State calls it; what was sent is there under the buyer and its consultation."""
    subject = contract()
    answer = await counter.answer(publication(subject, consultation={"id": "C-1", "lot_number": "2"}))
    (held,) = kept(simulator)

    assert answer == {
        "reference": held["referenceUnique"],
        "kind": "contract",
        "id": subject["id"],
        "buyer_id": BUYER["id"],
        "consultation_id": "C-1",
        "lot_number": "2",
        "adopted": False,
        "notices": [],
        "ended": "tender.essential_data.publication.done.v1",
    }
    assert (held["typeDE"], held["id"], held["idAcheteur"], held["idConsultation"]) == (
        "MP",
        subject["id"],
        BUYER["id"],
        "C-1",
    )


async def test_should_hand_in_a_concession(counter: Counter, simulator: Simulator) -> None:
    """A concession goes the same way under its own code."""
    answer = await counter.answer(publication(concession(), kind="concession"))

    assert (answer["kind"], kept(simulator)[0]["typeDE"]) == ("concession", "CC")


async def test_should_not_know_the_reference_where_it_is_not_told(counter: Counter, simulator: Simulator) -> None:
    """An answer without the reference is an answer: null, and nothing is sent again."""
    allow(simulator, essential_data_reference=False)
    answer = await counter.answer(publication())

    assert (answer["reference"], len(kept(simulator))) == (None, 1)


async def test_should_send_labels_as_the_schema_spells_them(counter: Counter, simulator: Simulator) -> None:
    """Another apostrophe and accents put together from two characters are the same label."""
    decomposed = "Appel d\u2019offres ouvert"
    await counter.answer(
        publication(contract(procedure=decomposed, nature="Marche\u0301", ccag="Maitrise d\u2019œuvre"))
    )
    (held,) = simulator.world.dume.essential_data.all()
    values = held.versions[0].facts.values

    assert (values["procedure"], values["nature"], values["ccag"]) == (
        "Appel d'offres ouvert",
        "Marché",
        "Maitrise d'œuvre",
    )


async def test_should_refuse_labels_the_schema_does_not_know(counter: Counter, simulator: Simulator) -> None:
    """Nothing is sent; each wrong label is told with what may stand there, the nearest first."""
    wrong = contract(procedure="procedure adaptee", techniques=["Sans objet", "Magie"])
    answer = await counter.answer(publication(wrong))
    first, second = answer["findings"]

    assert (answer["ended"], answer["reason"]) == ("tender.essential_data.publication.refused.v1", "rules_not_met")
    assert (first["field"], first["value"], first["allowed"][0]) == (
        "data.contract.procedure",
        "procedure adaptee",
        "Procédure adaptée",
    )
    assert (second["field"], second["value"]) == ("data.contract.techniques.1", "Magie")
    assert (kept(simulator), counter.calls(PUBLISH)) == ([], [])


async def test_should_pass_on_a_refusal(counter: Counter, simulator: Simulator) -> None:
    """What only the State can know it says itself."""
    answer = await counter.answer(publication(contract(further={"dateSignature": "hier"})))

    assert (answer["reason"], answer["code"], kept(simulator)) == ("upstream_refused", "SIM-DE-020", [])


async def test_should_refuse_further_fields_that_say_it_otherwise(counter: Counter) -> None:
    """A field that has a word of its own is not said twice."""
    answer = await counter.answer(publication(contract(further={"montant": 1})))

    assert (answer["reason"], "data.contract.further.montant" in answer["detail"]) == ("invalid_event", True)


@pytest.mark.parametrize("how", AFTER)
async def test_should_take_over_what_is_published_although_the_answer_was_lost(
    counter: Counter, simulator: Simulator, how: str
) -> None:
    """Published meanwhile, with the values that were sent: it is ours, and it is there once."""
    allow(simulator, essential_data_published_after=0.0)
    counter.fault(how, PUBLISH)
    answer = await counter.answer(publication())

    assert (answer["ended"], answer["adopted"]) == ("tender.essential_data.publication.done.v1", True)
    assert answer["reference"] == kept(simulator)[0]["referenceUnique"]
    assert (len(kept(simulator)), len(counter.calls(PUBLISH))) == (1, 1)


@pytest.mark.parametrize("how", [*AFTER, *BEFORE])
async def test_should_ask_a_person_where_nothing_published_is_shown(counter: Counter, how: str) -> None:
    """Unpublished data are shown by no search: after the looks a person is asked, and nothing is sent again."""
    counter.fault(how, PUBLISH)
    held = await counter.hand_in(publication())

    assert isinstance(held, Rejected)
    assert (held.reason, "not published yet" in held.detail) == ("needs_person", True)
    assert (len(counter.calls(PUBLISH)), len(counter.calls(FIND))) == (1, 2)


async def test_should_believe_a_person_who_saw_it(counter: Counter, simulator: Simulator) -> None:
    """What a person found at the State and no search shows is done, without a reference."""
    counter.fault("lost_answer", PUBLISH)
    event = publication()
    await counter.hand_in(event)
    await counter.decided_sent(event)
    answer = await counter.answer(event)

    assert (answer["ended"], answer["reference"], answer["adopted"]) == (
        "tender.essential_data.publication.done.v1",
        None,
        True,
    )
    assert len(kept(simulator)) == 1


async def test_should_send_once_more_when_a_person_says_it_is_not_there(counter: Counter, simulator: Simulator) -> None:
    """Nothing had arrived: the second call is the one."""
    counter.fault("reset_before", PUBLISH)
    event = publication()
    await counter.hand_in(event)
    await counter.decided(event, Verdict.NOT_SENT)
    answer = await counter.answer(event)

    assert (answer["adopted"], len(kept(simulator)), len(counter.calls(PUBLISH))) == (False, 1, 2)


async def test_should_send_again_where_searches_are_known_to_show_all(simulator: Simulator, tmp_path: Path) -> None:
    """An operator who knows that unpublished data are shown says so: then finding nothing proves it."""
    allow(simulator, essential_data_shows_unpublished=True)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("dume: {essential_data: {shows_unpublished: true}}", encoding="utf-8")
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        counter.fault("reset_before", PUBLISH)
        counter.fault("lost_answer", PUBLISH)
        sent_again = await counter.answer(publication())

    assert (sent_again["adopted"], len(kept(simulator)), len(counter.calls(PUBLISH))) == (True, 1, 2)


async def test_should_say_what_stands_under_the_id(counter: Counter, simulator: Simulator) -> None:
    """The buyer's second contract under one id is refused with both, and not sent."""
    subject = contract()
    await counter.answer(publication(subject))
    publish_all(simulator)
    answer = await counter.answer(publication({**subject, "amount": "97000"}))
    conflict = answer["conflict"]

    assert (answer["reason"], answer["reference"]) == (
        "essential_data_exists",
        kept(simulator)[0]["referenceUnique"],
    )
    assert (conflict["sent"]["amount"], conflict["found"]["amount"]) == ("97000.00", "182000.50")
    assert len(kept(simulator)) == 1


async def test_should_recognise_the_same_wish_under_two_ids(counter: Counter, simulator: Simulator) -> None:
    """Shown or not, what an earlier request handed in is not handed in again."""
    subject = contract()
    await counter.answer(publication(subject))
    unseen = await counter.answer(publication(subject))
    publish_all(simulator)
    seen = await counter.answer(publication(subject))

    assert (unseen["reason"], seen["reason"], len(kept(simulator))) == ("already_requested", "already_requested", 1)


async def test_should_not_call_it_refused_for_others_under_its_id(counter: Counter, simulator: Simulator) -> None:
    """Other data are shown under the id, published by other means: whether ours are there as well, nobody knows."""
    subject = contract()
    other = {**_on_the_wire(subject), "montant": 1}
    simulator.world.dume.answer("donneesEssentielles", _asked(other), simulator.world.clock())
    publish_all(simulator)
    counter.fault("lost_answer", PUBLISH)
    held = await counter.hand_in(publication(subject))

    assert isinstance(held, Rejected)
    assert ("Other essential data" in held.detail, len(kept(simulator))) == (True, 2)


async def test_should_explain_a_refusal_by_what_is_there(counter: Counter, simulator: Simulator) -> None:
    """Where the State does not take an id twice, its refusal is shown beside what stands there."""
    allow(simulator, essential_data_unique=True)
    subject = contract()
    other = {**_on_the_wire(subject), "montant": 1}
    simulator.world.dume.answer("donneesEssentielles", _asked(other), simulator.world.clock())
    publish_all(simulator)
    answer = await counter.answer(publication(subject))

    assert (answer["reason"], answer["code"]) == ("essential_data_exists", "SIM-DE-011")
    assert answer["conflict"]["found"]["amount"] == "1.00"


async def test_should_look_for_what_a_lost_ledger_does_not_know(
    counter: Counter, simulator: Simulator, tmp_path: Path
) -> None:
    """A redelivered publication without an entry is in doubt, not new: it is found, and not sent again."""
    event = publication()
    await counter.answer(event)
    publish_all(simulator)
    folder = tmp_path / "new"
    folder.mkdir()
    async with Counter(simulator, folder) as forgetful:
        outcome = await forgetful.hand_in(event, redelivered=True)

    assert isinstance(outcome, Completed)
    assert (outcome.results[-1].type.endswith("done.v1"), len(kept(simulator))) == (True, 1)


def _on_the_wire(subject: Json) -> Json:
    return {
        "typeDE": "MP",
        "acheteur": {"id": BUYER["id"]},
        "id": subject["id"],
        "objet": subject["object"],
        "nature": subject["nature"],
        "procedure": subject["procedure"],
    }


def _asked(data: Json) -> Json:
    return {
        "operation": PUBLISH,
        "plateforme": {"idPlateforme": "99900001100018", "idTechniquePlateforme": "TND001"},
        "rsDemandeur": BUYER["name"],
        "idDemandeur": BUYER["id"],
        "donneesEssentielles": data,
    }


async def test_should_ask_again_when_what_was_sent_again_is_there_already(
    counter: Counter, simulator: Simulator
) -> None:
    """A person did not see what is not published yet, and the State takes an id once: the refusal is about our own."""
    allow(simulator, essential_data_unique=True)
    counter.fault("lost_answer", PUBLISH)
    event = publication()
    await counter.hand_in(event)
    await counter.decided(event, Verdict.NOT_SENT)
    again = await counter.hand_in(event)

    assert isinstance(again, Rejected), again
    assert (again.reason, len(kept(simulator)), len(counter.calls(PUBLISH))) == ("needs_person", 1, 2)

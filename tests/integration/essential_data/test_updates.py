"""Essential data are corrected while they are not published, added to afterwards, and the last update counts."""

from __future__ import annotations

import pytest

from service.core.outcome import Completed
from service.sandbox.simulator import Simulator
from tests.support.counter import Counter
from tests.support.essential_data import (
    FIND,
    UPDATE,
    concession,
    contract,
    publication,
    publish_all,
    update,
)
from tests.support.tenders import refusing

MODIFICATION = {"number": 1, "notified_on": "2027-02-01", "amount": "200000", "duration_months": 40}


async def _published(counter: Counter, **changes: object) -> tuple[str, dict[str, object]]:
    subject = contract(**changes)
    answer = await counter.answer(publication(subject))
    return str(answer["reference"]), subject


async def test_should_correct_what_is_not_published(counter: Counter, simulator: Simulator) -> None:
    """The data anew, and the State says in its words that they were changed."""
    reference, subject = await _published(counter)
    answer = await counter.answer(update(reference, contract={**subject, "amount": "99"}))
    (held,) = simulator.world.dume.essential_data.all()

    assert answer == {
        "ended": "tender.essential_data.update.done.v1",
        "reference": reference,
        "changed": True,
        "adopted": False,
        "notices": ["Donnees modifiees."],
    }
    assert [version.facts.values["montant"] for version in held.versions] == [99]


async def test_should_tell_that_nothing_was_changed(counter: Counter) -> None:
    """The same once more changes nothing, and the State says so."""
    reference, _ = await _published(counter)
    answers = [await counter.answer(update(reference, modifications=[MODIFICATION])) for _ in range(2)]

    assert [(answer["changed"], answer["notices"]) for answer in answers] == [
        (True, ["Donnees modifiees."]),
        (False, ["Aucune modification."]),
    ]


async def test_should_add_a_modification_to_what_is_published(counter: Counter, simulator: Simulator) -> None:
    """What was published stays; the modification is a version beside it."""
    reference, _ = await _published(counter)
    publish_all(simulator)
    answer = await counter.answer(update(reference, modifications=[MODIFICATION]))
    (held,) = simulator.world.dume.essential_data.all()

    assert (answer["changed"], len(held.versions)) == (True, 2)
    assert held.versions[1].facts.followed["modifications"] == (
        {"id": 1, "dateNotificationModification": "2027-02-01", "montant": 200000, "dureeMois": 40},
    )


async def test_should_not_correct_what_is_published(counter: Counter, simulator: Simulator) -> None:
    """The State's refusal is an answer, with its code and its words."""
    reference, subject = await _published(counter)
    publish_all(simulator)
    answer = await counter.answer(update(reference, contract={**subject, "amount": "99"}))

    assert (answer["ended"], answer["reason"], answer["code"]) == (
        "tender.essential_data.update.refused.v1",
        "upstream_refused",
        "SIM-DE-022",
    )
    assert "publiees" in answer["upstream_text"]


async def test_should_pass_on_that_a_reference_is_unknown(counter: Counter) -> None:
    """Nobody gave this one."""
    answer = await counter.answer(update("AIFEDUME-zzzzzzzz", modifications=[MODIFICATION]))

    assert (answer["reason"], answer["code"]) == ("upstream_refused", "SIM-DE-010")


async def test_should_add_what_became_of_a_concession(counter: Counter, simulator: Simulator) -> None:
    """Years with their tariffs go where the schema has them."""
    answer = await counter.answer(publication(concession(), kind="concession"))
    year = {"published_on": "2027-03-01", "investment": "12000.5", "tariffs": [{"name": "Amarrage", "amount": "9.90"}]}
    updated = await counter.answer(update(answer["reference"], execution=[year]))
    (held,) = simulator.world.dume.essential_data.all()

    assert updated["changed"] is True
    assert held.versions[0].facts.followed["donneesExecution"] == (
        {
            "datePublicationDonneesExecution": "2027-03-01",
            "depensesInvestissement": 12000.5,
            "tarifs": [{"tarif": {"intituleTarif": "Amarrage", "tarif": 9.9}}],
        },
    )


async def test_should_add_a_sub_contract(counter: Counter, simulator: Simulator) -> None:
    """A sub-contract and its change are lists of their own."""
    reference, _ = await _published(counter)
    accepted = {
        "number": 1,
        "contractor": {"id": "99900078900019"},
        "notified_on": "2026-11-02",
        "amount": "10",
        "price_variation": "Révisable",
    }
    changed = {"number": 1, "notified_on": "2026-12-02", "amount": "12"}
    await counter.answer(update(reference, subcontracts=[accepted], subcontract_changes=[changed]))
    (held,) = simulator.world.dume.essential_data.all()
    (act,), (change,) = (
        held.versions[0].facts.followed[name] for name in ("actesSousTraitance", "modificationsActesSousTraitance")
    )

    assert act["sousTraitant"] == {"id": "99900078900019", "typeIdentifiant": "SIRET"}
    assert (act["variationPrix"], change["dateNotificationModificationSousTraitance"]) == ("Révisable", "2026-12-02")


async def test_should_refuse_labels_the_schema_does_not_know(counter: Counter) -> None:
    """Nothing is sent of an update with a label that is in no list."""
    reference, subject = await _published(counter)
    answer = await counter.answer(update(reference, contract={**subject, "nature": "Marchés"}))

    assert (answer["reason"], answer["findings"][0]["field"]) == ("rules_not_met", "data.contract.nature")
    assert counter.calls(UPDATE) == []


@pytest.mark.parametrize("how", ["lost_answer", "reset_before", "gateway_timeout_after"])
async def test_should_send_again_what_may_have_arrived(counter: Counter, simulator: Simulator, how: str) -> None:
    """Sent twice leaves one effect: the modification is there once."""
    reference, _ = await _published(counter)
    counter.fault(how, UPDATE)
    answer = await counter.answer(update(reference, modifications=[MODIFICATION]))
    (held,) = simulator.world.dume.essential_data.all()

    assert (answer["ended"], len(counter.calls(UPDATE))) == ("tender.essential_data.update.done.v1", 2)
    assert len(held.versions[-1].facts.followed["modifications"]) == 1


async def test_should_take_a_refused_repetition_for_done_where_it_is_shown(
    counter: Counter, simulator: Simulator
) -> None:
    """Corrected in time, answer lost, published meanwhile: the refusal of the repetition is about our own first try."""
    reference, subject = await _published(counter)
    counter.fault("lost_answer", UPDATE)
    event = update(reference, contract={**subject, "amount": "99"})
    first = await counter.pipeline.handle(counter.delivery(event))
    publish_all(simulator)
    answer = await counter.answer(event)

    assert not isinstance(first, Completed)
    assert (answer["ended"], answer["adopted"], answer["changed"]) == (
        "tender.essential_data.update.done.v1",
        True,
        None,
    )
    assert len(counter.calls(FIND)) == 1


async def test_should_not_believe_the_first_refusal_of_a_repetition(counter: Counter) -> None:
    """It arrived, its answer was lost, and what is refused then may be about that: it is sent once more."""
    reference, subject = await _published(counter)
    counter.fault("lost_answer", UPDATE)
    refusing(counter, UPDATE)
    answer = await counter.answer(update(reference, contract={**subject, "amount": "99"}))

    assert (answer["ended"], len(counter.calls(UPDATE))) == ("tender.essential_data.update.done.v1", 3)

"""A status tells the whole life of an invoice to whoever may see it, and leaves out the persons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.sandbox.simulator import Simulator
from service.sandbox.simulator.invoices import Action, Invoice
from tests.support.bench import Bench
from tests.support.bus import Json
from tests.support.reads import by_id, by_number, keep, status

STATUS = "invoice.status.reported.v1"


async def told(bench: Bench, event: Json) -> Json:
    """What the report says."""
    end = await bench.end(event)
    assert end.type == STATUS, end
    return end.data.model_dump(mode="json")


async def test_should_tell_every_step(bench: Bench, simulator: Simulator) -> None:
    """More statuses than fit on one page of the State come in one report, oldest first, each with its comment."""
    (invoice,) = await keep(simulator, ["F-1"])
    chorus_pro = simulator.world.chorus_pro
    for number in range(150):
        simulator.world.clock.move(60)
        chorus_pro.move_status(invoice.id, "COMPLETEE" if number % 2 else "SUSPENDUE", f"Tour {number}")
    report = await told(bench, status(**by_id(invoice)))

    assert [step["status_code"] for step in report["history"]] == bench.statuses(invoice)
    assert len(report["history"]) > 150
    assert [step.get("comment") for step in report["history"]][-2:] == ["Tour 148", "Tour 149"]
    assert (report["status"], report["final"]) == ("completed", False)


async def test_should_tell_what_people_did_but_not_who(bench: Bench, simulator: Simulator) -> None:
    """Events come in the State's words, actions in ours where there is one; persons are in neither."""
    (invoice,) = await keep(simulator, ["F-1"])
    now = simulator.world.clock()
    invoice.actions += [Action(code="TELECHARGEMENT_FACTURE", at=now), Action(code="ACTION_NOUVELLE", at=now)]
    end = await bench.end(status(**by_id(invoice)))
    report = end.data.model_dump(mode="json")

    assert [event["label"] for event in report["events"]] == [
        f"Integration du flux {invoice.flow_number}",
        "Facture indexee",
    ]
    assert [(one["action"], one["action_code"]) for one in report["actions"]] == [
        ("invoice_downloaded", "TELECHARGEMENT_FACTURE"),
        ("unknown", "ACTION_NOUVELLE"),
    ]
    assert b"PERSONNE" not in end.published
    assert b"personne@" not in end.published


@pytest.mark.parametrize("role", ["supplier", "recipient", "validator"])
async def test_should_tell_each_role(bench: Bench, simulator: Simulator, role: str) -> None:
    """By its id or by its number, whoever has to do with an invoice reads the same of it."""
    (invoice,) = await keep(simulator, ["F-1"], framework="A9", total="120.00")
    by_its_id = await told(bench, status(role=role, **by_id(invoice)))
    by_its_number = await told(bench, status(role=role, **by_number(invoice)))

    assert by_its_id == by_its_number
    assert {name: by_its_id[name] for name in ("invoice_number", "type", "total_including_tax", "currency")} == {
        "invoice_number": "F-1",
        "type": "invoice",
        "total_including_tax": "120.00",
        "currency": "EUR",
    }
    assert (by_its_id["supplier_siret"], by_its_id["recipient_siret"]) == (
        invoice.supplier.siret,
        invoice.recipient.siret,
    )


async def test_should_tell_the_oldest_first_whatever_the_state_does(bench: Bench, simulator: Simulator) -> None:
    """The order is our own promise; and since when the present status is there is told where the history tells that."""
    (invoice,) = await keep(simulator, ["F-1"])
    rows = [
        {"histoStatutCode": "SUSPENDUE", "histoStatutDatePassage": "2026-11-24T10:00:00+01:00"},
        {"histoStatutCode": "DEPOSEE", "histoStatutDatePassage": "2026-11-23T10:00:00+01:00"},
    ]
    said = {"codeRetour": 0, "historiquesDesStatuts": {"histoStatut": rows}}
    reports = []
    for code in ("SUSPENDUE", "COMPLETEE"):
        body = {**said, "statutCourantCode": code}
        bench.fault("consulterHistoriqueFacture", "status", params={"status": 200, "body": body})
        reports.append(await told(bench, status(**by_id(invoice))))

    assert [step["status_code"] for step in reports[0]["history"]] == ["DEPOSEE", "SUSPENDUE"]
    assert [one["status"] for one in reports] == ["suspended", "completed"]
    assert [one["status_since"] for one in reports] == ["2026-11-24T10:00:00+01:00", None]


async def test_should_answer_without_the_detail(bench: Bench, simulator: Simulator) -> None:
    """Who may read the history but not the invoice gets the history; the rest is null."""
    (invoice,) = await keep(simulator, ["F-1"])
    report = await told(bench, status(role="validator", **by_id(invoice)))

    assert [step["status_code"] for step in report["history"]] == bench.statuses(invoice)
    assert (report["supplier_siret"], report["total_including_tax"]) == (None, None)


async def test_should_refuse_what_is_not_shown(bench: Bench, simulator: Simulator) -> None:
    """An invoice that is not there, or not this role's, is not found."""
    (invoice,) = await keep(simulator, ["F-1"])
    ends = [
        await bench.end(event)
        for event in (
            status(invoice_number="F-none"),
            status(chorus_pro_id=1),
            status(role="validator", **by_number(invoice)),
        )
    ]

    assert {(end.type, str(end.data.model_dump()["reason"])) for end in ends} == {
        ("invoice.status.refused.v1", "invoice_not_found")
    }


def twin(simulator: Simulator, one: Invoice) -> Invoice:
    """Another invoice of the same number."""
    known = simulator.world.chorus_pro
    other = replace(one, id=one.id + 1000, _set=[])
    known.invoices[other.id] = other
    known._numbered[one.facts.number].append(other)
    return other


async def test_should_tell_of_the_invoice_that_took_the_place_of_a_rejected_one(
    bench: Bench, simulator: Simulator
) -> None:
    """A number is free again after a rejection; who asks by number means the invoice that lives."""
    (rejected,) = await keep(simulator, ["F-1"])
    simulator.world.chorus_pro.move_status(rejected.id, "REJETEE")
    living = twin(simulator, rejected)

    assert (await told(bench, status(**by_number(rejected))))["chorus_pro_id"] == living.id


async def test_should_not_tell_of_any_of_several(bench: Bench, simulator: Simulator) -> None:
    """Two suppliers chose one number: whoever received both learns that, and not where one of them stands."""
    (one,) = await keep(simulator, ["F-1"])
    other = twin(simulator, one)
    other.supplier = replace(one.supplier, siret="99933344400011")
    end = await bench.end(status(role="recipient", invoice_number="F-1"))
    narrowed = await told(bench, status(role="recipient", **by_number(other)))

    assert (end.type, str(end.data.model_dump()["reason"])) == ("invoice.status.refused.v1", "invoice_ambiguous")
    assert narrowed["chorus_pro_id"] == other.id

"""What cannot be decided is refused with the invoice's present status and with what could be decided instead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from service.core.outcome import Rejected
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.treatment import REASONS, WRONG_VALIDATOR
from tests.support.bench import Bench, open_bench
from tests.support.bus import request
from tests.support.decisions import FIRST_VALIDATOR, KINDS, OTHER_VALIDATOR, about, decision, recipient, refusal


@pytest.fixture
async def bench(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Bench]:
    """A worker, before it has anything to do."""
    async with open_bench(tmp_path, simulator) as ready:
        yield ready


async def test_should_say_what_may_be_decided_instead(bench: Bench) -> None:
    """A payment is being made: nothing that was asked for can be done, and what can is told in words and codes."""
    invoice = await bench.invoice()
    bench.simulator.world.chorus_pro.move_status(invoice.id, "MANDATEE")
    data: Any = (await bench.end(recipient(invoice, status="rejected", reason="Trop tard."))).data

    assert (data.reason, data.code, data.status) == ("status_not_suitable", "GDP_MSG_11.001", "payment_authorised")
    assert ("payment_ordered" in data.allowed, "MISE_EN_PAIEMENT" in data.allowed_codes) == (True, True)


async def test_should_refuse_without_the_list_when_nobody_gives_it(bench: Bench) -> None:
    """The question what is allowed fails: the refusal stands without it, and is not put in doubt."""
    invoice = await bench.invoice()
    bench.simulator.world.chorus_pro.move_status(invoice.id, "REJETEE")
    for _ in range(3):
        bench.fault("recupererEtatsPossiblesPourTraitement", "gateway_timeout_before")
    data: Any = (await bench.end(recipient(invoice, status="suspended", reason="Trop tard."))).data

    assert (data.reason, data.allowed, bench.calls("traiterUneFactureRecue")) == ("status_not_suitable", (), 1)


@pytest.mark.parametrize("named", [{"chorus_pro_id": 1}, {"invoice_number": "F-0", "supplier_siret": "99900012300018"}])
async def test_should_not_find_an_invoice_that_is_not_there(bench: Bench, named: dict[str, object]) -> None:
    """Neither by its id nor by its number; nothing is sent."""
    event = request("invoice.recipient.decision.requested.v1", {**named, "status": "payment_ordered"})
    result: Any = await bench.end(event)

    assert (result.type.split(".")[-2], result.data.reason, result.data.status) == (
        "refused",
        "invoice_not_found",
        "unknown",
    )
    assert bench.calls("traiterUneFactureRecue") == 0


async def test_should_tell_recipients_apart(bench: Bench) -> None:
    """The invoice of this number went to somebody else."""
    invoice = await bench.invoice()
    event = recipient(invoice, status="payment_ordered")
    event["data"]["recipient_siret"] = "99900045600014"
    wrong: Any = (await bench.end(event)).data
    right = recipient(invoice, status="payment_ordered")
    right["data"]["recipient_siret"] = invoice.recipient.siret

    assert (wrong.reason, (await bench.end(right)).type.split(".")[-2]) == ("invoice_not_found", "done")


async def test_should_lead_an_invoice_through_its_validators(bench: Bench) -> None:
    """Refused for its validator, given another one, validated by that one, and then decided about by its recipient."""
    invoice = await bench.invoice(framework="A12")
    too_early: Any = (await bench.end(recipient(invoice, status="payment_ordered"))).data
    wrong: Any = (await bench.end(refusal(invoice))).data
    corrected: Any = (
        await bench.end(about(invoice, "invoice.validator.correction", {}, validator_siret=OTHER_VALIDATOR))
    ).data
    event = about(invoice, "invoice.validator.decision", {}, decision="validated", validator_siret=OTHER_VALIDATOR)
    validated: Any = (await bench.end(event)).data
    bench.simulator.world.clock.move(60)
    paid: Any = (await bench.end(recipient(invoice, status="payment_ordered"))).data

    assert (too_early.reason, too_early.allowed) == ("status_not_suitable", ())
    assert (wrong.status, corrected.status, corrected.previous_status_code) == (
        "wrong_validator_by_supplier",
        "unknown",
        "ERREUR_FOURNISSEUR_SUR_VALIDEUR",
    )
    assert (validated.status, paid.status, paid.previous_status) == ("validated_1", "payment_ordered", "made_available")


async def test_should_say_for_which_reasons_a_validator_may_refuse(bench: Bench) -> None:
    """A reason that is not in the State's list is refused together with that list."""
    invoice = await bench.invoice(framework="A9")
    data: Any = (await bench.end(refusal(invoice, "MOTIF_INVENTE"))).data

    assert (data.reason, [one.reason_code for one in data.reasons]) == ("upstream_refused", [c for _, c, _ in REASONS])
    assert WRONG_VALIDATOR in data.reasons[0].reason_code


@pytest.mark.parametrize(("siret", "ends"), [(FIRST_VALIDATOR, "done"), ("99941414300019", "refused")])
async def test_should_decide_in_the_name_of_a_validator(bench: Bench, siret: str, ends: str) -> None:
    """The account must be attached to the validator that is named."""
    invoice = await bench.invoice(framework="A9")
    event = about(invoice, "invoice.validator.decision", {}, decision="validated", validator_siret=siret)
    result: Any = await bench.end(event)

    assert (result.type.split(".")[-2], getattr(result.data, "reason", None)) == (
        ends,
        None if ends == "done" else "validator_unknown",
    )


async def test_should_show_the_supplier_what_its_recipient_did(bench: Bench) -> None:
    """Status, reason and date are in the history the supplier reads, and in its search."""
    asked = await decision(bench, "recipient")
    await bench.end(asked.event)
    named = {"invoice_number": asked.invoice.facts.number, "supplier_siret": asked.invoice.supplier.siret}
    data: Any = (await bench.end(request("invoice.status.requested.v1", named))).data

    assert (data.status, data.history[-1].comment) == ("suspended", "Il manque le bon de livraison.")


@pytest.mark.parametrize("kind", KINDS)
async def test_should_ask_a_person_when_a_refused_repetition_may_be_done(bench: Bench, kind: str) -> None:
    """Sent again it was carried out and refused all the same, and by now nobody gives the history."""
    asked = await decision(bench, kind)
    bench.fault(asked.operation, "gateway_timeout_before")
    await bench.handle(asked.event)
    refused = {"status": 200, "body": {"codeRetour": 20002, "libelle": "X"}, "work": True}
    bench.fault(asked.operation, "status", params=refused)
    unreadable = {"status": 200, "body": {"codeRetour": 20001, "libelle": "GDP_MSG_11.005"}}
    bench.fault("consulterHistoriqueFacture", "status", params=unreadable, skip=3, count=None)
    ended = await bench.settle(asked.event, redelivered=True)

    assert isinstance(ended, Rejected), ended
    assert (ended.reason, bench.status(asked.invoice)) == ("needs_person", asked.status_code)

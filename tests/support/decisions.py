"""A decision of each kind about an invoice that is at the simulated State."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.treatment import WRONG_VALIDATOR
from tests.support.bench import Bench
from tests.support.bus import Json, request

KINDS: Final = ("recipient", "validator", "correction")
FIRST_VALIDATOR: Final = "99941414100013"
OTHER_VALIDATOR: Final = "99941414200011"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, the invoice it is about, the call it leads to, and the status that this call sets."""

    event: Json
    invoice: Invoice
    operation: str
    status_code: str


async def decision(bench: Bench, kind: str, **attributes: str) -> Asked:
    """A request of this kind about an invoice of its own."""
    if kind == "recipient":
        invoice = await bench.invoice()
        event = recipient(invoice, status="suspended", reason="Il manque le bon de livraison.", **attributes)
        return Asked(event=event, invoice=invoice, operation="traiterUneFactureRecue", status_code="SUSPENDUE")
    invoice = await bench.invoice(framework="A9")
    if kind == "validator":
        event = about(invoice, "invoice.validator.decision", attributes, decision="validated")
        return Asked(event=event, invoice=invoice, operation="traiterFactureAValider", status_code="VALIDEE_1")
    bench.simulator.world.chorus_pro.move_status(invoice.id, "ERREUR_FOURNISSEUR_SUR_VALIDEUR", "Mauvais valideur")
    event = about(invoice, "invoice.validator.correction", attributes, validator_siret=OTHER_VALIDATOR)
    return Asked(event=event, invoice=invoice, operation="corrigerValideurFacture", status_code="A_VALIDER_1")


def recipient(invoice: Invoice, *, status: str, reason: str | None = None, **attributes: str) -> Json:
    """What its recipient decides about an invoice."""
    said = {"status": status, **({"reason": reason} if reason else {})}
    return about(invoice, "invoice.recipient.decision", attributes, **said)


def refusal(invoice: Invoice, reason_code: str = WRONG_VALIDATOR) -> Json:
    """Its validator refuses an invoice."""
    return about(invoice, "invoice.validator.decision", {}, decision="refused", reason_code=reason_code)


def about(invoice: Invoice, family: str, attributes: dict[str, str], **data: str) -> Json:
    """A request about an invoice, named by its number and its supplier."""
    named = {"invoice_number": invoice.facts.number, "supplier_siret": invoice.supplier.siret}
    return request(f"{family}.requested.v1", {**named, **data}, **attributes)

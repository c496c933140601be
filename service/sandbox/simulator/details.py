"""Shows one invoice to its supplier, its recipient or its validator."""

from __future__ import annotations

from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.criteria import type_of
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.sight import sees
from service.sandbox.simulator.wire import Body

UNKNOWN_INVOICE: Final = "GDP_MSG_11.008"
_FRAMEWORKS: Final = {
    "A1": "A1_FACTURE_FOURNISSEUR",
    "A2": "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE",
    "A9": "A9_FACTURE_SOUSTRAITANT",
    "A12": "A12_FACTURE_COTRAITANT",
}


async def detail(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Show an invoice to its supplier: who, whom, when, how much."""
    return _detail(chorus_pro, caller, body, "supplier")


async def detail_for_recipient(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """The same for its recipient."""
    return _detail(chorus_pro, caller, body, "recipient")


async def detail_for_validator(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """The same for its validator."""
    return _detail(chorus_pro, caller, body, "validator")


def _detail(chorus_pro: ChorusPro, caller: Caller, body: Body, role: str) -> Done:
    now = chorus_pro.advance()
    invoice = look_up(chorus_pro, caller, body, "identifiantFactureCPP", role)
    reply = {
        "identifiantFactureCPP": invoice.id,
        "numeroFacture": invoice.facts.number,
        "statutFacture": invoice.status(now).code,
        "modeDepot": invoice.made_by,
        "rejetTraite": invoice.is_rejection_treated,
        "destinataire": {
            "idDestinataire": invoice.recipient.id,
            "codeDestinataire": invoice.recipient.siret,
            "libelleDestinataire": invoice.recipient.name,
            "codeServiceExecutant": invoice.facts.service_code,
        },
        "fournisseur": {
            "idFournisseur": invoice.supplier.id,
            "typeIdentifiantFournisseur": "SIRET",
            "codeFournisseur": invoice.supplier.siret,
            "raisonSocialeFournisseur": invoice.supplier.name,
        },
        "cadreDeFacturation": _framework(invoice),
        "references": {
            "dateFacture": invoice.facts.issued_on,
            "dateDepot": wire.day(invoice.deposited_at),
            "dateCreationFacture": wire.to_the_minute(invoice.integrated_at),
            "codeDeviseFacture": invoice.facts.currency or "EUR",
            "typeFacture": type_of(invoice),
            "numeroBonCommande": invoice.facts.commitment_number,
        },
        "montantTotal": {
            "montantHtTotal": invoice.net,
            "montantTVA": invoice.total - invoice.net,
            "montantTtcTotal": invoice.total,
            "montantAPayer": invoice.due,
        },
        "listeDesPiecesJointes": {"pieceJointe": chorus_pro.attachments.rows(invoice.attachments)},
    }
    return Done(reply=wire.said(wire.DONE, facture=reply), summary=summary_of(invoice))


def look_up(chorus_pro: ChorusPro, caller: Caller, body: Body, name: str, role: str | None = None) -> Invoice:
    """The invoice that is named, where the caller may see it in this role or in any; raises Refused."""
    wanted = wire.number_of(body, name)
    if wanted is None:
        raise wire.FieldMissing(name)
    invoice = chorus_pro.invoices.get(wanted)
    if invoice is None or not sees(chorus_pro.parties, caller.login, invoice, role):
        raise wire.Refused(20000, UNKNOWN_INVOICE)
    return invoice


def _framework(invoice: Invoice) -> dict[str, str | None]:
    """Who validates it, and its kind: the code in full of a plain invoice; no file says the words of the others."""
    code, validator = invoice.facts.framework or "A1", invoice.validator
    return {
        "codeCadreFacturation": _FRAMEWORKS.get(code, code),
        "codeValideur1": validator.siret if validator else None,
    }


def summary_of(invoice: Invoice) -> dict[str, object]:
    """What the journal says of an invoice."""
    return {"invoice": invoice.id, "number": invoice.facts.number}

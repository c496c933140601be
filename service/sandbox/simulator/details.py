"""Shows one invoice: consulterHistoriqueFacture, consulterFactureParFournisseur."""

from __future__ import annotations

from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.searches import type_of
from service.sandbox.simulator.wire import Body, Page, Reply

UNKNOWN_INVOICE: Final = "GDP_MSG_11.008"
_FRAMEWORKS: Final = {
    "A1": "A1_FACTURE_FOURNISSEUR",
    "A2": "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE",
    "A9": "A9_FACTURE_SOUSTRAITANT",
    "A12": "A12_FACTURE_COTRAITANT",
}


async def history(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List the statuses an invoice went through."""
    now = chorus_pro.advance()
    invoice = _look_up(chorus_pro, caller, body, "idFacture")
    asked = wire.object_of(body, "paramRechercheHistoStatuts")
    page = Page.of(asked, "ListeHistoStatut")
    statuses = invoice.statuses(now)
    rows: list[Reply] = [
        {
            "histoStatutId": invoice.id * 100 + place,
            "histoStatutCode": status.code,
            "histoStatutDatePassage": (wire.precise if place % 2 else wire.rounded)(status.at),
            "histoStatutCommentaire": status.comment,
        }
        for place, status in enumerate(statuses)
    ]
    if asked.get("triSensListeHistoStatut") != "Ascendant":
        rows.reverse()
    reply = wire.said(
        wire.DONE,
        idFacture=invoice.id,
        numeroFacture=invoice.facts.number,
        modeDepot=invoice.made_by,
        statutCourantCode=statuses[-1].code,
        historiquesDesStatuts={"histoStatut": page.cut(rows), **_named(page, rows, "HistoStatut")},
        historiquesDesEvenementsComplementaires={"evenement": [], **_named(Page(), [], "Evenement")},
        historiquesDesActionsUtilisateurs={"histoAction": [], **_named(Page(), [], "HistoAction")},
    )
    return Done(reply=reply, summary=_summary(invoice) | {"status": statuses[-1].code})


async def detail(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Show an invoice: who, whom, when, how much."""
    now = chorus_pro.advance()
    invoice = _look_up(chorus_pro, caller, body, "identifiantFactureCPP")
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
        "cadreDeFacturation": {"codeCadreFacturation": _framework(invoice)},
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
            "montantAPayer": invoice.total if invoice.facts.amount_due is None else invoice.facts.amount_due,
        },
        "listeDesPiecesJointes": {"pieceJointe": chorus_pro.attachments.rows(invoice.attachments)},
    }
    return Done(reply=wire.said(wire.DONE, facture=reply), summary=_summary(invoice))


def _look_up(chorus_pro: ChorusPro, caller: Caller, body: Body, name: str) -> Invoice:
    wanted = wire.number_of(body, name)
    if wanted is None:
        raise wire.FieldMissing(name)
    invoice = chorus_pro.invoice_shown_to(caller.login, wanted)
    if invoice is None:
        raise wire.Refused(20000, UNKNOWN_INVOICE)
    return invoice


def _framework(invoice: Invoice) -> str:
    """The code in full where it is a plain invoice; no file says the words of the others."""
    code = invoice.facts.framework or "A1"
    return _FRAMEWORKS.get(code, code)


def _named(page: Page, rows: list[Reply], suffix: str) -> dict[str, int | None]:
    return {f"{name}{suffix}": value for name, value in page.numbers(rows).items()}


def _summary(invoice: Invoice) -> dict[str, object]:
    return {"invoice": invoice.id, "number": invoice.facts.number}

"""Finds invoices: rechercherFactureParFournisseur."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.wire import Body, Page, Reply

_NULL_PAGING_EVERY: Final = 5
_COLUMNS: Final[dict[str, Callable[[Reply], str]]] = {
    "NumeroFacture": lambda row: str(row["numeroFacture"]),
    "DateFacture": lambda row: str(row["dateFacture"]),
    "DateDepot": lambda row: str(row["dateDepot"]),
    "Statut": lambda row: str(row["statut"]),
    "CodeFournisseur": lambda row: str(row["codeFournisseur"]),
    "CodeDestinataire": lambda row: str(row["codeDestinataire"]),
    "NumeroFluxDepot": lambda row: str(row["numeroFluxDepot"]),
}


async def search_invoices(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List the invoices of the caller's companies that fit every given filter and are shown already."""
    now = chorus_pro.advance()
    asked = wire.object_of(body, "rechercheFactureParFournisseur")
    page = Page.of(asked)
    rows = [to_row(invoice, now) for invoice in _found(chorus_pro, caller, body, now)]
    column = _COLUMNS.get(str(asked.get("triColonne") or "DateDepot"), _COLUMNS["DateDepot"])
    rows.sort(key=column, reverse=asked.get("triSens", "Descendant") != "Ascendant")
    chorus_pro.searches += 1
    summary = {"found": len(rows), "numbers": [row["numeroFacture"] for row in rows[: page.size]]}
    if not rows and _says_nothing_found(chorus_pro):
        raise wire.Refused(20000, wire.NOTHING_FOUND)
    return Done(
        reply=wire.said(wire.FOUND, parametresRetour=_paging(chorus_pro, page, rows), listeFactures=page.cut(rows)),
        summary=summary,
    )


def to_row(invoice: Invoice, now: datetime) -> Reply:
    """One invoice as searches list it."""
    status, facts = invoice.status(now), invoice.facts
    return {
        "identifiantFactureCPP": invoice.id,
        "typeDemandePaiement": "FACTURE",
        "codeFournisseur": invoice.supplier.siret,
        "typeIdentifiantFournisseur": "SIRET",
        "designationFournisseur": invoice.supplier.name,
        "idDestinataire": invoice.recipient.id,
        "codeDestinataire": invoice.recipient.siret,
        "designationDestinataire": invoice.recipient.name,
        "codeServiceExecutant": facts.service_code,
        "typeFacture": type_of(invoice),
        "numeroFacture": facts.number,
        "dateFacture": facts.issued_on,
        "dateDepot": wire.day(invoice.deposited_at),
        "montantHT": invoice.net,
        "montantTTC": invoice.total,
        "montantAPayer": invoice.total if facts.amount_due is None else facts.amount_due,
        "devise": facts.currency or "EUR",
        "statut": status.code,
        "numeroBonCommande": facts.commitment_number,
        "numeroFluxDepot": invoice.flow_number,
        "modeDepot": "UPLOAD_API",
        "dateHeureEtatCourant": (wire.precise if invoice.id % 2 else wire.rounded)(status.at),
        "commentaireEtatCourant": status.comment,
        "rejetTraite": False,
    }


def type_of(invoice: Invoice) -> str:
    """The kind of invoice in Chorus Pro's word."""
    return "AVOIR" if invoice.facts.kind == "credit_note" else "FACTURE"


def _found(chorus_pro: ChorusPro, caller: Caller, body: Body, now: datetime) -> Iterator[Invoice]:
    since = wire.moment_of(body, "periodeDateHeureEtatCourantDu")
    until = wire.moment_of(body, "periodeDateHeureEtatCourantAu")
    statuses = wire.list_of(body, "statutCourant")
    flow, number = wire.optional_text_of(body, "numeroFluxDepot"), wire.optional_text_of(body, "numeroFacture")
    fits = _filter(body, flow=flow, number=number)
    for invoice in chorus_pro.candidates(flow=flow, number=number):
        if invoice.shown_at > now or not chorus_pro.parties.is_supplier(caller.login, invoice.supplier.siret):
            continue
        status = invoice.status(now)
        is_wanted = not statuses or status.code in statuses
        if is_wanted and wire.is_within(status.at, start=since, end=until) and fits(invoice):
            yield invoice


def _filter(body: Body, *, flow: str | None, number: str | None) -> Callable[[Invoice], bool]:
    """The filters that do not depend on the present moment. One that is absent lets everything through."""
    supplier, kind = wire.number_of(body, "idFournisseur"), wire.optional_text_of(body, "typeFacture")
    first, last = wire.moment_of(body, "periodeDateDepotDu"), wire.moment_of(body, "periodeDateDepotAu")
    listed = [one for one in wire.list_of(body, "listeDestinataire") if isinstance(one, dict)]
    recipients = {wire.number_of(one, "idDestinataire") for one in listed}

    def fits(invoice: Invoice) -> bool:
        deposited = wire.day(invoice.deposited_at)
        return (
            number in {None, invoice.facts.number}
            and flow in {None, invoice.flow_number}
            and supplier in {None, invoice.supplier.id}
            and kind in {None, type_of(invoice)}
            and (not recipients or invoice.recipient.id in recipients)
            and (first is None or deposited >= wire.day(first))
            and (last is None or deposited <= wire.day(last))
        )

    return fits


def _says_nothing_found(chorus_pro: ChorusPro) -> bool:
    """Whether an empty search answers with a code rather than with an empty list; both were seen."""
    chorus_pro.empty_searches += 1
    form = chorus_pro.settings.empty_search
    return form == "code" or (form == "alternate" and chorus_pro.empty_searches % 2 == 1)


def _paging(chorus_pro: ChorusPro, page: Page, rows: list[Reply]) -> dict[str, int | None]:
    numbers = page.numbers(rows)
    if chorus_pro.settings.quirks and chorus_pro.searches % _NULL_PAGING_EVERY == 0:
        return dict.fromkeys(numbers)
    return numbers

"""Finds invoices for who sent them or who received them: rechercherFactureParFournisseur, …Recipiendaire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.invoices import Invoice, Status
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
    now, parties = chorus_pro.advance(), chorus_pro.parties
    asked = wire.object_of(body, "rechercheFactureParFournisseur")
    mine = (one for one in _found(chorus_pro, body, now) if parties.is_supplier(caller.login, one.supplier.siret))
    page, rows = _sorted(chorus_pro, asked, [to_row(one, now, chorus_pro) for one in mine])
    return Done(
        reply=wire.said(wire.FOUND, parametresRetour=_paging(chorus_pro, page, rows), listeFactures=page.cut(rows)),
        summary=_summary(page, rows),
    )


async def search_received(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """The same for the public bodies the caller receives for: under other names, and paging numbers beside the list."""
    now, parties = chorus_pro.advance(), chorus_pro.parties
    asked = wire.object_of(body, "paramRecherche")
    mine = (one for one in _found(chorus_pro, body, now) if parties.is_recipient(caller.login, one.recipient.siret))
    page, rows = _sorted(chorus_pro, asked, [to_row(one, now, chorus_pro) for one in mine])
    shown = [_as_received(row) for row in page.cut(rows)]
    reply = wire.said(wire.FOUND, listeFactures=shown, **_paging(chorus_pro, page, rows))
    return Done(reply=reply, summary=_summary(page, rows))


def _sorted(chorus_pro: ChorusPro, asked: Body, rows: list[Reply]) -> tuple[Page, list[Reply]]:
    """What was found in the order that was asked for; raises Refused, now and then, where nothing was."""
    page = Page.of(asked)
    column = _COLUMNS.get(str(asked.get("triColonne") or "DateDepot"), _COLUMNS["DateDepot"])
    rows.sort(key=column, reverse=asked.get("triSens", "Descendant") != "Ascendant")
    chorus_pro.searches += 1
    if not rows and _says_nothing_found(chorus_pro):
        raise wire.Refused(20000, wire.NOTHING_FOUND)
    return page, rows


def _summary(page: Page, rows: list[Reply]) -> dict[str, object]:
    return {"found": len(rows), "numbers": [row["numeroFacture"] for row in rows[: page.size]]}


def _as_received(row: Reply) -> Reply:
    left_out = {"identifiantFactureCPP", "numeroFluxDepot", "modeDepot", "rejetTraite"}
    kept = {name: value for name, value in row.items() if name not in left_out}
    return {"idFacture": row["identifiantFactureCPP"], **kept, "factureTelechargeeParDestinataire": False}


def to_row(invoice: Invoice, now: datetime, chorus_pro: ChorusPro) -> Reply:
    """One invoice as searches list it."""
    status, facts = _indexed(invoice, now, chorus_pro), invoice.facts
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
        "modeDepot": invoice.made_by,
        "dateHeureEtatCourant": (wire.precise if invoice.id % 2 else wire.rounded)(status.at),
        "commentaireEtatCourant": status.comment,
        "rejetTraite": invoice.is_rejection_treated,
    }


def type_of(invoice: Invoice) -> str:
    """The kind of invoice in Chorus Pro's word."""
    return "AVOIR" if invoice.facts.kind == "credit_note" else "FACTURE"


def _indexed(invoice: Invoice, now: datetime, chorus_pro: ChorusPro) -> Status:
    return invoice.indexed(now, timedelta(seconds=chorus_pro.settings.index_lag))


def _found(chorus_pro: ChorusPro, body: Body, now: datetime) -> Iterator[Invoice]:
    since = wire.moment_of(body, "periodeDateHeureEtatCourantDu")
    until = wire.moment_of(body, "periodeDateHeureEtatCourantAu")
    statuses = wire.list_of(body, "statutCourant")
    flow, number = wire.optional_text_of(body, "numeroFluxDepot"), wire.optional_text_of(body, "numeroFacture")
    fits = _filter(body, flow=flow, number=number)
    for invoice in chorus_pro.candidates(flow=flow, number=number):
        if invoice.shown_at > now:
            continue
        status = _indexed(invoice, now, chorus_pro)
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

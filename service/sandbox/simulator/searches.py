"""Finds invoices for who sent them or who received them: rechercherFactureParFournisseur, …Recipiendaire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.criteria import criteria_of, type_of
from service.sandbox.simulator.invoices import Invoice, Status
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.wire import Body, Page, Reply

_NULL_PAGING_EVERY: Final = 5
_ACCOUNT_NUMBER: Final = "coordBancairesFournisseurCompteBancaire"
_NUMBER_OF_NOBODY: Final = "00000099999"
"""What no client has any reason to repeat."""
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
    mine = (one for one in found(chorus_pro, body, now) if parties.is_supplier(caller.login, one.supplier.siret))
    page, rows = sorted_rows(chorus_pro, asked, [to_row(one, now, chorus_pro) for one in mine])
    return Done(
        reply=wire.said(wire.FOUND, parametresRetour=paging(chorus_pro, page, rows), listeFactures=page.cut(rows)),
        summary=_summary(page, rows),
    )


async def search_received(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """The same for the public bodies the caller receives for: under other names, and paging numbers beside the list."""
    now, parties = chorus_pro.advance(), chorus_pro.parties
    asked = wire.object_of(body, "paramRecherche")
    mine = (one for one in found(chorus_pro, body, now) if parties.is_recipient(caller.login, one.recipient.siret))
    page, rows = sorted_rows(chorus_pro, asked, [to_row(one, now, chorus_pro) for one in mine])
    shown = [as_received(row) for row in page.cut(rows)]
    reply = wire.said(wire.FOUND, listeFactures=shown, **paging(chorus_pro, page, rows))
    return Done(reply=reply, summary=_summary(page, rows))


async def search_as_validator(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """The same for those the caller validates for, both parties under other names."""
    now, mine = chorus_pro.advance(), chorus_pro.parties.validators_of(caller.login)
    asked = wire.object_of(body, "pagination")
    theirs = (one for one in found(chorus_pro, body, now) if one.validator in mine)
    page, rows = sorted_rows(chorus_pro, asked, [to_row(one, now, chorus_pro) for one in theirs])
    shown = [as_validated(row) for row in page.cut(rows)]
    reply = wire.said(wire.FOUND, parametresRetour=paging(chorus_pro, page, rows), listeFactures=shown)
    return Done(reply=reply, summary=_summary(page, rows))


def sorted_rows(chorus_pro: ChorusPro, asked: Body, rows: list[Reply]) -> tuple[Page, list[Reply]]:
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


def as_received(row: Reply) -> Reply:
    """The row as recipients see it."""
    left_out = {
        "identifiantFactureCPP", "numeroFluxDepot", "modeDepot", "rejetTraite", "codeValideur1", _ACCOUNT_NUMBER,
    }  # fmt: skip
    kept = {name: value for name, value in row.items() if name not in left_out}
    return {"idFacture": row["identifiantFactureCPP"], **kept}


def as_validated(row: Reply) -> Reply:
    """The row as validators see it, who are told less."""
    left_out = {"dateHeureEtatCourant", "commentaireEtatCourant", "factureTelechargeeParDestinataire"}
    names = {
        "codeFournisseur": "identifiantFournisseur",
        "codeDestinataire": "identifiantDestinataire",
        "numeroBonCommande": "numeroEngagement",
    }
    kept = {names.get(name, name): value for name, value in as_received(row).items() if name not in left_out}
    return {**kept, "identifiantValideur": row["codeValideur1"]}


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
        "montantAPayer": invoice.due,
        "devise": facts.currency or "EUR",
        "statut": status.code,
        "numeroBonCommande": facts.commitment_number,
        "numeroFluxDepot": invoice.flow_number,
        "modeDepot": invoice.made_by,
        "dateHeureEtatCourant": (wire.precise if invoice.id % 2 else wire.rounded)(status.at),
        "commentaireEtatCourant": status.comment,
        "codeValideur1": invoice.validator.siret if invoice.validator else None,
        _ACCOUNT_NUMBER: _NUMBER_OF_NOBODY,
        "factureTelechargeeParDestinataire": invoice.is_downloaded,
        "rejetTraite": invoice.is_rejection_treated,
    }


def _indexed(invoice: Invoice, now: datetime, chorus_pro: ChorusPro) -> Status:
    return invoice.indexed(now, timedelta(seconds=chorus_pro.settings.index_lag))


def found(chorus_pro: ChorusPro, body: Body, now: datetime) -> Iterator[Invoice]:
    """Every invoice that fits the criteria and is shown already, whoever may see it."""
    since = wire.moment_of(body, "periodeDateHeureEtatCourantDu")
    until = wire.moment_of(body, "periodeDateHeureEtatCourantAu")
    statuses = wire.list_of(body, "statutCourant")
    flow, number = wire.optional_text_of(body, "numeroFluxDepot"), wire.optional_text_of(body, "numeroFacture")
    fits = criteria_of(body)
    for invoice in chorus_pro.candidates(flow=flow, number=number):
        if invoice.shown_at > now:
            continue
        status = _indexed(invoice, now, chorus_pro)
        is_wanted = not statuses or status.code in statuses
        is_meant = number in {None, invoice.facts.number} and flow in {None, invoice.flow_number}
        if is_meant and is_wanted and wire.is_within(status.at, start=since, end=until) and fits(invoice):
            yield invoice


def _says_nothing_found(chorus_pro: ChorusPro) -> bool:
    """Whether an empty search answers with a code rather than with an empty list; both were seen."""
    chorus_pro.empty_searches += 1
    form = chorus_pro.settings.empty_search
    return form == "code" or (form == "alternate" and chorus_pro.empty_searches % 2 == 1)


def paging(chorus_pro: ChorusPro, page: Page, rows: list[Reply]) -> dict[str, int | None]:
    """The numbers of a page, which are null now and then."""
    numbers = page.numbers(rows)
    if chorus_pro.settings.quirks and chorus_pro.searches % _NULL_PAGING_EVERY == 0:
        return dict.fromkeys(numbers)
    return numbers

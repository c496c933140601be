"""Finds the invoices that wait for somebody, and payment requests wherever they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.searches import as_received, as_validated, found, paging, sorted_rows, to_row
from service.sandbox.simulator.sight import sees
from service.sandbox.simulator.wire import Body, Reply

SUPPLIER_ACTS: Final = frozenset({"A_RECYCLER", "SUSPENDUE", "REJETEE", "ERREUR_FOURNISSEUR_SUR_VALIDEUR"})
RECIPIENT_ACTS: Final = frozenset({"MISE_A_DISPOSITION", "COMPLETEE", "SERVICE_FAIT"})
VALIDATOR_ACTS: Final = frozenset({"A_VALIDER_1", "A_VALIDER_2"})
ARCHIVED: Final = frozenset({"ABANDONNEE", "SUPPRIMEE"})
"""Made up: the statuses whose invoices the simulator keeps in its archive, and nowhere else for this search."""

_ROLES: Final = {"FOURNISSEUR": "supplier", "DESTINATAIRE": "recipient", "VALIDEUR": "validator"}
_MOST_AT_ONCE: Final = 200


async def to_do_of_supplier(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List what waits for the caller's companies; rejected invoices can be left out."""
    acts = SUPPLIER_ACTS - {"REJETEE"} if body.get("masquerRejetee") else SUPPLIER_ACTS
    rows = _waiting(chorus_pro, caller, body, "supplier", acts)
    left_out = {"numeroFluxDepot", "dateHeureEtatCourant", "commentaireEtatCourant", "rejetTraite", "modeDepot"}
    rows = [{name: value for name, value in row.items() if name not in left_out} for row in rows]
    return _answer(chorus_pro, body, "rechercheFactureATraiterParFournisseur", rows)


async def to_do_of_recipient(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List what waits for the public bodies the caller receives for."""
    rows = [as_received(row) for row in _waiting(chorus_pro, caller, body, "recipient", RECIPIENT_ACTS)]
    return _answer(chorus_pro, body, "parametreRechercheFactureATraiterParRecipiendaire", rows)


async def to_do_of_validator(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List what waits for those the caller validates for."""
    siret = wire.optional_text_of(body, "identifiantStructure")
    rows = [
        as_validated(row)
        for row in _waiting(chorus_pro, caller, body, "validator", VALIDATOR_ACTS)
        if siret in {None, row["codeValideur1"]}
    ]
    return _answer(chorus_pro, body, "pagination", rows)


async def payment_requests(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List payment requests of the live base or of the archive, all on one page; MOE and MOA have none here."""
    role = _ROLES.get(wire.text_of(body, "roleUtilisateur"))
    archive = wire.text_of(body, "dpOuDpArchive") == "DP_ARCHIVE"
    renamed = {"periodeDateFactureDu": "periodeDateFournisseurDu", "periodeDateFactureAu": "periodeDateFournisseurAu"}
    asked = {**body, **{ours: body.get(theirs) for ours, theirs in renamed.items()}}
    now = chorus_pro.advance()
    invoices = [
        one
        for one in found(chorus_pro, asked, now)
        if role and sees(chorus_pro.parties, caller.login, one, role) and (one.status(now).code in ARCHIVED) == archive
    ]
    if not invoices:
        raise wire.Refused(20000, wire.NOTHING_FOUND)
    rows = [_as_payment_request(to_row(one, now, chorus_pro), one, archive=archive) for one in invoices]
    reply = wire.said(wire.FOUND, listeDemandePaiement=rows[:_MOST_AT_ONCE], total=len(rows))
    return Done(reply=reply, summary={"found": len(rows)})


def _waiting(chorus_pro: ChorusPro, caller: Caller, body: Body, role: str, acts: Iterable[str]) -> list[Reply]:
    """The rows of what waits for this role, of the one structure that is asked for or of all the caller's."""
    now, statuses = chorus_pro.advance(), frozenset(acts)
    structure = wire.number_of(body, "idStructure")
    own: dict[str, Callable[[Invoice], int | None]] = {
        "supplier": lambda one: one.supplier.id,
        "recipient": lambda one: one.recipient.id,
        "validator": lambda one: one.validator.id if one.validator else None,
    }
    return [
        to_row(one, now, chorus_pro)
        for one in found(chorus_pro, {}, now)
        if one.status(now).code in statuses
        and not one.is_rejection_treated
        and sees(chorus_pro.parties, caller.login, one, role)
        and structure in {None, own[role](one)}
    ]


def _answer(chorus_pro: ChorusPro, body: Body, name: str, rows: list[Reply]) -> Done:
    asked = wire.object_of(body, name)
    page, rows = sorted_rows(chorus_pro, asked, rows)
    reply = wire.said(wire.FOUND, parametresRetour=paging(chorus_pro, page, rows), listeFactures=page.cut(rows))
    return Done(reply=reply, summary={"found": len(rows), "page": page.number})


def _as_payment_request(row: Reply, invoice: Invoice, *, archive: bool) -> Reply:
    return {
        "idDemandePaiement": row["identifiantFactureCPP"],
        "numeroDemandePaiement": row["numeroFacture"],
        "typeDemandePaiement": "FACTURE",
        "typeFacture": row["typeFacture"],
        "etatCourant": row["statut"],
        "dateHeureEtatCourant": row["dateHeureEtatCourant"],
        "dateFournisseur": row["dateFacture"],
        "dateDepot": row["dateDepot"],
        "montantHT": row["montantHT"],
        "montantTTC": row["montantTTC"],
        "montantAPayer": row["montantAPayer"],
        "numeroBonCommande": row["numeroBonCommande"],
        "idStructureFournisseur": invoice.supplier.id,
        "idStructureDestinataire": invoice.recipient.id,
        "identifiantStructureFournisseur": invoice.supplier.siret,
        "identifiantStructureDestinataire": invoice.recipient.siret,
        "codeServiceDestinataire": row["codeServiceExecutant"],
        "dpOuDpArchive": "DP_ARCHIVE" if archive else "DEMANDE_PAIEMENT",
    }

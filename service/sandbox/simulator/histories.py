"""Tells what happened to one invoice: consulterHistoriqueFacture, with its three lists."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.details import look_up, summary_of
from service.sandbox.simulator.invoices import Invoice, Status
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.wire import Body, Page, Reply

_PERSON: Final = "PERSONNE FICTIVE"
"""Whoever did it: what no client has any reason to repeat."""


async def history(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List the statuses an invoice went through, what else happened to it, and what people did with it."""
    now = chorus_pro.advance()
    invoice = look_up(chorus_pro, caller, body, "idFacture")
    statuses = invoice.statuses(now)
    reply = wire.said(
        wire.DONE,
        idFacture=invoice.id,
        numeroFacture=invoice.facts.number,
        modeDepot=invoice.made_by,
        statutCourantCode=statuses[-1].code,
        historiquesDesStatuts=_part(body, "HistoStatuts", "HistoStatut", "histoStatut", _statuses(invoice, statuses)),
        historiquesDesEvenementsComplementaires=_part(
            body, "HistoEvenementsComplementaires", "HistoEvenement", "evenement", _events(invoice, now)
        ),
        historiquesDesActionsUtilisateurs=_part(
            body, "HistoActionsUtilisateurs", "HistoAction", "histoAction", _actions(invoice, now)
        ),
        derniereAction=_last_action(invoice),
    )
    return Done(reply=reply, summary=summary_of(invoice) | {"status": statuses[-1].code})


def _part(body: Body, list_name: str, name: str, field: str, rows: list[Reply]) -> Reply:
    """One page of one of the lists; the names of its numbers end in the name of the list."""
    asked = wire.object_of(body, f"paramRecherche{list_name}")
    page = Page.of({**asked, "nbResultatsMaximum": body.get("nbResultatsMaximum")}, f"Liste{name}")
    if asked.get(f"triSensListe{name}") != "Ascendant":
        rows.reverse()
    suffix = "Evenement" if field == "evenement" else name
    return {field: page.cut(rows), **{f"{key}{suffix}": value for key, value in page.numbers(rows).items()}}


def _statuses(invoice: Invoice, statuses: list[Status]) -> list[Reply]:
    return [
        {
            "histoStatutId": invoice.id * 100 + place,
            "histoStatutCode": status.code,
            "histoStatutDatePassage": (wire.precise if place % 2 else wire.rounded)(status.at),
            "histoStatutCommentaire": status.comment,
            "histoStatutUtilisateurNom": _PERSON,
        }
        for place, status in enumerate(statuses)
    ]


def _events(invoice: Invoice, now: datetime) -> list[Reply]:
    """How it came in, and that it shows in searches."""
    way = f"Integration du flux {invoice.flow_number}" if invoice.flow_number else "Soumission"
    happened = (
        (way, invoice.integrated_at),
        ("Facture indexee", invoice.shown_at),
    )
    return [
        {
            "evenementId": invoice.id * 100 + place,
            "evenementLibelle": label,
            "evenementQui": _PERSON,
            "evenementDateHeure": wire.rounded(at),
        }
        for place, (label, at) in enumerate(happened)
        if at <= now
    ]


def _actions(invoice: Invoice, now: datetime) -> list[Reply]:
    return [
        {
            "histoActionId": invoice.id * 1000 + place,
            "histoActionCode": action.code,
            "histoActionDateHeure": wire.precise(action.at),
            "histoActionUtilisateurNom": _PERSON,
            "histoActionUtilisateurEmail": "personne@fictive.example",
        }
        for place, action in enumerate(invoice.actions)
        if action.at <= now
    ]


def _last_action(invoice: Invoice) -> Reply | None:
    if not invoice.actions:
        return None
    return {
        "derniereActionId": invoice.id * 1000 + len(invoice.actions) - 1,
        "derniereActionCode": invoice.actions[-1].code,
    }

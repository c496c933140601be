"""The bodies of the history of an invoice, under the field names of Chorus Pro."""

from __future__ import annotations

from pydantic import Field

from service.upstream.forms import Listed, Moment, Received, Sent

MOST = 10_000
"""Rows of each list that are asked for at most; without it a list ends at 200."""


class HistoryPage(Sent):
    """Which part of the statuses is wanted, oldest first."""

    page: int = Field(alias="pageResultatDemandeeListeHistoStatut")
    size: int = Field(alias="nbResultatsParPageListeHistoStatut")
    direction: str = Field(default="Ascendant", alias="triSensListeHistoStatut")
    column: str = Field(default="HistoStatutDatePassage", alias="triColonneListeHistoStatut")


class EventPage(Sent):
    """Which part of the other events is wanted, oldest first."""

    page: int = Field(alias="pageResultatDemandeeListeHistoEvenement")
    size: int = Field(alias="nbResultatsParPageListeHistoEvenement")
    direction: str = Field(default="Ascendant", alias="triSensListeHistoEvenement")
    column: str = Field(default="EvenementDateHeure", alias="triColonneListeHistoEvenement")


class ActionPage(Sent):
    """Which part of the actions of people is wanted, oldest first."""

    page: int = Field(alias="pageResultatDemandeeListeHistoAction")
    size: int = Field(alias="nbResultatsParPageListeHistoAction")
    direction: str = Field(default="Ascendant", alias="triSensListeHistoAction")
    column: str = Field(default="HistoActionDateHeure", alias="triColonneListeHistoAction")


class HistoryAsked(Sent):
    """consulterHistoriqueFacture; a list that is not asked for is not sought."""

    invoice_id: int = Field(alias="idFacture")
    most: int | None = Field(default=None, alias="nbResultatsMaximum")
    statuses: HistoryPage = Field(alias="paramRechercheHistoStatuts")
    events: EventPage | None = Field(default=None, alias="paramRechercheHistoEvenementsComplementaires")
    actions: ActionPage | None = Field(default=None, alias="paramRechercheHistoActionsUtilisateurs")


class StatusRow(Received):
    """One status an invoice went through."""

    id: int | None = Field(default=None, alias="histoStatutId")
    code: str = Field(alias="histoStatutCode")
    at: Moment = Field(default=None, alias="histoStatutDatePassage")
    comment: str | None = Field(default=None, alias="histoStatutCommentaire")


class EventRow(Received):
    """Something that happened to an invoice; who did it is not read."""

    id: int | None = Field(default=None, alias="evenementId")
    label: str | None = Field(default=None, alias="evenementLibelle")
    at: Moment = Field(default=None, alias="evenementDateHeure")


class ActionRow(Received):
    """What a person did with an invoice; the person is not read."""

    id: int | None = Field(default=None, alias="histoActionId")
    code: str | None = Field(default=None, alias="histoActionCode")
    at: Moment = Field(default=None, alias="histoActionDateHeure")


class StatusRows(Received):
    """One page of statuses."""

    rows: Listed[StatusRow] = Field(default=(), alias="histoStatut")
    pages: int | None = Field(default=None, alias="pagesHistoStatut")
    total: int | None = Field(default=None, alias="totalHistoStatut")
    size: int | None = Field(default=None, alias="nbResultatsParPageHistoStatut")


class EventRows(Received):
    """One page of other events."""

    rows: Listed[EventRow] = Field(default=(), alias="evenement")
    pages: int | None = Field(default=None, alias="pagesEvenement")
    total: int | None = Field(default=None, alias="totalEvenement")
    size: int | None = Field(default=None, alias="nbResultatsParPageEvenement")


class ActionRows(Received):
    """One page of actions."""

    rows: Listed[ActionRow] = Field(default=(), alias="histoAction")
    pages: int | None = Field(default=None, alias="pagesHistoAction")
    total: int | None = Field(default=None, alias="totalHistoAction")
    size: int | None = Field(default=None, alias="nbResultatsParPageHistoAction")


class HistoryFound(Received):
    """The life of one invoice, one page of each list; every one of them may be missing."""

    invoice_id: int | None = Field(default=None, alias="idFacture")
    number: str | None = Field(default=None, alias="numeroFacture")
    status: str | None = Field(default=None, alias="statutCourantCode")
    mode: str | None = Field(default=None, alias="modeDepot")
    statuses: StatusRows | None = Field(default=None, alias="historiquesDesStatuts")
    events: EventRows | None = Field(default=None, alias="historiquesDesEvenementsComplementaires")
    actions: ActionRows | None = Field(default=None, alias="historiquesDesActionsUtilisateurs")

"""The bodies of the whole history of an invoice, under the field names of Chorus Pro."""

from __future__ import annotations

from pydantic import Field

from service.upstream.chorus_pro.models import HistoryFound, HistoryPage
from service.upstream.forms import Listed, Moment, Received, Sent


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


class WholeHistoryAsked(Sent):
    """consulterHistoriqueFacture, for all three lists it tells."""

    invoice_id: int = Field(alias="idFacture")
    most: int = Field(default=10_000, alias="nbResultatsMaximum")
    statuses: HistoryPage = Field(alias="paramRechercheHistoStatuts")
    events: EventPage = Field(alias="paramRechercheHistoEvenementsComplementaires")
    actions: ActionPage = Field(alias="paramRechercheHistoActionsUtilisateurs")


class WholeHistoryFound(HistoryFound):
    """One page of each list; every one of them may be missing."""

    mode: str | None = Field(default=None, alias="modeDepot")
    events: EventRows | None = Field(default=None, alias="historiquesDesEvenementsComplementaires")
    actions: ActionRows | None = Field(default=None, alias="historiquesDesActionsUtilisateurs")

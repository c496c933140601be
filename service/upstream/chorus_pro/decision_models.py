"""The bodies of what recipients and validators ask, under Chorus Pro's own field names."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from service.upstream.forms import Day, Listed, Received, Sent


class StatusToSet(Sent):
    """traiterUneFactureRecue."""

    invoice_id: int = Field(alias="idFacture")
    status: str = Field(alias="nouveauStatut")
    reason: str | None = Field(default=None, alias="motif")
    mandate_number: str | None = Field(default=None, alias="numeroDPMandat")


class StatusSet(Received):
    """The invoice has the new status."""

    invoice_id: int | None = Field(default=None, alias="idFacture")
    number: str | None = Field(default=None, alias="numeroFacture")
    decided_on: Day = Field(default=None, alias="dateTraitement")
    status: str | None = Field(default=None, alias="nouveauStatut")


class ToValidate(Sent):
    """traiterFactureAValider."""

    invoice_id: int = Field(alias="idFacture")
    action: str
    validator_type: str | None = Field(default=None, alias="typeValideur")
    validator_id: int | None = Field(default=None, alias="idValideur")
    reason_code: str | None = Field(default=None, alias="motifRefus")
    comment: str | None = Field(default=None, alias="complementInfo")


class Validated(StatusSet):
    """The invoice is validated or refused; its status has another name."""

    status: str | None = Field(default=None, alias="statutFacture")


class ValidatorToSet(Sent):
    """corrigerValideurFacture; the structure may be named by its id in place of its SIRET."""

    invoice_id: int = Field(alias="idFacture")
    structure_id: int | None = Field(default=None, alias="idStructure")
    identifier_type: Literal["SIRET"] = Field(default="SIRET", alias="typeIdentifiantStructure")
    identifier: str = Field(alias="identifiantStructure")


class ValidatorSet(Received):
    """The invoice has another validator."""

    invoice_id: int | None = Field(default=None, alias="idFacture")


class StatusAsked(Sent):
    """recupererEtatsPossiblesPourTraitement."""

    status: str = Field(alias="statutCourant")


class StatusOffered(Received):
    """One status that may be set."""

    code: str | None = Field(default=None, alias="statutPossiblePourTraitement")


class StatusesOffered(Received):
    """The answer of recupererEtatsPossiblesPourTraitement."""

    rows: Listed[StatusOffered] = Field(default=(), alias="listeStatutsPossiblesPourTraitement")


class ReasonsAsked(Sent):
    """recupererMotifsRefusFactureAValider."""

    framework: str | None = Field(default=None, alias="codeCadreFacturationAValider")


class ReasonRow(Received):
    """One reason for which a validator may refuse."""

    id: int | None = Field(default=None, alias="idMotif")
    code: str | None = Field(default=None, alias="codeMotif")
    label: str | None = Field(default=None, alias="libelleMotif")


class ReasonRows(Received):
    """The answer of recupererMotifsRefusFactureAValider."""

    rows: Listed[ReasonRow] = Field(default=(), alias="listeMotifRefusFactureAValider")


class VisibleStatus(Received):
    """One status in which a validator sees an invoice."""

    code: str | None = Field(default=None, alias="codeStatutFacture")


class VisibleStatuses(Received):
    """The answer of recupererStatutsFactureVisiblesParValideur."""

    rows: Listed[VisibleStatus] = Field(default=(), alias="listeStatutFacture")

"""The bodies of every search for invoices, under the field names of Chorus Pro."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AliasChoices, Field, PlainSerializer

from service.upstream.chorus_pro.models import Paging
from service.upstream.forms import Amount, Day, Listed, Moment, Received, Sent

SentAmount = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""An amount as Chorus Pro takes it: a number."""


class PlainPage(Sent):
    """Which part of a search is wanted, where no maximum can be named."""

    page: int = Field(alias="pageResultatDemandee")
    size: int = Field(alias="nbResultatsParPage")
    column: str = Field(default="NumeroFacture", alias="triColonne")
    direction: str = Field(default="Ascendant", alias="triSens")


class BoundedPage(PlainPage):
    """The same with a maximum: without it a search ends at 200 results, whatever its pages say."""

    most: int = Field(default=10_000, alias="nbResultatsMaximum")


class Criteria(Sent):
    """What every search takes."""

    number: str | None = Field(default=None, alias="numeroFacture")
    deposited_from: str | None = Field(default=None, alias="periodeDateDepotDu")
    deposited_until: str | None = Field(default=None, alias="periodeDateDepotAu")
    statuses: tuple[str, ...] | None = Field(default=None, alias="statutCourant")
    net_min: SentAmount | None = Field(default=None, alias="montantHTMin")
    net_max: SentAmount | None = Field(default=None, alias="montantHTMax")
    total_min: SentAmount | None = Field(default=None, alias="montantTTCMin")
    total_max: SentAmount | None = Field(default=None, alias="montantTTCMax")
    contract_number: str | None = Field(default=None, alias="numeroMarche")


class InvoiceCriteria(Criteria):
    """What the searches by role take besides."""

    issued_from: str | None = Field(default=None, alias="periodeDateFactureDu")
    issued_until: str | None = Field(default=None, alias="periodeDateFactureAu")


class ChangedCriteria(InvoiceCriteria):
    """What supplier and recipient may ask besides."""

    changed_from: str | None = Field(default=None, alias="periodeDateHeureEtatCourantDu")
    changed_until: str | None = Field(default=None, alias="periodeDateHeureEtatCourantAu")
    due_min: SentAmount | None = Field(default=None, alias="montantApayerMin")
    due_max: SentAmount | None = Field(default=None, alias="montantApayerMax")
    commitment_number: str | None = Field(default=None, alias="numeroBonCommande")


class SupplierSearch(ChangedCriteria):
    """rechercherFactureParFournisseur."""

    page: BoundedPage = Field(alias="rechercheFactureParFournisseur")
    type: str | None = Field(default=None, alias="typeFacture")
    supplier_id: int | None = Field(default=None, alias="idFournisseur")
    flow_number: str | None = Field(default=None, alias="numeroFluxDepot")
    original_number: str | None = Field(default=None, alias="numeroFactureOrigine")
    rejection_acknowledged: bool | None = Field(default=None, alias="rejetTraite")


class RecipientSearch(ChangedCriteria):
    """rechercherFactureRecipiendaire."""

    page: BoundedPage = Field(alias="paramRecherche")
    types: tuple[str, ...] | None = Field(default=None, alias="listeTypeFacture")
    recipient_id: int | None = Field(default=None, alias="idDestinataire")
    downloaded: bool | None = Field(default=None, alias="factureTelechargeeParDestinataire")


class ValidatorSearch(InvoiceCriteria):
    """rechercherFactureParValideur."""

    page: PlainPage = Field(alias="pagination")
    types: tuple[str, ...] | None = Field(default=None, alias="listeTypeFacture")
    due_min: SentAmount | None = Field(default=None, alias="montantAPayerMin")
    due_max: SentAmount | None = Field(default=None, alias="montantAPayerMax")
    commitment_number: str | None = Field(default=None, alias="numeroEngagement")


class SupplierToDo(Sent):
    """rechercherFactureATraiterParFournisseur."""

    page: BoundedPage = Field(alias="rechercheFactureATraiterParFournisseur")
    structure_id: int | None = Field(default=None, alias="idStructure")


class RecipientToDo(Sent):
    """rechercherFactureATraiterParRecipiendaire, whose maximum has no confirmed name."""

    page: PlainPage = Field(alias="parametreRechercheFactureATraiterParRecipiendaire")
    structure_id: int | None = Field(default=None, alias="idStructure")


class ValidatorToDo(Sent):
    """rechercherFactureATraiterParValideur."""

    page: PlainPage = Field(alias="pagination")
    identifier_type: str | None = Field(default=None, alias="typeIdentifiantStructure")
    identifier: str | None = Field(default=None, alias="identifiantStructure")


class SupplierOfRequest(Sent):
    """A supplier in rechercherDemandePaiement."""

    identifier: str = Field(alias="identifiantStructureFournisseur")
    identifier_type: str = Field(default="SIRET", alias="typeIdentifiantStructureFournisseur")


class ValidatorOfRequest(Sent):
    """A validator in rechercherDemandePaiement."""

    identifier: str = Field(alias="identifiantStructureValideur")
    identifier_type: str = Field(default="SIRET", alias="typeIdentifiantStructureValideur")


class RecipientOfRequest(Sent):
    """A recipient in rechercherDemandePaiement."""

    identifier: str = Field(alias="identifiantStructureDestinataire")
    identifier_type: str = Field(default="SIRET", alias="typeIdentifiantStructureDestinataire")


class PaymentRequestSearch(Criteria):
    """rechercherDemandePaiement, the one search without pages."""

    role: str = Field(alias="roleUtilisateur")
    where: str = Field(alias="dpOuDpArchive")
    type: str | None = Field(default=None, alias="typeFacture")
    issued_from: str | None = Field(default=None, alias="periodeDateFournisseurDu")
    issued_until: str | None = Field(default=None, alias="periodeDateFournisseurAu")
    changed_from: str | None = Field(default=None, alias="periodeDateHeureEtatCourantDu")
    changed_until: str | None = Field(default=None, alias="periodeDateHeureEtatCourantAu")
    due_min: SentAmount | None = Field(default=None, alias="montantAPayerMin")
    due_max: SentAmount | None = Field(default=None, alias="montantAPayerMax")
    commitment_number: str | None = Field(default=None, alias="numeroBonCommande")
    original_number: str | None = Field(default=None, alias="numeroFactureOrigine")
    supplier: SupplierOfRequest | None = Field(default=None, alias="structureFournisseur")
    validator: ValidatorOfRequest | None = Field(default=None, alias="structureValideur")
    recipient: RecipientOfRequest | None = Field(default=None, alias="structureDestinataire")


class ListedRow(Received):
    """One invoice as any search lists it: each has its own names for the same things. Bank details are not read."""

    chorus_pro_id: int = Field(validation_alias=AliasChoices("identifiantFactureCPP", "idFacture", "idDemandePaiement"))
    number: str | None = Field(default=None, validation_alias=AliasChoices("numeroFacture", "numeroDemandePaiement"))
    type: str | None = Field(default=None, alias="typeFacture")
    supplier: str | None = Field(
        default=None,
        validation_alias=AliasChoices("codeFournisseur", "identifiantFournisseur", "identifiantStructureFournisseur"),
    )
    recipient: str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "codeDestinataire", "identifiantDestinataire", "identifiantStructureDestinataire"
        ),
    )
    service: str | None = Field(
        default=None, validation_alias=AliasChoices("codeServiceExecutant", "codeServiceDestinataire")
    )
    validator: str | None = Field(default=None, validation_alias=AliasChoices("identifiantValideur", "codeValideur1"))
    second_validator: str | None = Field(default=None, alias="codeValideur2")
    issued_on: Day = Field(default=None, validation_alias=AliasChoices("dateFacture", "dateFournisseur"))
    deposited_on: Day = Field(default=None, alias="dateDepot")
    total: Amount = Field(default=None, alias="montantTTC")
    net: Amount = Field(default=None, alias="montantHT")
    due: Amount = Field(default=None, alias="montantAPayer")
    currency: str | None = Field(default=None, alias="devise")
    status: str | None = Field(default=None, validation_alias=AliasChoices("statut", "etatCourant"))
    status_since: Moment = Field(default=None, alias="dateHeureEtatCourant")
    contract_number: str | None = Field(default=None, alias="numeroMarche")
    commitment_number: str | None = Field(
        default=None, validation_alias=AliasChoices("numeroBonCommande", "numeroEngagement")
    )
    flow_number: str | None = Field(default=None, alias="numeroFluxDepot")
    downloaded: bool | None = Field(default=None, alias="factureTelechargeeParDestinataire")


class Listing(Received):
    """One page of any search; its numbers stand in an object of their own, or beside the list."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    pages: int | None = None
    size: int | None = Field(default=None, alias="nbResultatsParPage")
    total: int | None = None
    rows: Listed[ListedRow] = Field(default=(), validation_alias=AliasChoices("listeFactures", "listeDemandePaiement"))

    @property
    def numbers(self) -> Paging:
        """The paging numbers, wherever they stand."""
        return self.paging or Paging(pages=self.pages, size=self.size, total=self.total)

"""The bodies of Chorus Pro's lists of codes, its directory of recipients and its commitments, under its own names."""

from __future__ import annotations

from pydantic import Field

from service.upstream.chorus_pro.models import Paging
from service.upstream.forms import Amount, Listed, Received, Sent


class InLanguage(Sent):
    """A list whose labels come in a language; French when none is named."""

    language: str | None = Field(default=None, alias="codeLangue")


class OfRequestType(Sent):
    """A list for one type of payment request."""

    request_type: str | None = Field(default=None, alias="typeDemandePaiement")


class AttachmentTypesAsked(InLanguage):
    """recupererTypesPieceJointe."""

    object: str | None = Field(default=None, alias="typeObjet")


class FlowSyntaxesAsked(Sent):
    """recupererSyntaxeFlux."""

    format: str = Field(alias="formatFlux")


class AttachmentType(Received):
    """One type of attachment."""

    code: str | None = Field(default=None, alias="codeTypePieceJointe")
    label: str | None = Field(default=None, alias="libelleTypePieceJointe")
    id: int | None = Field(default=None, alias="idTypePieceJointe")
    object: str | None = Field(default=None, alias="typeObjet")


class AttachmentTypes(Received):
    """The answer of recupererTypesPieceJointe."""

    rows: Listed[AttachmentType] = Field(default=(), alias="listeTypePieceJointe")


class StatusOfType(Received):
    """One status that a type of payment request may have."""

    code: str | None = Field(default=None, alias="etatDemandePaiement")


class StatusesOfType(Received):
    """The answer of recupererEtatParTypeDemandePaiement."""

    rows: Listed[StatusOfType] = Field(default=(), alias="listeEtatDemandePaiement")


class FlowFormat(Received):
    """One format of flows."""

    code: str | None = Field(default=None, alias="formatFlux")


class FlowFormats(Received):
    """The answer of recupererFormatFlux."""

    rows: Listed[FlowFormat] = Field(default=(), alias="listeFormatFlux")


class FlowSyntax(Received):
    """One syntax of a format; the name of the list is deduced."""

    code: str | None = Field(default=None, alias="syntaxeFlux")


class FlowSyntaxes(Received):
    """The answer of recupererSyntaxeFlux."""

    rows: Listed[FlowSyntax] = Field(default=(), alias="listeSyntaxeFlux")


class VatRate(Received):
    """One rate of VAT."""

    code: str | None = Field(default=None, alias="codeTauxTva")
    label: str | None = Field(default=None, alias="libelleTauxTva")
    rate: Amount = Field(default=None, alias="valeurTauxTva")


class VatRates(Received):
    """The answer of recupererTauxTva."""

    rows: Listed[VatRate] = Field(default=(), alias="listeTauxTva")


class VatExemption(Received):
    """One reason for which no VAT is due."""

    code: str | None = Field(default=None, alias="codeMotifExonerationTva")
    label: str | None = Field(default=None, alias="libelleMotifExonerationTva")


class VatExemptions(Received):
    """The answer of recupererMotifsExonerationTva."""

    rows: Listed[VatExemption] = Field(default=(), alias="listeMotifsExonerationTva")


class Framework(Received):
    """One invoicing framework."""

    code: str | None = Field(default=None, alias="codeCadreFacturation")


class Frameworks(Received):
    """The answer of recupererCadreFacturation."""

    rows: Listed[Framework] = Field(default=(), alias="listeCadreFacturation")


class PaymentMode(Received):
    """One way to pay."""

    code: str | None = Field(default=None, alias="modePaiement")


class PaymentModes(Received):
    """The answer of recupererModeReglements."""

    rows: Listed[PaymentMode] = Field(default=(), alias="listeModePaiement")


class DepositMode(Received):
    """One way by which invoices come in."""

    code: str | None = Field(default=None, alias="modeDepot")


class DepositModes(Received):
    """The answer of recupererModeDepot."""

    rows: Listed[DepositMode] = Field(default=(), alias="listeModeDepot")


class RequestType(Received):
    """One type of payment request."""

    code: str | None = Field(default=None, alias="typeDemandePaiement")


class RequestTypes(Received):
    """The answer of recupererTypeDemandePaiement."""

    rows: Listed[RequestType] = Field(default=(), alias="listeTypeDemandePaiement")


class IdentifierType(Received):
    """One kind of identifier of structures."""

    code: str | None = Field(default=None, alias="typeIdentifiantStructure")


class IdentifierTypes(Received):
    """The answer of recupererTypeIdentifiantStructure."""

    rows: Listed[IdentifierType] = Field(default=(), alias="listeTypeIdentifiant")


class CurrencyRow(Received):
    """One currency."""

    code: str | None = Field(default=None, alias="codeDevise")
    label: str | None = Field(default=None, alias="libelleDevise")


class Currencies(Received):
    """The answer of recupererDevises."""

    rows: Listed[CurrencyRow] = Field(default=(), alias="listeDevises")


class CountryRow(Received):
    """One country."""

    code: str | None = Field(default=None, alias="codePays")
    label: str | None = Field(default=None, alias="libellePays")


class Countries(Received):
    """The answer of recupererPays."""

    rows: Listed[CountryRow] = Field(default=(), alias="listePays")


class RecipientPage(Sent):
    """Which part of the directory is wanted."""

    page: int = Field(default=1, alias="pageResultatDemandee")
    size: int = Field(default=100, alias="nbResultatsParPage")


class RecipientSearch(Sent):
    """rechercherDestinataire."""

    identifier: str | None = Field(default=None, alias="identifiant")
    place: str | None = Field(default=None, alias="nomVilleCodePostal")
    kind: str | None = Field(default=None, alias="typeStructure")
    page: RecipientPage = Field(default=RecipientPage(), alias="parametresRecherche")


class RecipientRow(Received):
    """One public body that invoices can be sent to."""

    id: int = Field(alias="idStructureCPP")
    siret: str | None = None
    name: str | None = Field(default=None, alias="nomDestinataire")
    postcode: str | None = Field(default=None, alias="adresseCodePostal")
    town: str | None = Field(default=None, alias="adresseVille")


class RecipientRows(Received):
    """The answer of rechercherDestinataire."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    rows: Listed[RecipientRow] = Field(default=(), alias="listeDestinataires")


class WholeDirectory(Received):
    """The answer of telechargerAnnuaireDestinataire: a ZIP in base64."""

    content: str = Field(alias="fichierResultat", repr=False)


class CompanyAsked(Sent):
    """consulterInformationSIRET."""

    siret: str = Field(alias="siretStructure")


class CompanyShown(Received):
    """What the register of companies says of a SIRET."""

    siret: str | None = None
    name: str | None = Field(default=None, alias="raisonSociale")
    is_active: bool | None = Field(default=None, alias="estActif")
    siret_elsewhere: str | None = Field(default=None, alias="siretPredecesseurSuccesseur")


class CommitmentSearch(Sent):
    """rechercherEngagementJuridique; the structure is the supplier's id at Chorus Pro, written as text."""

    structure_id: str = Field(alias="structureReceptriceEngagementJuridique")
    number: str | None = Field(default=None, alias="numeroEngagementJuridique", max_length=50)
    state: str | None = Field(default=None, alias="etatCourantEngagementJuridique")


class CommitmentRow(Received):
    """One commitment. No source tells its fields; that it is listed is what is asked."""

    number: str | None = Field(default=None, alias="numeroEngagementJuridique")


class CommitmentRows(Received):
    """The answer of rechercherEngagementJuridique."""

    rows: Listed[CommitmentRow] = Field(default=(), alias="listeEngagementJuridique")

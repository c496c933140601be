"""The bodies that Chorus Pro takes and gives, under its own field names."""

from __future__ import annotations

from pydantic import Field

from service.upstream.forms import Amount, Day, Listed, Moment, Received, Sent


class Nothing(Sent):
    """An operation without parameters."""


class FlowToDeposit(Sent):
    """deposerFluxFacture."""

    content: str = Field(alias="fichierFlux", repr=False)
    name: str = Field(alias="nomFichier", max_length=200)
    syntax: str = Field(alias="syntaxeFlux")
    signed: bool = Field(default=False, alias="avecSignature")


class FlowDeposited(Received):
    """The file was received, which is not yet accepted."""

    flow_number: str = Field(alias="numeroFluxDepot", min_length=1)
    deposited_on: Day = Field(default=None, alias="dateDepot")


class FlowAsked(Sent):
    """consulterCRDetaille. The syntax may be named too, but the number is enough."""

    flow_number: str = Field(alias="numeroFluxDepot")


class InvoiceInError(Received):
    """One invoice of a flow that was not taken; several messages stand in one text, separated by bars."""

    number: str | None = Field(default=None, alias="numeroDP")
    supplier: str | None = Field(default=None, alias="identifiantFournisseur")
    recipient: str | None = Field(default=None, alias="identifiantDestinataire")
    text: str | None = Field(default=None, alias="libelleErreurDP")


class FileInError(Received):
    """What is wrong with the file itself."""

    kind: str | None = Field(default=None, alias="natureErreur")
    code: str | None = Field(default=None, alias="codeErreur")
    text: str | None = Field(default=None, alias="libelleErreur")


class FlowState(Received):
    """Where a flow stands."""

    state: str | None = Field(default=None, alias="etatCourantDepotFlux")
    since: Moment = Field(default=None, alias="dateHeureEtatCourantFlux")
    invoices: Listed[InvoiceInError] = Field(default=(), alias="listeErreurDP")
    file: Listed[FileInError] = Field(default=(), alias="listeErreurTechnique")


class SearchPage(Sent):
    """Which part of a search is wanted."""

    page: int = Field(alias="pageResultatDemandee")
    size: int = Field(alias="nbResultatsParPage")
    # Without it a search ends at 200 results, whatever its pages say.
    most: int = Field(default=10_000, alias="nbResultatsMaximum")
    # All invoices of a flow have one date: only their numbers give pages an order.
    column: str = Field(default="NumeroFacture", alias="triColonne")
    direction: str = Field(default="Ascendant", alias="triSens")


class InvoiceSearch(Sent):
    """rechercherFactureParFournisseur."""

    page: SearchPage = Field(alias="rechercheFactureParFournisseur")
    flow_number: str | None = Field(default=None, alias="numeroFluxDepot")
    number: str | None = Field(default=None, alias="numeroFacture")
    supplier_id: int | None = Field(default=None, alias="idFournisseur")


class InvoiceRow(Received):
    """One invoice as searches list it."""

    chorus_pro_id: int = Field(alias="identifiantFactureCPP")
    number: str = Field(alias="numeroFacture")
    type: str | None = Field(default=None, alias="typeFacture")
    supplier: str | None = Field(default=None, alias="codeFournisseur")
    recipient: str | None = Field(default=None, alias="codeDestinataire")
    issued_on: Day = Field(default=None, alias="dateFacture")
    deposited_on: Day = Field(default=None, alias="dateDepot")
    total: Amount = Field(default=None, alias="montantTTC")
    currency: str | None = Field(default=None, alias="devise")
    status: str | None = Field(default=None, alias="statut")
    status_since: Moment = Field(default=None, alias="dateHeureEtatCourant")
    flow_number: str | None = Field(default=None, alias="numeroFluxDepot")


class Paging(Received):
    """How much there is; every number may be missing."""

    pages: int | None = None
    size: int | None = Field(default=None, alias="nbResultatsParPage")
    total: int | None = None


class InvoicesFound(Received):
    """One page of a search."""

    paging: Paging | None = Field(default=None, alias="parametresRetour")
    invoices: Listed[InvoiceRow] = Field(default=(), alias="listeFactures")


class InvoiceAsked(Sent):
    """consulterFactureParFournisseur."""

    invoice_id: int = Field(alias="identifiantFactureCPP")


class PartyOfInvoice(Received):
    """Supplier or recipient in the detail of an invoice."""

    supplier: str | None = Field(default=None, alias="codeFournisseur")
    recipient: str | None = Field(default=None, alias="codeDestinataire")


class References(Received):
    """Dates and kind in the detail of an invoice."""

    issued_on: Day = Field(default=None, alias="dateFacture")
    deposited_on: Day = Field(default=None, alias="dateDepot")
    currency: str | None = Field(default=None, alias="codeDeviseFacture")
    type: str | None = Field(default=None, alias="typeFacture")


class Totals(Received):
    """Amounts in the detail of an invoice."""

    total: Amount = Field(default=None, alias="montantTtcTotal")


class InvoiceDetail(Received):
    """One invoice in full, of which only what identifies it is read."""

    chorus_pro_id: int = Field(alias="identifiantFactureCPP")
    number: str = Field(alias="numeroFacture")
    status: str | None = Field(default=None, alias="statutFacture")
    recipient: PartyOfInvoice | None = Field(default=None, alias="destinataire")
    supplier: PartyOfInvoice | None = Field(default=None, alias="fournisseur")
    references: References | None = None
    totals: Totals | None = Field(default=None, alias="montantTotal")


class InvoiceFound(Received):
    """The answer of consulterFactureParFournisseur."""

    invoice: InvoiceDetail = Field(alias="facture")


class Structure(Received):
    """A structure in whose name the technical account may issue."""

    id: int = Field(alias="idStructureCPP")
    identifier: str | None = Field(default=None, alias="identifiant")


class StructuresFound(Received):
    """The answer of recupererStructuresActivesPourFournisseur."""

    structures: Listed[Structure] = Field(default=(), alias="listeStructures")


class Health(Received):
    """The answer of the health check."""

    status: str | None = Field(default=None, alias="statusCode")
    status_code: int | None = Field(default=None, alias="statusCodeValue")

"""The bodies of what a supplier does besides depositing: upload, submit, complete, recycle, deal with rejections."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from service.upstream.chorus_pro.models import InvoiceAsked
from service.upstream.forms import Day, Listed, Moment, Received, Sent

# Chorus Pro takes amounts as JSON numbers; up to fifteen digits, which contracts ask for, a float is exact.
Number = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
Empty = Annotated[str | None, BeforeValidator(lambda value: value or None)]
"""A text that may come as an empty one where there is none."""
_PART = BeforeValidator(lambda value: value or {})


class FileToAdd(Sent):
    """ajouterFichierDansSysteme."""

    content: str = Field(alias="pieceJointeFichier", repr=False)
    name: str = Field(alias="pieceJointeNom", max_length=50)
    media_type: str = Field(alias="pieceJointeTypeMime")
    extension: str = Field(alias="pieceJointeExtension")


class PdfToRead(Sent):
    """deposerPdfFacture. The State reads its text, and keeps an invoice of its guesses until that is submitted."""

    content: str = Field(alias="fichierFacture", repr=False)
    name: str = Field(alias="nomFichier", max_length=200)
    form: str = Field(alias="formatDepot")


class FileAdded(Received):
    """What was uploaded has this identifier; guesses at what it says are not looked at."""

    id: int = Field(alias="pieceJointeId")


class BankAccountsAsked(Sent):
    """recupererCoordonneesBancairesValides."""

    structure_id: int = Field(alias="idStructure")


class BankAccountRow(Received):
    """One bank account of a supplier, by its label; its numbers are neither asked for nor shown."""

    id: int = Field(alias="idCoordonneeBancaire")
    label: str | None = Field(default=None, alias="nomCoordonneeBancaire", repr=False)


class BankAccountsFound(Received):
    """The bank accounts that an invoice of this supplier may name."""

    accounts: Listed[BankAccountRow] = Field(default=(), alias="listeCoordonneeBancaire")


class RecipientSent(Sent):
    """Where an invoice goes."""

    recipient: str = Field(alias="codeDestinataire", max_length=14)
    service: str | None = Field(default=None, alias="codeServiceExecutant", max_length=100)


class SupplierSent(Sent):
    """Who sends the invoice, and to which account it is paid."""

    supplier_id: int = Field(alias="idFournisseur")
    bank_account_id: int | None = Field(default=None, alias="codeCoordonneesBancairesFournisseur")


class FrameworkSent(Sent):
    """In which role the supplier sends it, and who validates."""

    framework: str = Field(alias="codeCadreFacturation")
    validator: str | None = Field(default=None, alias="codeStructureValideur")
    validator_service: str | None = Field(default=None, alias="codeServiceValideur")


class ReferencesSent(Sent):
    """What the invoice refers to, and how it is taxed and paid."""

    currency: str | None = Field(default=None, alias="deviseFacture", max_length=3)
    type: str | None = Field(default=None, alias="typeFacture")
    vat: str | None = Field(default=None, alias="typeTva")
    exemption_reason: str | None = Field(default=None, alias="motifExonerationTva")
    contract: str | None = Field(default=None, alias="numeroMarche")
    commitment: str | None = Field(default=None, alias="numeroBonCommande", max_length=50)
    original: str | None = Field(default=None, alias="numeroFactureOrigine")
    payment_mode: str | None = Field(default=None, alias="modePaiement")


class LineSent(Sent):
    """One line of the invoice."""

    number: int = Field(alias="lignePosteNumero")
    reference: str | None = Field(default=None, alias="lignePosteReference")
    name: str = Field(alias="lignePosteDenomination")
    quantity: Number = Field(alias="lignePosteQuantite")
    unit: str | None = Field(default=None, alias="lignePosteUnite")
    price: Number = Field(alias="lignePosteMontantUnitaireHT")
    discount: Number | None = Field(default=None, alias="lignePosteMontantRemiseHT")
    rate_code: str | None = Field(default=None, alias="lignePosteTauxTva")
    rate: Number | None = Field(default=None, alias="lignePosteTauxTvaManuel")


class TaxSent(Sent):
    """What is taxed at one rate."""

    rate_code: str | None = Field(default=None, alias="ligneTvaTaux")
    base: Number = Field(alias="ligneTvaMontantBaseHtParTaux")
    tax: Number = Field(alias="ligneTvaMontantTvaParTaux")
    rate: Number | None = Field(default=None, alias="ligneTvaTauxManuel")


class TotalsSent(Sent):
    """The sums of the invoice."""

    net: Number = Field(alias="montantHtTotal")
    tax: Number = Field(alias="montantTVA")
    total: Number = Field(alias="montantTtcTotal")
    discount: Number | None = Field(default=None, alias="montantRemiseGlobaleTTC")
    discount_reason: str | None = Field(default=None, alias="motifRemiseGlobaleTTC")
    due: Number = Field(alias="montantAPayer")


class MainFile(Sent):
    """The PDF of the invoice, uploaded before."""

    label: str = Field(alias="pieceJointePrincipaleDesignation", max_length=100)
    id: int = Field(alias="pieceJointePrincipaleId")


class OtherFile(Sent):
    """A file that goes with the invoice, uploaded before."""

    label: str = Field(alias="pieceJointeComplementaireDesignation", max_length=100)
    type: str = Field(alias="pieceJointeComplementaireType", max_length=30)
    line: int | None = Field(default=None, alias="pieceJointeComplementaireNumeroLigneFacture")
    id: int = Field(alias="pieceJointeComplementaireId")


class Submission(Sent):
    """soumettreFacture. The main file goes in a list: the description has one object, every client sends a list."""

    mode: str = Field(alias="modeDepot")
    number: str | None = Field(default=None, alias="numeroFactureSaisi", max_length=20)
    issued_on: date | None = Field(default=None, alias="dateFacture")
    recipient: RecipientSent = Field(alias="destinataire")
    supplier: SupplierSent = Field(alias="fournisseur")
    framework: FrameworkSent = Field(alias="cadreDeFacturation")
    references: ReferencesSent
    lines: tuple[LineSent, ...] = Field(default=(), alias="lignePoste")
    taxes: tuple[TaxSent, ...] = Field(default=(), alias="ligneTva")
    totals: TotalsSent = Field(alias="montantTotal")
    main: tuple[MainFile, ...] | None = Field(default=None, alias="pieceJointePrincipale")
    others: tuple[OtherFile, ...] | None = Field(default=None, alias="pieceJointeComplementaire")
    comment: str | None = Field(default=None, alias="commentaire", max_length=2000)


class Submitted(Received):
    """The invoice exists."""

    chorus_pro_id: int = Field(alias="identifiantFactureCPP")
    number: str = Field(alias="numeroFacture")
    status: str | None = Field(default=None, alias="statutFacture")
    deposited_on: Day = Field(default=None, alias="dateDepot")
    fingerprint: str | None = Field(default=None, alias="empreinteCertificatDepot")


class Supplement(Sent):
    """completerFacture."""

    invoice_id: int = Field(alias="identifiantFactureCPP")
    others: tuple[OtherFile, ...] | None = Field(default=None, alias="pieceJointeComplementaire")
    comment: str | None = Field(default=None, alias="commentaire", max_length=2000)


class Supplemented(Received):
    """The invoice is completed."""

    number: str | None = Field(default=None, alias="numeroFacture")
    treated_at: Moment = Field(default=None, alias="dateTraitement")


class Recycling(Sent):
    """recyclerFacture: where the invoice goes now; what is left out stays."""

    invoice_id: int = Field(alias="identifiantFactureCPP")
    recipient: RecipientSent = Field(alias="destinataire")
    references: ReferencesSent | None = Field(default=None, alias="reference")
    comment: str | None = Field(default=None, alias="commentaire", max_length=2000)


class Recycled(Received):
    """The invoice goes its way under its number."""

    number: str | None = Field(default=None, alias="numeroFacture")
    status: str | None = Field(default=None, alias="statutFacture")


class Rejected(Sent):
    """One rejected invoice."""

    invoice_id: int = Field(alias="idDemandePaiement")


class RejectionsTreated(Sent):
    """traiterFacturesRejetees."""

    invoices: tuple[Rejected, ...] = Field(alias="listeDemandePaiement")


class Done(Received):
    """An answer that says no more than that it is done."""


class RecipientNow(Received):
    """Where an invoice is."""

    recipient: str | None = Field(default=None, alias="codeDestinataire")
    service: Empty = Field(default=None, alias="codeServiceExecutant")


class SupplierNow(Received):
    """Whose invoice it is."""

    supplier: str | None = Field(default=None, alias="codeFournisseur")


class ReferencesNow(Received):
    """What an invoice refers to."""

    commitment: Empty = Field(default=None, alias="numeroBonCommande")


class ValidatorsNow(Received):
    """Who validates an invoice; most have nobody who does."""

    first: Empty = Field(default=None, alias="codeValideur1")
    second: Empty = Field(default=None, alias="codeValideur2")


class FilesPage(Sent):
    """Which of the files that go with an invoice are wanted."""

    page: int = Field(default=1, alias="pageResultatDemandeeListePieceJointe")
    size: int = Field(alias="nbResultatsParPageListePieceJointe")


class StandingAsked(InvoiceAsked):
    """consulterFactureParFournisseur, with so many of the files that go with the invoice."""

    files: FilesPage | None = Field(default=None, alias="pListePiecesJointes")


class FileNow(Received):
    """A file that goes with an invoice."""

    id: int | None = Field(default=None, alias="pieceJointeId")


class FilesNow(Received):
    """One page of the files that go with an invoice."""

    rows: Listed[FileNow] = Field(default=(), alias="pieceJointe")
    pages: int | None = Field(default=None, alias="pagesListePiecesJointe")


class InvoiceNow(Received):
    """One invoice, of which where it is and what was done about it is read."""

    chorus_pro_id: int = Field(alias="identifiantFactureCPP")
    number: str = Field(alias="numeroFacture")
    status: str | None = Field(default=None, alias="statutFacture")
    rejection_treated: bool | None = Field(default=None, alias="rejetTraite")
    recipient: Annotated[RecipientNow, _PART] = Field(default=RecipientNow(), alias="destinataire")
    supplier: Annotated[SupplierNow, _PART] = Field(default=SupplierNow(), alias="fournisseur")
    references: Annotated[ReferencesNow, _PART] = ReferencesNow()
    validators: Annotated[ValidatorsNow, _PART] = Field(default=ValidatorsNow(), alias="cadreDeFacturation")
    files: Annotated[FilesNow, _PART] = Field(default=FilesNow(), alias="listeDesPiecesJointes")


class InvoiceNowFound(Received):
    """The answer of consulterFactureParFournisseur."""

    invoice: InvoiceNow = Field(alias="facture")

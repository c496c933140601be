"""The operations of what a supplier does besides depositing, each described once."""

from __future__ import annotations

from typing import Final

from service.upstream.chorus_pro import supplier_models as models
from service.upstream.operation import Doubt, Operation

_UPSTREAM: Final = "chorus-pro"

# What is uploaded twice is in Chorus Pro twice, and in no invoice until a submission names it.
ADD_FILE = Operation(
    name="ajouterFichierDansSysteme",
    upstream=_UPSTREAM,
    api="transverses",
    path="/ajouter/fichier",
    request=models.FileToAdd,
    answer=models.FileAdded,
    timeout=60.0,
    doubt=Doubt.REPEAT,
    does="uploads a file, which no invoice names yet",
    certainty="client",
)
READ_PDF = Operation(
    name="deposerPdfFacture",
    upstream=_UPSTREAM,
    api="factures",
    path="/deposer/pdf",
    request=models.PdfToRead,
    answer=models.FileAdded,
    timeout=60.0,
    doubt=Doubt.REPEAT,
    does="uploads a PDF and reads it",
)
BANK_ACCOUNTS = Operation(
    name="recupererCoordonneesBancairesValides",
    upstream=_UPSTREAM,
    api="transverses",
    path="/recuperer/coordbanc/valides",
    request=models.BankAccountsAsked,
    answer=models.BankAccountsFound,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    does="lists the bank accounts of a supplier",
    certainty="client",
)
SUBMIT_PDF = Operation(
    name="soumettreFacture",
    upstream=_UPSTREAM,
    api="factures",
    path="/soumettre",
    request=models.Submission,
    answer=models.Submitted,
    timeout=60.0,
    doubt=Doubt.LOOK_UP,
    does="hands in a PDF as an invoice",
)
# Chorus Pro gives the number itself: nothing tells the invoice that was lost from one that was asked for twice.
SUBMIT_ENTRY = Operation(
    name="soumettreFacture",
    purpose="entry",
    upstream=_UPSTREAM,
    api="factures",
    path="/soumettre",
    request=models.Submission,
    answer=models.Submitted,
    timeout=60.0,
    doubt=Doubt.ASK,
    does="hands in an invoice without a file",
)
COMPLETE_INVOICE = Operation(
    name="completerFacture",
    upstream=_UPSTREAM,
    api="factures",
    path="/completer",
    request=models.Supplement,
    answer=models.Supplemented,
    timeout=30.0,
    doubt=Doubt.LOOK_UP,
    does="adds to a suspended invoice",
)
RECYCLE_INVOICE = Operation(
    name="recyclerFacture",
    upstream=_UPSTREAM,
    api="factures",
    path="/recycler",
    request=models.Recycling,
    answer=models.Recycled,
    timeout=30.0,
    doubt=Doubt.LOOK_UP,
    does="sends an invoice to another place",
)
# A mark that is set twice is set.
TREAT_REJECTIONS = Operation(
    name="traiterFacturesRejetees",
    upstream=_UPSTREAM,
    api="factures",
    path="/traiterRejet",
    request=models.RejectionsTreated,
    answer=models.Done,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    does="marks rejections as dealt with",
)
INVOICE_NOW = Operation(
    name="consulterFactureParFournisseur",
    purpose="standing",
    upstream=_UPSTREAM,
    api="factures",
    path="/consulter/fournisseur",
    request=models.StandingAsked,
    answer=models.InvoiceNowFound,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    does="tells where an invoice is, who validates it, and whether its rejection is dealt with",
)

"""What may be asked of the relay: one model per request, for its data."""

from contracts.events.decisions import (
    InvoiceRecipientDecisionRequested,
    InvoiceValidatorCorrectionRequested,
    InvoiceValidatorDecisionRequested,
)
from contracts.events.invoices import (
    Expectation,
    InvoiceCheckRequested,
    InvoiceDepositRequested,
    InvoiceFile,
    InvoiceStatusRequested,
)
from contracts.events.named import InvoiceNamed, NamedInvoice
from contracts.events.problems import data_invalid
from contracts.events.reads import InvoiceDownloadRequested, InvoiceRole, InvoiceSearchRequested
from contracts.events.recipients import RecipientLookupRequested
from contracts.events.requests import RequestCancellationRequested
from contracts.events.submissions import (
    Attachment,
    InvoiceLine,
    InvoiceRecyclingRequested,
    InvoiceRejectionAcknowledgementRequested,
    InvoiceSubmissionRequested,
    InvoiceSupplementRequested,
    TaxLine,
)
from contracts.events.tenders import (
    Buyer,
    Consultation,
    Lot,
    TenderDumeDraftRequested,
    TenderDumeSearchRequested,
    TenderDumeSimplifiedRequested,
    TenderDumeValidationRequested,
)

__all__ = [
    "Attachment",
    "Buyer",
    "Consultation",
    "Expectation",
    "InvoiceCheckRequested",
    "InvoiceDepositRequested",
    "InvoiceDownloadRequested",
    "InvoiceFile",
    "InvoiceLine",
    "InvoiceNamed",
    "InvoiceRecipientDecisionRequested",
    "InvoiceRecyclingRequested",
    "InvoiceRejectionAcknowledgementRequested",
    "InvoiceRole",
    "InvoiceSearchRequested",
    "InvoiceStatusRequested",
    "InvoiceSubmissionRequested",
    "InvoiceSupplementRequested",
    "InvoiceValidatorCorrectionRequested",
    "InvoiceValidatorDecisionRequested",
    "Lot",
    "NamedInvoice",
    "RecipientLookupRequested",
    "RequestCancellationRequested",
    "TaxLine",
    "TenderDumeDraftRequested",
    "TenderDumeSearchRequested",
    "TenderDumeSimplifiedRequested",
    "TenderDumeValidationRequested",
    "data_invalid",
]

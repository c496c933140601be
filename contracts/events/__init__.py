"""What may be asked of the relay: one model per request, for its data."""

from contracts.events.invoices import (
    Expectation,
    InvoiceCheckRequested,
    InvoiceDepositRequested,
    InvoiceFile,
    InvoiceStatusRequested,
)
from contracts.events.problems import data_invalid
from contracts.events.recipients import RecipientLookupRequested
from contracts.events.requests import RequestCancellationRequested
from contracts.events.submissions import (
    Attachment,
    InvoiceLine,
    InvoiceNamed,
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
    "InvoiceFile",
    "InvoiceLine",
    "InvoiceNamed",
    "InvoiceRecyclingRequested",
    "InvoiceRejectionAcknowledgementRequested",
    "InvoiceStatusRequested",
    "InvoiceSubmissionRequested",
    "InvoiceSupplementRequested",
    "Lot",
    "RecipientLookupRequested",
    "RequestCancellationRequested",
    "TaxLine",
    "TenderDumeDraftRequested",
    "TenderDumeSearchRequested",
    "TenderDumeSimplifiedRequested",
    "TenderDumeValidationRequested",
    "data_invalid",
]

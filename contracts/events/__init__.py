"""What may be asked of the relay: one model per request, for its data."""

from contracts.events.decisions import (
    InvoiceRecipientDecisionRequested,
    InvoiceValidatorCorrectionRequested,
    InvoiceValidatorDecisionRequested,
    NamedInvoice,
)
from contracts.events.invoices import (
    Expectation,
    InvoiceCheckRequested,
    InvoiceDepositRequested,
    InvoiceFile,
    InvoiceStatusRequested,
)
from contracts.events.problems import data_invalid
from contracts.events.reads import InvoiceDownloadRequested, InvoiceRole, InvoiceSearchRequested
from contracts.events.recipients import RecipientLookupRequested
from contracts.events.requests import RequestCancellationRequested
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
    "Buyer",
    "Consultation",
    "Expectation",
    "InvoiceCheckRequested",
    "InvoiceDepositRequested",
    "InvoiceDownloadRequested",
    "InvoiceFile",
    "InvoiceRecipientDecisionRequested",
    "InvoiceRole",
    "InvoiceSearchRequested",
    "InvoiceStatusRequested",
    "InvoiceValidatorCorrectionRequested",
    "InvoiceValidatorDecisionRequested",
    "Lot",
    "NamedInvoice",
    "RecipientLookupRequested",
    "RequestCancellationRequested",
    "TenderDumeDraftRequested",
    "TenderDumeSearchRequested",
    "TenderDumeSimplifiedRequested",
    "TenderDumeValidationRequested",
    "data_invalid",
]

"""What may be asked of the relay: one model per request, for its data."""

from contracts.events.bids import (
    TenderBidCreationRequested,
    TenderBidMergeRequested,
    TenderBidSaveRequested,
    TenderCompanyLookupRequested,
)
from contracts.events.decisions import (
    InvoiceRecipientDecisionRequested,
    InvoiceValidatorCorrectionRequested,
    InvoiceValidatorDecisionRequested,
)
from contracts.events.documents import TenderDumeDocumentRequested
from contracts.events.essential_data import (
    AwardedConsultation,
    TenderEssentialDataPublicationRequested,
    TenderEssentialDataSearchRequested,
    TenderEssentialDataUpdateRequested,
)
from contracts.events.essential_parts import (
    Concession,
    Contract,
    EconomicOperator,
    ExecutionYear,
    Modification,
    PlaceOfExecution,
    Subcontract,
    SubcontractChange,
    Tariff,
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
from contracts.events.reference import TenderCodelistLookupRequested, TenderEvidenceLookupRequested
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
from contracts.events.tender_changes import (
    TenderDumeDeletionRequested,
    TenderDumeMetadataRequested,
    TenderDumeReplacementRequested,
)
from contracts.events.tender_facts import (
    TenderCancelled,
    TenderCreated,
    TenderFact,
    TenderPublished,
    TenderUpdated,
)
from contracts.events.tenders import (
    Bidder,
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
    "AwardedConsultation",
    "Bidder",
    "Buyer",
    "Concession",
    "Consultation",
    "Contract",
    "EconomicOperator",
    "ExecutionYear",
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
    "Modification",
    "NamedInvoice",
    "PlaceOfExecution",
    "RecipientLookupRequested",
    "RequestCancellationRequested",
    "Subcontract",
    "SubcontractChange",
    "Tariff",
    "TaxLine",
    "TenderBidCreationRequested",
    "TenderBidMergeRequested",
    "TenderBidSaveRequested",
    "TenderCancelled",
    "TenderCodelistLookupRequested",
    "TenderCompanyLookupRequested",
    "TenderCreated",
    "TenderDumeDeletionRequested",
    "TenderDumeDocumentRequested",
    "TenderDumeDraftRequested",
    "TenderDumeMetadataRequested",
    "TenderDumeReplacementRequested",
    "TenderDumeSearchRequested",
    "TenderDumeSimplifiedRequested",
    "TenderDumeValidationRequested",
    "TenderEssentialDataPublicationRequested",
    "TenderEssentialDataSearchRequested",
    "TenderEssentialDataUpdateRequested",
    "TenderEvidenceLookupRequested",
    "TenderFact",
    "TenderPublished",
    "TenderUpdated",
    "data_invalid",
]

"""Event type → handler, one line each. Add here."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from service.handlers.acknowledge_rejections import AcknowledgeRejections
from service.handlers.base import Read, Write
from service.handlers.cancel_request import CancelRequest
from service.handlers.check_invoice import CheckInvoice
from service.handlers.correct_validator import CorrectValidator
from service.handlers.create_simplified_dume import CreateSimplifiedDume
from service.handlers.decide_received_invoice import DecideReceivedInvoice
from service.handlers.decide_validation import DecideValidation
from service.handlers.deposit_invoice import DepositInvoice
from service.handlers.download_documents import DownloadDocuments
from service.handlers.look_up_code_list import LookUpCodeList
from service.handlers.look_up_evidence import LookUpEvidence
from service.handlers.look_up_recipient import LookUpRecipient
from service.handlers.recycle_invoice import RecycleInvoice
from service.handlers.report_status import ReportStatus
from service.handlers.save_draft_dume import SaveDraftDume
from service.handlers.search_dume import SearchDume
from service.handlers.search_invoices import SearchInvoices
from service.handlers.submit_invoice import SubmitInvoice
from service.handlers.supplement_invoice import SupplementInvoice
from service.handlers.validate_dume import ValidateDume


@dataclass(frozen=True, slots=True)
class Route:
    """One type of request and who serves it; the contract is the handler's `model`."""

    type: str
    handler: Read[Any] | Write[Any, Any]


ROUTES = MappingProxyType(
    {
        route.type: route
        for route in (
            Route("invoice.deposit.requested.v1", DepositInvoice()),
            Route("invoice.check.requested.v1", CheckInvoice()),
            Route("invoice.status.requested.v1", ReportStatus()),
            Route("recipient.lookup.requested.v1", LookUpRecipient()),
            Route("invoice.recipient.decision.requested.v1", DecideReceivedInvoice()),
            Route("invoice.validator.decision.requested.v1", DecideValidation()),
            Route("invoice.validator.correction.requested.v1", CorrectValidator()),
            Route("invoice.search.requested.v1", SearchInvoices()),
            Route("invoice.download.requested.v1", DownloadDocuments()),
            Route("invoice.submission.requested.v1", SubmitInvoice()),
            Route("invoice.supplement.requested.v1", SupplementInvoice()),
            Route("invoice.recycling.requested.v1", RecycleInvoice()),
            Route("invoice.rejection.acknowledgement.requested.v1", AcknowledgeRejections()),
            Route("tender.dume.simplified.requested.v1", CreateSimplifiedDume()),
            Route("tender.dume.draft.requested.v1", SaveDraftDume()),
            Route("tender.dume.validation.requested.v1", ValidateDume()),
            Route("tender.dume.search.requested.v1", SearchDume()),
            Route("tender.codelist.lookup.requested.v1", LookUpCodeList()),
            Route("tender.evidence.lookup.requested.v1", LookUpEvidence()),
            Route("request.cancellation.requested.v1", CancelRequest()),
        )
    }
)

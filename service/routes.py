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
from service.handlers.create_bid import CreateBid
from service.handlers.create_simplified_dume import CreateSimplifiedDume
from service.handlers.decide_received_invoice import DecideReceivedInvoice
from service.handlers.decide_validation import DecideValidation
from service.handlers.delete_dume import DeleteDume
from service.handlers.deposit_invoice import DepositInvoice
from service.handlers.download_documents import DownloadDocuments
from service.handlers.hand_over_dume import HandOverDume
from service.handlers.look_up_code_list import LookUpCodeList
from service.handlers.look_up_company import LookUpCompany
from service.handlers.look_up_evidence import LookUpEvidence
from service.handlers.look_up_recipient import LookUpRecipient
from service.handlers.merge_bid import MergeBid
from service.handlers.publish_essential_data import PublishEssentialData
from service.handlers.recycle_invoice import RecycleInvoice
from service.handlers.replace_dume import ReplaceDume
from service.handlers.report_status import ReportStatus
from service.handlers.save_bid import SaveBid
from service.handlers.save_draft_dume import SaveDraftDume
from service.handlers.search_dume import SearchDume
from service.handlers.search_essential_data import SearchEssentialData
from service.handlers.search_invoices import SearchInvoices
from service.handlers.submit_invoice import SubmitInvoice
from service.handlers.supplement_invoice import SupplementInvoice
from service.handlers.sync_tender import (
    SyncCancelledTender,
    SyncCreatedTender,
    SyncPublishedTender,
    SyncUpdatedTender,
)
from service.handlers.update_dume_metadata import UpdateDumeMetadata
from service.handlers.update_essential_data import UpdateEssentialData
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
            Route("tender.dume.replacement.requested.v1", ReplaceDume()),
            Route("tender.dume.deletion.requested.v1", DeleteDume()),
            Route("tender.dume.metadata.requested.v1", UpdateDumeMetadata()),
            Route("tender.dume.search.requested.v1", SearchDume()),
            Route("tender.dume.document.requested.v1", HandOverDume()),
            Route("tender.bid.merge.requested.v1", MergeBid()),
            Route("tender.bid.save.requested.v1", SaveBid()),
            Route("tender.bid.creation.requested.v1", CreateBid()),
            Route("tender.company.lookup.requested.v1", LookUpCompany()),
            Route("tender.essential_data.publication.requested.v1", PublishEssentialData()),
            Route("tender.essential_data.update.requested.v1", UpdateEssentialData()),
            Route("tender.essential_data.search.requested.v1", SearchEssentialData()),
            Route("tender.created.v1", SyncCreatedTender()),
            Route("tender.updated.v1", SyncUpdatedTender()),
            Route("tender.published.v1", SyncPublishedTender()),
            Route("tender.cancelled.v1", SyncCancelledTender()),
            Route("tender.codelist.lookup.requested.v1", LookUpCodeList()),
            Route("tender.evidence.lookup.requested.v1", LookUpEvidence()),
            Route("request.cancellation.requested.v1", CancelRequest()),
        )
    }
)

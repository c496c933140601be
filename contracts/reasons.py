"""The closed list of reasons why a request failed or was refused, and what is said of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Effect = Literal["none", "unknown"]
Ending = Literal["failed", "refused"]


class Reason(StrEnum):
    """Every reason the relay publishes; adding one is a compatible change, renaming one is not."""

    # failed: the event itself
    INVALID_EVENT = "invalid_event"
    UNSUPPORTED_TYPE = "unsupported_type"
    EXPIRED = "expired"
    ID_REUSED = "id_reused"
    ALREADY_REQUESTED = "already_requested"
    UNDELIVERABLE = "undeliverable"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"
    # failed: the account and the configuration
    ACCOUNT_REQUIRED = "account_required"
    ACCOUNT_UNKNOWN = "account_unknown"
    SUPPLIER_NOT_IN_ACCOUNT = "supplier_not_in_account"
    NOT_CONFIGURED = "not_configured"
    # failed: the file
    EXPECTATION_NOT_MET = "expectation_not_met"
    DOCUMENT_BY_REFERENCE_UNSUPPORTED = "document_by_reference_unsupported"
    CHECKSUM_MISMATCH = "checksum_mismatch"
    FILE_TOO_LARGE = "file_too_large"
    FILE_EMPTY = "file_empty"
    XML_MALFORMED = "xml_malformed"
    XML_UNSAFE = "xml_unsafe"
    UNKNOWN_FORMAT = "unknown_format"
    FORMAT_MISMATCH = "format_mismatch"
    PDF_WITHOUT_INVOICE = "pdf_without_invoice"
    PDF_MALFORMED = "pdf_malformed"
    ARCHIVE_MALFORMED = "archive_malformed"
    ARCHIVE_UNSAFE = "archive_unsafe"
    ARCHIVE_EMPTY = "archive_empty"
    ARCHIVE_MIXED_FORMATS = "archive_mixed_formats"
    INVOICE_NUMBER_MISSING = "invoice_number_missing"
    SUPPLIER_MISSING = "supplier_missing"
    DUPLICATE_NUMBER_IN_FILE = "duplicate_number_in_file"
    # failed: the files that go with an invoice
    ATTACHMENT_TOO_LARGE = "attachment_too_large"
    ATTACHMENTS_TOO_LARGE = "attachments_too_large"
    ATTACHMENT_NAME_UNSUITABLE = "attachment_name_unsuitable"
    ATTACHMENT_TYPE_UNSUPPORTED = "attachment_type_unsupported"
    # failed: the upstream or the relay
    UPSTREAM_ERROR = "upstream_error"
    UPSTREAM_ANSWER_UNREADABLE = "upstream_answer_unreadable"
    ANSWER_TOO_LARGE = "answer_too_large"
    DOCUMENT_TOO_LARGE = "document_too_large"
    INTERNAL_ERROR = "internal_error"
    # refused
    NUMBER_ALREADY_USED = "number_already_used"
    FLOW_REJECTED = "flow_rejected"
    INVOICE_REJECTED = "invoice_rejected"
    TECHNICAL_ERROR = "technical_error"
    UPSTREAM_REFUSED = "upstream_refused"
    UPSTREAM_FILE_TOO_LARGE = "upstream_file_too_large"
    INVOICE_NOT_FOUND = "invoice_not_found"
    INVOICE_AMBIGUOUS = "invoice_ambiguous"
    INVOICE_NOT_SUSPENDED = "invoice_not_suspended"
    STATUS_NOT_SUITABLE = "status_not_suitable"
    STATUS_CHANGED = "status_changed"
    NOT_ENTITLED = "not_entitled"
    BANK_ACCOUNT_UNCLEAR = "bank_account_unclear"
    VALIDATOR_UNKNOWN = "validator_unknown"
    UPSTREAM_DOCUMENT_TOO_LARGE = "upstream_document_too_large"
    DUME_EXISTS = "dume_exists"
    DUME_NOT_MODIFIABLE = "dume_not_modifiable"
    DUME_AMBIGUOUS = "dume_ambiguous"
    DUME_UNKNOWN = "dume_unknown"
    DUME_NOT_PUBLISHED = "dume_not_published"
    DUME_NOT_DELETABLE = "dume_not_deletable"
    DUME_NOT_REPLACEABLE = "dume_not_replaceable"
    ESSENTIAL_DATA_EXISTS = "essential_data_exists"
    ALREADY_SENT = "already_sent"
    ALREADY_ANSWERED = "already_answered"
    REQUEST_UNKNOWN = "request_unknown"
    RULES_NOT_MET = "rules_not_met"


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One line of the table: what a reason means and what its reader does next."""

    reason: Reason
    ending: Ending
    meaning: str
    next_step: str
    retryable: bool = False
    effect: Effect = "none"

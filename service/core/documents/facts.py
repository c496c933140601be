"""What an invoice file says, or why it cannot be read, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

InvoiceKind = Literal["invoice", "credit_note"]
Archive = Literal["archive"]

ARCHIVE: Final[Archive] = "archive"
"""What `recognise` answers for a tar.gz: its syntax is the one of its members."""

MAX_FILE_BYTES: Final = 10_000_000
"""Chorus Pro takes flows of 10 MB; whether it counts in thousands or in 1024s is not written, so the smaller one."""

MAX_ARCHIVE_BYTES: Final = 30_000_000
"""An archive once expanded: the 30 MB that Chorus Pro's annex names beside the 10 MB, and a bound on memory."""

MAX_ARCHIVE_MEMBERS: Final = 500
"""The number of invoices a flow may hold on Chorus Pro's older EDI channel; none is published for the API."""


class Syntax(StrEnum):
    """What a file is, in the words of `syntaxeFlux`."""

    UBL = "IN_DP_E1_UBL_INVOICE"
    CII = "IN_DP_E1_CII_16B"
    FACTURX = "IN_DP_E2_CII_FACTURX"


class DocumentProblem(StrEnum):
    """Why a file cannot be sent as an invoice. A closed list."""

    FILE_TOO_LARGE = "file_too_large"
    FILE_EMPTY = "file_empty"
    XML_MALFORMED = "xml_malformed"
    XML_UNSAFE = "xml_unsafe"
    UNKNOWN_FORMAT = "unknown_format"
    PDF_WITHOUT_INVOICE = "pdf_without_invoice"
    PDF_MALFORMED = "pdf_malformed"
    ARCHIVE_MALFORMED = "archive_malformed"
    ARCHIVE_UNSAFE = "archive_unsafe"
    ARCHIVE_EMPTY = "archive_empty"
    ARCHIVE_MIXED_FORMATS = "archive_mixed_formats"
    INVOICE_NUMBER_MISSING = "invoice_number_missing"
    SUPPLIER_MISSING = "supplier_missing"
    DUPLICATE_NUMBER_IN_FILE = "duplicate_number_in_file"
    FORMAT_MISMATCH = "format_mismatch"


class DocumentInvalid(Exception):
    """The file cannot be sent as it is: `reason` from the closed list, `detail` says what, where and what to do.

    The detail never quotes the content of the file beyond names and numbers.
    """

    def __init__(self, reason: DocumentProblem, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """One invoice or credit note as its file states it; `None` where the file says nothing usable.

    A SIRET is 14 digits, whatever its check digit: the State's own test organisations fail it.
    `supplier_id` is the supplier's identifier as written, which for one established abroad is not a SIRET.
    `member` is the name of the file inside an archive.
    """

    number: str
    kind: InvoiceKind
    supplier_siret: str | None
    supplier_id: str
    recipient_siret: str | None
    issued_on: date | None
    currency: str | None
    total_including_tax: Decimal | None
    amount_due: Decimal | None
    service_code: str | None
    commitment_number: str | None
    framework: str | None
    payment_means: str | None
    syntax: Syntax
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file that can be sent as one flow: its single syntax and every invoice in it, in file order, at least one."""

    syntax: Syntax
    invoices: tuple[InvoiceFacts, ...]
    is_archive: bool

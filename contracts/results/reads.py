"""What the relay answers about many invoices at once."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from contracts.base import Amount, Base64, Outgoing
from contracts.results.common import Refused
from contracts.results.invoices import StatusWord


class InvoiceListed(Outgoing):
    """One invoice as a search shows it; null where the search of this kind does not tell."""

    chorus_pro_id: int
    invoice_number: str | None = None
    type: Literal["invoice", "credit_note"]
    supplier_siret: str | None = None
    recipient_siret: str | None = None
    service_code: str | None = None
    validator_siret: str | None = None
    issued_on: date | None = None
    deposited_on: date | None = None
    total_including_tax: Amount | None = None
    total_excluding_tax: Amount | None = None
    amount_due: Amount | None = None
    currency: str | None = None
    status: StatusWord
    status_code: str | None = None
    status_since: AwareDatetime | None = None
    contract_number: str | None = None
    commitment_number: str | None = None
    flow_number: str | None = None


class InvoiceSearchPage(Outgoing):
    """A part of what a search found, in the order the State gave."""

    page: int = Field(ge=1)
    invoices: tuple[InvoiceListed, ...]


class InvoiceSearchReported(Outgoing):
    """How much a search found; the invoices are on its pages."""

    total: int = Field(ge=0, description="Invoices on all pages.")
    pages: int = Field(ge=0, description="How many invoice.search.page results belong to it.")
    complete: bool = Field(description="False when there may be more than was asked for or than the State shows.")


class InvoiceSearchRefused(Refused):
    """The State did not carry out the search."""


class DownloadedInvoice(Outgoing):
    """An invoice the file holds, or should."""

    chorus_pro_id: int
    invoice_number: str | None = None
    supplier_siret: str | None = None


class DownloadedFile(Outgoing):
    """The file itself; media type and ending are told from its first bytes."""

    name: str
    media_type: str
    size: int = Field(ge=0)
    sha256: str
    content: Base64 = Field(repr=False)


class InvoiceDownloadReported(Outgoing):
    """What Chorus Pro keeps of the invoices, as one file."""

    invoices: tuple[DownloadedInvoice, ...]
    what: Literal["invoices", "attachments"]
    format: Literal["pdf", "pivot"]
    with_attachments: bool
    file: DownloadedFile


class InvoiceDownloadRefused(Refused):
    """The State does not give the documents; `invoice` names the one it is about, when it is about one."""

    invoice_number: str | None = None
    chorus_pro_id: int | None = None

"""What the relay answers before anything is sent: the check of a file."""

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.base import Amount, Outgoing
from contracts.results.common import Refused
from contracts.results.findings import Finding


class CheckedInvoice(Outgoing):
    """One invoice of a checked file, as the file states it."""

    invoice_number: str
    type: Literal["invoice", "credit_note"]
    file: str | None = Field(default=None, description="The file inside an archive.")
    supplier_siret: str | None = None
    recipient_siret: str | None = None
    issued_on: date | None = None
    total_including_tax: Amount | None = None
    currency: str | None = None
    service_code: str | None = None
    commitment_number: str | None = None


class InvoiceCheckReported(Outgoing):
    """What a deposit of this file would meet before it is sent; nothing was sent."""

    outcome: Literal["clean", "warnings", "would_be_refused"]
    format: Literal["ubl", "cii", "factur-x"]
    archive: bool = False
    rules_version: str
    recipients_looked_up: int = Field(default=0, description="How many recipients the directory was asked about.")
    invoices: tuple[CheckedInvoice, ...]
    findings: tuple[Finding, ...] = ()


class InvoiceCheckRefused(Refused):
    """The check was refused; what is wrong with the file itself is reported instead."""

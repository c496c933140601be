"""Reads and checks the file of a request, for all requests that bring one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from contracts.events import Expectation, InvoiceDepositRequested
from contracts.reasons import Reason
from contracts.results import Finding
from service.core.documents import Document, DocumentInvalid, InvoiceFacts, read
from service.core.errors import EventInvalid
from service.core.preflight import NO_INSPECTION, Examiner, Inspection
from service.handlers.base import Calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A file ready to be sent, what it says of its invoices, and what was found in it."""

    name: str
    content: bytes = field(repr=False)
    document: Document
    inspection: Inspection = NO_INSPECTION
    findings: tuple[Finding, ...] = ()

    @property
    def invoices(self) -> tuple[InvoiceFacts, ...]:
        """The invoices of the file."""
        return self.document.invoices


def to_deposit(request: InvoiceDepositRequested, inspection: Inspection) -> Deposit:
    """The file, recognised, read and inspected; raises EventInvalid."""
    if request.file.content is None:
        raise EventInvalid(
            Reason.DOCUMENT_BY_REFERENCE_UNSUPPORTED, "data.file.ref cannot be fetched; send data.file.content."
        )
    content = request.file.content
    if request.file.sha256 is not None and hashlib.sha256(content).hexdigest() != request.file.sha256:
        raise EventInvalid(Reason.CHECKSUM_MISMATCH, "data.file.content does not have the announced sha256.")
    examiner = Examiner(inspection)
    try:
        document = read(content, name=request.file.name, declared=request.format, examine=examiner.invoice)
    except DocumentInvalid as error:
        raise EventInvalid(Reason(error.reason), error.detail) from error
    if request.expect is not None:
        _check_expectation(request.expect, document)
    examiner.file(len(content))
    return Deposit(
        name=request.file.name,
        content=content,
        document=document,
        inspection=inspection,
        findings=examiner.findings,
    )


def check_suppliers(deposit: Deposit, calls: Calls) -> None:
    """Raise EventInvalid when the account may not send for a supplier of the file."""
    for invoice in deposit.invoices:
        calls.check_supplier(invoice.supplier_siret)


def _check_expectation(expect: Expectation, document: Document) -> None:
    """Raise EventInvalid unless one invoice of the file is what the requester expects."""
    problems = [_disagreements(expect, invoice) for invoice in document.invoices]
    if all(problems):
        raise EventInvalid(Reason.EXPECTATION_NOT_MET, f"The file disagrees with data.expect: {problems[0]}.")


def _disagreements(expect: Expectation, invoice: InvoiceFacts) -> str:
    pairs: tuple[tuple[str, str | Decimal | None, str | Decimal | None], ...] = (
        ("supplier_siret", expect.supplier_siret, invoice.supplier_siret),
        ("invoice_number", expect.invoice_number, invoice.number),
        ("total_including_tax", expect.total_including_tax, invoice.total_including_tax),
        ("currency", expect.currency, invoice.currency),
    )
    return ", ".join(
        f"{name} is {theirs}, not {ours}" for name, ours, theirs in pairs if ours is not None and ours != theirs
    )

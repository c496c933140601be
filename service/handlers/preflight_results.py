"""Says what preflight found in a file: a refusal, the warnings of a deposit, or the report of a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.reasons import Reason
from contracts.results import (
    CheckedInvoice,
    Finding,
    InvoiceCheckReported,
    InvoiceDepositRefused,
    NotIntegratedInvoice,
)
from service.core.documents import InvoiceFacts, Syntax
from service.core.draft import Draft
from service.core.preflight import is_forbidden
from service.handlers.base import WARNINGS, Finished
from service.handlers.invoice_file import Deposit

FORMATS = {Syntax.UBL: "ubl", Syntax.CII: "cii", Syntax.FACTURX: "factur-x"}


def refused(deposit: Deposit) -> Finished:
    """The refusal of a file that breaks rules: nothing was sent, so every number is free."""
    invoices = tuple(
        NotIntegratedInvoice(invoice_number=invoice.number, reason=Reason.RULES_NOT_MET, number_reusable=True)
        for invoice in deposit.invoices
    )
    data = InvoiceDepositRefused(
        stage="preflight", reason=Reason.RULES_NOT_MET, invoices=invoices, findings=deposit.findings
    )
    return Finished(results=(Draft(type="invoice.deposit.refused.v1", data=data),), reason=Reason.RULES_NOT_MET)


def to_warnings(findings: Sequence[Finding]) -> dict[str, object]:
    """What the answer of a deposit keeps of findings, in JSON; nothing when there are none."""
    return {WARNINGS: [finding.model_dump(mode="json") for finding in let_pass(findings)]} if findings else {}


def let_pass(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings about what was sent all the same, or before a rule came into force: none of them forbade it."""
    return tuple(finding.model_copy(update={"severity": "warning"}) for finding in findings)


def warnings_of(answer: Mapping[str, object]) -> tuple[Finding, ...]:
    """The findings that an answer keeps."""
    kept = answer.get(WARNINGS)
    return tuple(Finding.model_validate(one) for one in kept) if isinstance(kept, list) else ()


def reported(deposit: Deposit, looked_up: int) -> Draft:
    """The report of a check."""
    outcome = "would_be_refused" if is_forbidden(deposit.findings) else "warnings" if deposit.findings else "clean"
    data = InvoiceCheckReported.model_validate(
        {
            "outcome": outcome,
            "format": FORMATS[deposit.document.syntax],
            "archive": deposit.document.is_archive,
            "rules_version": deposit.inspection.rules.version,
            "recipients_looked_up": looked_up,
            "invoices": tuple(_checked(invoice) for invoice in deposit.invoices),
            "findings": deposit.findings,
        }
    )
    return Draft(type="invoice.check.reported.v1", data=data)


def _checked(invoice: InvoiceFacts) -> CheckedInvoice:
    return CheckedInvoice(
        invoice_number=invoice.number,
        type=invoice.kind,
        file=invoice.member,
        supplier_siret=invoice.supplier_siret,
        recipient_siret=invoice.recipient_siret,
        issued_on=invoice.issued_on,
        total_including_tax=invoice.total_including_tax,
        currency=invoice.currency,
        service_code=invoice.service_code,
        commitment_number=invoice.commitment_number,
    )

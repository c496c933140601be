"""Says how a submission ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.events import InvoiceSubmissionRequested
from contracts.reasons import Reason
from contracts.results import InvoiceSubmissionDone, InvoiceSubmissionRefused
from contracts.words import invoice_status
from service.core.draft import Draft
from service.core.invoices import FoundInvoice
from service.handlers.base import Finished
from service.handlers.conflicts import conflict_between
from service.handlers.supplier_reasons import Objection, said
from service.upstream import Refusal
from service.upstream.chorus_pro.supplier import SubmittedInvoice

DONE, REFUSED = "invoice.submission.done.v1", "invoice.submission.refused.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentInvoice:
    """What a submission says of its invoice, as far as Chorus Pro can show it; without a date it is not compared."""

    number: str
    supplier_siret: str
    recipient_siret: str
    issued_on: date | None
    currency: str
    total_including_tax: Decimal

    @property
    def supplier_id(self) -> str:
        """Who the supplier is."""
        return self.supplier_siret


def sent_as(asked: InvoiceSubmissionRequested, number: str) -> SentInvoice:
    """The invoice under this number as it was sent."""
    return SentInvoice(
        number=number,
        supplier_siret=asked.supplier_siret,
        recipient_siret=asked.recipient_siret,
        issued_on=asked.issued_on,
        currency=asked.currency,
        total_including_tax=asked.total_including_tax,
    )


def answered(submitted: SubmittedInvoice) -> dict[str, object]:
    """What the ledger keeps of the State's answer."""
    return _answer(submitted, submitted.deposited_on, submitted.fingerprint, adopted=False)


def adopted(found: FoundInvoice) -> dict[str, object]:
    """The same of an invoice that a look found."""
    return _answer(found, found.deposited_on, None, adopted=True)


def done(asked: InvoiceSubmissionRequested, answer: Mapping[str, object], *, kept: tuple[str, ...]) -> Finished:
    """The invoice is at Chorus Pro."""
    code = str(answer.get("status_code") or "")
    deposited_on, fingerprint = answer.get("deposited_on"), answer.get("certificate_fingerprint")
    data = InvoiceSubmissionDone(
        invoice_number=str(answer["invoice_number"]),
        type=asked.type,
        supplier_siret=asked.supplier_siret,
        recipient_siret=asked.recipient_siret,
        chorus_pro_id=int(str(answer["chorus_pro_id"])),
        deposited_on=date.fromisoformat(deposited_on) if isinstance(deposited_on, str) else None,
        status=invoice_status(code),
        status_code=code,
        total_including_tax=asked.total_including_tax,
        currency=asked.currency,
        certificate_fingerprint=fingerprint if isinstance(fingerprint, str) else None,
        adopted=bool(answer.get("adopted")),
    )
    return Finished(results=(Draft(type=DONE, data=data),), reason="done", kept=kept)


def refused(asked: InvoiceSubmissionRequested, refusal: Refusal) -> Finished:
    """The invoice was not taken."""
    is_ours = isinstance(refusal, Objection)
    data = InvoiceSubmissionRefused(
        **said(refusal),
        **_about(asked),
        stage="preflight" if is_ours else "submission",
        bank_accounts=refusal.names if isinstance(refusal, Objection) else None,
    )
    return Finished(results=(Draft(type=REFUSED, data=data),), reason=refusal.reason)


def number_used(asked: InvoiceSubmissionRequested, found: FoundInvoice, refusal: Refusal | None = None) -> Draft:
    """The number stands for an invoice already that is not this one."""
    data = InvoiceSubmissionRefused(
        reason=Reason.NUMBER_ALREADY_USED,
        code=refusal.code if refusal else None,
        upstream_text=refusal.text or None if refusal else None,
        **_about(asked),
        stage="submission",
        conflict=conflict_between(sent_as(asked, asked.invoice_number or ""), found),
    )
    return Draft(type=REFUSED, data=data)


def _about(asked: InvoiceSubmissionRequested) -> dict[str, Any]:  # Any: fields of the result
    return {"invoice_number": asked.invoice_number, "supplier_siret": asked.supplier_siret}


def _answer(
    invoice: SubmittedInvoice | FoundInvoice, deposited_on: date | None, fingerprint: str | None, *, adopted: bool
) -> dict[str, object]:
    return {
        "chorus_pro_id": invoice.chorus_pro_id,
        "invoice_number": invoice.number,
        "status_code": invoice.status_code,
        "deposited_on": deposited_on.isoformat() if deposited_on else None,
        "certificate_fingerprint": fingerprint,
        "adopted": adopted,
    }

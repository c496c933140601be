"""Tells the status of an invoice, and how it came there."""

from __future__ import annotations

from typing import ClassVar

from contracts.events import InvoiceStatusRequested
from contracts.reasons import Reason
from contracts.results import InvoiceStatusRefused, InvoiceStatusReported, StatusChange
from contracts.words import Upstream, invoice_status, is_final_status
from service.core.draft import Draft
from service.core.invoices import FoundInvoice
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.chorus_pro import InvoiceHistory


class ReportStatus(Read[InvoiceStatusRequested]):
    """`invoice.status.requested.v1`."""

    model: ClassVar[type[InvoiceStatusRequested]] = InvoiceStatusRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO

    async def handle(self, request: InvoiceStatusRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Find the invoice by number when its Chorus Pro id is not given, then read its history and its parties."""
        if request.supplier_siret is not None:
            calls.check_supplier(request.supplier_siret)
        found, invoice_id = None, request.chorus_pro_id
        if invoice_id is None:
            numbered = await calls.chorus_pro.invoices_numbered(request.invoice_number or "", request.supplier_siret)
            shown = [one for one in numbered if calls.may_tell_of(one.supplier_siret)]
            if not shown:
                return (_refused(request, Reason.INVOICE_NOT_FOUND),)
            found = shown[0]
            invoice_id = found.chorus_pro_id
        history = await calls.chorus_pro.history(invoice_id)
        if isinstance(history, Refusal):
            return (_refused(request, Reason.INVOICE_NOT_FOUND, history),)
        if found is None:
            detail = await calls.chorus_pro.invoice(invoice_id)
            # The history alone answers the question; the detail only adds who the parties are.
            found = None if isinstance(detail, Refusal) else detail
            if not calls.may_tell_of(found.supplier_siret if found else None):
                return (_refused(request, Reason.INVOICE_NOT_FOUND),)
        return (Draft(type="invoice.status.reported.v1", data=_reported(history, found)),)


def _reported(history: InvoiceHistory, found: FoundInvoice | None) -> InvoiceStatusReported:
    changes = tuple(
        StatusChange(
            status=invoice_status(passed.code),
            status_code=passed.code,
            since=passed.at,
            comment=passed.comment or None,
        )
        for passed in history.statuses
    )
    status_code = history.status_code or (changes[-1].status_code if changes else "")
    return InvoiceStatusReported(
        invoice_number=history.number or (found.number if found else ""),
        chorus_pro_id=history.chorus_pro_id,
        supplier_siret=found.supplier_siret if found else None,
        recipient_siret=found.recipient_siret if found else None,
        status=invoice_status(status_code),
        status_code=status_code,
        status_since=changes[-1].since if changes else None,
        final=is_final_status(status_code),
        history=changes,
    )


def _refused(request: InvoiceStatusRequested, reason: Reason, refusal: Refusal | None = None) -> Draft:
    data = InvoiceStatusRefused(
        reason=reason,
        code=refusal.code if refusal else None,
        upstream_text=refusal.text if refusal else None,
        invoice_number=request.invoice_number,
        chorus_pro_id=request.chorus_pro_id,
    )
    return Draft(type="invoice.status.refused.v1", data=data)

"""Tells the status of an invoice, and everything that happened to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from contracts.actions import invoice_action
from contracts.events import InvoiceStatusRequested
from contracts.reasons import Reason
from contracts.results import (
    InvoiceStatusRefused,
    InvoiceStatusReported,
    PersonsAction,
    StatusChange,
    StatusEvent,
)
from contracts.words import Upstream, invoice_status, is_final_status, is_void_status
from service.core.draft import Draft
from service.core.invoices import FoundInvoice
from service.core.listed import ListedInvoice
from service.handlers.base import Calls, Event, Read
from service.handlers.own_invoices import check_named, searches, sees
from service.upstream import Refusal
from service.upstream.chorus_pro.histories import Histories, WholeHistory


class ReportStatus(Read[InvoiceStatusRequested]):
    """`invoice.status.requested.v1`."""

    model: ClassVar[type[InvoiceStatusRequested]] = InvoiceStatusRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO

    async def handle(self, request: InvoiceStatusRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Find the invoice by number when its Chorus Pro id is not given, then read its history and its parties."""
        check_named(request.role, request.supplier_siret, calls)
        found: FoundInvoice | ListedInvoice | Refusal | None = None
        invoice_id = request.chorus_pro_id
        if invoice_id is None:
            shown = await searches(calls).numbered(request.role, request.invoice_number or "", request.supplier_siret)
            if isinstance(shown, Refusal):
                return (_refused(request, shown.reason, shown),)
            found = _meant(shown, calls.upstreams.mapping.chorus_pro.drafts)
            if found is None:
                reason = Reason.INVOICE_AMBIGUOUS if shown else Reason.INVOICE_NOT_FOUND
                return (_refused(request, reason),)
            invoice_id = found.chorus_pro_id
        elif not await sees(request.role, invoice_id, calls):
            return (_refused(request, Reason.INVOICE_NOT_FOUND),)
        histories = Histories(chorus_pro=calls.chorus_pro)
        history = await histories.whole(invoice_id)
        if isinstance(history, Refusal):
            return (_refused(request, Reason.INVOICE_NOT_FOUND, history),)
        if found is None:
            # The history alone answers the question; the detail only adds who the parties are, and how much it is.
            found = await histories.detail(request.role, invoice_id)
        return (Draft(type="invoice.status.reported.v1", data=_reported(history, found)),)


def _meant(shown: Sequence[ListedInvoice], drafts: Collection[str]) -> ListedInvoice | None:
    """The one invoice that is meant by a number: of several, the only one that was handed in and is not void."""
    if len(shown) == 1:
        return shown[0]
    living = [one for one in shown if one.status_code not in drafts and not is_void_status(one.status_code or "")]
    return living[0] if len(living) == 1 else None


def _reported(history: WholeHistory, found: FoundInvoice | ListedInvoice | Refusal) -> InvoiceStatusReported:
    told = None if isinstance(found, Refusal) else found
    changes = _changes(history)
    status_code = history.status_code or (changes[-1].status_code if changes else "")
    return InvoiceStatusReported(
        invoice_number=history.number or (told.number if told else None) or "",
        chorus_pro_id=history.chorus_pro_id,
        supplier_siret=told.supplier_siret if told else None,
        recipient_siret=told.recipient_siret if told else None,
        status=invoice_status(status_code),
        status_code=status_code,
        status_since=changes[-1].since if changes and changes[-1].status_code == status_code else None,
        final=is_final_status(status_code),
        history=changes,
        type=told.kind if told else None,
        issued_on=told.issued_on if told else None,
        deposited_on=told.deposited_on if told else None,
        total_including_tax=told.total_including_tax if told else None,
        currency=told.currency if told else None,
        deposit_mode_code=history.deposit_mode_code,
        events=tuple(StatusEvent(label=passed.label, at=passed.at) for passed in history.events),
        actions=tuple(
            PersonsAction(action=invoice_action(taken.code), action_code=taken.code, at=taken.at)
            for taken in history.actions
        ),
    )


def _changes(history: WholeHistory) -> tuple[StatusChange, ...]:
    return tuple(
        StatusChange(
            status=invoice_status(passed.code),
            status_code=passed.code,
            since=passed.at,
            comment=passed.comment or None,
        )
        for passed in history.statuses
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

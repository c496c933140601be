"""Checks an invoice file as a deposit would before its send, and sends nothing."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from contracts.events import InvoiceCheckRequested
from contracts.words import Upstream
from service.core.draft import Draft
from service.handlers import preflight_results as results
from service.handlers.base import Calls, Event, Read
from service.handlers.invoice_file import check_suppliers, to_deposit
from service.handlers.routing import with_routing


class CheckInvoice(Read[InvoiceCheckRequested]):
    """`invoice.check.requested.v1`."""

    model: ClassVar[type[InvoiceCheckRequested]] = InvoiceCheckRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO

    async def handle(self, request: InvoiceCheckRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Report what was found, also for accounts whose deposits are not checked; raises EventInvalid."""
        deposit = await asyncio.to_thread(to_deposit, request, event.inspection.milder())
        check_suppliers(deposit, calls)
        checked, looked_up = await with_routing(deposit, calls)
        return (results.reported(checked, looked_up),)

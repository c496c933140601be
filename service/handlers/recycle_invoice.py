"""Sends an invoice that came to the wrong place on to another recipient, service or commitment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from contracts.events import InvoiceRecyclingRequested
from contracts.reasons import Reason
from contracts.results import InvoiceRecyclingDone, InvoiceRecyclingRefused
from contracts.words import Upstream, invoice_status
from service.core.draft import Draft
from service.core.entry import Entry
from service.core.errors import EventInvalid
from service.core.question import READY, Screen
from service.handlers import named_invoice as named
from service.handlers.base import Absent, Calls, Event, Finished, Found, Looked, Unseen, Write
from service.handlers.supplier_reasons import Objection, said
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro.supplier import InvoiceStanding
from service.upstream.chorus_pro.supplier_operations import RECYCLE_INVOICE

TO_RECYCLE = "A_RECYCLER"
SCREEN = Screen(
    deed="send an invoice on to another recipient, service or commitment",
    place="portail.chorus-pro.gouv.fr, domain Facturation: in Factures émises the recipient and the history of it",
    number=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recycling:
    """Where an invoice is to go; ready to be sent once it is `known`."""

    asked: InvoiceRecyclingRequested = field(repr=False)
    asked_at: datetime | None
    known: named.KnownInvoice | None = None


class RecycleInvoice(Write[InvoiceRecyclingRequested, Recycling]):
    """`invoice.recycling.requested.v1`."""

    model: ClassVar[type[InvoiceRecyclingRequested]] = InvoiceRecyclingRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO
    call: ClassVar[Operation[Any, Any]] = RECYCLE_INVOICE
    screen: ClassVar[Screen] = SCREEN
    reads_first: ClassVar[bool] = True

    def prepare(self, request: InvoiceRecyclingRequested, event: Event) -> Recycling:
        """What is wanted."""
        return Recycling(asked=request, asked_at=event.envelope.time)

    def keys(self, prepared: Recycling) -> tuple[str, ...]:
        """The invoice, under each of its names that is given."""
        return named.keys_of(prepared.asked)

    def check(self, prepared: Recycling, calls: Calls) -> None:
        """Raise EventInvalid when the account may not send for the supplier of an invoice."""
        super().check(prepared, calls)
        named.check_named((prepared.asked,), calls)

    async def make_ready(self, prepared: Recycling, calls: Calls) -> Recycling | Refusal:
        """Find the invoice and how far its life has come; once it was sent, how far it had come then counts."""
        earlier = None if calls.is_first else prepared.known
        known = earlier or await named.standing_before(prepared.asked, TO_RECYCLE, calls)
        return known if isinstance(known, Refusal) else replace(prepared, known=known)

    def kept_ready(self, ready: Recycling) -> Mapping[str, object]:
        """The invoice as it stood before the first send."""
        return named.known_to_notes(ready.known)

    def recalled(self, prepared: Recycling, kept: Mapping[str, object]) -> Recycling:
        """The same as it was known before the first send."""
        return replace(prepared, known=named.known_from(kept))

    async def send(self, prepared: Recycling, calls: Calls) -> Mapping[str, object] | Refusal:
        """Recycle the invoice."""
        known = prepared.known
        if known is None:
            raise EventInvalid(Reason.INTERNAL_ERROR, "The recycling was not made ready.")
        recycled = await calls.chorus_pro.supplier.recycle(known.chorus_pro_id, prepared.asked)
        if isinstance(recycled, Refusal):
            return recycled
        known = replace(known, invoice_number=known.invoice_number or recycled.number)
        return _answer(known, recycled.status_code, adopted=False)

    async def look(self, prepared: Recycling, entry: Entry, calls: Calls) -> Looked:
        """See whether the invoice has moved on since it was sent, and to where."""
        known = prepared.known or await named.find(prepared.asked, TO_RECYCLE, calls)
        if isinstance(known, Objection):
            return Unseen(detail=known.text)
        since = await named.passed_since(known, prepared.asked_at, calls)
        if since is None or isinstance(since, Refusal):
            why = since.text if since else "nobody knows what its history was before"
            return Unseen(detail=f"The history of the invoice tells nothing: {why}.")
        if not since:
            return Absent()
        now = await calls.chorus_pro.supplier.standing(known.chorus_pro_id)
        if isinstance(now, Refusal) or not _is_there(prepared.asked, now):
            return Unseen(detail="The invoice has moved on, and is not where it was to go.")
        return Found(answer=_answer(known, now.status_code, adopted=True))

    async def confirm(
        self, prepared: Recycling, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """It must have moved on to where it was to go."""
        looked = await self.look(prepared, entry, calls)
        if isinstance(looked, Found | Unseen):
            return looked
        return Unseen(detail="The history of the invoice shows nothing new.")

    def conclude(self, prepared: Recycling, answer: Mapping[str, object], event: Event) -> Finished | None:
        """The answer is the end of it."""
        asked, code = prepared.asked, str(answer.get("status_code") or "")
        data = InvoiceRecyclingDone.model_validate(
            {
                **{name: answer.get(name) for name in ("chorus_pro_id", "invoice_number", "supplier_siret", "adopted")},
                "recipient_siret": asked.recipient_siret,
                "service_code": asked.service_code,
                "commitment_number": asked.commitment_number,
                "status": invoice_status(code),
                "status_code": code,
            }
        )
        return Finished(results=(Draft(type="invoice.recycling.done.v1", data=data),), reason="done")

    async def refused(
        self, prepared: Recycling, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Finished | Found:
        """After a send that may have worked, a refusal may be about our own recycling: look before believing it."""
        noted = entry.notes.get(READY)
        if entry.sends > 1 and isinstance(noted, dict) and not isinstance(refusal, Objection):
            looked = await self.look(self.recalled(prepared, noted), entry, calls)
            if isinstance(looked, Found):
                return looked
        data = InvoiceRecyclingRefused(**said(refusal), **named.identity_of(prepared.asked))
        return Finished(results=(Draft(type="invoice.recycling.refused.v1", data=data),), reason=refusal.reason)


def _is_there(asked: InvoiceRecyclingRequested, now: InvoiceStanding) -> bool:
    """Whether the invoice is where it was to go; what was not asked for is not compared."""
    pairs = (
        (asked.recipient_siret, now.recipient_siret),
        (asked.service_code, now.service_code),
        (asked.commitment_number, now.commitment_number),
    )
    return all(wanted is None or wanted == found for wanted, found in pairs)


def _answer(known: named.KnownInvoice, status_code: str | None, *, adopted: bool) -> dict[str, object]:
    return {**known.identity, "status_code": status_code, "adopted": adopted}

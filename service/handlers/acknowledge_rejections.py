"""Marks invoices that their recipients rejected as dealt with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

from contracts.events import InvoiceRejectionAcknowledgementRequested
from contracts.reasons import Reason
from contracts.results import (
    AcknowledgedInvoice,
    InvoiceRejectionAcknowledgementDone,
    InvoiceRejectionAcknowledgementRefused,
)
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.entry import Entry
from service.core.errors import EventInvalid
from service.core.question import READY, Screen
from service.handlers import named_invoice as named
from service.handlers.base import Calls, Event, Finished, Found, Unseen, Write
from service.handlers.supplier_reasons import Objection, said
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro.supplier_operations import TREAT_REJECTIONS

REJECTED = "REJETEE"
INVOICES = "invoices"
FAMILY = "invoice.rejection.acknowledgement"
SCREEN = Screen(
    deed="mark rejected invoices as dealt with",
    place="portail.chorus-pro.gouv.fr, domain Facturation: in Factures émises, among the rejected ones still to treat",
    number=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Rejected invoices; ready to be sent once they are `known`."""

    asked: InvoiceRejectionAcknowledgementRequested
    known: tuple[named.KnownInvoice, ...] | None = None


class AcknowledgeRejections(Write[InvoiceRejectionAcknowledgementRequested, Acknowledgement]):
    """`invoice.rejection.acknowledgement.requested.v1`. Repeating it is harmless: a mark that is set twice is set."""

    model: ClassVar[type[InvoiceRejectionAcknowledgementRequested]] = InvoiceRejectionAcknowledgementRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO
    call: ClassVar[Operation[Any, Any]] = TREAT_REJECTIONS
    screen: ClassVar[Screen] = SCREEN
    reads_first: ClassVar[bool] = True

    def prepare(self, request: InvoiceRejectionAcknowledgementRequested, event: Event) -> Acknowledgement:
        """What is wanted."""
        return Acknowledgement(asked=request)

    def keys(self, prepared: Acknowledgement) -> tuple[str, ...]:
        """Each invoice, under each of its names that is given."""
        return tuple(dict.fromkeys(key for one in prepared.asked.invoices for key in named.keys_of(one)))

    def check(self, prepared: Acknowledgement, calls: Calls) -> None:
        """Raise EventInvalid when the account may not send for the supplier of an invoice."""
        super().check(prepared, calls)
        named.check_named(prepared.asked.invoices, calls)

    async def make_ready(self, prepared: Acknowledgement, calls: Calls) -> Acknowledgement | Refusal:
        """Find the invoices."""
        if prepared.known is not None:
            return prepared
        found = [await named.find(one, REJECTED, calls) for one in prepared.asked.invoices]
        objections = [one for one in found if isinstance(one, Objection)]
        if objections:
            # Those that are not there come first: the reason is said once for all of them.
            first = min(objections, key=lambda one: one.reason is not Reason.INVOICE_NOT_FOUND)
            alike = [one for one in objections if one.reason is first.reason]
            names = tuple(name for one in alike for name in one.names)
            return replace(first, text=" ".join(one.text for one in alike), names=names)
        known = tuple(one for one in found if isinstance(one, named.KnownInvoice))
        return replace(prepared, known=known)

    def kept_ready(self, ready: Acknowledgement) -> Mapping[str, object]:
        """The invoices."""
        return {INVOICES: [asdict(one) for one in ready.known or ()]}

    def recalled(self, prepared: Acknowledgement, kept: Mapping[str, object]) -> Acknowledgement:
        """The same with the invoices as they were found."""
        noted = kept.get(INVOICES)
        known = tuple(named.KnownInvoice(**one) for one in noted) if isinstance(noted, list) else None
        return replace(prepared, known=known)

    async def send(self, prepared: Acknowledgement, calls: Calls) -> Mapping[str, object] | Refusal:
        """Mark them."""
        if prepared.known is None:
            raise EventInvalid(Reason.INTERNAL_ERROR, "The acknowledgement was not made ready.")
        ids = tuple(dict.fromkeys(one.chorus_pro_id for one in prepared.known))
        refusal = await calls.chorus_pro.supplier.treat_rejections(ids)
        return _answer(prepared.known, adopted=False) if refusal is None else refusal

    async def confirm(
        self, prepared: Acknowledgement, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """Each of them must be shown with its mark."""
        ready = await self.make_ready(prepared, calls)
        if isinstance(ready, Refusal):
            return Unseen(detail=ready.text)
        if ready.known and await _are_marked(ready.known, calls):
            return Found(answer=_answer(ready.known, adopted=True))
        return Unseen(detail="Not all of the invoices are marked as dealt with.")

    def conclude(self, prepared: Acknowledgement, answer: Mapping[str, object], event: Event) -> Finished | None:
        """The answer is the end of it."""
        listed = answer.get(INVOICES)
        invoices = tuple(AcknowledgedInvoice(**one) for one in listed) if isinstance(listed, list) else ()
        data = InvoiceRejectionAcknowledgementDone(invoices=invoices, adopted=bool(answer.get("adopted")))
        return Finished(results=(Draft(type=f"{FAMILY}.done.v1", data=data),), reason="done")

    async def refused(
        self, prepared: Acknowledgement, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Finished | Found:
        """What bears the mark already, whoever set it, is as it was asked for."""
        noted = entry.notes.get(READY)
        if isinstance(noted, dict) and not isinstance(refusal, Objection):
            known = self.recalled(prepared, noted).known or ()
            if known and await _are_marked(known, calls):
                return Found(answer=_answer(known, adopted=True))
        unknown = refusal.names if isinstance(refusal, Objection) else ()
        data = InvoiceRejectionAcknowledgementRefused(**said(refusal), unknown=unknown)
        return Finished(results=(Draft(type=f"{FAMILY}.refused.v1", data=data),), reason=refusal.reason)


async def _are_marked(known: tuple[named.KnownInvoice, ...], calls: Calls) -> bool:
    for one in known:
        standing = await calls.chorus_pro.supplier.standing(one.chorus_pro_id)
        if isinstance(standing, Refusal) or not standing.is_rejection_treated:
            return False
    return True


def _answer(known: tuple[named.KnownInvoice, ...], *, adopted: bool) -> dict[str, object]:
    return {INVOICES: [one.identity for one in known], "adopted": adopted}

"""Adds attachments or a comment to an invoice that its recipient suspended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from contracts.events import InvoiceSupplementRequested
from contracts.reasons import Reason
from contracts.results import InvoiceSupplementDone, InvoiceSupplementRefused
from contracts.words import Upstream
from service.core.attachments import Attached, checked
from service.core.draft import Draft
from service.core.entry import Entry
from service.core.errors import EventInvalid
from service.core.question import READY, Screen
from service.core.supplemented import Line, is_ours
from service.handlers import named_invoice as named
from service.handlers.base import Absent, Calls, Declined, Event, Finished, Found, Looked, Unseen, Write
from service.handlers.supplier_reasons import Objection, said
from service.handlers.uploads import Uploaded, upload_all, uploaded_from, uploaded_to_notes
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro import StatusPassed
from service.upstream.chorus_pro.supplier_operations import ADD_FILE, COMPLETE_INVOICE

SUSPENDED = "SUSPENDUE"
SCREEN = Screen(
    deed="add to a suspended invoice",
    place="portail.chorus-pro.gouv.fr, domain Facturation: in Factures émises the history and the attachments of it",
    number=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """What to add, its files checked; ready to be sent once `known` and `uploaded` are there."""

    asked: InvoiceSupplementRequested = field(repr=False)
    files: tuple[Attached, ...]
    asked_at: datetime | None
    known: named.KnownInvoice | None = None
    uploaded: Uploaded | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An invoice with what happened to it since that a supplement may have brought about."""

    known: named.KnownInvoice
    lines: tuple[StatusPassed, ...]

    @property
    def found(self) -> Found:
        """The answer of the call, as the history tells it."""
        return Found(answer=_answer(self.known, self.lines[0].at, adopted=True))


class SupplementInvoice(Write[InvoiceSupplementRequested, Supplement]):
    """`invoice.supplement.requested.v1`."""

    model: ClassVar[type[InvoiceSupplementRequested]] = InvoiceSupplementRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO
    call: ClassVar[Operation[Any, Any]] = COMPLETE_INVOICE
    screen: ClassVar[Screen] = SCREEN
    reads_first: ClassVar[bool] = True
    opens_files: ClassVar[bool] = True
    uploads: ClassVar[tuple[Operation[Any, Any], ...]] = (ADD_FILE,)

    def prepare(self, request: InvoiceSupplementRequested, event: Event) -> Supplement:
        """What to add, its files checked; raises EventInvalid."""
        files = checked((f"data.attachments.{place}.file", one.file) for place, one in enumerate(request.attachments))
        return Supplement(asked=request, files=files, asked_at=event.envelope.time)

    def keys(self, prepared: Supplement) -> tuple[str, ...]:
        """The invoice, under each of its names that is given."""
        return named.keys_of(prepared.asked)

    def check(self, prepared: Supplement, calls: Calls) -> None:
        """Raise EventInvalid when the account may not send for the supplier of an invoice."""
        super().check(prepared, calls)
        named.check_named((prepared.asked,), calls)

    async def make_ready(self, prepared: Supplement, calls: Calls) -> Supplement | Refusal:
        """Find the invoice and how far its life has come, once it was sent, as it was then; then upload the files."""
        earlier = None if calls.is_first else prepared.known
        known = earlier or await named.standing_before(prepared.asked, SUSPENDED, calls)
        if isinstance(known, Refusal):
            return known
        beside = named.known_to_notes(earlier)
        uploaded = await upload_all(prepared.files, prepared.uploaded, calls, beside=beside)
        return uploaded if isinstance(uploaded, Refusal) else replace(prepared, known=known, uploaded=uploaded)

    def kept_ready(self, ready: Supplement) -> Mapping[str, object]:
        """The invoice as it stood before the first send, and the uploads."""
        return named.known_to_notes(ready.known) | uploaded_to_notes(ready.uploaded)

    def recalled(self, prepared: Supplement, kept: Mapping[str, object]) -> Supplement:
        """The same with both of an earlier send."""
        return replace(prepared, known=named.known_from(kept), uploaded=uploaded_from(kept))

    async def send(self, prepared: Supplement, calls: Calls) -> Mapping[str, object] | Refusal:
        """Complete the invoice."""
        if prepared.known is None or prepared.uploaded is None:
            raise EventInvalid(Reason.INTERNAL_ERROR, "The supplement was not made ready.")
        asked, known = prepared.asked, prepared.known
        taken = await calls.chorus_pro.supplier.complete(
            known.chorus_pro_id, asked.attachments, prepared.uploaded.ids, asked.comment
        )
        if isinstance(taken, Refusal):
            return taken
        number = known.invoice_number or taken.number
        return _answer(replace(known, invoice_number=number), taken.treated_at, adopted=False)

    async def look(self, prepared: Supplement, entry: Entry, calls: Calls) -> Looked:
        """See whether the invoice was completed since it was sent, and by whom."""
        looked = await self._changed(prepared, calls)
        if not isinstance(looked, Changed):
            return looked
        proving = calls.upstreams.mapping.chorus_pro.supplemented
        lines = [Line(is_suppliers=one.code in proving, comment=one.comment) for one in looked.lines]
        has_files = await _has_files(looked.known, prepared.uploaded, calls)
        if not is_ours(lines, has_files=has_files, comment=prepared.asked.comment):
            return Unseen(detail="The invoice is suspended no more, and does not show what was to be added to it.")
        return looked.found

    async def _changed(self, prepared: Supplement, calls: Calls) -> Changed | Absent | Unseen:
        """The statuses the invoice has come to since it was sent that may follow a supplement."""
        known = prepared.known or await named.find(prepared.asked, SUSPENDED, calls)
        if isinstance(known, Objection):
            return Unseen(detail=known.text)
        since = await named.passed_since(known, prepared.asked_at, calls)
        if since is None or isinstance(since, Refusal):
            why = since.text if since else "nobody knows what its history was before"
            return Unseen(detail=f"The history of the invoice tells nothing: {why}.")
        words = calls.upstreams.mapping.chorus_pro
        after = words.supplemented | words.perhaps_supplemented
        lines = tuple(status for status in since if status.code in after)
        return Changed(known=known, lines=lines) if lines else Absent()

    async def confirm(
        self, prepared: Supplement, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """Its history must show that it may have been completed: whose that is, a person knows better."""
        looked = await self._changed(prepared, calls)
        if isinstance(looked, Changed):
            return looked.found
        if isinstance(looked, Unseen):
            return looked
        return Unseen(detail="The history of the invoice shows nothing that was added to it.")

    def conclude(self, prepared: Supplement, answer: Mapping[str, object], event: Event) -> Finished | None:
        """The answer is the end of it."""
        fields = InvoiceSupplementDone.model_fields
        data = InvoiceSupplementDone.model_validate({name: answer.get(name) for name in fields})
        return Finished(results=(Draft(type="invoice.supplement.done.v1", data=data),), reason="done")

    async def refused(
        self, prepared: Supplement, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Declined:
        """After a send that may have worked, a refusal may be about our own supplement: look before believing it."""
        if entry.sends > 1 and not isinstance(refusal, Objection):
            looked = await self.look(_as_noted(self, prepared, entry), entry, calls)
            if isinstance(looked, Found | Unseen):
                return looked
        data = InvoiceSupplementRefused(**said(refusal), **named.identity_of(prepared.asked))
        return Finished(results=(Draft(type="invoice.supplement.refused.v1", data=data),), reason=refusal.reason)


async def _has_files(known: named.KnownInvoice, uploaded: Uploaded | None, calls: Calls) -> bool | None:
    """Whether the invoice shows one of the files that were uploaded for it; None where it cannot be told."""
    ids = frozenset(uploaded.all_ids) if uploaded else frozenset()
    return await calls.chorus_pro.supplier.has_files(known.chorus_pro_id, ids) if ids else None


def _as_noted(write: SupplementInvoice, prepared: Supplement, entry: Entry) -> Supplement:
    """As it was sent the last time."""
    noted = entry.notes.get(READY)
    return write.recalled(prepared, noted) if isinstance(noted, dict) else prepared


def _answer(known: named.KnownInvoice, treated_at: datetime | None, *, adopted: bool) -> dict[str, object]:
    return {
        **known.identity,
        "treated_at": treated_at.isoformat() if treated_at else None,
        "adopted": adopted,
    }

"""Saves the DUME of a bidder, as a new one or over one that is there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from contracts.events import TenderBidSaveRequested
from contracts.reasons import Reason
from contracts.results import TenderBidSaveDone, TenderBidSaveRefused
from contracts.words import Upstream
from service.core.bid_document import ROOT
from service.core.draft import Draft
from service.core.entry import Entry
from service.core.question import READY, Number, Screen
from service.handlers import bid_results as results
from service.handlers import bids_seen as seen
from service.handlers.base import (
    Absent,
    Calls,
    Declined,
    Event,
    Finished,
    Found,
    Looked,
    Unexplained,
    Unseen,
    UsedByOther,
    Write,
)
from service.handlers.dume_known import was_repeated
from service.upstream import Operation, Refusal
from service.upstream.dume.bidder_operations import SAVE_BID, SAVE_BID_OVER

LONGEST_LOTS = 200
"""Characters of lot numbers that a natural key holds as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """A document to keep; `before` are the DUMEs that were there before it was first sent, once that is known."""

    asked: TenderBidSaveRequested
    before: frozenset[str] | None = field(default=None, repr=False)

    @property
    def mine(self) -> seen.Mine:
        """By what the DUME is told from others."""
        consultation = self.asked.consultation
        lots = frozenset(lot.number for lot in consultation.lots)
        return seen.Mine(bidder=self.asked.bidder, consultation_id=consultation.id, lots=lots, before=self.before)


class SaveBid(Write[TenderBidSaveRequested, Saving]):
    """`tender.bid.save.requested.v1`. Nothing at the State keeps a bidder from having two, so the relay does."""

    model: ClassVar[type[TenderBidSaveRequested]] = TenderBidSaveRequested
    upstream: ClassVar[str] = Upstream.DUME
    reads_first: ClassVar[bool] = True
    call: ClassVar[Operation[Any, Any]] = SAVE_BID
    screen: ClassVar[Screen] = results.screen("save the DUME of a bidder", "dume_id")

    def prepare(self, request: TenderBidSaveRequested, event: Event) -> Saving:
        """What is wanted; raises EventInvalid for a document that is not the DUME of a bidder."""
        results.check_document("document", request.document, ROOT)
        return Saving(asked=request)

    def number(self, prepared: Saving) -> Number | None:
        """One that is saved over has its number already."""
        return "dume_id" if prepared.asked.dume_id is None else None

    def call_for(self, prepared: Saving) -> Operation[Any, Any]:
        """Saving over one is another operation than making one."""
        return SAVE_BID if prepared.asked.dume_id is None else SAVE_BID_OVER

    def keys(self, prepared: Saving) -> tuple[str, ...]:
        """Consultation, bidder and lots; the DUME itself when it is saved over."""
        asked = prepared.asked
        if asked.dume_id is not None:
            return (seen.key_of(asked.dume_id),)
        return (f"{asked.consultation.id} bid of {asked.bidder.id}{_lots(prepared.mine.lots)}",)

    def must_read(self, prepared: Saving) -> bool:
        """Saving over one leaves one effect however often it is sent."""
        return prepared.asked.dume_id is None

    async def make_ready(self, prepared: Saving, calls: Calls) -> Saving:
        """Note what is there already: none of it may be taken for ours later."""
        if prepared.asked.dume_id is not None or not calls.is_first:
            return prepared
        return replace(prepared, before=await seen.ids_now(prepared.mine, calls))

    def kept_ready(self, ready: Saving) -> Mapping[str, object]:
        """What was there before the first send."""
        return seen.to_notes(ready.before)

    def recalled(self, prepared: Saving, kept: Mapping[str, object]) -> Saving:
        """The same with what was there before the first send."""
        return replace(prepared, before=seen.from_notes(kept))

    async def send(self, prepared: Saving, calls: Calls) -> Mapping[str, object] | Refusal:
        """Save it, byte for byte."""
        asked = prepared.asked
        saved = await calls.dume.bidders.save(asked.document, asked.consultation, asked.bidder, asked.dume_id)
        return saved if isinstance(saved, Refusal) else {"dume_id": saved, "adopted": False}

    async def look(self, prepared: Saving, entry: Entry, calls: Calls) -> Looked:
        """Search by consultation and bidder for one that was not there before.

        Asked because an earlier request made or may have made the same, whatever is there is not ours: who asks names
        it to save over it.
        """
        if entry.sends > 0:
            return await seen.look(prepared.mine, calls)
        there = await seen.there_already(prepared.mine, calls)
        if isinstance(there, Unseen):
            return there
        return UsedByOther(refusal=_there_already(prepared, there), reason=Reason.DUME_EXISTS) if there else Absent()

    async def confirm(
        self, prepared: Saving, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """It must be shown for this consultation and bidder."""
        known = prepared.asked.dume_id
        return await seen.confirmed(prepared.mine, known or str(answer["dume_id"]), calls, is_new=known is None)

    def conclude(self, prepared: Saving, answer: Mapping[str, object], event: Event) -> Finished:
        """The answer is the end of it."""
        dume_id = str(answer["dume_id"])
        data = TenderBidSaveDone(
            dume_id=dume_id,
            consultation_id=prepared.asked.consultation.id,
            adopted=bool(answer.get("adopted")),
        )
        kept = () if prepared.asked.dume_id is not None else (*self.keys(prepared), seen.key_of(dume_id))
        return Finished(results=(Draft(type="tender.bid.save.done.v1", data=data),), reason="done", kept=kept)

    async def refused(self, prepared: Saving, refusal: Refusal, entry: Entry, event: Event, calls: Calls) -> Declined:
        """After a send that may have worked, a refusal may be about our own DUME: look before believing it."""
        noted, is_change = entry.notes.get(READY), prepared.asked.dume_id is not None
        mine = self.recalled(prepared, noted if isinstance(noted, dict) else {}).mine
        if not is_change and (ours := await seen.after_refusal(mine, refusal, entry, calls)) is not None:
            return ours
        end = self._no(prepared, refusal)
        if not is_change or not was_repeated(entry):
            return end
        return Unexplained(end=end, detail=f"It was refused when it was sent again: {refusal.text}")

    def _no(self, prepared: Saving, refusal: Refusal) -> Finished:
        data = TenderBidSaveRefused(
            reason=refusal.reason,
            code=refusal.code,
            upstream_text=refusal.text,
            consultation_id=prepared.asked.consultation.id,
            dume_id=prepared.asked.dume_id,
        )
        return Finished(results=(Draft(type="tender.bid.save.refused.v1", data=data),), reason=refusal.reason)


def _there_already(prepared: Saving, there: tuple[str, ...]) -> Draft:
    data = TenderBidSaveRefused(
        reason=Reason.DUME_EXISTS,
        consultation_id=prepared.asked.consultation.id,
        dume_id=there[0] if len(there) == 1 else None,
    )
    return Draft(type="tender.bid.save.refused.v1", data=data)


def _lots(lots: frozenset[str]) -> str:
    """The lots as part of a natural key, which a database keeps in an index."""
    if not lots:
        return ""
    listed = ", ".join(sorted(lots))
    return f" lots {listed if len(listed) <= LONGEST_LOTS else hashlib.sha256(listed.encode()).hexdigest()}"

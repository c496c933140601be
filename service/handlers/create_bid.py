"""Creates the DUME of a bidder out of what the State knows of the company."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from contracts.events import TenderBidCreationRequested
from contracts.results import TenderBidCreationDone, TenderBidCreationRefused
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.entry import Entry
from service.core.question import READY, Screen
from service.handlers import bid_results as results
from service.handlers import bids_seen as seen
from service.handlers.base import DOCUMENT, NOTICES, Calls, Declined, Event, Finished, Found, Looked, Unseen, Write
from service.upstream import Operation, Refusal
from service.upstream.dume.bidder_operations import CREATE_BID


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """A DUME to make; `before` are those of the bidder that were there before it was first sent, once that is known."""

    asked: TenderBidCreationRequested
    before: frozenset[str] | None = field(default=None, repr=False)

    @property
    def mine(self) -> seen.Mine:
        """By what the DUME is told from others: it is for no consultation yet."""
        return seen.Mine(bidder=self.asked.bidder, before=self.before)


class CreateBid(Write[TenderBidCreationRequested, Creation]):
    """`tender.bid.creation.requested.v1`. Each request makes one; those of one bidder wait for each other."""

    model: ClassVar[type[TenderBidCreationRequested]] = TenderBidCreationRequested
    upstream: ClassVar[str] = Upstream.DUME
    reads_first: ClassVar[bool] = True
    call: ClassVar[Operation[Any, Any]] = CREATE_BID
    screen: ClassVar[Screen] = results.screen("create the DUME of a bidder from company data", "dume_id")

    def prepare(self, request: TenderBidCreationRequested, event: Event) -> Creation:
        """What is wanted."""
        return Creation(asked=request)

    def keys(self, prepared: Creation) -> tuple[str, ...]:
        """The bidder, while it is unfinished: what is new is then ours."""
        return (f"creation of {prepared.asked.bidder.id}",)

    async def make_ready(self, prepared: Creation, calls: Calls) -> Creation:
        """Note what the bidder has already: none of it may be taken for ours later."""
        if not calls.is_first:
            return prepared
        return replace(prepared, before=await seen.ids_now(prepared.mine, calls))

    def kept_ready(self, ready: Creation) -> Mapping[str, object]:
        """What was there before the first send."""
        return seen.to_notes(ready.before)

    def recalled(self, prepared: Creation, kept: Mapping[str, object]) -> Creation:
        """The same with what was there before the first send."""
        return replace(prepared, before=seen.from_notes(kept))

    async def send(self, prepared: Creation, calls: Calls) -> Mapping[str, object] | Refusal:
        """Create it."""
        bidders, asked = calls.dume.bidders, prepared.asked
        made = await bidders.create(asked.bidder, unpublished=asked.unpublished_data)
        if isinstance(made, Refusal):
            return made
        return {
            "dume_id": made.dume_id,
            DOCUMENT: base64.b64encode(made.document).decode() if made.document is not None else None,
            "company_data": await results.company_data(made.document, made.said, bidders),
            NOTICES: [notice.model_dump(mode="json") for notice in results.notices(made.said)],
            "adopted": False,
        }

    async def look(self, prepared: Creation, entry: Entry, calls: Calls) -> Looked:
        """Search by bidder for one that was not there before."""
        return await seen.look(prepared.mine, calls)

    async def confirm(
        self, prepared: Creation, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """It must be shown as one of this bidder."""
        return await seen.confirmed(prepared.mine, str(answer["dume_id"]), calls, is_new=True)

    def conclude(self, prepared: Creation, answer: Mapping[str, object], event: Event) -> Finished:
        """The answer is the end of it; an adopted one has no document."""
        dume_id = str(answer["dume_id"])
        data = TenderBidCreationDone.model_validate(
            {
                "dume_id": dume_id,
                "document": answer.get(DOCUMENT),
                "company_data": answer.get("company_data", "unknown"),
                "notices": answer.get(NOTICES, ()),
                "adopted": bool(answer.get("adopted")),
            }
        )
        kept = (seen.key_of(dume_id),)
        return Finished(results=(Draft(type="tender.bid.creation.done.v1", data=data),), reason="done", kept=kept)

    async def refused(self, prepared: Creation, refusal: Refusal, entry: Entry, event: Event, calls: Calls) -> Declined:
        """After a send that may have worked, a refusal may hide our own DUME: look before believing it."""
        noted = entry.notes.get(READY)
        mine = self.recalled(prepared, noted if isinstance(noted, dict) else {}).mine
        if (ours := await seen.after_refusal(mine, refusal, entry, calls)) is not None:
            return ours
        data = TenderBidCreationRefused(
            reason=refusal.reason,
            code=refusal.code,
            upstream_text=refusal.text,
            bidder_id=prepared.asked.bidder.id,
        )
        return Finished(results=(Draft(type="tender.bid.creation.refused.v1", data=data),), reason=refusal.reason)

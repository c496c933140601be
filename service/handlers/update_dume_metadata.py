"""Tells the metadata of a buyer's or a bidder's DUME anew: reference, title, lots regrouped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from contracts.events import TenderDumeMetadataRequested
from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry
from service.core.question import Screen
from service.handlers import dume_results as results
from service.handlers.base import Calls, Declined, Event, Finished, Found, Unexplained, Unseen
from service.handlers.dume_known import Whereabouts, standing_of, was_repeated
from service.handlers.dume_place import dume_key
from service.handlers.dume_write import DumeWrite
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import UPDATE_METADATA


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What to tell of a DUME, and where it may be found if it is a buyer's."""

    asked: TenderDumeMetadataRequested
    where: Whereabouts


class UpdateDumeMetadata(DumeWrite[TenderDumeMetadataRequested, Metadata]):
    """`tender.dume.metadata.requested.v1`. Repeating it is harmless: the last one counts."""

    model: ClassVar[type[TenderDumeMetadataRequested]] = TenderDumeMetadataRequested
    call: ClassVar[Operation[Any, Any]] = UPDATE_METADATA
    screen: ClassVar[Screen] = results.screen("tell the metadata of a DUME", None)
    family: ClassVar[results.Family] = "tender.dume.metadata"

    def prepare(self, request: TenderDumeMetadataRequested, event: Event) -> Metadata:
        """What is wanted."""
        where = Whereabouts(
            dume_id=request.dume_id,
            consultation_id=request.consultation.id,
            buyer_id=request.buyer.id if request.buyer else None,
            requester=event.requester,
        )
        return Metadata(asked=request, where=where)

    def keys(self, prepared: Metadata) -> tuple[str, ...]:
        """The DUME itself."""
        return (dume_key(prepared.asked.dume_id),)

    async def send(self, prepared: Metadata, calls: Calls) -> Mapping[str, object] | Refusal:
        """Tell them."""
        asked = prepared.asked
        saved = await calls.dume.update_metadata(asked.dume_id, asked.consultation, asked.buyer)
        return saved if isinstance(saved, Refusal) else {"dume_id": saved.dume_id}

    def conclude(self, prepared: Metadata, answer: Mapping[str, object], event: Event) -> Finished:
        """The answer is the end of it."""
        return results.told(prepared.asked.dume_id, prepared.asked.consultation.id)

    async def refused(self, prepared: Metadata, refusal: Refusal, entry: Entry, event: Event, calls: Calls) -> Declined:
        """The refusal of a repetition is asked for again before it is believed: the first may have been taken."""
        reason = refusal.reason
        if reason is Reason.UPSTREAM_REFUSED:
            standing = await standing_of(prepared.where, entry, calls)
            is_over = standing is not None and standing.state is DumeState.DELETED
            reason = Reason.DUME_NOT_MODIFIABLE if is_over else reason
        consultation_id, dume_id = prepared.where.consultation_id, prepared.where.dume_id
        end = results.refused(self.family, refusal, consultation_id, dume_id=dume_id, reason=reason)
        if not was_repeated(entry):
            return end
        return Unexplained(end=end, detail=f"It was refused when it was sent again: {refusal.text}")

    async def confirm(
        self, prepared: Metadata, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """No search shows metadata: the person's word is all there is."""
        return Found(answer={"dume_id": prepared.asked.dume_id})

"""Saves a draft DUME: the service's own model (or an earlier DUME) filled, or an existing draft changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from contracts.events import TenderDumeDraftRequested
from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry
from service.core.question import Number, Screen
from service.handlers import dume_results as results
from service.handlers.base import Calls, Declined, Event, Finished, Found, Unexplained, Unseen
from service.handlers.create_dume import CreateDume, Wanted
from service.handlers.dume_known import Whereabouts, standing_of, was_repeated
from service.handlers.dume_place import ShownDume, dume_key, place_of
from service.handlers.dume_write import filled
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import SAVE_NEW, SAVE_OVER

Draft = Wanted[TenderDumeDraftRequested]


class SaveDraftDume(CreateDume[TenderDumeDraftRequested]):
    """`tender.dume.draft.requested.v1`."""

    model: ClassVar[type[TenderDumeDraftRequested]] = TenderDumeDraftRequested
    reads_first: ClassVar[bool] = True
    call: ClassVar[Operation[Any, Any]] = SAVE_NEW
    screen: ClassVar[Screen] = results.screen("save the draft of a DUME", "dume_id")
    family: ClassVar[results.Made] = "tender.dume.draft"
    left_in: ClassVar[frozenset[DumeState]] = frozenset({DumeState.DRAFT})

    def prepare(self, request: TenderDumeDraftRequested, event: Event) -> Draft:
        """What is wanted."""
        place = place_of(request.consultation, request.buyer, event)
        return Wanted(
            asked=request, consultation=request.consultation, buyer=request.buyer, place=place, known=request.dume_id
        )

    def number(self, prepared: Draft) -> Number | None:
        """A draft that is changed has its number already."""
        return "dume_id" if prepared.known is None else None

    def call_for(self, prepared: Draft) -> Operation[Any, Any]:
        """Changing an existing draft is another operation than making a new one."""
        return SAVE_NEW if prepared.known is None else SAVE_OVER

    def keys(self, prepared: Draft) -> tuple[str, ...]:
        """The place; of a draft that is changed itself too, and the place only where its lots are told anew."""
        if prepared.known is None:
            return super().keys(prepared)
        return (dume_key(prepared.known), *(prepared.place.keys if prepared.place.lots else ()))

    async def make_ready(self, prepared: Draft, calls: Calls) -> Draft | Refusal:
        """Fetch the document to start from, and fill it."""
        start = prepared.asked.from_dume_id or prepared.known
        document = await (calls.dume.document(start) if start else calls.dume.model())
        if isinstance(document, Refusal):
            return document
        return replace(prepared, document=filled(document, prepared.consultation, prepared.buyer, calls))

    async def send(self, prepared: Draft, calls: Calls) -> Mapping[str, object] | Refusal:
        """Save it as a draft."""
        saved = await calls.dume.save(
            document=prepared.document,
            validated=False,
            consultation=prepared.consultation,
            buyer=prepared.buyer,
            dume_id=prepared.known,
        )
        return self.taken(prepared, saved, calls)

    def conclude(self, prepared: Draft, answer: Mapping[str, object], event: Event) -> Finished:
        """The answer is the end of it; a draft whose lots were told anew takes those up, and no others."""
        if prepared.known is None:
            return super().conclude(prepared, answer, event)
        kept = self.kept(prepared, answer) if prepared.place.lots else ()
        freed = (dume_key(prepared.known),) if prepared.place.lots else ()
        return results.done(self.family, answer, prepared.consultation.id, kept=kept, freed=freed)

    async def refused(self, prepared: Draft, refusal: Refusal, entry: Entry, event: Event, calls: Calls) -> Declined:
        """A new one may be our own; of a draft that is changed, the state it is shown in tells why."""
        start, is_change = prepared.asked.from_dume_id or prepared.known, prepared.known is not None
        if start is not None:
            gone = Reason.DUME_NOT_MODIFIABLE if is_change else Reason.DUME_UNKNOWN
            end = await self.without_start(_where(start, prepared, event), refusal, entry, calls, gone=gone)
            if end is not None:
                return end
        if prepared.known is not None:
            standing = await standing_of(_where(prepared.known, prepared, event), entry, calls)
            if standing is not None and standing.state not in {DumeState.DRAFT, DumeState.UNKNOWN}:
                return await self._over(prepared, refusal, standing, entry, calls)
            if was_repeated(entry):
                detail = f"The change of DUME {prepared.known} was refused when it was sent again: {refusal.text}"
                return Unexplained(end=self.no(prepared, refusal), detail=detail)
        return await super().refused(prepared, refusal, entry, event, calls)

    async def _over(
        self, prepared: Draft, refusal: Refusal, standing: ShownDume, entry: Entry, calls: Calls
    ) -> Declined:
        """It is a draft no longer; whether it was changed before that, its document tells when it is what was sent."""
        if not was_repeated(entry):
            is_told = refusal.reason is not Reason.UPSTREAM_REFUSED
            return self.no(prepared, refusal, refusal.reason if is_told else Reason.DUME_NOT_MODIFIABLE)
        kept = await calls.dume.document(standing.dume_id)
        sent = await self.make_ready(prepared, calls)
        if isinstance(kept, bytes) and isinstance(sent, Wanted) and kept == sent.document:
            return Found(answer=self.answer(prepared, standing.dume_id, standing.state_code, calls, adopted=True))
        detail = f"DUME {standing.dume_id} is {standing.state} by now; whether it was changed before, nothing tells."
        return Unseen(detail=detail)


def _where(dume_id: str, prepared: Draft, event: Event) -> Whereabouts:
    return Whereabouts(
        dume_id=dume_id,
        consultation_id=prepared.consultation.id,
        buyer_id=prepared.place.buyer_id,
        requester=event.requester,
    )

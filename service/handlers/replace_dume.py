"""Replaces a validated or published DUME by a new one that starts from its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from contracts.events import TenderDumeReplacementRequested
from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry
from service.core.question import Screen
from service.handlers import dume_results as results
from service.handlers.base import LOTS, Calls, Declined, Event, Finished
from service.handlers.create_dume import CreateDume, Wanted
from service.handlers.dume_known import Known, Whereabouts, read_back
from service.handlers.dume_place import Place, dume_key, place_of, state_key
from service.handlers.dume_write import filled
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import REPLACE

Replacement = Wanted[TenderDumeReplacementRequested]

_NOT_REPLACEABLE = frozenset({DumeState.DRAFT, DumeState.REPLACED, DumeState.DELETED})


class ReplaceDume(CreateDume[TenderDumeReplacementRequested]):
    """`tender.dume.replacement.requested.v1`. The new DUME has an identifier of its own, and is validated at once."""

    model: ClassVar[type[TenderDumeReplacementRequested]] = TenderDumeReplacementRequested
    reads_first: ClassVar[bool] = True
    call: ClassVar[Operation[Any, Any]] = REPLACE
    screen: ClassVar[Screen] = results.screen("put a new DUME in the place of another", "dume_id")
    family: ClassVar[results.Made] = "tender.dume.replacement"
    left_in: ClassVar[frozenset[DumeState]] = frozenset({DumeState.VALIDATED, DumeState.PUBLISHED})

    def prepare(self, request: TenderDumeReplacementRequested, event: Event) -> Replacement:
        """What is wanted."""
        return Wanted(
            asked=request,
            consultation=request.consultation,
            buyer=request.buyer,
            place=place_of(request.consultation, request.buyer, event),
            replaced=request.dume_id,
        )

    def keys(self, prepared: Replacement) -> tuple[str, ...]:
        """The place, and the DUME that is replaced."""
        return (*super().keys(prepared), dume_key(prepared.asked.dume_id))

    async def make_ready(self, prepared: Replacement, calls: Calls) -> Replacement | Refusal:
        """Fetch the document of the one that is replaced, and fill it; its lots too, where the request names none."""
        document = await calls.dume.document(prepared.asked.dume_id)
        if isinstance(document, Refusal):
            return document
        document = filled(document, prepared.consultation, prepared.buyer, calls)
        return replace(prepared, document=document, place=await self._place(prepared, calls))

    async def _place(self, prepared: Replacement, calls: Calls) -> Place:
        if prepared.place.lots:
            return prepared.place
        before = await read_back(_where(prepared, None), calls)
        return replace(prepared.place, lots=before.lots) if before else prepared.place

    def kept_ready(self, ready: Replacement) -> Mapping[str, object]:
        """The lots of the one that is replaced, which may be shown no more afterwards."""
        return {LOTS: sorted(ready.place.lots)} if ready.place.lots and not ready.consultation.lots else {}

    def recalled(self, prepared: Replacement, kept: Mapping[str, object]) -> Replacement:
        """The same for those lots."""
        lots = kept.get(LOTS)
        known = frozenset(map(str, lots)) if isinstance(lots, list) else prepared.place.lots
        return replace(prepared, place=replace(prepared.place, lots=known))

    async def send(self, prepared: Replacement, calls: Calls) -> Mapping[str, object] | Refusal:
        """Save it in the place of the other."""
        saved = await calls.dume.save(
            document=prepared.document,
            validated=True,
            consultation=prepared.consultation,
            buyer=prepared.buyer,
            replaces=prepared.asked.dume_id,
        )
        return self.taken(prepared, saved, calls)

    def answer(
        self, prepared: Replacement, dume_id: str, state_code: str | None, calls: Calls, *, adopted: bool = False
    ) -> dict[str, object]:
        """Both identifiers, and the lots where the request does not name them."""
        answer = super().answer(prepared, dume_id, state_code, calls, adopted=adopted)
        lots = {} if prepared.consultation.lots else {LOTS: sorted(prepared.place.lots)}
        return {**answer, results.REPLACED_DUME: prepared.asked.dume_id, **lots}

    def conclude(self, prepared: Replacement, answer: Mapping[str, object], event: Event) -> Finished:
        """The new one takes the place, and the other one is there no more, unless the new one is a draft yet."""
        consultation_id, replaced = prepared.consultation.id, prepared.asked.dume_id
        kept = self.kept(prepared, answer)
        if answer.get("state") == DumeState.DRAFT:
            return results.done(self.family, answer, consultation_id, kept=kept)
        kept = (*kept, state_key(replaced, DumeState.REPLACED))
        return results.done(self.family, answer, consultation_id, kept=kept, freed=(dume_key(replaced),))

    async def refused(
        self, prepared: Replacement, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Declined:
        """Without its document nothing is replaced; else as any that is made."""
        gone = Reason.DUME_NOT_REPLACEABLE
        end = await self.without_start(_where(prepared, event), refusal, entry, calls, gone=gone)
        return end if end is not None else await super().refused(prepared, refusal, entry, event, calls)

    def cannot_be(self, prepared: Replacement, known: Known) -> bool:
        """Neither what is a draft yet nor what was deleted has been replaced."""
        before = known.find(prepared.asked.dume_id)
        return before is not None and before.state in {DumeState.DRAFT, DumeState.DELETED}

    def explained(self, prepared: Replacement, refusal: Refusal, known: Known) -> Finished:
        """The refusal by the state of the one to be replaced, else by what is in the way."""
        before = known.find(prepared.asked.dume_id)
        is_over = before is not None and before.state in _NOT_REPLACEABLE
        if is_over and refusal.reason is Reason.UPSTREAM_REFUSED:
            return self.no(prepared, refusal, Reason.DUME_NOT_REPLACEABLE)
        return super().explained(prepared, refusal, known)


def _where(prepared: Replacement, event: Event | None) -> Whereabouts:
    return Whereabouts(
        dume_id=prepared.asked.dume_id,
        consultation_id=prepared.consultation.id,
        buyer_id=prepared.place.buyer_id,
        requester=event.requester if event else None,
    )

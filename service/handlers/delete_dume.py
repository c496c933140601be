"""Deletes a DUME, so that another one may serve its consultation, lots and buyer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from contracts.events import TenderDumeDeletionRequested
from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry
from service.core.question import Screen
from service.handlers import dume_results as results
from service.handlers.base import Calls, Declined, Event, Finished, Found, Unexplained, Unseen
from service.handlers.dume_known import Whereabouts, read_back, standing_of, was_repeated
from service.handlers.dume_place import GONE, ShownDume, dume_key, state_key
from service.handlers.dume_write import DumeWrite
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import DELETE


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A DUME to delete, and where it may be found."""

    asked: TenderDumeDeletionRequested
    where: Whereabouts


class DeleteDume(DumeWrite[TenderDumeDeletionRequested, Deletion]):
    """`tender.dume.deletion.requested.v1`. Repeating it is harmless: what is deleted stays so."""

    model: ClassVar[type[TenderDumeDeletionRequested]] = TenderDumeDeletionRequested
    call: ClassVar[Operation[Any, Any]] = DELETE
    screen: ClassVar[Screen] = results.screen("delete a DUME", None)
    family: ClassVar[results.Made] = "tender.dume.deletion"

    def prepare(self, request: TenderDumeDeletionRequested, event: Event) -> Deletion:
        """What is wanted."""
        where = Whereabouts(
            dume_id=request.dume_id,
            consultation_id=request.consultation_key,
            buyer_id=request.buyer.id if request.buyer else None,
            requester=event.requester,
        )
        return Deletion(asked=request, where=where)

    def keys(self, prepared: Deletion) -> tuple[str, ...]:
        """The DUME itself."""
        return (dume_key(prepared.asked.dume_id),)

    async def send(self, prepared: Deletion, calls: Calls) -> Mapping[str, object] | Refusal:
        """Delete it."""
        saved = await calls.dume.delete(prepared.asked.dume_id, prepared.asked.buyer)
        return saved if isinstance(saved, Refusal) else _answer(prepared, saved.state_code, calls, adopted=False)

    def conclude(self, prepared: Deletion, answer: Mapping[str, object], event: Event) -> Finished:
        """It is gone, and its place is free, whoever took that."""
        dume_id = prepared.asked.dume_id
        kept: tuple[str, ...] = (state_key(dume_id, DumeState.DELETED),)
        return results.done(self.family, answer, prepared.where.consultation_id, kept=kept, freed=(dume_key(dume_id),))

    async def refused(self, prepared: Deletion, refusal: Refusal, entry: Entry, event: Event, calls: Calls) -> Declined:
        """What is deleted already counts as deleted; else the state it is shown in tells why not."""
        standing = await standing_of(prepared.where, entry, calls)
        if standing is not None and standing.state is DumeState.DELETED:
            return Found(answer=_answer(prepared, standing.state_code, calls, adopted=True))
        is_unknown = standing is None and isinstance(await calls.dume.document(prepared.asked.dume_id), Refusal)
        if not was_repeated(entry):
            return self._no(prepared, refusal, _reason(refusal, standing, is_unknown=is_unknown))
        if is_unknown:  # neither found nor given out any more: the first try has deleted it
            return Found(answer=_answer(prepared, None, calls, adopted=True))
        end = self._no(prepared, refusal, _reason(refusal, standing, is_unknown=False))
        detail = f"The deletion of DUME {prepared.asked.dume_id} was refused when it was sent again: {refusal.text}"
        return Unexplained(end=end, detail=detail)

    def _no(self, prepared: Deletion, refusal: Refusal, reason: Reason) -> Finished:
        dume_id, consultation_id = prepared.asked.dume_id, prepared.where.consultation_id
        return results.refused(self.family, refusal, consultation_id, dume_id=dume_id, reason=reason)

    async def confirm(
        self, prepared: Deletion, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """It must be shown no more, or as one that serves no more."""
        standing = await read_back(prepared.where, calls)
        if standing is not None and standing.state not in GONE:
            return Unseen(detail=f"DUME {standing.dume_id} is shown as {standing.state}, not as deleted.")
        state_code = standing.state_code if standing is not None else None
        return Found(answer=_answer(prepared, state_code, calls, adopted=True))


def _answer(prepared: Deletion, state_code: str | None, calls: Calls, *, adopted: bool) -> dict[str, object]:
    """A DUME of which the State says nothing more is deleted: that is what it took."""
    answer = results.answer(prepared.asked.dume_id, state_code, calls.dume, adopted=adopted)
    return answer if state_code is not None else {**answer, "state": DumeState.DELETED}


def _reason(refusal: Refusal, standing: ShownDume | None, *, is_unknown: bool) -> Reason:
    if refusal.reason is not Reason.UPSTREAM_REFUSED:
        return refusal.reason
    if is_unknown:
        return Reason.DUME_UNKNOWN
    is_replaced = standing is not None and standing.state is DumeState.REPLACED
    return Reason.DUME_NOT_DELETABLE if is_replaced else Reason.UPSTREAM_REFUSED

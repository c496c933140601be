"""Brings the DUME of a consultation to the state that a fact about it calls for: looks, decides, does one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from contracts.events.tender_facts import (
    TenderCancelled,
    TenderCreated,
    TenderFact,
    TenderPublished,
    TenderUpdated,
)
from contracts.reasons import Reason
from contracts.words import DumeState, Upstream
from service.core.entry import Entry
from service.core.errors import EventInvalid
from service.core.question import READY, Number, Screen
from service.core.tender import SETTLED, Action, Fact
from service.handlers import dume_results, tender_calls
from service.handlers import tender_sync_results as results
from service.handlers.base import (
    Absent,
    Calls,
    Declined,
    Event,
    Finished,
    Followed,
    Found,
    Looked,
    Pending,
    Unseen,
    Write,
)
from service.handlers.dume_place import OPERATION, Place
from service.handlers.tender_plan import MAKING, Bringing, plan_from
from service.handlers.tender_standing import Standing, look_around, planned, remembered
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import (
    CREATE_SIMPLE,
    DELETE,
    REPLACE,
    SAVE_NEW,
    SAVE_OVER,
    UPDATE_METADATA,
    VALIDATE,
)

FactT = TypeVar("FactT", bound=TenderFact | TenderCancelled)
CALLS = {
    Action.CREATED: SAVE_NEW,
    Action.REPLACED: REPLACE,
    Action.CHANGED: SAVE_OVER,
    Action.VALIDATED: VALIDATE,
    Action.METADATA_UPDATED: UPDATE_METADATA,
    Action.DELETED: DELETE,
    Action.NONE: SAVE_OVER,
}
"""The call that each thing to do leads to, by which its doubt ends; nothing to do is as harmless as a change."""

PATIENCE = 5
"""Read-backs that do not show a DUME validated yet before its own answer is believed."""


class BringDume(Write[FactT, Bringing], Generic[FactT]):
    """A fact about a consultation. Each subclass names its kind and its model."""

    upstream: ClassVar[str] = Upstream.DUME
    call: ClassVar[Operation[Any, Any]] = SAVE_NEW
    screen: ClassVar[Screen] = dume_results.screen("bring the DUME of a consultation along", "dume_id")
    reads_first: ClassVar[bool] = True
    reads_back: ClassVar[bool] = True
    builds_on_earlier: ClassVar[bool] = True
    fact: ClassVar[Fact]

    @property
    def operation(self) -> str:
        """That of everything that makes or changes a buyer's DUME: natural keys are unique among all of it."""
        return OPERATION

    def prepare(self, request: FactT, event: Event) -> Bringing:
        """What is told."""
        buyer = event.buyer_id(request.buyer.id if request.buyer else None)
        return Bringing(
            fact=self.fact, asked=request, place=Place(consultation_id=request.consultation.id, buyer_id=buyer)
        )

    def keys(self, prepared: Bringing) -> tuple[str, ...]:
        """The consultation and its buyer: one fact at a time, and nothing else that makes a DUME for it."""
        return prepared.place.keys

    def call_for(self, prepared: Bringing) -> Operation[Any, Any]:
        """The call that the plan leads to; before there is one, what makes a DUME, which is the worst to repeat."""
        if prepared.plan is None:
            return self.call
        if prepared.plan.action is Action.CREATED and prepared.simplified:
            return CREATE_SIMPLE
        return CALLS[prepared.plan.action]

    async def make_ready(self, prepared: Bringing, calls: Calls) -> Bringing | Refusal | Finished:
        """See where DUME stands, and decide what brings it to where it should be."""
        if calls.is_first:
            prepared = replace(prepared, plan=None)  # what was planned and never sent counts no more
        standing = await look_around(prepared, calls)
        if not isinstance(standing, Standing):
            return standing
        if standing.is_ambiguous and calls.is_first:
            return results.refused(prepared, None, Reason.DUME_AMBIGUOUS, action=Action.NONE)
        if standing.is_ambiguous:
            return Refusal(operation=self.operation, code=None, text="Nobody can say which of several DUMEs is meant.")
        return await planned(prepared, standing, calls)

    def kept_ready(self, ready: Bringing) -> Mapping[str, object]:
        """What is about to be done, and what was there before."""
        return ready.plan.to_notes() if ready.plan else {}

    def recalled(self, prepared: Bringing, kept: Mapping[str, object]) -> Bringing:
        """The same with the plan of an earlier send."""
        return replace(prepared, plan=plan_from(kept))

    async def send(self, prepared: Bringing, calls: Calls) -> Mapping[str, object] | Refusal:
        """Do the one thing."""
        if prepared.plan is None:
            raise EventInvalid(Reason.INTERNAL_ERROR, "The fact was not made ready.")
        return await tender_calls.carry_out(prepared, prepared.plan, calls)

    async def look(self, prepared: Bringing, entry: Entry, calls: Calls) -> Looked:
        """See whether there is a DUME that was not there before; without a plan, waiting is all there is to do."""
        return await tender_calls.look(prepared, prepared.plan, calls) if prepared.plan is not None else Absent()

    def number(self, prepared: Bringing) -> Number | None:
        """What was to be made has a number that nobody knows; what was to be changed is named."""
        return "dume_id" if prepared.plan is None or prepared.plan.action in MAKING else None

    async def confirm(
        self, prepared: Bringing, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """The DUME must be shown for this consultation and buyer, or not be shown any more."""
        plan = prepared.plan
        if plan is None:
            return Unseen(detail="Nothing was noted of what was to be done: decide not-sent, and it is decided anew.")
        return await tender_calls.confirmed(prepared, plan, str(answer.get("dume_id") or plan.dume_id), calls)

    def conclude(self, prepared: Bringing, answer: Mapping[str, object], event: Event) -> Finished | None:
        """The answer is the end of it, unless bidders need a DUME that is not shown as validated."""
        if (
            answer.get("wants_validated")
            and answer.get("dume_id")
            and DumeState(str(answer.get("state"))) not in SETTLED
        ):
            return None
        return _end(prepared, answer)

    async def follow(
        self, prepared: Bringing, answer: Mapping[str, object], entry: Entry, polls: int, event: Event, calls: Calls
    ) -> Followed:
        """Read the state back; a DUME that was made as a draft is validated, which is harmless to repeat."""
        dume_id, told = str(answer["dume_id"]), DumeState(str(answer.get("state")))
        state, code = await tender_calls.state_of(prepared, dume_id, calls)
        # Which state a simplified one is left in is not known, and its answer may not tell.
        is_made_simple = prepared.simplified and answer.get("action") == Action.CREATED and told is DumeState.UNKNOWN
        refusal: Refusal | None = None
        is_validated = False
        if state not in SETTLED and (told is DumeState.DRAFT or is_made_simple):
            as_it_stands = answer.get("superseded_by") is not None
            validated = await tender_calls.validate(prepared, dume_id, calls, as_it_stands=as_it_stands)
            if isinstance(validated, Refusal):
                refusal = validated
                state, code = await tender_calls.state_of(prepared, dume_id, calls)
            else:
                (state, code), is_validated = validated, True
        if state not in SETTLED and polls < PATIENCE:
            return Pending(reason="read_back")
        if state not in SETTLED and refusal is not None and DumeState.DRAFT in {told, state}:
            return results.refused(prepared, refusal, refusal.reason, action=Action.VALIDATED, dume_id=dume_id)
        seen = {"state": state, "state_code": code} if state in SETTLED or is_validated else {}
        return _end(prepared, {**answer, **seen})

    async def refused(self, prepared: Bringing, refusal: Refusal, entry: Entry, event: Event, calls: Calls) -> Declined:
        """After a send that may have worked, a refusal may be about what it did: look before believing it."""
        noted = entry.notes.get(READY)
        bringing = self.recalled(prepared, noted) if isinstance(noted, dict) else prepared
        plan = bringing.plan
        if plan is None:
            return results.refused(bringing, refusal, refusal.reason, action=Action.NONE)
        return await tender_calls.declined(bringing, plan, refusal, entry, calls)


def _end(bringing: Bringing, answer: Mapping[str, object]) -> Finished:
    keys = remembered(bringing, answer)
    return results.done(bringing, answer, kept=keys.kept, freed=keys.freed)


class SyncCreatedTender(BringDume[TenderCreated]):
    """`tender.created.v1`."""

    model: ClassVar[type[TenderCreated]] = TenderCreated
    fact: ClassVar[Fact] = "created"


class SyncUpdatedTender(BringDume[TenderUpdated]):
    """`tender.updated.v1`."""

    model: ClassVar[type[TenderUpdated]] = TenderUpdated
    fact: ClassVar[Fact] = "updated"


class SyncPublishedTender(BringDume[TenderPublished]):
    """`tender.published.v1`."""

    model: ClassVar[type[TenderPublished]] = TenderPublished
    fact: ClassVar[Fact] = "published"


class SyncCancelledTender(BringDume[TenderCancelled]):
    """`tender.cancelled.v1`."""

    model: ClassVar[type[TenderCancelled]] = TenderCancelled
    fact: ClassVar[Fact] = "cancelled"
    call: ClassVar[Operation[Any, Any]] = DELETE

"""One delivery of one write with everything needed to work on it, and how patient the relay is with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from contracts.results import ResultEvent
from service.core.delivery import Delivery
from service.core.doubt import DoubtPolicy
from service.core.draft import Draft
from service.core.entry import Change, Earlier, Entry, State, in_words
from service.core.errors import EventInvalid, UpstreamFailure
from service.core.identifiers import warned
from service.core.outcome import TRACKING, Rejected, RetryLater
from service.core.question import LONGEST, QUESTION, READY, Question, with_failure
from service.core.recoverability import RetryPolicy
from service.handlers.base import TOO_LONG, Calls, Event, Finished, Found, Pending, Write


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """How patient the relay is with a write: between attempts, in doubt, and while following what it sent.

    `hold` is how many seconds after a write was last written down a call of it is over: less than the ledger's lease.
    `feed` is how long the tick of a status feed waits.
    """

    retries: RetryPolicy
    doubt: DoubtPolicy
    tracking: tuple[timedelta, ...]
    hold: float
    feed: timedelta = timedelta(minutes=15)

    def tracked(
        self, answer: Mapping[str, object], *, polls: int, reason: str, results: tuple[ResultEvent, ...]
    ) -> RetryLater:
        """How a write that was sent is followed: its answer travels along."""
        state = {**carried(answer), "polls": polls}
        delay = self.tracking[min(polls, len(self.tracking) - 1)]
        return RetryLater(delay=delay, reason=reason, counted=False, results=results, queue=TRACKING, state=state)

    def pending(
        self, pending: Pending, answer: Mapping[str, object], *, polls: int, results: tuple[ResultEvent, ...]
    ) -> RetryLater:
        """How a write is followed whose upstream has not finished."""
        outcome = self.tracked(answer, polls=polls, reason=pending.reason, results=results)
        return replace(outcome, detail=pending.detail, delay=self.tracking[-1] if pending.is_slow else outcome.delay)

    def after_failed_send(
        self, failure: UpstreamFailure | EventInvalid, entry: Entry, before: Entry, now: datetime
    ) -> Change:
        """In doubt when it may have arrived, else as if nothing had been sent: `before` is how the entry stood then."""
        if isinstance(failure, UpstreamFailure) and failure.sent:
            notes = with_failure(entry.notes, now, failure)
            return Change(state=State.IN_DOUBT, looks=0, next_look_in=self.doubt.wait, notes=notes)
        return Change(state=before.state, sent=-1, looks=before.looks, next_look_in=0.0, notes=before.notes)


def carried(answer: Mapping[str, object]) -> dict[str, object]:
    """What of an answer travels in the message: all but what is too long for headers."""
    return {name: value for name, value in answer.items() if name not in TOO_LONG}


def closing(end: Finished, outcome: bytes, answer: Mapping[str, object] | None) -> Change:
    """The last change of a write: its results stored, its lease and its keys given back."""
    return Change(
        state=State.CLOSED,
        outcome=outcome,
        reason=end.reason,
        kept=end.kept,
        freed=end.freed,
        answer=answer,
        release=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One delivery of one write, ready to be worked on.

    `prepared` is the error when the request cannot be served. `objection` is why it must not be sent if nothing was
    sent yet (expired, account not configured), or the refusal that preflight ends it with. `may_call`: no gate of the
    upstream is in the way, and a call of it would start at once.
    """

    write: Write[Any, Any]
    prepared: Any = field(repr=False)
    event: Event
    delivery: Delivery
    calls: Calls
    objection: EventInvalid | Finished | None = None
    may_call: bool = True

    @property
    def is_sendable(self) -> bool:
        """Whether it can be sent at once if nothing was sent before, so that claiming and sending are one commit."""
        unusable = isinstance(self.prepared, EventInvalid) or self.objection is not None
        return self.may_call and not unusable and not self.write.must_read(self.prepared)

    def recalling(self, entry: Entry) -> Task:
        """The same with what an earlier delivery of it left in the ledger."""
        kept = entry.notes.get(READY)
        if not isinstance(kept, dict) or isinstance(self.prepared, EventInvalid):
            return self
        return replace(self, prepared=self.write.recalled(self.prepared, kept))

    def warned(self, drafts: tuple[Draft | ResultEvent, ...]) -> tuple[Draft | ResultEvent, ...]:
        """The results with what was odd about the request, and let pass."""
        return tuple(warned(one, self.event.doubtful) if isinstance(one, Draft) else one for one in drafts)

    @property
    def polls(self) -> int:
        """How often its end was asked for before."""
        polls = self.delivery.state.get("polls", 0)
        return polls if isinstance(polls, int) else 0

    @property
    def about(self) -> tuple[str, ...]:
        """What a person looks for on the portal: the natural keys, or the subject."""
        keys = () if isinstance(self.prepared, EventInvalid) else self.write.keys(self.prepared)
        return tuple(map(in_words, keys)) or (self.event.envelope.subject or f"event {self.event.envelope.id}",)

    def invalid(self, *, is_unsent: bool) -> EventInvalid | Finished | None:
        """Why the request cannot be served; an objection counts before the first send only."""
        if isinstance(self.prepared, EventInvalid):
            return self.prepared
        return self.objection if is_unsent else None

    def asked_before(self, earlier: Earlier, looked: object) -> str:
        """What is said of a request for what an earlier one put upstream, if only a part of it."""
        said = f"Event {earlier.id} of {earlier.source} already asked for it."
        if not isinstance(looked, Found) or not looked.missing:
            return said
        said = f"Event {earlier.id} of {earlier.source} already asked for a part of it, so none of it was sent."
        return f"{said} The State does not show {', '.join(looked.missing)[:LONGEST]}."

    def needs_person(self, question: Mapping[str, object]) -> Rejected:
        """Its event goes to the dead letters with what a person is asked."""
        detail = f"{question.get('why', '')} It is about {', '.join(self.about)}."
        return Rejected(reason="needs_person", detail=detail, question=question)

    def question(self, entry: Entry, why: str) -> Mapping[str, object]:
        """What a person is asked about it; asked again, the same as before."""
        asked = entry.notes.get(QUESTION)
        if entry.state is State.HELD and isinstance(asked, dict):
            return asked
        write = self.write
        number = write.screen.number if isinstance(self.prepared, EventInvalid) else write.number(self.prepared)
        return Question(
            why=why, screen=write.screen, number=number, about=self.about, upstream=write.upstream, entry=entry
        ).to_json()

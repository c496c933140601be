"""One delivery of one write with everything needed to work on it, and how patient the relay is with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from contracts.results import ResultEvent
from service.core.delivery import Delivery
from service.core.doubt import DoubtPolicy
from service.core.entry import Earlier, Entry, State
from service.core.errors import EventInvalid
from service.core.outcome import TRACKING, Rejected, RetryLater
from service.core.question import LONGEST, QUESTION, READY, Question
from service.core.recoverability import RetryPolicy
from service.handlers.base import WARNINGS, Calls, Event, Finished, Found, Write


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


def carried(answer: Mapping[str, object]) -> dict[str, object]:
    """What of an answer travels in the message: all but warnings, too long for headers."""
    return {name: value for name, value in answer.items() if name != WARNINGS}


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

    @property
    def polls(self) -> int:
        """How often its end was asked for before."""
        polls = self.delivery.state.get("polls", 0)
        return polls if isinstance(polls, int) else 0

    @property
    def about(self) -> tuple[str, ...]:
        """What a person looks for on the portal: the natural keys, or the subject."""
        keys = () if isinstance(self.prepared, EventInvalid) else self.write.keys(self.prepared)
        return keys or (self.event.envelope.subject or f"event {self.event.envelope.id}",)

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

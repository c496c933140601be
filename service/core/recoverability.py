"""Turns a failure into what becomes of the event: retried, parked, or answered `failed`. Pure; tested as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from service.core.errors import (
    AccountRejected,
    AnswerUnreadable,
    CredentialsRejected,
    EventInvalid,
    FenceLost,
    GateClosed,
    KeyBusy,
    LedgerUnavailable,
    SubjectBusy,
    Throttled,
    UpstreamFailure,
)
from service.core.outcome import Parked, RetryLater

Wait = tuple[timedelta, str]

PARKING = GateClosed | CredentialsRejected
"""Failures that say nothing of the event: it did not close the gate, and waits until the gate is open."""

ENOUGH_CLOSINGS = 2
"""An event that closed a gate this often is under suspicion itself: it counts attempts and closes no gate again."""


class Reached(StrEnum):
    """How far a request had come when it failed."""

    UNSENT = "unsent"
    MAYBE_SENT = "maybe_sent"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """The waits between counted attempts, of a doubt before its look, and of a rejected account."""

    steps: tuple[timedelta, ...]
    doubt_wait: timedelta
    account_wait: timedelta

    @property
    def smallest(self) -> timedelta:
        """The wait of an event that is merely in somebody's way."""
        return min(self.steps)

    def patient(self, age: timedelta) -> timedelta:
        """A wait that grows with the age of the event, between the smallest and the longest step."""
        return min(max(self.smallest, age / 4), max(self.steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The event at the moment it failed.

    `repeatable`: sending it again does no harm. `gate_closed`: a gate is closed for it now, until `until` if announced.
    """

    attempt: int
    closings: int
    age: timedelta
    reached: Reached
    repeatable: bool
    gate_closed: bool
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Answer `failed` with this reason; nothing was sent that the upstream may have taken."""

    reason: str
    detail: str


def recover(error: Exception, situation: Situation, policy: RetryPolicy) -> RetryLater | Parked | GiveUp:
    """What becomes of an event that failed with `error`."""
    if isinstance(error, EventInvalid) and situation.reached is Reached.UNSENT:
        return GiveUp(reason=error.reason, detail=error.detail)
    if isinstance(error, GateClosed) and error.is_tried:
        # The parking queue is consumed meanwhile: parked, it would be taken up again at once, and again.
        return RetryLater(delay=policy.smallest, reason="maintenance", counted=False, detail=_said(error))
    if isinstance(error, UpstreamFailure) and (situation.gate_closed or isinstance(error, PARKING)):
        return _park(error, situation)
    if isinstance(error, KeyBusy):
        # It may wait for a person as long as the other one does, and each try costs calls.
        return RetryLater(delay=policy.patient(situation.age), reason="key_busy", counted=False, detail=_said(error))
    wait = _for_the_error(error, policy) or _for_the_situation(situation, policy)
    if wait is None:
        return _counted(error, situation, policy)
    delay, reason = wait
    return RetryLater(delay=delay, reason=reason, counted=False, detail=_said(error))


def _for_the_error(error: Exception, policy: RetryPolicy) -> Wait | None:
    """The wait of a failure that is not the event's, however far it came."""
    match error:
        case FenceLost():
            return policy.smallest, "taken_over"
        case SubjectBusy():
            return policy.smallest, "subject_busy"
        case LedgerUnavailable():
            return policy.smallest, "ledger_unavailable"
        case AccountRejected():
            return policy.account_wait, "account_rejected"
        case Throttled():
            return max(policy.smallest, timedelta(seconds=error.retry_after)), "throttled"
        case _:
            return None


def _for_the_situation(situation: Situation, policy: RetryPolicy) -> Wait | None:
    """The wait of an event the upstream may have taken: it is never given up by count."""
    match situation.reached:
        case Reached.MAYBE_SENT if situation.repeatable:
            return policy.patient(situation.age), "in_doubt"
        case Reached.MAYBE_SENT:
            return policy.doubt_wait, "in_doubt"
        case Reached.ANSWERED:
            return policy.patient(situation.age), "following"
        case Reached.UNSENT:
            return None


def _park(error: UpstreamFailure, situation: Situation) -> Parked:
    closed_it = not isinstance(error, PARKING)
    until = error.until if isinstance(error, GateClosed) else situation.until
    return Parked(
        upstream=error.facts.upstream,
        reason="maintenance",
        until=until,
        detail=_said(error),
        closings=int(closed_it),
    )


def _counted(error: Exception, situation: Situation, policy: RetryPolicy) -> RetryLater | GiveUp:
    reason = _reason(error)
    if situation.attempt > len(policy.steps):
        return GiveUp(reason=reason, detail=f"{_said(error)} (given up after {situation.attempt} attempts)")
    delay = policy.steps[situation.attempt - 1]
    return RetryLater(delay=delay, reason=reason, counted=True, detail=_said(error))


def _reason(error: Exception) -> str:
    match error:
        case AnswerUnreadable():
            return "upstream_answer_unreadable"
        case UpstreamFailure():
            return "upstream_error"
        case _:
            return "internal_error"


def _said(error: Exception) -> str:
    known = UpstreamFailure | EventInvalid | LedgerUnavailable | FenceLost | SubjectBusy
    return str(error) if isinstance(error, known) else type(error).__name__

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
    LedgerUnavailable,
    SubjectBusy,
    Throttled,
    UpstreamFailure,
)
from service.core.outcome import Parked, RetryLater

ENOUGH_CLOSINGS = 2
"""An event that closed a gate this often is under suspicion itself: it counts attempts and closes no gate again."""


class Reached(StrEnum):
    """How far a request had come when it failed."""

    UNSENT = "unsent"
    MAYBE_SENT = "maybe_sent"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """The waits between counted attempts, how long a doubt waits for its look, and how long a rejected account rests."""

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
    match error:
        case EventInvalid() if situation.reached is Reached.UNSENT:
            return GiveUp(reason=error.reason, detail=error.detail)
        case FenceLost():
            return _wait(policy.smallest, "taken_over", error)
        case SubjectBusy():
            return _wait(policy.smallest, "subject_busy", error)
        case LedgerUnavailable():
            return _wait(policy.smallest, "ledger_unavailable", error)
        case GateClosed() | CredentialsRejected():
            return _park(error, situation)
        case UpstreamFailure() if situation.gate_closed:
            return _park(error, situation)
        case AccountRejected():
            return _wait(policy.account_wait, "account_rejected", error)
        case Throttled():
            return _wait(max(policy.smallest, timedelta(seconds=error.retry_after)), "throttled", error)
    if situation.reached is Reached.MAYBE_SENT and situation.repeatable:
        return _wait(policy.patient(situation.age), "in_doubt", error)
    if situation.reached is Reached.MAYBE_SENT:
        return _wait(policy.doubt_wait, "in_doubt", error)
    if situation.reached is Reached.ANSWERED:
        return _wait(policy.patient(situation.age), "following", error)
    return _counted(error, situation, policy)


def _wait(delay: timedelta, reason: str, error: Exception) -> RetryLater:
    return RetryLater(delay=delay, reason=reason, counted=False, detail=_said(error))


def _park(error: UpstreamFailure, situation: Situation) -> Parked:
    closed_it = not isinstance(error, GateClosed)
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

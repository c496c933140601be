"""What becomes of a delivery: the only four ways it can end, as values that settlement carries out.

Where an event moves on, `write` names it (source, id) if the ledger knows it, so that its turn is raised there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.results import ResultEvent

TRACKING = "tracking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The request is answered: publish `results` (the terminal one last), then acknowledge."""

    results: tuple[ResultEvent, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """The event waits in a delay queue and comes back to `queue` (its origin when None).

    `delay` is rounded up to the next configured wait. `counted` tells whether the wait uses up an attempt.
    `state` replaces what the event carries for tracking, None keeps it.
    """

    delay: timedelta
    reason: str
    counted: bool
    detail: str = ""
    results: tuple[ResultEvent, ...] = ()
    said: frozenset[str] = frozenset()
    queue: str | None = None
    state: Mapping[str, object] | None = None
    write: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """The event waits in the parking queue of `upstream` until its gate opens; no attempt is used up.

    `closings` is 1 when this event's own failure closed the gate.
    """

    upstream: str
    reason: str
    until: datetime | None = None
    detail: str = ""
    results: tuple[ResultEvent, ...] = ()
    said: frozenset[str] = frozenset()
    closings: int = 0
    state: Mapping[str, object] | None = None
    write: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The message cannot be answered, or a person must decide: it goes to the dead-letter queue with its reason.

    `question` is what that person is asked (see `service/core/question.py`).
    """

    reason: str
    detail: str
    question: Mapping[str, object] | None = None
    results: tuple[ResultEvent, ...] = ()
    said: frozenset[str] = frozenset()
    write: tuple[str, str] | None = None


Outcome = Completed | RetryLater | Parked | Rejected

OVERTAKEN = Completed(results=(), reason="overtaken")
"""A copy that a later copy of the same event has overtaken: nothing to say, the event itself is elsewhere."""

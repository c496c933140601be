"""The one line per delivery: what it was, what became of it, and which call decided that."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service.observability.events import EVENT_SETTLED
from service.observability.log import get_logger

if TYPE_CHECKING:
    from contracts.envelope import Envelope, Identity
    from service.core.delivery import Delivery
    from service.core.outcome import Outcome
    from service.observability.calls import CallSeen
    from service.observability.metrics import Metrics

# By the name of the class, because decisions are built on this package and not the other way round.
WORDS = {"Completed": "completed", "RetryLater": "retry_later", "Parked": "parked", "Rejected": "rejected"}
NOTHING_YET = "none"
UNKNOWN = "unknown"
TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-")


@dataclass(slots=True, kw_only=True)
class Settled:
    """What is learnt about a delivery on its way; complete once `outcome` is there. `seconds` is the work on it."""

    delivery: Delivery
    envelope: Envelope | Identity | None = None
    account: str | None = None
    upstream: str | None = None
    calls: list[CallSeen] = field(default_factory=list)
    outcome: Outcome | None = None
    seconds: float = 0.0

    @property
    def type(self) -> str:
        """Type of the event, empty when it could not be read."""
        return (self.envelope.type if self.envelope else None) or ""

    @property
    def outcome_word(self) -> str:
        """One of completed, retry_later, parked, rejected."""
        return WORDS[type(self.outcome).__name__] if self.outcome else NOTHING_YET

    @property
    def reason(self) -> str:
        """Why, from a closed list."""
        return str(self.outcome.reason) if self.outcome else NOTHING_YET


def reporter(metrics: Metrics, known_types: Container[str]) -> Callable[[Settled], None]:
    """What to tell of each delivery at its end: it is counted, and written as `event_settled`.

    A type that is not one of `known_types` is counted as `unknown`, so that senders cannot add series.
    """
    log = get_logger(__name__)

    def report(settled: Settled) -> None:
        counted = settled.type if settled.type in known_types else UNKNOWN
        metrics.settled(counted, settled.outcome_word, settled.reason.split()[0])
        log.info(EVENT_SETTLED, **to_facts(settled, datetime.now(UTC)))

    return report


def to_facts(settled: Settled, now: datetime) -> dict[str, object]:
    """Every field of `event_settled`, absent ones as None so that a search may rely on each.

    `age_s` is seconds since the event was first seen, `duration_s` seconds of work on this delivery.
    """
    delivery, envelope = settled.delivery, settled.envelope
    call = settled.calls[-1] if settled.calls else None
    return {
        "event_id": envelope.id if envelope else delivery.message_id,
        "source": envelope.source if envelope else None,
        "type": settled.type or None,
        "account": settled.account,
        "subject": envelope.subject if envelope else None,
        "businessref": envelope.businessref if envelope else None,
        "outcome": settled.outcome_word,
        "reason": settled.reason,
        "attempt": delivery.attempt,
        "flow_number": _stated(settled, "flow_number") or delivery.state.get("flow_number"),
        "invoice_number": _stated(settled, "invoice_number"),
        "upstream": call.upstream if call else settled.upstream,
        "operation": call.operation if call else None,
        "http_status": call.http_status if call else None,
        "upstream_code": call.code if call else None,
        "x_correlationid": call.correlation_id if call else None,
        "age_s": round(max(0.0, (now - delivery.first_seen).total_seconds()), 3),
        "duration_s": round(settled.seconds, 3),
        "trace_id": _trace_id(getattr(envelope, "traceparent", None)),
    }


def _stated(settled: Settled, name: str) -> object:
    """The first value any result states under `name`; the terminal result, which is last, is asked first."""
    results: Iterable[object] = settled.outcome.results if settled.outcome else ()
    for result in reversed(tuple(results)):
        value: object = getattr(getattr(result, "data", None), name, None)
        if value is not None:
            return value
    return None


def _trace_id(traceparent: str | None) -> str | None:
    match = TRACEPARENT.match(traceparent or "")
    return match[1] if match else None

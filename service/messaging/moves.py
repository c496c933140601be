"""Decides where an event goes next: the exchange, the routing key and the marks of the copy an outcome asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from service.core.outcome import Completed, Outcome, Parked, Rejected, RetryLater
from service.messaging.marks import Marks, marks_of
from service.messaging.received import DEFAULT_EXCHANGE
from service.messaging.topology import DEAD_LETTER, Topology

if TYPE_CHECKING:
    from service.core.delivery import Delivery

EXPIRED = "expired"
"""What the broker calls a message whose publisher let it live for a time only."""

RETURNS_RETRIED = 2
"""How often an event given back by the broker is simply tried again; the next time it is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a copy is published, and what is written on it."""

    exchange: str
    routing_key: str
    marks: Marks


def move_of(outcome: Outcome, delivery: Delivery, topology: Topology) -> Move | None:
    """The copy an outcome asks for, None when the event ends here. Each move raises the turn by one.

    Raises ValueError when the outcome names a queue no event may come back to.
    """
    marks = replace(marks_of(delivery), turn=delivery.turn + 1)
    match outcome:
        case Completed():
            return None
        case RetryLater():
            return _later(outcome, marks, topology)
        case Parked():
            return _parked(outcome, marks, topology)
        case Rejected():
            said, question = marks.said | outcome.said, outcome.question or {}
            rejected = replace(marks, reason=outcome.reason, detail=outcome.detail, said=said, question=question)
            return Move(exchange=DEFAULT_EXCHANGE, routing_key=topology.name(DEAD_LETTER), marks=rejected)
        case _:
            assert_never(outcome)


def retry_returned(delivery: Delivery, given_back_by: str | None, why: str, topology: Topology) -> Move | None:
    """Back to the queue it came from, without delay; None once that was tried often enough."""
    if delivery.returns >= RETURNS_RETRIED:
        return None
    # Without a turn it counts as new, which is true of what only expired in its queue: nobody has worked on that.
    turn = delivery.turn if why == EXPIRED else max(1, delivery.turn)
    detail = f"by the broker: {why}"
    marks = replace(marks_of(delivery), returns=delivery.returns + 1, turn=turn, reason="returned", detail=detail)
    return Move(exchange=DEFAULT_EXCHANGE, routing_key=topology.name(given_back_by or delivery.origin), marks=marks)


def replay(delivery: Delivery, topology: Topology) -> Move:
    """Back to its origin as if it came for the first time; with a lower turn it would be taken for an old copy."""
    marks = replace(marks_of(delivery), attempt=1, returns=0, closings=0, reason="replayed")
    return Move(exchange=DEFAULT_EXCHANGE, routing_key=topology.come_back_key(delivery.origin), marks=marks)


def _later(outcome: RetryLater, marks: Marks, topology: Topology) -> Move:
    queue = outcome.queue or marks.origin
    changed = replace(
        marks,
        origin=queue,
        reason=outcome.reason,
        detail=outcome.detail,
        attempt=marks.attempt + outcome.counted,
        said=marks.said | outcome.said,
        state=marks.state if outcome.state is None else outcome.state,
    )
    return Move(exchange=topology.delay_for(outcome.delay), routing_key=topology.come_back_key(queue), marks=changed)


def _parked(outcome: Parked, marks: Marks, topology: Topology) -> Move:
    changed = replace(
        marks,
        reason=outcome.reason,
        detail=outcome.detail,
        closings=marks.closings + outcome.closings,
        said=marks.said | outcome.said,
        state=marks.state if outcome.state is None else outcome.state,
    )
    return Move(exchange=DEFAULT_EXCHANGE, routing_key=topology.name(f"parked.{outcome.upstream}"), marks=changed)

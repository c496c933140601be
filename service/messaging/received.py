"""Turns a message into a delivery, deciding whose headers may be believed, and into the copies made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from service.core.delivery import NOTHING, Delivery
from service.messaging.marks import Marks, application_headers, read_marks, wire_headers
from service.messaging.outbound import Outbound
from service.messaging.topology import COME_BACK, RETURNED, WORK, Topology

if TYPE_CHECKING:
    from aiormq.abc import DeliveredMessage

DEFAULT_EXCHANGE = ""


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """A delivery together with the message it was read from, which alone can be acknowledged."""

    delivery: Delivery
    message: DeliveredMessage = field(repr=False)

    def copy(self, marks: Marks) -> Outbound:
        """The whole event again, with these marks and the properties of the allow-list."""
        properties = self.message.header.properties
        return Outbound(
            # The library takes a returned message without an id for a confirmed one.
            id=self.delivery.message_id or f"relay-{uuid4().hex}",
            body=self.delivery.body,
            content_type=properties.content_type,
            content_encoding=properties.content_encoding,
            type=properties.message_type,
            correlation_id=properties.correlation_id,
            timestamp=properties.timestamp,
            headers={**wire_headers(self.delivery.headers), **marks.headers()},
        )


def receive(message: DeliveredMessage, queue: str, topology: Topology, now: datetime) -> Received:
    """The delivery a message is, read from the queue with this short name. Never raises, whatever the headers hold."""
    properties = message.header.properties
    headers = _table(properties.headers)
    origin = _origin(message, queue, headers, topology)
    trusted = headers if _is_own_copy(message, queue, headers, topology) else NOTHING
    marks = read_marks(trusted, origin=origin, now=now)
    delivery = Delivery(
        body=bytes(message.body),
        queue=queue,
        origin=marks.origin,
        first_seen=marks.first_seen,
        content_type=properties.content_type,
        headers=application_headers(headers),
        message_id=properties.message_id or None,
        routing_key=message.routing_key or "",
        redelivered=bool(message.redelivered),
        attempt=marks.attempt,
        turn=marks.turn,
        returns=marks.returns,
        closings=marks.closings,
        said=marks.said,
        state=marks.state,
    )
    return Received(delivery, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """Why and from where the broker itself moved a message: the newest entry of its `x-death` header."""

    queue: str | None
    exchange: str | None
    reason: str
    count: int


def given_back(headers: Mapping[str, object], topology: Topology) -> GivenBack:
    """The newest entry of `x-death`; `queue` is a short name, None when it is none of the work queues."""
    deaths = headers.get("x-death")
    newest = _table(deaths[0]) if isinstance(deaths, list) and deaths else NOTHING
    queue = topology.short(str(newest.get("queue", "")))
    exchange, count = newest.get("exchange"), newest.get("count")
    return GivenBack(
        queue=queue if queue in WORK else None,
        exchange=exchange if isinstance(exchange, str) else None,
        reason=str(newest.get("reason", "")),
        count=count if isinstance(count, int) else 0,
    )


def _origin(message: DeliveredMessage, queue: str, headers: Mapping[str, object], topology: Topology) -> str:
    """The queue an event belongs to when nothing the relay wrote says so."""
    was_in = given_back(headers, topology).queue if queue == RETURNED else queue
    if was_in in COME_BACK:
        return was_in
    return topology.origin_by_type(message.header.properties.message_type or message.routing_key or "")


def _is_own_copy(message: DeliveredMessage, queue: str, headers: Mapping[str, object], topology: Topology) -> bool:
    # The relay moves events through the default exchange only, publishers use the exchange of events; CC and BCC keep
    # the publisher's exchange. In the queue `returned` everything comes through the default exchange: there the broker
    # says what it was before. Copies carry no `x-death`, so a higher count than one was begun by a publisher.
    if message.exchange != DEFAULT_EXCHANGE:
        return False
    if queue != RETURNED:
        return message.routing_key == topology.name(queue)
    before = given_back(headers, topology)
    return before.queue is not None and before.exchange == DEFAULT_EXCHANGE and before.count == 1


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else NOTHING

"""Whose headers are believed, and what a copy carries."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiormq import spec
from aiormq.abc import AbstractChannel, DeliveredMessage
from hypothesis import given
from hypothesis import strategies as st
from pamqp.header import ContentHeader

from service.messaging.marks import Marks, application_headers, read_marks
from service.messaging.received import Received, given_back, receive
from service.messaging.topology import Topology

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=2)
TOPOLOGY = Topology("relay", (timedelta(seconds=10),))
MARKS = Marks(
    origin="tenders",
    first_seen=EARLIER,
    reason="maintenance",
    detail="first line\nsecond",
    attempt=3,
    turn=4,
    returns=1,
    closings=2,
    said=frozenset({"maintenance", "in_doubt"}),
    state={"flow": "CPP1", "seen": [1, 2]},
)


def message(
    *, exchange: str = "", key: str = "relay.tenders", headers: Mapping[str, Any] | None = None, **properties: Any
) -> DeliveredMessage:
    """A message as the client library hands it over."""
    header = ContentHeader(properties=spec.Basic.Properties(headers=dict(headers or {}), **properties), body_size=2)
    deliver = spec.Basic.Deliver(
        consumer_tag="tag", delivery_tag=1, redelivered=False, exchange=exchange, routing_key=key
    )
    return DeliveredMessage(delivery=deliver, header=header, body=b"{}", channel=cast("AbstractChannel", None))


def death(queue: str, exchange: str, count: int = 1, reason: str = "delivery_limit") -> dict[str, Any]:
    """The header the broker writes on what it gives back."""
    return {"x-death": [{"queue": queue, "exchange": exchange, "count": count, "reason": reason}]}


def read(received: Received) -> tuple[int, int, int]:
    """The marks of a delivery that would do harm if they were forged."""
    return received.delivery.attempt, received.delivery.turn, received.delivery.returns


def test_should_read_back_what_it_wrote() -> None:
    """A copy's marks survive the way through a queue."""
    delivery = receive(message(headers=MARKS.headers()), "tenders", TOPOLOGY, NOW).delivery

    assert (delivery.origin, delivery.first_seen) == ("tenders", EARLIER)
    assert (delivery.attempt, delivery.turn, delivery.returns, delivery.closings) == (3, 4, 1, 2)
    assert (delivery.said, delivery.state) == (MARKS.said, {"flow": "CPP1", "seen": [1, 2]})
    assert delivery.is_copy


@pytest.mark.parametrize(
    ("queue", "exchange", "key", "headers", "believed"),
    [
        ("tenders", "", "relay.tenders", {}, True),
        ("parked.dume", "", "relay.parked.dume", {}, True),
        ("tenders", "relay.events", "tender.created.v1", {}, False),
        ("tracking", "relay.events", "relay.tracking", {}, False),
        ("tenders", "", "relay.invoices", {}, False),
        ("returned", "", "relay.returned", {}, False),
        ("returned", "", "relay.returned", death("relay.tenders", ""), True),
        ("returned", "", "relay.returned", death("relay.tenders", "relay.events"), False),
        ("returned", "", "relay.returned", death("relay.tenders", "", count=2), False),
        ("returned", "", "relay.returned", death("relay.delay.10s", ""), False),
        ("returned", "", "relay.returned", {"x-death": "nonsense"}, False),
        ("returned", "", "relay.returned", {"x-death": [7]}, False),
    ],
)
def test_should_believe_only_its_own_copies(
    *, queue: str, exchange: str, key: str, headers: Mapping[str, Any], believed: bool
) -> None:
    """Marks count on what the relay published itself, and on nothing a publisher can send."""
    received = receive(
        message(exchange=exchange, key=key, headers={**MARKS.headers(), **headers}), queue, TOPOLOGY, NOW
    )

    assert read(received) == ((3, 4, 1) if believed else (1, 0, 0))


@pytest.mark.parametrize(
    ("queue", "type_", "key", "headers", "origin"),
    [
        ("invoices", None, "invoice.check.requested.v1", {}, "invoices"),
        ("dead-letter", "tender.created.v1", "x", {}, "tenders"),
        ("parked.dume", None, "invoice.check.requested.v1", {}, "invoices"),
        ("returned", None, "relay.returned", death("relay.tenders", "relay.events"), "tenders"),
        ("returned", "tender.created.v1", "relay.returned", death("relay.parked.dume", ""), "tenders"),
        ("returned", None, "relay.returned", {}, "unrouted"),
    ],
)
def test_should_know_where_an_event_belongs(
    queue: str, type_: str | None, key: str, headers: Mapping[str, Any], origin: str
) -> None:
    """An event that carries no mark belongs to the queue it was in, or to that of its type."""
    received = receive(
        message(exchange="relay.events", key=key, headers=headers, message_type=type_), queue, TOPOLOGY, NOW
    )

    assert received.delivery.origin == origin


def test_should_copy_the_event_and_nothing_else() -> None:
    """A copy has the body, the attributes and the marks; what a publisher added for the broker is gone."""
    original = message(
        headers={"cloudEvents:id": "e-1", "CC": ["a"], "x-death": [], "relay-attempt": 7, "other": 1},
        message_id="m-1",
        content_type="application/json",
        expiration="1000",
        priority=4,
        user_id="guest",
        reply_to="r",
    )
    copy = receive(original, "tenders", TOPOLOGY, NOW).copy(MARKS).properties()

    assert (copy.message_id, copy.content_type, copy.delivery_mode) == ("m-1", "application/json", 2)
    assert (copy.expiration, copy.priority, copy.user_id, copy.reply_to) == (None, None, None, None)
    assert dict(copy.headers or {}) == {"cloudEvents:id": "e-1", **MARKS.headers()}


@pytest.mark.parametrize("traceparent", ["anything", "00-1-2-03", 7, None])
def test_should_copy_no_trace_that_is_none(traceparent: object) -> None:
    """What is not written as a trace may be anything, and its state goes with it."""
    assert application_headers({"traceparent": traceparent, "tracestate": "a=1", "cloudEvents:id": "e-1"}) == {
        "cloudEvents:id": "e-1"
    }


def test_should_give_every_copy_an_id() -> None:
    """A message without an id gets one for its copy: the library takes a returned one without for confirmed."""
    copy = receive(message(), "tenders", TOPOLOGY, NOW).copy(MARKS)

    assert copy.id.startswith("relay-")


def test_should_keep_headers_small() -> None:
    """Headers that would not fit into a frame beside our own are left out of copies."""
    headers: dict[str, object] = {f"cloudEvents:a{number:03}": "x" * 5_000 for number in range(100)}

    kept = application_headers({**headers, "cloudEvents:id": "e-1", "cloudEvents:b": "x" * 9_000})

    assert sum(len(str(value)) for value in kept.values()) < 66_000
    assert "cloudEvents:b" not in kept


def test_should_tell_why_the_broker_gave_something_back() -> None:
    """The newest entry of x-death says from where and why."""
    found = given_back(death("relay.parked.dume", "", reason="expired"), TOPOLOGY)

    assert (found.queue, found.reason) == ("parked.dume", "expired")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([*MARKS.headers(), "cloudEvents:id", "traceparent", "x-death", "x-first-death-queue"])


@given(st.dictionaries(NAMES, ANYTHING), st.sampled_from(["tenders", "returned", "dead-letter", "parked.dume"]))
def test_should_never_fail_on_headers(headers: dict[str, Any], queue: str) -> None:
    """Whatever headers hold, a delivery comes out of it with sane counts, and can be copied."""
    received = receive(message(key=f"relay.{queue}", headers=headers), queue, TOPOLOGY, NOW)

    attempt, turn, returns = read(received)
    assert (attempt >= 1, turn >= 0, returns >= 0) == (True, True, True)
    assert received.copy(read_marks(headers, origin="tenders", now=NOW)).properties().marshal()

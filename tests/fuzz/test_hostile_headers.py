"""Headers of any kind: whatever a table of AMQP can hold is read past, and what is kept can be written again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from pamqp import encode

from contracts.envelope import EnvelopeInvalid, Received, receive
from service.messaging.marks import (
    LARGEST_HEADERS,
    LONGEST_DETAIL,
    Marks,
    application_headers,
    read_marks,
    wire_headers,
)
from service.messaging.received import given_back
from service.messaging.topology import Topology

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOPOLOGY = Topology("relay", (timedelta(seconds=1),))
BOUNDED = settings(deadline=None, database=None, derandomize=True, max_examples=100)
NAMES = st.sampled_from(
    [*(f"relay-{name}" for name in ("origin", "first-seen", "attempt", "turn", "returns", "closings", "said")),
     "relay-state", "relay-detail",
     *(f"cloudEvents{mark}{name}" for mark in ":_" for name in ("id", "source", "type", "time", "subject", "")),
     "x-death", "x-delivery-count", "traceparent", "CC", ""]
)  # fmt: skip
MOMENTS = st.datetimes(timezones=st.none() | st.just(UTC))
LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.floats() | st.decimals() | MOMENTS
    | st.text(max_size=40) | st.binary(max_size=40)
    | st.sampled_from(["x" * 9_000, '{"a":', "[" * 5_000, "0001-01-01T00:00:00+23:59", "9" * 99])
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
TABLES = st.dictionaries(NAMES | st.text(max_size=20), VALUES, max_size=6)


@given(TABLES)
@BOUNDED
def test_should_read_any_marks(table: dict[str, object]) -> None:
    """Marks of any kind are read as far as they can be, and what is written after them is within its bounds."""
    marks = read_marks(table, origin="invoices", now=NOW)
    written = Marks(
        origin=marks.origin, first_seen=marks.first_seen, detail=marks.detail, attempt=marks.attempt, turn=marks.turn
    ).headers()

    assert marks.first_seen <= NOW
    assert min(marks.attempt - 1, marks.turn, marks.returns, marks.closings) >= 0
    assert len(str(written.get("relay-detail", ""))) <= LONGEST_DETAIL
    assert str(written.get("relay-detail", "")).isprintable()


@given(TABLES)
@BOUNDED
def test_should_keep_only_headers_that_can_be_written(table: dict[str, object]) -> None:
    """What belongs to an event fits into a frame and is of kinds that the library writes."""
    kept = application_headers(table)

    assert sum(len(name) + len(str(value)) for name, value in kept.items()) < 2 * LARGEST_HEADERS
    assert encode.field_table(wire_headers(kept))  # type: ignore[arg-type]  # what marks leave is what it takes


@given(TABLES)
@BOUNDED
def test_should_believe_no_death_that_is_none(table: dict[str, object]) -> None:
    """The broker's own header, forged, is read as far as it can be."""
    by = given_back(table, TOPOLOGY)

    assert isinstance(by.count, int)
    assert by.exchange is None or isinstance(by.exchange, str)


@given(TABLES, st.binary(max_size=60), st.none() | st.text(max_size=40))
@BOUNDED
def test_should_end_any_headers_one_way_or_the_other(table: dict[str, object], body: bytes, kind: str | None) -> None:
    """Headers in any state make an event or the one error, never another."""
    try:
        received = receive(body, kind, table)
    except EnvelopeInvalid as error:
        assert error.detail.isprintable()  # noqa: PT017 - both ends are right
    else:
        assert isinstance(received, Received)

"""Reads what the relay wrote on a message, and writes it on a copy: an allow-list of properties and its own headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from contracts import attributes
from service.core.delivery import NOTHING
from service.messaging.topology import COME_BACK

if TYPE_CHECKING:
    from service.core.delivery import Delivery

LONGEST_DETAIL = 500
LONGEST_VALUE = 8_192
LARGEST_HEADERS = 65_536
"""Headers must fit into one frame of the broker (128 KiB) together with our own."""

APPLICATION = ("cloudEvents:", "cloudEvents_")
TRACE = frozenset({"traceparent", "tracestate"})
_LARGEST_COUNT = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What the relay writes on a copy it moves, and reads when the copy comes back."""

    origin: str
    first_seen: datetime
    reason: str = ""
    detail: str = ""
    attempt: int = 1
    turn: int = 0
    returns: int = 0
    closings: int = 0
    said: frozenset[str] = frozenset()
    state: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    question: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    def headers(self) -> dict[str, str | int]:
        """The `relay-*` headers of a copy; what is empty is left out."""
        written: dict[str, str | int] = {
            "relay-reason": one_line(self.reason),
            "relay-detail": one_line(self.detail),
            "relay-attempt": self.attempt,
            "relay-first-seen": self.first_seen.isoformat(),
            "relay-origin": self.origin,
            "relay-turn": self.turn,
            "relay-returns": self.returns,
            "relay-closings": self.closings,
            "relay-said": ",".join(sorted(self.said)),
            "relay-state": orjson.dumps(dict(self.state)).decode() if self.state else "",
            "relay-question": orjson.dumps(dict(self.question)).decode() if self.question else "",
        }
        return {name: value for name, value in written.items() if value != ""}


def marks_of(delivery: Delivery) -> Marks:
    """What a delivery carries already, to be changed for its next copy."""
    return Marks(
        origin=delivery.origin,
        first_seen=delivery.first_seen,
        attempt=delivery.attempt,
        turn=delivery.turn,
        returns=delivery.returns,
        closings=delivery.closings,
        said=delivery.said,
        state=delivery.state,
    )


def read_marks(headers: Mapping[str, object], *, origin: str, now: datetime) -> Marks:
    """The marks on a copy of the relay; whatever cannot be read counts as never written. Never raises."""
    if not headers:
        return Marks(origin=origin, first_seen=now)
    return Marks(
        origin=_origin(headers.get("relay-origin"), origin),
        first_seen=_time(headers.get("relay-first-seen"), now),
        reason=_text(headers.get("relay-reason")),
        detail=_text(headers.get("relay-detail")),
        attempt=max(1, _count(headers.get("relay-attempt"))),
        turn=_count(headers.get("relay-turn")),
        returns=_count(headers.get("relay-returns")),
        closings=_count(headers.get("relay-closings")),
        said=frozenset(filter(None, _text(headers.get("relay-said")).split(","))),
        state=_object(headers.get("relay-state")),
        question=_object(headers.get("relay-question")),
    )


def application_headers(headers: Mapping[str, object]) -> dict[str, object]:
    """The headers of the publisher that belong to the event: CloudEvents attributes and the trace, nothing else.

    A trace that is not written as one is no trace, and may be anything.
    """
    kept: dict[str, object] = {}
    dropped = () if attributes.trace_parent(headers.get("traceparent")) else TRACE
    room = LARGEST_HEADERS
    for name in sorted(headers):
        value = _plain(headers[name])
        if value is None or name in dropped or not (name.startswith(APPLICATION) or name in TRACE):
            continue
        size = len(name) + (len(value) if isinstance(value, str | bytes) else 8)
        if size <= min(room, LONGEST_VALUE):
            room -= size
            kept[name] = value
    return kept


def wire_headers(kept: Mapping[str, object]) -> dict[str, object]:
    """The same headers as the client library can write them: it refuses bytes, and moments before 1970."""
    return {name: _writable(value) for name, value in kept.items()}


def _writable(value: object) -> object:
    match value:
        case bytes():
            return bytearray(value)
        case datetime():
            return value.isoformat()
        case _:
            return value


def one_line(text: str) -> str:
    """The text without control characters, cut to what a header should carry."""
    return "".join(char if char.isprintable() else " " for char in text[:LONGEST_DETAIL])


def _plain(value: object) -> str | bytes | datetime | None:
    match value:
        case str() | datetime():
            return value
        case bytes() | bytearray():
            return bytes(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return min(value, _LARGEST_COUNT) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _origin(value: object, otherwise: str) -> str:
    return value if isinstance(value, str) and value in COME_BACK else otherwise


def _time(value: object, otherwise: datetime) -> datetime:
    try:
        read = datetime.fromisoformat(_text(value))
    except ValueError:
        return otherwise
    return min(read, otherwise) if read.tzinfo else min(read.replace(tzinfo=UTC), otherwise)


def _object(value: object) -> Mapping[str, object]:
    try:
        read = orjson.loads(_text(value))
    except ValueError:
        return NOTHING
    return read if isinstance(read, dict) else NOTHING

"""Names every exchange, queue and binding of the relay with its arguments; values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

INVOICES = "invoices"
TENDERS = "tenders"
TRACKING = "tracking"
UNROUTED = "unrouted"
FEED = "feed"
PARKED = ("parked.chorus-pro", "parked.dume")
RETURNED = "returned"
DEAD_LETTER = "dead-letter"
UNCLAIMED = "unclaimed"
EVENTS = "events"
RESULTS = "results"

COME_BACK = (INVOICES, TENDERS, TRACKING, UNROUTED, FEED)
"""The closed set of queues an event, or a tick, may come back to from a delay or a parking queue."""

SINGLE = (*PARKED, FEED)
"""Queues that one worker of the fleet reads at a time: the broker says which."""

WORK = (*COME_BACK, *PARKED)
"""Queues the relay works from; the broker hands what it gives up on to the queue `returned`."""

ROUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {INVOICES: ("invoice.#", "recipient.#", "request.#"), TENDERS: ("tender.#",)}
)

WORK_DELIVERY_LIMIT = 100
"""Attempts are counted by the relay; this is the last fence against a message that kills whoever reads it."""

LARGE_DELIVERY_LIMIT = 1_000_000
UNCLAIMED_AGE = timedelta(days=14)
UNCLAIMED_BYTES = 2**30

_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: str
    arguments: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue."""

    name: str
    arguments: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Binding:
    """What sends messages of an exchange to a queue."""

    exchange: str
    queue: str
    routing_key: str


def milliseconds(wait: timedelta) -> int:
    """A wait in whole milliseconds, as the broker counts."""
    return wait // timedelta(milliseconds=1)


def duration_name(wait: timedelta) -> str:
    """`15m` for 900 seconds: the largest unit that says it exactly."""
    total = milliseconds(wait)
    unit, size = next((unit, size) for unit, size in _UNITS if total % size == 0)
    return f"{total // size}{unit}"


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything the relay needs on the broker under one prefix. `delay_steps` are all waits ever configured.

    Raises ValueError when no wait, or one that is not longer than nothing, is given.
    """

    prefix: str = "relay"
    delay_steps: tuple[timedelta, ...] = (timedelta(seconds=10),)

    def __post_init__(self) -> None:
        if not self.delay_steps or min(self.delay_steps) < timedelta(milliseconds=1):
            raise ValueError("at least one wait is needed, and each must be longer than nothing")

    def name(self, short: str) -> str:
        """The full name of a queue or exchange known by its short one."""
        return f"{self.prefix}.{short}"

    def short(self, name: str) -> str:
        """The short name of one of our queues; other names come back unchanged."""
        return name.removeprefix(f"{self.prefix}.")

    @property
    def waits(self) -> tuple[timedelta, ...]:
        """The waits there are delay queues for, shortest first."""
        return tuple(sorted(set(self.delay_steps)))

    def delay_for(self, wait: timedelta) -> str:
        """The delay queue (and the exchange before it) for a wait, rounded up; the longest one when it is longer."""
        step = next((step for step in self.waits if step >= wait), self.waits[-1])
        return self.name(f"delay.{duration_name(step)}")

    def come_back_key(self, short: str) -> str:
        """The routing key that brings a delayed event back to a queue; ValueError outside the closed set."""
        if short not in COME_BACK:
            raise ValueError(f"no event may come back to {short}")
        return self.name(short)

    def origin_by_type(self, event_type: str) -> str:
        """The queue an event of this type is sent to by its publisher."""
        prefix = f"{event_type.partition('.')[0]}.#"
        return next((queue for queue, keys in ROUTES.items() if prefix in keys), UNROUTED)

    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges, each after the one it falls back to."""
        aside = [Exchange(self.name(short), "fanout") for short in (UNROUTED, UNCLAIMED)]
        front = [
            Exchange(self.name(EVENTS), "topic", {"alternate-exchange": self.name(UNROUTED)}),
            Exchange(self.name(RESULTS), "topic", {"alternate-exchange": self.name(UNCLAIMED)}),
        ]
        return (*aside, *front, *(Exchange(self.delay_for(wait), "fanout") for wait in self.waits))

    def queues(self) -> tuple[Queue, ...]:
        """All queues, dead-letter targets before what sends to them, come-back targets before the delays."""
        returned = self.name(RETURNED)
        return (
            Queue(self.name(DEAD_LETTER), _quorum(LARGE_DELIVERY_LIMIT, returned)),
            Queue(returned, _quorum(LARGE_DELIVERY_LIMIT, self.name(DEAD_LETTER))),
            *(Queue(self.name(short), _quorum(WORK_DELIVERY_LIMIT, returned)) for short in COME_BACK if short != FEED),
            *(
                Queue(self.name(short), {**_quorum(WORK_DELIVERY_LIMIT, returned), "x-single-active-consumer": True})
                for short in SINGLE
            ),
            Queue(self.name(UNCLAIMED), _unclaimed()),
            *(Queue(self.delay_for(wait), _delay(wait)) for wait in self.waits),
        )

    def bindings(self) -> tuple[Binding, ...]:
        """All bindings."""
        routes = [Binding(self.name(EVENTS), self.name(queue), key) for queue, keys in ROUTES.items() for key in keys]
        aside = [Binding(self.name(short), self.name(short), "") for short in (UNROUTED, UNCLAIMED)]
        delays = [Binding(self.delay_for(wait), self.delay_for(wait), "") for wait in self.waits]
        return (*routes, *aside, *delays)


def _safe_dead_lettering(exchange_key: str | None) -> dict[str, str | int | bool]:
    # At-least-once needs all of these together; with another overflow the broker silently falls back to at-most-once.
    arguments: dict[str, str | int | bool] = {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    if exchange_key is not None:
        arguments["x-dead-letter-routing-key"] = exchange_key
    return arguments


def _quorum(delivery_limit: int, dead_letters_to: str) -> dict[str, str | int | bool]:
    return {**_safe_dead_lettering(dead_letters_to), "x-delivery-limit": delivery_limit}


def _delay(wait: timedelta) -> dict[str, str | int | bool]:
    # No dead-letter routing key: the message keeps its own, which names the queue to come back to.
    return {**_safe_dead_lettering(None), "x-message-ttl": milliseconds(wait)}


def _unclaimed() -> dict[str, str | int | bool]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": LARGE_DELIVERY_LIMIT,
        "x-message-ttl": milliseconds(UNCLAIMED_AGE),
        "x-max-length-bytes": UNCLAIMED_BYTES,
        "x-overflow": "drop-head",
    }

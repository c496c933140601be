"""Runs the relay's side of the bus with a stand-in for the pipeline, and plays publishers and onlookers around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import aio_pika
from aio_pika.exceptions import ChannelNotFoundEntity
from aiormq import spec
from aiormq.abc import DeliveredMessage

from contracts.envelope import Identity
from contracts.reasons import Reason
from contracts.results import ResultEvent, failure_reply, reply
from contracts.results.requests import RequestCancellationDone
from service.core.delivery import Delivery
from service.core.outcome import Completed, Outcome
from service.messaging.bus import Bus, Patience
from service.messaging.topology import Topology
from tests.support.evidence import EVIDENCE
from tests.support.until import until

WAITS = (timedelta(milliseconds=100), timedelta(milliseconds=400))
ALL_QUEUES = {"invoices": 8, "tenders": 8, "tracking": 8, "unrouted": 2}
DONE = Completed(results=(), reason="done")
DEPOSIT = "invoice.deposit.requested.v1"


@dataclass
class Script:
    """Stands in for the pipeline: notes each delivery and answers as told."""

    answer: Callable[[Delivery], Awaitable[Outcome]] | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    seen: list[Delivery] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)

    async def handle(self, delivery: Delivery) -> Outcome:
        self.seen.append(delivery)
        if self.answer is not None:
            return await self.answer(delivery)
        return self.outcomes.pop(0) if self.outcomes else DONE

    async def moved(self, _outcome: Outcome, turn: int) -> None:
        self.turns.append(turn)


def topology(prefix: str = "relay") -> Topology:
    """The relay's topology with waits short enough for a test."""
    return Topology(prefix, WAITS)


@asynccontextmanager
async def running_bus(
    url: str, prefix: str, script: Script, *, queues: Mapping[str, int] | None = None, **options: Any
) -> AsyncIterator[Bus]:
    """The relay's side, consuming; stopped at the end without grace."""
    async with asyncio.TaskGroup() as group:
        named = {option.name for option in fields(Patience)}
        waits = {"publish": 2.0} | {name: options.pop(name) for name in named & options.keys()}
        settings = {"handle": script.handle, "moved": script.moved, "concurrency": 16, **options}
        async with Bus(url, topology(prefix), group, patience=Patience(**waits), **settings) as bus:
            bus.consume(ALL_QUEUES if queues is None else queues)
            yield bus


class Outside:
    """A connection of somebody else: publishes anything anywhere, and looks into queues."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._prefix = prefix
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.connection = await self._opened.enter_async_context(await aio_pika.connect(self._url))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def publish(
        self, body: bytes = b"{}", *, key: str = DEPOSIT, exchange: str = "events", **properties: Any
    ) -> None:
        """Publish, confirmed; `exchange` is a short name, or empty for the default exchange."""
        await self.publish_as(spec.Basic.Properties(**{"delivery_mode": 2, **properties}), body, key, exchange)

    async def publish_as(
        self, properties: spec.Basic.Properties, body: bytes = b"{}", key: str = DEPOSIT, exchange: str = "events"
    ) -> None:
        """Publish with properties made by hand."""
        async with self.connection.channel(on_return_raises=True) as channel:
            underlay = await channel.get_underlay_channel()
            name = f"{self._prefix}.{exchange}" if exchange else ""
            await underlay.basic_publish(
                body, exchange=name, routing_key=key, properties=properties, mandatory=True, timeout=10
            )

    async def depth(self, queue: str) -> int:
        """Messages ready in one of the relay's queues."""
        async with self.connection.channel() as channel:
            declared = await channel.declare_queue(f"{self._prefix}.{queue}", passive=True)
            return declared.declaration_result.message_count or 0

    async def take(self, queue: str) -> DeliveredMessage | None:
        """Remove the first message of one of the relay's queues; None when it is empty or not there."""
        with suppress(ChannelNotFoundEntity):
            async with self.connection.channel() as channel:
                underlay = await channel.get_underlay_channel()
                message = await underlay.basic_get(f"{self._prefix}.{queue}", no_ack=True)
                EVIDENCE.headers(f"headers of a message in {queue}", message.header.properties.headers)
                return message if isinstance(message.delivery, spec.Basic.GetOk) else None
        return None

    async def wait_for(self, queue: str) -> DeliveredMessage:
        """The first message of a queue, removed, as soon as there is one."""
        return await until(lambda: self.take(queue), f"a message in {queue}")

    async def delete(self, queue: str) -> None:
        """Delete one of the relay's queues with everything in it."""
        async with self.connection.channel() as channel:
            await channel.queue_delete(f"{self._prefix}.{queue}")


async def eventually(condition: Callable[[], object], what: str, *, limit: float = 30.0) -> None:
    """Return as soon as the condition holds; raises TimeoutError naming it after the limit."""

    async def ask() -> bool:
        return bool(condition())

    await until(ask, what, limit=limit)


def final_result(id: str = "e-1") -> ResultEvent:
    """A terminal result of a made-up request."""
    return failure_reply(
        Identity(source="/tests", id=id, type=DEPOSIT), Reason.INVALID_EVENT, "made up", profile="local", now=NOW
    )


def interim_result(id: str, kind: str) -> ResultEvent:
    """A result that is not terminal."""
    return reply(
        Identity(source="/tests", id=id, type=DEPOSIT),
        type="invoice.deposit.received.v1",
        data=RequestCancellationDone(id=id, source="/tests", outcome="withdrawn"),
        profile="local",
        now=NOW,
        kind=kind,
    )


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

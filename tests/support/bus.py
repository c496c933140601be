"""Plays the business services on the bus: publishes requests, keeps results, looks into queues."""

import asyncio
import json
import secrets
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Self

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import AMQPError, ChannelClosed, QueueEmpty

from service.messaging.dialling import dial
from service.messaging.failures import BrokerTrouble
from tests.support.evidence import EVIDENCE
from tests.support.until import until

STRUCTURED = "application/cloudevents+json"
SOURCE = "/tests/business"
DIAL_LIMIT = 10.0  # seconds for each node of a cluster
LOST = (BrokerTrouble, AMQPError, OSError, RuntimeError, TimeoutError)  # what a connection that goes away raises

LOOK_LIMIT = 20.0  # seconds
LOOKED_AT = 50  # messages of one queue

Json = dict[str, Any]  # reason: CloudEvents as they are on the wire, of every type


def request(type_: str, data: Mapping[str, Any], *, id: str | None = None, **attributes: Any) -> Json:
    """A request as a business service writes it; the id is new unless given."""
    return {
        "specversion": "1.0",
        "id": id or str(uuid.uuid4()),
        "source": SOURCE,
        "type": type_,
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": dict(data),
        **attributes,
    }


class Bus:
    """A connection of the test's own; survives a restart of the broker and keeps every result it is given."""

    def __init__(self, url: str, prefix: str = "relay") -> None:
        self._url = url
        self._prefix = prefix
        self._inbox = f"test.inbox.{secrets.token_hex(4)}"
        self._collector: asyncio.Task[None] | None = None
        self.received: list[Json] = []  # every delivery, doubles included

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._collector is not None:
            self._collector.cancel()
            with suppress(asyncio.CancelledError):
                await self._collector

    async def collect(self, pattern: str = "#") -> None:
        """Bind to the results, once the relay has declared them, and keep what comes from now on."""
        bound = asyncio.Event()
        self._collector = asyncio.create_task(self._collect(pattern, bound), name="bus-collector")
        await asyncio.wait_for(bound.wait(), 60)

    async def publish(self, event: Mapping[str, Any], **properties: Any) -> str:
        """Publish a request in structured mode, confirmed; gives back its id."""
        body = json.dumps(event).encode()
        await self.publish_raw(body, str(event["type"]), **{"content_type": STRUCTURED, **properties})
        return str(event["id"])

    async def publish_raw(self, body: bytes, routing_key: str, **properties: Any) -> None:
        """Publish any bytes with any properties to the relay's exchange of events, confirmed."""
        message = aio_pika.Message(body, **{"delivery_mode": aio_pika.DeliveryMode.PERSISTENT, **properties})
        async with self._channel() as channel:
            exchange = await channel.get_exchange(f"{self._prefix}.events")
            await exchange.publish(message, routing_key=routing_key, timeout=30)

    def results_of(self, id: str) -> list[Json]:
        """The distinct results that answer a request, in the order they came."""
        found = {result["id"]: result for result in reversed(self.received) if result.get("causationid") == id}
        return list(reversed(found.values()))

    async def result(self, id: str, type_: str, *, limit: float = 30.0) -> Json:
        """The result of one type that answers a request."""

        async def find() -> Json | None:
            return next((result for result in self.results_of(id) if result["type"] == type_), None)

        return await until(find, f"{type_} for {id} (so far: {self._types_of(id)})", limit=limit)

    async def terminal(self, id: str, *, limit: float = 30.0) -> Json:
        """The terminal result of a request."""

        async def find() -> Json | None:
            return next((result for result in self.results_of(id) if result.get("final")), None)

        return await until(find, f"a terminal result for {id}", limit=limit)

    async def depth(self, queue: str) -> int:
        """How many messages wait in a queue of the relay, named without the prefix; -1 when there is no such queue."""
        try:
            async with self._channel() as channel:
                declared = await channel.declare_queue(f"{self._prefix}.{queue}", passive=True)
                return declared.declaration_result.message_count or 0
        except ChannelClosed:
            return -1

    async def take(self, queue: str) -> AbstractIncomingMessage | None:
        """Remove and give the first message of a queue of the relay; None when it is empty."""
        async with self._channel() as channel:
            found = await channel.get_queue(f"{self._prefix}.{queue}", ensure=False)
            with suppress(QueueEmpty):
                message = await found.get(no_ack=True)
                _look_at(message, queue)
                return message
        return None

    async def look_at_headers(self, queues: Iterable[str]) -> None:
        """Have the headers of everything that lies in these queues looked through; it stays where it is.

        Bodies are the requesters' own events. Nothing happens when there is no broker.
        """
        with suppress(*LOST):
            async with asyncio.timeout(LOOK_LIMIT), self._channel() as channel:
                for queue in queues:
                    found = await channel.declare_queue(f"{self._prefix}.{queue}", passive=True)
                    for _ in range(min(found.declaration_result.message_count or 0, LOOKED_AT)):
                        with suppress(QueueEmpty):
                            _look_at(await found.get(), queue)

    def _types_of(self, id: str) -> list[str]:
        return [result["type"] for result in self.results_of(id)]

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[AbstractChannel]:
        # A connection per question: after a restart of the broker there is none to mistake for a living one.
        async with await dial(self._url, timeout=DIAL_LIMIT, heartbeat=15) as connection:
            yield await connection.channel(publisher_confirms=True, on_return_raises=True)

    async def _collect(self, pattern: str, bound: asyncio.Event) -> None:
        while True:
            with suppress(*LOST):
                connection = await dial(self._url, timeout=DIAL_LIMIT, heartbeat=15)
                async with connection, connection.channel() as channel:
                    queue = await self._declare_inbox(channel, pattern)
                    bound.set()
                    async for message in queue.iterator():
                        EVIDENCE.text(f"a result {message.type}", message.body)
                        _look_at(message, "results")
                        self.received.append(json.loads(message.body))
                        await message.ack()
            await asyncio.sleep(0.2)

    async def _declare_inbox(self, channel: AbstractChannel, pattern: str) -> AbstractQueue:
        queue = await channel.declare_queue(self._inbox, durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind(f"{self._prefix}.results", pattern)
        return queue


def _look_at(message: AbstractIncomingMessage, queue: str) -> None:
    """Have everything of a message but its body looked through."""
    properties = {name: value for name, value in message.info().items() if name != "headers"}
    EVIDENCE.headers(f"properties of a message in {queue}", properties)
    EVIDENCE.headers(f"headers of a message in {queue}", message.headers)

"""Publishes requests without pause, each until the broker has confirmed it, as business services do."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import QueueEmpty

from service.messaging.dialling import dial
from service.messaging.failures import broker_errors
from tests.chaos.asked import Asked, Next
from tests.chaos.requests import Mixture
from tests.support.bus import LOST, STRUCTURED, Bus, Json

AT_ONCE = 200  # unconfirmed publishes of a large batch
CONFIRM_LIMIT = 20.0  # seconds


class Sender:
    """A connection that is made anew when it breaks; nothing counts as published before it is confirmed."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._prefix = prefix
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._lock = asyncio.Lock()
        self.unsure = 0
        """Publishes that were repeated, since nobody knows whether the first one arrived."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def event(self, event: Mapping[str, Any]) -> None:
        """Publish a request; returns when the broker has it."""
        await self.raw(json.dumps(event).encode(), str(event["type"]), content_type=STRUCTURED)

    async def raw(self, body: bytes, routing_key: str, *, to_queue: bool = False, **properties: Any) -> None:
        """Publish any bytes to the exchange of events, or to a queue; returns when the broker has them."""
        message = aio_pika.Message(body, **{"delivery_mode": aio_pika.DeliveryMode.PERSISTENT, **properties})
        while True:
            try:
                channel = await self.channel()
                name = f"{self._prefix}.events"
                exchange = channel.default_exchange if to_queue else await channel.get_exchange(name, ensure=False)
                with broker_errors("publishing a request"):
                    await exchange.publish(message, routing_key=routing_key, timeout=CONFIRM_LIMIT)
            except LOST:
                self.unsure += 1
                await self._leave()
                await asyncio.sleep(0.2)
            else:
                return

    async def channel(self) -> AbstractChannel:
        """A channel that is open; raises what a connection that cannot be made raises."""
        async with self._lock:
            if self._channel is None or self._channel.is_closed:
                await self._leave()
                with broker_errors("opening a channel"):
                    self._connection = await dial(self._url, timeout=10.0, heartbeat=15)
                    self._channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
            return self._channel

    async def _leave(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*LOST):
                await asyncio.wait_for(connection.close(), 5)


class SteadyBus(Bus):
    """The business services' bus, which asks for depths over the sender's connection: often, and cheaply."""

    def __init__(self, url: str, prefix: str, sender: Sender) -> None:
        super().__init__(url, prefix)
        self._sender = sender

    async def depth(self, queue: str) -> int:
        """How many messages wait in a queue of the relay, named without the prefix; raises when there is none."""
        while True:
            with suppress(*LOST):
                channel = await self._sender.channel()
                declared = await channel.declare_queue(f"{self._prefix}.{queue}", passive=True, timeout=CONFIRM_LIMIT)
                return declared.declaration_result.message_count or 0
            await asyncio.sleep(0.2)


class Copies:
    """Copies of events as they lay in the relay's own queues, with what the relay wrote on them; published at will."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._taken: list[tuple[str, str, aio_pika.Message]] = []

    async def take(self, queues: Iterable[str], count: int) -> int:
        """Look at up to so many events of each queue and publish each once more; tells how many."""
        channel, taken = await self._sender.channel(), list[tuple[str, str, aio_pika.Message]]()
        for queue in queues:
            found = await channel.get_queue(queue, ensure=False)
            for _ in range(count):
                with suppress(QueueEmpty):
                    message = await found.get(timeout=CONFIRM_LIMIT)
                    taken.append((message.exchange or "", message.routing_key or "", _copy(message)))
                    await message.nack(requeue=True)
        for one in taken:
            await self._publish(*one)
        self._taken += taken
        return len(taken)

    async def publish_all(self) -> int:
        """Publish every copy ever taken; tells how many."""
        for one in self._taken:
            await self._publish(*one)
        return len(self._taken)

    async def _publish(self, exchange: str, routing_key: str, message: aio_pika.Message) -> None:
        channel = await self._sender.channel()
        place = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
        await place.publish(message, routing_key=routing_key, timeout=CONFIRM_LIMIT)


def _copy(message: AbstractIncomingMessage) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        headers={name: value for name, value in message.headers.items() if not name.startswith("x-")},
        content_type=message.content_type,
        message_id=message.message_id,
        type=message.type,
        correlation_id=message.correlation_id,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


class Stream:
    """Requests at a steady rate while it runs; `asked` is everything that was published so far.

    What follows on an answer, of those that were `received`, is asked before anything new.
    """

    def __init__(self, sender: Sender, mixture: Mixture, received: Sequence[Json]) -> None:
        self._sender = sender
        self._mixture = mixture
        self._received = received
        self._read = 0
        self._ended = asyncio.Event()
        self._now: set[asyncio.Task[None]] = set()
        self._awaited: dict[str, Next] = {}
        self._due: deque[Asked] = deque()
        self._known: set[str] = set()
        self.asked: list[Asked] = []

    async def run(self, rate: float) -> None:
        """Publish so many requests a second until `end`; each waits for its confirm on its own."""
        begun, count = time.monotonic(), 0
        while not self._ended.is_set():
            count += 1
            self._start(self._next())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), max(0.001, begun + count / rate - time.monotonic()))
        if self._now:
            await asyncio.wait(self._now)
        for task in self._now:
            task.result()

    def end(self) -> None:
        """Publish nothing new."""
        self._ended.set()

    async def ask(self, *requests: Asked) -> None:
        """Publish requests of the scenario's own beside the stream."""
        await self.ask_all(requests)

    async def ask_all(self, requests: Iterable[Asked]) -> None:
        """Publish many requests, many at once."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(asked: Asked) -> None:
            async with gate:
                await self._publish(asked)

        async with asyncio.TaskGroup() as group:
            for asked in requests:
                group.create_task(one(asked))

    async def again(self, asked: Asked) -> None:
        """Publish a request once more, word for word."""
        await self._sender.event(asked.event)

    def _next(self) -> Asked:
        """What follows on an answer that came, else something new."""
        for result in self._received[self._read :]:
            self._read += 1
            then = self._awaited.pop(str(result.get("causationid")), None) if result.get("final") else None
            if then is not None and (following := then(result)) is not None:
                self._due.append(following)
        return self._due.popleft() if self._due else self._mixture.next()

    def _start(self, asked: Asked) -> None:
        task = asyncio.create_task(self._publish(asked), name="publishing of the stream")
        self._now.add(task)

    async def _publish(self, asked: Asked) -> None:
        if asked.id not in self._known:  # before the confirm: it may be answered sooner than confirmed
            self._known.add(asked.id)
            self.asked.append(asked)
            if asked.then is not None:
                self._awaited[asked.id] = asked.then
        await self._sender.event(asked.event)

"""Lets a person look through a queue that waits for one: read, replay or drop its messages, losing none by looking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from contracts.envelope import EnvelopeInvalid
from contracts.envelope import receive as read_envelope
from service.core.delivery import NOTHING
from service.messaging.connection import Link
from service.messaging.failures import BrokerTrouble, asking
from service.messaging.marks import Marks, read_marks
from service.messaging.moves import replay
from service.messaging.publisher import Publisher
from service.messaging.received import DEFAULT_EXCHANGE, Received, receive
from service.messaging.settlement import acknowledge
from service.messaging.topology import PARKED, WORK_DELIVERY_LIMIT
from service.messaging.watchdog import ask_depth

if TYPE_CHECKING:
    from aiormq.abc import AbstractChannel, DeliveredMessage

    from service.messaging.topology import Topology

MOST = 1_000
"""Messages one look may hold at the same time."""

IDLE = 3.0
"""Seconds without a message after which the rest is taken to be in other hands (a drain)."""

PATIENCE = 15.0
BETWEEN_LOOKS = 0.02
TAG = "browse"
RENEW_AFTER = WORK_DELIVERY_LIMIT // 2
"""A look counts as a delivery; a parked message looked at this often is written anew before its limit is reached."""

Decide = Callable[["Kept"], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One message that waits: which event it is as far as it can be read, why it is here, and its bytes."""

    id: str | None
    source: str | None
    type: str | None
    message_id: str | None
    queue: str
    reason: str
    detail: str
    attempt: int
    turn: int
    first_seen: datetime
    origin: str
    content_type: str | None
    headers: Mapping[str, object] = field(repr=False)
    body: bytes = field(repr=False)
    received: Received = field(repr=False)
    marks: Marks = field(repr=False)

    def is_called(self, id: str) -> bool:
        """Whether a person means this message by `id`: the event's id, or the message's where that cannot be read."""
        return id in (self.id, self.message_id)


class Browser:
    """A connection to look with. While a queue is looked at, nobody else is given the messages held."""

    def __init__(self, url: str, topology: Topology, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._topology = topology
        self._link = Link(url, name="browse")
        self._publisher = Publisher(self._link)
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Connect; raises BrokerTrouble when the broker does not answer in time, BrokerRefused at once."""
        running = asyncio.create_task(self._link.run(), name="broker link browse")
        self._opened.callback(running.cancel)
        self._opened.push_async_callback(self._link.close)
        try:
            async with asking("connecting", self._patience):
                await self._link.first()
        except BaseException:
            await self._opened.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def look(self, queue: str, *, limit: int = MOST) -> list[Kept]:
        """The first messages of a queue, by short name, oldest first; all stay where they are."""
        return [kept async for kept in self.walk(queue, _stay, limit=limit)]

    async def show(self, queue: str, id: str) -> Kept | None:
        """The message called `id`, None when there is none; it stays."""
        return next((kept for kept in await self.look(queue) if kept.is_called(id)), None)

    async def replay(
        self, queue: str, *, id: str | None = None, source: str | None = None, rate: float = 10.0
    ) -> list[Kept]:
        """Send one message, or all (at most `rate` a second), back to where it came from as if it were new.

        `source` is that of the event, where two requesters use the same id.

        Each is confirmed there before it leaves this queue; interrupted, it may be in both, never in none.
        """

        async def send(kept: Kept) -> bool:
            if (id is not None and not kept.is_called(id)) or source not in (None, kept.source):
                return False
            move = replay(kept.received.delivery, self._topology)
            await self._publisher.publish(move.exchange, move.routing_key, kept.received.copy(move.marks))
            await asyncio.sleep(0 if id is not None else 1 / rate)
            return True

        return await self._taken(queue, send)

    async def drop(self, queue: str, *, id: str | None = None) -> list[Kept]:
        """Remove one message, or all; what was removed, for a last copy."""

        async def remove(kept: Kept) -> bool:
            return id is None or kept.is_called(id)

        return await self._taken(queue, remove)

    async def walk(self, queue: str, decide: Decide, *, limit: int | None = None) -> AsyncIterator[Kept]:
        """Every message there is now, once; what `decide` says yes to is removed, the rest stays (a thousand at most).

        By consuming: a queue with a single active consumer cannot be asked message by message.
        """
        depth = await ask_depth(self._link, self._topology.name(queue))
        ready = depth.ready if depth is not None else 0
        count = ready if limit is None else min(ready, limit)
        if count == 0:
            return
        channel = await self._link.scratch()
        staying: list[Kept] = []
        try:
            async for message in self._deliveries(channel, queue, count):
                kept = self._kept(message, queue)
                if await decide(kept):
                    await self._remove(message)
                else:
                    staying.append(kept)
                yield kept
            await self._renew_worn(channel, staying)
        finally:
            async with asking("closing a channel", PATIENCE):
                await channel.close()
            await self._until_back(queue, len(staying))

    async def _until_back(self, queue: str, staying: int) -> None:
        # The broker puts back what a closed channel held a moment later; the next look should find it.
        loop = asyncio.get_running_loop()
        give_up = loop.time() + IDLE
        while loop.time() < give_up:
            depth = await ask_depth(self._link, self._topology.name(queue))
            if depth is None or depth.ready >= staying:
                return
            await asyncio.sleep(BETWEEN_LOOKS)

    async def _taken(self, queue: str, decide: Decide) -> list[Kept]:
        taken: list[Kept] = []

        async def note(kept: Kept) -> bool:
            if yes := await decide(kept):
                taken.append(kept)
            return yes

        async for _ in self.walk(queue, note):
            pass
        return taken

    async def _deliveries(self, channel: AbstractChannel, queue: str, count: int) -> AsyncIterator[DeliveredMessage]:
        waiting: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
        async with asking("looking through a queue", PATIENCE):
            await channel.basic_qos(prefetch_count=min(count, MOST))
            await channel.basic_consume(self._topology.name(queue), waiting.put, consumer_tag=TAG)
        for _ in range(count):
            try:
                message = await asyncio.wait_for(waiting.get(), IDLE)
            except TimeoutError:
                return
            yield message

    async def _remove(self, message: DeliveredMessage) -> None:
        if not await acknowledge(message):
            raise BrokerTrouble("removing a message: the connection was lost, it may still be there")

    async def _renew_worn(self, channel: AbstractChannel, staying: list[Kept]) -> None:
        worn = [kept for kept in staying if _is_worn(kept)]
        if not worn:
            return
        async with asking("ending the look", PATIENCE):
            # Or the copies would be delivered here at once, and be worn a little themselves.
            await channel.basic_cancel(TAG)
        for kept in worn:
            copy = kept.received.copy(kept.marks)
            await self._publisher.publish(DEFAULT_EXCHANGE, self._topology.name(kept.queue), copy)
            await self._remove(kept.received.message)

    def _kept(self, message: DeliveredMessage, queue: str) -> Kept:
        now = datetime.now(UTC)
        received = receive(message, queue, self._topology, now)
        delivery = received.delivery
        marks = read_marks(message.header.properties.headers or NOTHING, origin=delivery.origin, now=now)
        id, source, type = _identity(received)
        return Kept(
            id=id,
            source=source,
            type=type or message.header.properties.message_type,
            message_id=delivery.message_id,
            queue=queue,
            reason=marks.reason,
            detail=marks.detail,
            attempt=delivery.attempt,
            turn=delivery.turn,
            first_seen=delivery.first_seen,
            origin=delivery.origin,
            content_type=delivery.content_type,
            headers=delivery.headers,
            body=delivery.body,
            received=received,
            marks=marks,
        )


def _is_worn(kept: Kept) -> bool:
    looked_at = (kept.received.message.header.properties.headers or {}).get("x-delivery-count")
    return kept.queue in PARKED and isinstance(looked_at, int) and looked_at >= RENEW_AFTER


def _identity(received: Received) -> tuple[str | None, str | None, str | None]:
    delivery = received.delivery
    try:
        read = read_envelope(delivery.body, delivery.content_type, delivery.headers).envelope
    except EnvelopeInvalid as error:
        known = error.identity
        return (known.id, known.source, known.type) if known is not None else (None, None, None)
    return read.id, read.source, read.type


async def _stay(_kept: Kept) -> bool:
    return False

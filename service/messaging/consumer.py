"""Keeps the wanted queues consumed: whatever was lost or cancelled is opened again until it is as it should be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import structlog
from aio_pika.exceptions import ChannelNotFoundEntity

from service.messaging.failures import BrokerTrouble, TopologyMismatch, asking

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel as Channel
    from aiormq import spec
    from aiormq.abc import DeliveredMessage

    from service.messaging.connection import Link
    from service.messaging.topology import Topology

CONSUMER_LOST = "consumer_lost"
CONSUMER_UNREPAIRED = "consumer_unrepaired"
CONSUMPTION_PAUSED = "consumption_paused"
CONSUMPTION_RESUMED = "consumption_resumed"

RPC_TIMEOUT = 10.0
FIRST_WAIT = 0.2
LONGEST_WAIT = 10.0

log = structlog.get_logger(__name__)

OnMessage = Callable[["DeliveredMessage", str], None]
"""Told a message and the short name of its queue; must only hand over."""

Repair = Callable[[], Awaitable[None]]
"""Declares the topology again; raises BrokerTrouble or TopologyMismatch."""


@dataclass(slots=True, eq=False)
class Subscription:
    """One queue as it is consumed now: its channel, and the consumer on it when there is one."""

    queue: str
    channel: Channel | None = None
    tag: str | None = None
    prefetch: int = 0
    last_delivery: float = 0.0
    stale: bool = field(default=False)

    @property
    def is_consuming(self) -> bool:
        """Whether deliveries can arrive."""
        return self.tag is not None and self.channel is not None and not self.channel.is_closed and not self.stale


class Consumer:
    """Consumes over a link of its own, each queue on its own channel with its own prefetch."""

    def __init__(self, link: Link, topology: Topology, on_message: OnMessage, repair: Repair) -> None:
        self._link = link
        self._topology = topology
        self._on_message = on_message
        self._repair = repair
        self._wanted: dict[str, int] = {}
        self._paused: set[str] = set()
        self._pause_was_said = False
        self._subscriptions: dict[str, Subscription] = {}
        self._changed = asyncio.Event()
        self._settled_down = asyncio.Event()
        link.on_change(self._changed.set)

    @property
    def is_paused(self) -> bool:
        """Whether nothing is to be delivered for now."""
        return bool(self._paused)

    @property
    def is_complete(self) -> bool:
        """Whether every wanted queue is consumed."""
        return self._link.is_up and all(self._is_as_wanted(queue) for queue in self._wanted) and not self._paused

    @property
    def has_queues(self) -> bool:
        """Whether any queue was asked for, paused or not."""
        return bool(self._wanted)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The queues that should be consumed now, by short name."""
        return () if self._paused else tuple(self._wanted)

    def last_delivery(self, queue: str) -> float:
        """When the loop's clock saw the last delivery of a queue, or the start of its consumption."""
        subscription = self._subscriptions.get(queue)
        return subscription.last_delivery if subscription is not None else 0.0

    def start_queue(self, queue: str, prefetch: int) -> None:
        """Want a queue consumed, with at most `prefetch` deliveries in flight; again with another number changes it."""
        if prefetch < 1:
            raise ValueError("a prefetch below one would be unlimited")
        if self._wanted.get(queue) != prefetch:
            self._wanted[queue] = prefetch
            self._touch()

    def stop_queue(self, queue: str) -> None:
        """No longer want a queue consumed; deliveries in flight can still be settled."""
        if self._wanted.pop(queue, None) is not None:
            self._touch()

    def restart(self, queue: str) -> None:
        """Take a queue's channel down and open another; its unsettled deliveries are delivered again."""
        if (subscription := self._subscriptions.get(queue)) is not None:
            subscription.stale = True
            self._touch()

    def pause(self, why: str, *, is_expected: bool = False) -> None:
        """Stop all deliveries until `resume` was called for every reason; an expected stop is not worth a line."""
        if not self._paused and not is_expected:
            log.warning(CONSUMPTION_PAUSED, reason=why)
            self._pause_was_said = True
        self._paused.add(why)
        self._touch()

    def resume(self, why: str) -> None:
        """Take back one reason to pause."""
        if why in self._paused:
            self._paused.discard(why)
            if not self._paused and self._pause_was_said:
                log.info(CONSUMPTION_RESUMED, reason=why)
                self._pause_was_said = False
            self._touch()

    async def run(self) -> None:
        """Bring what is consumed in line with what is wanted, at each change, until cancelled."""
        wait = FIRST_WAIT
        while True:
            self._changed.clear()
            if await self._bring_in_line():
                wait = FIRST_WAIT
                if not self._changed.is_set():
                    self._settled_down.set()
                await self._changed.wait()
            else:
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def settled_down(self) -> None:
        """Return when nothing is left to change, as far as the broker can be reached."""
        await self._settled_down.wait()

    async def close(self) -> None:
        """Close every channel; whatever is unsettled on them goes back to its queue."""
        for subscription in tuple(self._subscriptions.values()):
            await _close(subscription.channel)
        self._subscriptions.clear()

    def _touch(self) -> None:
        self._settled_down.clear()
        self._changed.set()

    def _is_as_wanted(self, queue: str) -> bool:
        subscription = self._subscriptions.get(queue)
        return (
            subscription is not None and subscription.is_consuming and subscription.prefetch == self._wanted.get(queue)
        )

    async def _bring_in_line(self) -> bool:
        if not self._link.is_up:
            return True
        try:
            for subscription in tuple(self._subscriptions.values()):
                await self._end_unwanted(subscription)
            for queue in self.wanted:
                if not self._is_as_wanted(queue):
                    await self._consume(queue)
        except BrokerTrouble as error:
            await self._repair_after(error)
            return False
        return True

    async def _repair_after(self, error: BrokerTrouble) -> None:
        log.debug(CONSUMER_UNREPAIRED, detail=str(error))
        if not isinstance(error.__cause__, ChannelNotFoundEntity):
            return
        try:
            await self._repair()
        except (BrokerTrouble, TopologyMismatch) as again:
            log.debug(CONSUMER_UNREPAIRED, detail=str(again))

    async def _end_unwanted(self, subscription: Subscription) -> None:
        if subscription.stale or subscription.channel is None or subscription.channel.is_closed:
            self._subscriptions.pop(subscription.queue, None)
            await _close(subscription.channel)
        elif subscription.tag is not None and self._wanted_prefetch(subscription.queue) != subscription.prefetch:
            # The channel stays: deliveries in flight are acknowledged on it.
            tag, subscription.tag = subscription.tag, None
            async with asking("cancelling a consumer", RPC_TIMEOUT):
                await (await subscription.channel.get_underlay_channel()).basic_cancel(tag)

    def _wanted_prefetch(self, queue: str) -> int | None:
        return None if self._paused else self._wanted.get(queue)

    async def _consume(self, queue: str) -> None:
        # Opening the queues before this one took a while: it may be unwanted by now.
        prefetch = self._wanted_prefetch(queue)
        if prefetch is None:
            return
        subscription = self._subscriptions.get(queue) or await self._open(queue)
        if subscription.channel is None:
            return
        async with asking("consuming", RPC_TIMEOUT):
            channel = await subscription.channel.get_underlay_channel()
            await channel.basic_qos(prefetch_count=prefetch)
            subscription.prefetch = prefetch
            subscription.last_delivery = asyncio.get_running_loop().time()
            # Below aio-pika's Queue.consume: its message converts every property again, and none of that is used here.
            consumed = await channel.basic_consume(self._topology.name(queue), partial(self._take, subscription))
            subscription.tag = consumed.consumer_tag

    async def _open(self, queue: str) -> Subscription:
        connection = await self._link.connection(RPC_TIMEOUT)
        async with asking("opening a channel", RPC_TIMEOUT):
            channel = connection.channel(publisher_confirms=False)
            await channel.initialize()
            subscription = Subscription(queue, channel)
            channel.close_callbacks.add(lambda *_: self._touch())
            underlay = await channel.get_underlay_channel()
            underlay.on_consumer_cancel_callbacks.add(partial(self._cancelled, subscription))
        self._subscriptions[queue] = subscription
        return subscription

    async def _take(self, subscription: Subscription, message: DeliveredMessage) -> None:
        # A task of the library, cancelled with its connection: it only hands over.
        subscription.last_delivery = asyncio.get_running_loop().time()
        self._on_message(message, subscription.queue)

    def _cancelled(self, subscription: Subscription, _frame: spec.Basic.Cancel) -> None:
        log.warning(CONSUMER_LOST, queue=subscription.queue)
        subscription.tag = None
        self._touch()


async def _close(channel: Channel | None) -> None:
    if channel is None or channel.is_closed:
        return
    try:
        async with asking("closing a channel", RPC_TIMEOUT):
            await channel.close()
    except BrokerTrouble:
        return

"""Asks the broker whether exchanges are there, queues consumed, and how deep the others are; mends what it can."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aio_pika.exceptions import ChannelNotFoundEntity

from service.messaging.failures import BrokerTrouble, TopologyMismatch, asking
from service.messaging.topology import DEAD_LETTER, PARKED, SINGLE, UNCLAIMED, Topology

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiormq.abc import AbstractChannel

    from service.messaging.connection import Link
    from service.messaging.consumer import Consumer, Repair
    from service.messaging.in_flight import InFlight

CONSUMER_RESTARTED = "consumer_restarted"
EXCHANGE_MISSING = "exchange_found_missing"

EVERY = 10.0
STALLED_AFTER = 60.0
RPC_TIMEOUT = 10.0

WATCHED = (*PARKED, DEAD_LETTER, UNCLAIMED)
"""Queues whose depth an operator wants to know."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Depth:
    """What the broker says of a queue: messages ready for delivery, and consumers."""

    ready: int
    consumers: int


async def ask_depth(link: Link, name: str) -> Depth | None:
    """The depth of a queue by its full name, None when it does not exist; raises BrokerTrouble.

    Asked on a channel of its own: a missing queue closes the channel, and aio-pika would answer from its memory.
    """
    channel = await link.scratch()
    try:
        async with asking("asking for a queue", RPC_TIMEOUT):
            declared = await channel.queue_declare(name, passive=True)
    except BrokerTrouble as error:
        if isinstance(error.__cause__, ChannelNotFoundEntity):
            return None
        raise
    finally:
        await _close(channel)
    return Depth(declared.message_count or 0, declared.consumer_count or 0)


async def has_exchanges(link: Link, topology: Topology) -> bool:
    """Whether every exchange of ours is there, also the one only publishers would miss; raises BrokerTrouble."""
    channel = await link.scratch()
    try:
        async with asking("asking for the exchanges", RPC_TIMEOUT):
            for exchange in topology.exchanges():
                await channel.exchange_declare(exchange.name, passive=True)
    except BrokerTrouble as error:
        if isinstance(error.__cause__, ChannelNotFoundEntity):
            return False
        raise
    finally:
        await _close(channel)
    return True


async def _close(channel: AbstractChannel) -> None:
    if not channel.is_closed:
        async with asking("closing a channel", RPC_TIMEOUT):
            await channel.close()


async def ask_depths(link: Link, topology: Topology, queues: Iterable[str] = WATCHED) -> dict[str, int]:
    """Messages ready in the parking and dead-letter queues and among unclaimed results; raises BrokerTrouble."""
    depths = {queue: await ask_depth(link, topology.name(queue)) for queue in queues}
    return {queue: depth.ready if depth is not None else 0 for queue, depth in depths.items()}


class Watchdog:
    """Looks every few seconds; `is_content` is what readiness should say."""

    def __init__(
        self,
        link: Link,
        consumer: Consumer,
        in_flight: InFlight,
        topology: Topology,
        repair: Repair,
        *,
        every: float = EVERY,
        stalled_after: float = STALLED_AFTER,
    ) -> None:
        self._link = link
        self._consumer = consumer
        self._in_flight = in_flight
        self._topology = topology
        self._repair = repair
        self._every = every
        self._stalled_after = stalled_after
        self._restarted: set[str] = set()
        self._is_whole = True

    @property
    def is_content(self) -> bool:
        """Whether every exchange was there and every queue really consumed at the last look."""
        return self._is_whole and not self._restarted

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(self._every)
            if not self._consumer.is_complete:
                # Somebody repairs it already, or it is paused on purpose.
                continue
            try:
                await self.look()
            except (BrokerTrouble, TopologyMismatch) as error:
                log.debug("watchdog_unanswered", detail=str(error))

    async def look(self) -> None:
        """Compare what should be there and consumed with what the broker says, mend what is not.

        Raises BrokerTrouble; TopologyMismatch when an exchange is missing and may not be declared.
        """
        await self._look_for_exchanges()
        for queue in self._consumer.wanted:
            depth = await ask_depth(self._link, self._topology.name(queue))
            if self._is_alive(queue, depth):
                self._restarted.discard(queue)
                continue
            if queue not in self._restarted:
                log.error(CONSUMER_RESTARTED, queue=queue, ready=depth.ready if depth is not None else None)
            self._restarted.add(queue)
            self._consumer.restart(queue)
        self._restarted.intersection_update(self._consumer.wanted)

    async def _look_for_exchanges(self) -> None:
        if await has_exchanges(self._link, self._topology):
            self._is_whole = True
            return
        if self._is_whole:
            log.error(EXCHANGE_MISSING)
        self._is_whole = False
        await self._repair()
        self._is_whole = True

    def _is_alive(self, queue: str, depth: Depth | None) -> bool:
        if depth is None or depth.consumers == 0:
            return False
        # Such a queue has one active consumer in the fleet: messages may rightly pass this worker by.
        idle = asyncio.get_running_loop().time() - self._consumer.last_delivery(queue)
        stands_still = depth.ready > 0 and idle > self._stalled_after and self._in_flight.count(queue) == 0
        return queue in SINGLE or not stands_still

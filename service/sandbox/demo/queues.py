"""Looks at the relay's queues from outside, and removes them from a broker that is not ours."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import AMQPError

from service.messaging.dialling import dial
from service.messaging.failures import BrokerTrouble
from service.messaging.topology import Topology

_PATIENCE: Final = 15.0


class Queues:
    """One connection that asks how many messages wait where; raises AMQPError, BrokerTrouble."""

    def __init__(self, url: str, topology: Topology) -> None:
        self._url = url
        self._topology = topology
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None

    async def __aenter__(self) -> Self:
        self._connection = await dial(self._url, timeout=_PATIENCE)
        self._channel = await self._connection.channel()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def depths(self) -> dict[str, int]:
        """Messages in each queue, by its short name; what is being worked on does not count."""
        if self._channel is None:
            raise RuntimeError("the queues are asked outside of their block")
        found = {}
        for queue in self._topology.queues():
            declared = await self._channel.declare_queue(queue.name, passive=True, timeout=_PATIENCE)
            found[self._topology.short(queue.name)] = declared.declaration_result.message_count or 0
        return found


def remove_all(url: str, topology: Topology) -> None:
    """Remove every queue and exchange of the relay, as far as the broker lets us."""
    with suppress(AMQPError, OSError, BrokerTrouble):
        asyncio.run(_remove_all(url, topology))


async def _remove_all(url: str, topology: Topology) -> None:
    async with await dial(url, timeout=_PATIENCE) as connection:
        channel = await connection.channel()
        for queue in topology.queues():
            await channel.queue_delete(queue.name, timeout=_PATIENCE)
        for exchange in topology.exchanges():
            await channel.exchange_delete(exchange.name, timeout=_PATIENCE)

"""Puts the topology on a broker, or only checks that it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelClosed, ChannelNotFoundEntity, ChannelPreconditionFailed

from service.messaging.dialling import dial
from service.messaging.failures import TopologyMismatch, asking

if TYPE_CHECKING:
    from service.messaging.topology import Exchange, Queue, Topology

TIMEOUT = 60.0
APPLY = "`piste-relay topology apply`"


async def declare(connection: AbstractConnection, topology: Topology) -> None:
    """Declare everything, queues before what sends to them; declaring what exists already changes nothing.

    Raises TopologyMismatch naming the first entity that exists with other arguments, BrokerTrouble when cut off.
    """
    async with asking("declaring the topology", TIMEOUT), connection.channel() as channel:
        for queue in topology.queues():
            await _declare_queue(channel, queue)
        for exchange in topology.exchanges():
            await _declare_exchange(channel, exchange)
        underlay = await channel.get_underlay_channel()
        for binding in topology.bindings():
            await underlay.queue_bind(
                queue=binding.queue,
                exchange=binding.exchange,
                routing_key=binding.routing_key,
            )


async def verify(connection: AbstractConnection, topology: Topology) -> None:
    """Check that every exchange and queue exists, changing nothing (their arguments and bindings cannot be read so).

    Raises TopologyMismatch naming the first one that is missing, BrokerTrouble when cut off.
    """
    async with asking("checking the topology", TIMEOUT), connection.channel() as channel:
        for queue in topology.queues():
            await _declare_queue(channel, queue, passive=True)
        for exchange in topology.exchanges():
            await _declare_exchange(channel, exchange, passive=True)


async def apply(url: str, topology: Topology) -> None:
    """Declare the topology on the broker at `url` and leave; raises as `declare` does."""
    async with await dial(url, timeout=TIMEOUT) as connection:
        await declare(connection, topology)


def describe(topology: Topology) -> dict[str, list[dict[str, object]]]:
    """The whole topology as plain values, to print or to compare."""
    return {
        "exchanges": [
            {"name": exchange.name, "type": exchange.kind, "arguments": dict(exchange.arguments)}
            for exchange in topology.exchanges()
        ],
        "queues": [{"name": queue.name, "arguments": dict(queue.arguments)} for queue in topology.queues()],
        "bindings": [
            {"exchange": binding.exchange, "queue": binding.queue, "routing_key": binding.routing_key}
            for binding in topology.bindings()
        ],
    }


async def _declare_queue(channel: AbstractChannel, queue: Queue, *, passive: bool = False) -> None:
    try:
        await channel.declare_queue(queue.name, durable=True, passive=passive, arguments=dict(queue.arguments))
    except ChannelClosed as error:
        raise _mismatch(f"queue {queue.name}", error) from error


async def _declare_exchange(channel: AbstractChannel, exchange: Exchange, *, passive: bool = False) -> None:
    try:
        await channel.declare_exchange(
            exchange.name,
            exchange.kind,
            durable=True,
            passive=passive,
            arguments=dict(exchange.arguments),
        )
    except ChannelClosed as error:
        raise _mismatch(f"exchange {exchange.name}", error) from error


def _mismatch(entity: str, error: ChannelClosed) -> TopologyMismatch:
    match error:
        case ChannelNotFoundEntity():
            return TopologyMismatch(f"the {entity} is missing: run {APPLY}")
        case ChannelPreconditionFailed():
            return TopologyMismatch(
                f"the {entity} exists with other arguments: let it drain and delete it, then run {APPLY}"
            )
        case _:
            return TopologyMismatch(
                f"the {entity} may not be declared ({error}): "
                f"set RELAY_AMQP__DECLARE=false and let an operator run {APPLY}"
            )

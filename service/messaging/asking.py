"""Publishes requests as any other service would, and hears what comes back; for commands, not for the worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import DeliveryError

from service.messaging.dialling import dial
from service.messaging.failures import PublishUnroutable, broker_errors
from service.messaging.topology import EVENTS, RESULTS, Topology

PATIENCE = 15.0
"""Seconds to wait for the broker at each step."""


class Requester:
    """One connection with a private queue bound to every result; both vanish when it is left."""

    def __init__(self, url: str, topology: Topology) -> None:
        self._url = url
        self._topology = topology
        self._opened = AsyncExitStack()
        self._heard: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        """Connect and listen, so that no result of what is asked next is missed; raises BrokerTrouble."""
        with broker_errors("connecting to the broker"):
            connection = await self._opened.enter_async_context(await dial(self._url, timeout=PATIENCE))
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            queue = await channel.declare_queue("", exclusive=True, timeout=PATIENCE)
            await queue.bind(self._topology.name(RESULTS), "#", timeout=PATIENCE)
            await queue.consume(self._heard.put, no_ack=True, timeout=PATIENCE)
            self._exchange = await channel.get_exchange(self._topology.name(EVENTS), ensure=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave; the private queue goes with the connection."""
        await self._opened.aclose()

    async def ask(self, body: bytes, *, type: str, id: str) -> None:
        """Publish one request in structured mode; raises PublishUnroutable, BrokerTrouble."""
        message = aio_pika.Message(
            body,
            content_type="application/cloudevents+json",
            message_id=id,
            type=type,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        try:
            with broker_errors("publishing the request"):
                await self._exchange.publish(message, routing_key=type, mandatory=True, timeout=PATIENCE)
        except DeliveryError as error:
            raise PublishUnroutable(f"no queue takes {type}") from error

    async def results(self, within: float) -> AsyncIterator[tuple[str | None, bytes]]:
        """Every result published from now on, as the id of its request and its body, for `within` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while (left := end - loop.time()) > 0:
            try:
                message = await asyncio.wait_for(self._heard.get(), timeout=left)
            except TimeoutError:
                return
            yield message.correlation_id, message.body

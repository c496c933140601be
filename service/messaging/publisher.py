"""Publishes one message and returns when the broker has it; in doubt or unroutable are errors."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed, PublishError

from service.messaging.failures import (
    BrokerTrouble,
    ExchangeMissing,
    PublishTooLarge,
    PublishUnconfirmed,
    PublishUnroutable,
    asking,
    broker_errors,
)

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel as Channel
    from aiormq.channel import Channel as UnderlayChannel

    from service.messaging.connection import Link
    from service.messaging.outbound import Outbound

PUBLISH_TIMEOUT = 10.0

TOO_LARGE = re.compile(r"message size \d+ is larger than \D*(?P<limit>\d+)")
"""What RabbitMQ, 3.10 as well as 4.x, says when it closes a channel for the size of a message's body."""


class Publisher:
    """Publishes over a link of its own: persistent, mandatory, confirmed, each publish bounded in time."""

    def __init__(self, link: Link, *, timeout: float = PUBLISH_TIMEOUT) -> None:
        self._link = link
        self._timeout = timeout
        self._channel: Channel | None = None
        self._opening = asyncio.Lock()
        self._pending: dict[str, asyncio.Event] = {}
        self._left: set[asyncio.Task[None]] = set()

    async def publish(self, exchange: str, routing_key: str, message: Outbound) -> None:
        """Return once the broker confirms that the message is in a queue.

        Messages with the same id follow each other: the broker's answers to two at once could not be told apart.
        Raises PublishUnroutable when no queue takes it, PublishTooLarge when the broker never will, PublishUnconfirmed
        when nobody knows, as ExchangeMissing where an exchange must be declared first.
        """
        while (other := self._pending.get(message.id)) is not None:
            await other.wait()
        mine = self._pending[message.id] = asyncio.Event()
        try:
            await self._publish(exchange, routing_key, message)
        finally:
            del self._pending[message.id]
            mine.set()

    async def close(self) -> None:
        """Close the channel, within the time of one publish."""
        for leaving in self._left:
            leaving.cancel()
        if self._channel is not None:
            await self._end(self._channel)

    async def _publish(self, exchange: str, routing_key: str, message: Outbound) -> None:
        channel = None
        try:
            with broker_errors("publishing", PublishUnconfirmed):
                async with asyncio.timeout(self._timeout):
                    channel = await self._open()
                    underlay = cast("UnderlayChannel", await channel.get_underlay_channel())
                    # Below aio-pika's Exchange.publish: it formats a debug line with the whole message each time.
                    await underlay.basic_publish(
                        message.body,
                        exchange=exchange,
                        routing_key=routing_key,
                        properties=message.properties(),
                        mandatory=True,
                        wait=False,
                    )
        except PublishUnconfirmed as error:
            meant = _meant(error.__cause__, f"{routing_key} of {exchange or 'the default exchange'}", len(message.body))
            if meant is not None:
                raise meant from error
            if channel is not None and isinstance(error.__cause__, TimeoutError):
                self._leave(channel)
            raise

    async def _open(self) -> Channel:
        async with self._opening:
            if self._channel is None or self._channel.is_closed:
                connection = await self._link.connection(self._timeout)
                channel = connection.channel(publisher_confirms=True, on_return_raises=True)
                await channel.initialize()
                self._channel = channel
            return self._channel

    def _leave(self, channel: Channel) -> None:
        """Publish on another channel from now on: one that kept a confirm to itself may go on to do so for ever.

        What waits on it already keeps its time to be confirmed.
        """
        if channel is not self._channel:
            return
        self._channel = None
        leaving = asyncio.create_task(self._end_later(channel), name="close a silent channel")
        self._left.add(leaving)
        leaving.add_done_callback(self._left.discard)

    async def _end_later(self, channel: Channel) -> None:
        await asyncio.sleep(self._timeout)
        with suppress(BrokerTrouble):
            await self._end(channel)

    async def _end(self, channel: Channel) -> None:
        if not channel.is_closed:
            async with asking("closing the publishing channel", self._timeout):
                await channel.close()


def _meant(cause: BaseException | None, where: str, size: int) -> BrokerTrouble | None:
    """What the broker's word on a publish means, None for a plain doubt.

    All that wait on a channel hear why the broker closed it: what is said of the size of a message is meant for those
    that are too large, and the others are in doubt.
    """
    match cause:
        case PublishError():
            return PublishUnroutable(f"no queue takes {where}")
        case ChannelNotFoundEntity():
            return ExchangeMissing(f"publishing: {cause}")
        case ChannelPreconditionFailed() if said := TOO_LARGE.search(str(cause)):
            limit = int(said["limit"])
            return PublishTooLarge(size, limit) if size > limit else None
        case _:
            return None

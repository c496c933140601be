"""Keeps one connection to the broker: made again with growing, jittered waits whenever it is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from service.messaging.dialling import dial
from service.messaging.failures import BrokerRefused, BrokerTrouble, TopologyMismatch, asking
from service.messaging.tolerance import tolerate_unreadable_properties

if TYPE_CHECKING:
    from aio_pika.abc import AbstractConnection
    from aiormq.abc import AbstractChannel

BROKER_CONNECTED = "broker_connected"
BROKER_LOST = "broker_lost"
BROKER_UNREACHABLE = "broker_unreachable"

HEARTBEAT = 15
"""Seconds: a frozen broker is noticed after three times as long."""

CONNECT_TIMEOUT = 10.0
CLOSE_TIMEOUT = 5.0
FIRST_WAIT = 0.5
LONGEST_WAIT = 15.0

log = structlog.get_logger(__name__)


class Link:
    """One connection that comes back. `prepare` runs on each new connection before anybody may use it.

    The library's own robust connection waits a fixed time, restores consumers before a lost topology is declared again
    and keeps what failed to itself; here every consumer of the link is told, and sets itself up again.
    """

    def __init__(
        self, url: str, *, name: str, prepare: Callable[[AbstractConnection], Awaitable[None]] | None = None
    ) -> None:
        self.name = name
        self._url = url
        self._prepare = prepare
        self._connection: AbstractConnection | None = None
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listeners: list[Callable[[], None]] = []
        self._closing = False

    @property
    def is_up(self) -> bool:
        """Whether there is a prepared connection now."""
        return self._up.is_set()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have `listener` called after each connection made or lost."""
        self._listeners.append(listener)

    async def first(self) -> None:
        """Wait for the first connection; raises BrokerRefused or TopologyMismatch when waiting is no use."""
        await asyncio.shield(self._first)

    async def connection(self, within: float) -> AbstractConnection:
        """The connection, waited for at most `within` seconds; raises BrokerTrouble when there is none by then."""
        async with asking("waiting for the broker", within):
            await self._up.wait()
        if self._connection is None:
            raise BrokerTrouble("waiting for the broker: the connection was lost")
        return self._connection

    async def scratch(self, within: float = CONNECT_TIMEOUT) -> AbstractChannel:
        """A channel to throw away, so that a failing question closes nothing else; raises BrokerTrouble."""
        connection = await self.connection(within)
        async with asking("opening a channel", within):
            if connection.transport is None:
                raise BrokerTrouble("opening a channel: the connection was lost")
            return await connection.transport.connection.channel(publisher_confirms=False)

    async def run(self) -> None:
        """Keep the connection until cancelled; says once when it is lost and once when it is back."""
        failures = 0
        while not self._closing:
            try:
                connection = await self._connect()
            except (BrokerTrouble, TopologyMismatch) as error:
                failures += 1
                if self._give_up(error):
                    return
                if failures == 1:
                    log.warning(BROKER_UNREACHABLE, link=self.name, detail=str(error))
                await asyncio.sleep(_wait(failures))
                continue
            failures = 0
            await self._use(connection)
            await asyncio.sleep(_wait(1))

    async def replace(self) -> None:
        """Drop the connection, however healthy it looks; `run` makes another."""
        if self._connection is not None:
            await _close(self._connection)
        self._down.set()

    async def close(self) -> None:
        """Close for good, within a few seconds."""
        self._closing = True
        await self.replace()

    def _give_up(self, error: Exception) -> bool:
        hopeless = isinstance(error, BrokerRefused | TopologyMismatch) and not self._first.done()
        if hopeless:
            self._first.set_exception(error)
        return hopeless

    async def _connect(self) -> AbstractConnection:
        tolerate_unreadable_properties()
        connection = await dial(
            self._url, timeout=CONNECT_TIMEOUT, heartbeat=HEARTBEAT, name=f"piste-relay {self.name}"
        )
        connection.close_callbacks.add(self._lost)
        try:
            if self._prepare is not None:
                await self._prepare(connection)
        except (BrokerTrouble, TopologyMismatch, asyncio.CancelledError):
            await _close(connection)
            raise
        return connection

    async def _use(self, connection: AbstractConnection) -> None:
        self._down.clear()
        if connection.transport is None or connection.transport.connection.is_closed:
            return
        self._connection = connection
        self._up.set()
        log.info(BROKER_CONNECTED, link=self.name)
        if not self._first.done():
            self._first.set_result(None)
        self._tell()
        try:
            await self._down.wait()
        finally:
            self._connection = None
            self._up.clear()
            self._tell()
            await _close(connection)

    def _lost(self, _connection: object, error: BaseException | None = None) -> None:
        self._down.set()
        if not self._closing and self._up.is_set():
            log.warning(BROKER_LOST, link=self.name, detail=str(error or ""))

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


async def _close(connection: AbstractConnection) -> None:
    try:
        async with asking("closing", CLOSE_TIMEOUT):
            await connection.close()
    except BrokerTrouble:
        return


def _wait(failures: int) -> float:
    # Jitter, so that the workers of a fleet do not come back to a broker that restarts all at once.
    wait: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - 1, 10))
    return wait * random.uniform(0.5, 1.0)  # noqa: S311  # jitter

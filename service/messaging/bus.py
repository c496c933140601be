"""RabbitMQ as the rest of the program sees it: opened in order, consumed, asked for its state, closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import structlog

from service.messaging.connection import Link
from service.messaging.consumer import Consumer
from service.messaging.declaring import declare, verify
from service.messaging.failures import BrokerTrouble, broker_errors
from service.messaging.in_flight import GIVE_BACK_PAUSE, Handle, InFlight
from service.messaging.marks import Marks
from service.messaging.outbound import STRUCTURED, Outbound
from service.messaging.patience import REPLACE_AFTER, PatientPublisher
from service.messaging.publisher import PUBLISH_TIMEOUT, Publisher
from service.messaging.received import DEFAULT_EXCHANGE, receive
from service.messaging.returned import Returned
from service.messaging.settlement import Moved, Settlement
from service.messaging.topology import FEED, RETURNED, Topology
from service.messaging.watchdog import EVERY, STALLED_AFTER, Watchdog, ask_depths

if TYPE_CHECKING:
    from types import TracebackType

    from aio_pika.abc import AbstractConnection
    from aiormq.abc import DeliveredMessage

    from contracts.results import ResultEvent

WORK_UNFINISHED = "work_unfinished"

STOPPING = "stopping"
IN_DOUBT = "settlement in doubt"
UNREADY_AFTER = 5.0
"""Seconds without consumption before readiness says so: a short reconnection is nobody's business."""

REPAIR_TIMEOUT = 10.0
CANCEL_TIMEOUT = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the bus waits before it does something about it, each in seconds and explained where it is defined."""

    publish: float = PUBLISH_TIMEOUT
    give_back: float = GIVE_BACK_PAUSE
    watch_every: float = EVERY
    stalled_after: float = STALLED_AFTER
    replace_after: float = REPLACE_AFTER


class Bus:
    """Two connections, one to consume and one to publish, and everything on them. Its tasks belong to `group`.

    Entering waits for the broker as long as it takes, and raises BrokerRefused or TopologyMismatch when that is no use.
    """

    def __init__(
        self,
        url: str,
        topology: Topology,
        group: asyncio.TaskGroup,
        *,
        handle: Handle,
        moved: Moved,
        concurrency: int,
        declare_topology: bool = True,
        patience: Patience = Patience(),
    ) -> None:
        self._group = group
        self._topology = topology
        self._declares = declare_topology
        self._repairing = asyncio.Lock()
        self._repair_began = float("-inf")
        self._consuming = Link(url, name="consume", prepare=self._prepare)
        self._publishing = Link(url, name="publish")
        self._publisher = Publisher(self._publishing, timeout=patience.publish)
        self._patience = self._patient(patience.replace_after)
        self._settlement = Settlement(self._patience, topology, moved)
        self._in_flight = InFlight(
            handle, self._settlement, concurrency=concurrency, give_back_pause=patience.give_back
        )
        self._returned = Returned(self._in_flight, self._settlement, topology)
        self._consumer = Consumer(self._consuming, topology, self._take, self._repair)
        self._watchdog = Watchdog(
            self._consuming,
            self._consumer,
            self._in_flight,
            topology,
            self._repair,
            every=patience.watch_every,
            stalled_after=patience.stalled_after,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._complete_at = asyncio.get_running_loop().time()
        self._last_delivery: datetime | None = None

    def _patient(self, replace_after: float) -> PatientPublisher:
        return PatientPublisher(
            self._publisher,
            doubted=self._doubted,
            repair=self._repair,
            replace=self.replace,
            replace_after=replace_after,
        )

    async def __aenter__(self) -> Self:
        for link in (self._consuming, self._publishing):
            self._tasks.append(self._group.create_task(link.run(), name=f"broker link {link.name}"))
        try:
            await self._consuming.first()
            await self._publishing.first()
        except BaseException:
            await self._end()
            raise
        self._tasks.append(self._group.create_task(self._consumer.run(), name="consumer"))
        self._tasks.append(self._group.create_task(self._watchdog.run(), name="consumption watchdog"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop(0.0)

    @property
    def last_delivery(self) -> datetime | None:
        """When the last message arrived."""
        return self._last_delivery

    @property
    def in_flight(self) -> int:
        """How many deliveries are being worked on."""
        return len(self._in_flight)

    def is_consuming(self) -> bool:
        """Whether the broker delivers to us: false after some seconds without, or while the watchdog is not content."""
        now = asyncio.get_running_loop().time()
        if not self._consumer.has_queues:
            return False
        if self._consumer.is_complete:
            self._complete_at = now
        return now - self._complete_at < UNREADY_AFTER and self._watchdog.is_content

    def consume(self, queues: Mapping[str, int]) -> None:
        """Start consuming these queues (short name, prefetch), and one by one what the broker gives back."""
        for queue, prefetch in {**queues, RETURNED: 1}.items():
            self._consumer.start_queue(queue, prefetch)

    def start_queue(self, queue: str, prefetch: int) -> None:
        """Consume one more queue (a drain); again with another prefetch to change its rate."""
        self._consumer.start_queue(queue, prefetch)

    def stop_queue(self, queue: str) -> None:
        """Stop consuming one queue; what is in flight is settled as usual."""
        self._consumer.stop_queue(queue)

    def pause(self, why: str, *, is_expected: bool = False) -> None:
        """Stop all deliveries until every reason was taken back by `resume`; an expected stop is not worth a line."""
        self._consumer.pause(why, is_expected=is_expected)

    def resume(self, why: str) -> None:
        """Take back one reason to pause."""
        self._consumer.resume(why)

    async def publish_results(self, results: Iterable[ResultEvent]) -> None:
        """Publish results no delivery asked for; returns when all are confirmed, however long that takes."""
        await self._settlement.publish_results(results)

    async def put(self, queue: str, *, id: str, body: bytes, state: Mapping[str, object]) -> None:
        """Put an event of the relay's own into a queue, as if it had come back there; returns once confirmed.

        Raises ValueError when nothing may come back to that queue.
        """
        marks = Marks(origin=queue, first_seen=datetime.now(UTC), reason="begun", turn=1, state=state)
        message = Outbound(id=id, body=body, content_type=STRUCTURED, headers=marks.headers())
        await self._patience.publish(DEFAULT_EXCHANGE, self._topology.come_back_key(queue), message)

    async def depths(self) -> dict[str, int]:
        """Messages parked, dead-lettered and unclaimed, by short queue name; raises BrokerTrouble."""
        return await ask_depths(self._consuming, self._topology)

    async def replace(self) -> None:
        """Make both connections anew; work goes on, and what is delivered again joins it."""
        await self._publishing.replace()
        await self._consuming.replace()

    async def stop(self, grace: float) -> None:
        """Stop consuming, let work end for `grace` seconds, leave the rest to the broker, close everything in order."""
        if not self._tasks:
            return
        self._consumer.pause(STOPPING, is_expected=True)
        try:
            async with asyncio.timeout(CANCEL_TIMEOUT):
                await self._consumer.settled_down()
        except TimeoutError:
            log.debug("consumer_unstopped")
        unfinished = await self._in_flight.stop(grace)
        if unfinished:
            log.warning(WORK_UNFINISHED, deliveries=unfinished)
        await self._end()

    async def _end(self) -> None:
        await self._consumer.close()
        try:
            await self._publisher.close()
        except BrokerTrouble as error:
            log.debug("publisher_unclosed", detail=str(error))
        await self._publishing.close()
        await self._consuming.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CANCEL_TIMEOUT)
        self._tasks.clear()

    def _take(self, message: DeliveredMessage, queue: str) -> None:
        now = datetime.now(UTC)
        if queue != FEED:  # ticks come whether or not anybody asks for anything
            self._last_delivery = now
        received = receive(message, queue, self._topology, now)
        self._in_flight.accept(received, self._returned.carry if queue == RETURNED else None)

    async def _prepare(self, connection: AbstractConnection) -> None:
        await (declare if self._declares else verify)(connection, self._topology)

    async def _repair(self) -> None:
        # Once for all: many settlements may notice the same missing queue.
        clock = asyncio.get_running_loop()
        asked_at = clock.time()
        async with self._repairing:
            if self._repair_began > asked_at:
                return
            began = clock.time()
            connection = await self._consuming.connection(REPAIR_TIMEOUT)
            with broker_errors("declaring the topology"):
                await self._prepare(connection)
            self._repair_began = began

    def _doubted(self, in_doubt: bool) -> None:  # noqa: FBT001  # a state, not an option
        (self._consumer.pause if in_doubt else self._consumer.resume)(IN_DOUBT)

"""Runs the work on deliveries in tasks of its own, lets a redelivery join work that is still going on, settles once."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from service.core.delivery import Delivery
from service.core.outcome import Outcome
from service.messaging.settlement import Settlement, acknowledge, give_back

if TYPE_CHECKING:
    from aiormq.abc import DeliveredMessage

    from service.messaging.received import Received

WORK_FAILED = "work_failed"

GIVE_BACK_PAUSE = 5.0
"""Seconds before a delivery whose work failed unexpectedly is given back: no hot loop between broker and relay."""

SETTLED_KEPT = 1_000
SETTLED_BYTES = 64_000_000
"""Bytes of settled work remembered until it is delivered again; what is forgotten is worked on again, harmlessly."""

SETTLING_GRACE = 5.0

Handle = Callable[[Delivery], Awaitable[Outcome]]

log = structlog.get_logger(__name__)

_Key = tuple[str, str | None, int, int]


@dataclass(eq=False, slots=True)
class Work:
    """One piece of work and every message that waits for it: the first delivery, and redeliveries of the same."""

    received: Received
    messages: list[DeliveredMessage] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    is_settling: bool = False

    @property
    def key(self) -> _Key:
        """Cheap to compare; equal keys are compared in full."""
        delivery = self.received.delivery
        return (delivery.queue, delivery.message_id, delivery.turn, len(delivery.body))

    @property
    def has_ended(self) -> bool:
        """Whether nobody would settle what joined now: the loop tells of an ended task a moment later."""
        return self.task is not None and self.task.done()

    def is_same(self, delivery: Delivery) -> bool:
        """Whether a delivery is the same message of the same queue, not merely the same event."""
        mine = self.received.delivery
        return mine.body == delivery.body and mine.headers == delivery.headers and mine.state == delivery.state


class InFlight:
    """The deliveries being worked on. At most `concurrency` at the same time, whatever the queues deliver."""

    def __init__(
        self,
        handle: Handle,
        settlement: Settlement,
        *,
        concurrency: int,
        give_back_pause: float = GIVE_BACK_PAUSE,
    ) -> None:
        self._handle = handle
        self._settlement = settlement
        self._slots = asyncio.Semaphore(concurrency)
        self._pause = give_back_pause
        self._works: dict[_Key, list[Work]] = {}
        self._by_queue: Counter[str] = Counter()
        self._settled: OrderedDict[_Key, Work] = OrderedDict()
        self._returning: set[asyncio.Task[None]] = set()
        self._stopped = False

    def count(self, queue: str) -> int:
        """How many different deliveries of a queue are being worked on."""
        return self._by_queue[queue]

    def __len__(self) -> int:
        return self._by_queue.total()

    def accept(self, received: Received, carry: Callable[[Work], Awaitable[None]] | None = None) -> None:
        """Start the work on a delivery, or let it join the same work under way; returns at once.

        `carry` replaces the usual handle-then-settle for queues that are treated otherwise.
        """
        if self._stopped:
            return
        work = Work(received, [received.message])
        running = self._find(work)
        if running is not None:
            running.messages.append(received.message)
            return
        if self._was_settled(work):
            carry = _nothing
        run = self._run(work, carry or self.carry)
        work.task = asyncio.create_task(run, name=f"work {work.key[0]} {work.key[1]}")
        self._works.setdefault(work.key, []).append(work)
        self._by_queue[work.key[0]] += 1
        work.task.add_done_callback(lambda task: self._ended(work, task))

    async def carry(self, work: Work) -> None:
        """The usual way: handle, settle."""
        outcome = await self._handle(work.received.delivery)
        work.is_settling = True
        await self._settlement.settle(work.received, outcome)

    async def stop(self, grace: float) -> int:
        """Wait up to `grace` seconds for the work to end, then cancel the rest unsettled; how many were cancelled.

        What is being settled by then gets a few seconds more, so that it is not done twice for nothing.
        """
        self._stopped = True
        await self._wait(self._tasks(), grace)
        unfinished = [work for work in self._all() if not work.is_settling]
        _cancel(work.task for work in unfinished)
        await self._wait(self._tasks(), SETTLING_GRACE)
        settling = self._tasks()
        _cancel(settling)
        _cancel(self._returning)
        await self._wait(settling | self._returning, SETTLING_GRACE)
        return len(unfinished) + len(settling)

    async def _run(self, work: Work, carry: Callable[[Work], Awaitable[None]]) -> None:
        async with self._slots:
            await carry(work)
        if not await _acknowledge_all(work):
            self._settled[work.key] = work
            while len(self._settled) > SETTLED_KEPT or sum(key[3] for key in self._settled) > SETTLED_BYTES:
                self._settled.popitem(last=False)

    def _ended(self, work: Work, task: asyncio.Task[None]) -> None:
        # Not in the task group of the program: one failed piece of work would end all others.
        remaining = self._works[work.key]
        remaining.remove(work)
        if not remaining:
            del self._works[work.key]
        self._by_queue[work.key[0]] -= 1
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error(WORK_FAILED, queue=work.key[0], message_id=work.key[1], exc_info=error)
            returning = asyncio.create_task(self._give_back(work), name="give back")
            self._returning.add(returning)
            returning.add_done_callback(self._returning.discard)

    async def _give_back(self, work: Work) -> None:
        await asyncio.sleep(self._pause)
        for message in work.messages:
            await give_back(message)

    def _find(self, work: Work) -> Work | None:
        works = self._works.get(work.key, ())
        return next((other for other in works if not other.has_ended and other.is_same(work.received.delivery)), None)

    def _was_settled(self, work: Work) -> bool:
        # The outcome was confirmed, only the acknowledgement could not be sent: as if it had joined in time.
        earlier = self._settled.get(work.key)
        if earlier is None or not work.received.delivery.redelivered or not earlier.is_same(work.received.delivery):
            return False
        del self._settled[work.key]
        return True

    def _all(self) -> list[Work]:
        return [work for works in self._works.values() for work in works]

    def _tasks(self) -> set[asyncio.Task[None]]:
        return {work.task for work in self._all() if work.task is not None}

    @staticmethod
    async def _wait(tasks: set[asyncio.Task[None]], within: float) -> None:
        if tasks:
            await asyncio.wait(tasks, timeout=within)


async def _nothing(_work: Work) -> None:
    """Leave only the acknowledgement to do."""


async def _acknowledge_all(work: Work) -> bool:
    # Only the newest message counts: the broker has taken the earlier ones back and delivered them again as this one.
    # Messages that join during this loop are seen by it: there is no await between the last look and the end.
    reached = False
    acknowledged = 0
    while acknowledged < len(work.messages):
        reached = await acknowledge(work.messages[acknowledged])
        acknowledged += 1
    return reached


def _cancel(tasks: Iterable[asyncio.Task[None] | None]) -> None:
    for task in tuple(tasks):
        if task is not None:
            task.cancel()

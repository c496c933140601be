"""Lives through a ledger that cannot be used: a stream of requests before, meanwhile and after, then the audit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.builders import deposit, new_number, simplified
from tests.support.scene import Scene
from tests.support.until import until
from tests.support.worker import WorkerProcess

BEFORE, MEANWHILE, AFTER = 12, 8, 4  # invoices, and as many tenders
NOTICED = 30.0  # seconds a loaded machine may take to notice
BACK = 40.0
LOUD = ("warning", "error", "critical")
EXPECTED = "startup_noticed"  # at each start of a worker for the local profile


@dataclass(slots=True, kw_only=True)
class Ordeal:
    """What was asked around a trouble, and what happened meanwhile."""

    scene: Scene
    workers: tuple[WorkerProcess, ...]
    ids: list[str] = field(default_factory=list)
    sent_meanwhile: int = 0

    async def ask(self, count: int) -> list[str]:
        """Publish so many invoices and tenders; their numbers."""
        numbers = []
        for _ in range(count):
            number = new_number()
            self.ids += await self.scene.publish_all(deposit(number), simplified(number))
            numbers.append(number)
        return numbers

    async def is_red(self) -> None:
        """Return once each worker says that it is not ready."""
        for worker in self.workers:
            await until(_answers(worker, "/readyz", 503), "a red /readyz", limit=NOTICED)

    async def is_back(self) -> None:
        """Return once each worker says that it is ready."""
        for worker in self.workers:
            await until(_answers(worker, "/readyz", 200), "a green /readyz", limit=BACK)

    async def some_ended(self, count: int) -> None:
        """Return once so many requests have a terminal result."""

        async def enough() -> bool:
            return len({one["causationid"] for one in self.scene.bus.received if one.get("final")}) >= count

        await until(enough, f"{count} terminal results", limit=60)

    async def waits(self, count: int) -> None:
        """Return once so many requests wait in the work queues."""

        async def enough() -> bool:
            return await self.scene.bus.depth("invoices") + await self.scene.bus.depth("tenders") >= count

        await until(enough, f"{count} requests in the queues")

    def said(self, event: str) -> list[int]:
        """How often each worker wrote a line of an event."""
        return [len(worker.lines(event)) for worker in self.workers]

    def loud(self) -> list[tuple[str, Any]]:
        """The distinct lines of warning and error; what makes them, when it is not the ledger."""
        lines = [line for worker in self.workers for line in worker.lines() if line["level"] in LOUD]
        return sorted({(line["event"], str(line.get("exc_info", ""))) for line in lines} - {(EXPECTED, "")})


@asynccontextmanager
async def ordeal(scene: Scene, workers: int = 1, **variables: str) -> AsyncIterator[Ordeal]:
    """Workers under a stream, some of it answered; at the end all of it must be, once."""
    started = [await scene.start_worker(**variables) for _ in range(workers)]
    going = Ordeal(scene=scene, workers=tuple(started))
    stream = asyncio.create_task(going.ask(BEFORE))
    await going.some_ended(2)
    yield going
    await stream
    await going.ask(AFTER)
    await scene.audit.ended(going.ids)


async def outlast(going: Ordeal, trouble: AbstractAsyncContextManager[object], lasts: float = 0.0) -> None:
    """Live through a trouble: red, nothing sent of what is asked meanwhile, green again."""
    async with trouble:
        await going.is_red()
        numbers = await going.ask(MEANWHILE)
        await going.waits(2 * MEANWHILE)
        await asyncio.sleep(lasts)
        audit = going.scene.audit
        going.sent_meanwhile += sum(audit.calls("deposerFluxFacture", having=number) for number in numbers)
        going.sent_meanwhile += sum(audit.calls("creerDumeSimple", having=number) for number in numbers)
    await going.is_back()


def _answers(worker: WorkerProcess, path: str, status: int) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return await worker.status(path) == status

    return ask

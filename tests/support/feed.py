"""Plays the recipient at the State, runs workers that read its statuses, and listens to what they tell."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Self

from service.app import Worker
from service.core.documents import read
from service.observability.secrets import Secrets
from service.sandbox.samples import RECIPIENT, SUPPLIER, make_ubl
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.world import World
from service.settings import load_settings
from tests.support.bus import Bus, Json
from tests.support.scene import WORKER_IN_A_HURRY, Scene
from tests.support.until import until
from tests.support.worker import worker_environment

CHANGED = "invoice.status.changed.v1"
FEED_IN_A_HURRY = {
    "RELAY_FEED__ROLES": "supplier",
    "RELAY_FEED__INTERVAL": "0.5s",
    "RELAY_FEED__OVERLAP": "30s",
}


def invoice_of(scene: Scene, number: str) -> int:
    """What the State calls an invoice."""
    shown = scene.simulator.world.chorus_pro.candidates(flow=None, number=number)
    return next(iter(shown)).id


async def told(scene: Scene | Fleet, number: str, code: str, *, limit: float = 30.0) -> Json:
    """The event that says that an invoice came to a status, waited for."""

    async def find() -> Json | None:
        return next((one for one in heard(scene, number) if one["data"]["status_code"] == code), None)

    return await until(find, f"{code} of {number}", limit=limit)


def heard(scene: Scene | Fleet, number: str | None = None) -> list[Json]:
    """Every `invoice.status.changed` so far, of one invoice or of all, doubles included."""
    changed = [one for one in scene.bus.received if one["type"] == CHANGED]
    return [one for one in changed if number in {None, one["data"]["invoice_number"]}]


def counted(scene: Scene | Fleet) -> Counter[tuple[str, str]]:
    """How often each change was told, by number and code; one told again under the same id counts once."""
    distinct = {one["id"]: one["data"] for one in heard(scene)}.values()
    return Counter((data["invoice_number"], data["status_code"]) for data in distinct)


def put_invoice(world: World, number: str, *, to: str = RECIPIENT) -> int:
    """Let the State have an invoice that nobody sent through the relay; gives what it calls it."""
    state, now = world.chorus_pro, world.clock()
    recipient, supplier = state.parties.recipient(to), state.parties.of_siret(SUPPLIER)
    assert supplier is not None
    assert recipient is not None
    (facts,) = read(make_ubl(number), name=f"{number}.xml").invoices
    invoice = Invoice(
        id=9_000_000 + len(state.invoices),
        facts=facts,
        flow_number="CPP0011100000000000425999",
        supplier=supplier,
        recipient=recipient,
        deposited_at=now,
        integrated_at=now,
        shown_at=now,
        status_step=timedelta(days=1),
    )
    state.invoices[invoice.id] = invoice
    state._numbered[number].append(invoice)
    return invoice.id


class Fleet:
    """Workers in this process, on one broker, one State and one ledger; killed one by one, or all in the end."""

    def __init__(self, amqp_url: str, prefix: str, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self.bus = Bus(amqp_url, prefix)
        usual = worker_environment(amqp_url=amqp_url, prefix=prefix, api_url=simulator.url, folder=folder)
        self._variables = usual | WORKER_IN_A_HURRY | FEED_IN_A_HURRY | {"RELAY_HTTP__PORT": "0"}
        self._tasks: list[asyncio.Task[None]] = []
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self.bus)
        return self

    async def __aexit__(self, *_: object) -> None:
        for place in range(len(self._tasks)):
            await self.kill(place)
        await self._open.aclose()

    async def start(self, count: int = 1, variables: Mapping[str, str] | None = None) -> None:
        """So many workers more; with the first of them the bus begins to listen."""
        settings = load_settings(self._variables | dict(variables or {}))
        first = not self._tasks
        workers = [Worker(settings, Secrets(), version="test") for _ in range(count)]
        self._tasks += [asyncio.create_task(_run(worker)) for worker in workers]
        for worker in workers:
            await self._consumes(worker)
        if first:
            await self.bus.collect()

    async def kill(self, place: int) -> None:
        """Let a worker end at once; whatever it had not acknowledged comes back."""
        self._tasks[place].cancel()
        await asyncio.wait((self._tasks[place],))

    async def _consumes(self, worker: Worker) -> None:
        async def ready() -> bool:
            return worker._bus is not None and worker._bus.is_consuming()

        await until(ready, "a worker that consumes")


async def _run(worker: Worker) -> None:
    try:
        async with worker.upstreams, asyncio.TaskGroup() as group:
            await worker.run(group, asyncio.Event())
    finally:
        await worker.ledger.close()

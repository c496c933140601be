"""A broker's virtual host, the simulated State, a ledger and the real workers between them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from service import wiring
from service.messaging.topology import Topology
from service.sandbox.broker import Broker
from service.sandbox.simulator import Authority, Simulator, SimulatorSettings
from service.settings import load_settings
from tests.support.audit import Audit
from tests.support.bus import Bus, Json
from tests.support.canaries import planted
from tests.support.evidence import EVIDENCE
from tests.support.rights import open_vhost
from tests.support.worker import WorkerProcess, worker_environment

STATE_IN_A_HURRY = planted(SimulatorSettings(unknown_for=0.1, integrated_after=0.4, search_lag=0.1, status_step=0.2))
WORKER_IN_A_HURRY = {
    "RELAY_TRACKING__STEPS": "0.2s,0.4s,1s",
    "RELAY_DELAY__STEPS": "0.3s,1s,2s",
    "RELAY_DOUBT__WAIT": "1",
    "RELAY_DOUBT__LOOKS": "2",
    "RELAY_MAINTENANCE__PROBE_INTERVAL": "0.5",
    "RELAY_LEDGER__LEASE": "5",
}
"""Waits of tenths of seconds; a doubt waits longer than the State in a hurry takes to show an invoice."""


class Scene:
    """Everything of one story while inside `async with`; what was started is stopped afterwards."""

    def __init__(
        self,
        broker: Broker,
        folder: Path,
        settings: SimulatorSettings = STATE_IN_A_HURRY,
        variables: Mapping[str, str] | None = None,
        authority: Authority | None = None,
    ) -> None:
        self.broker = broker
        self.folder = folder
        self.simulator = Simulator(planted(settings), authority=authority)
        self._vhost = f"test-{secrets.token_hex(6)}"
        self._prefix = "relay" if broker.is_controlled else f"relay-{secrets.token_hex(4)}"
        self._variables = {**WORKER_IN_A_HURRY, **(variables or {})}
        self._workers: list[WorkerProcess] = []
        self._open = AsyncExitStack()
        self.bus = Bus("", self._prefix)
        self.audit = Audit(self.bus, self.simulator, ())

    async def __aenter__(self) -> Self:
        self._amqp_url = open_vhost(self.broker, self._vhost)
        self._open.callback(self.broker.drop_vhost, self._vhost)
        await self._open.enter_async_context(self.simulator)
        self.bus = await self._open.enter_async_context(Bus(self._amqp_url, self._prefix))
        self.audit = Audit(self.bus, self.simulator, self._queues())
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(worker.look_at_pages() for worker in self._workers))
        for worker in self._workers:
            await asyncio.to_thread(worker.kill)
        await self.bus.look_at_headers(self._queues())
        for file in self.folder.glob("ledger.db*"):
            EVIDENCE.text(f"the ledger's file {file.name}", file.read_bytes())
        await self._open.aclose()

    def environment(self, **variables: str) -> dict[str, str]:
        """The variables of a worker of this scene, some of them changed."""
        usual = worker_environment(
            amqp_url=self._amqp_url, prefix=self._prefix, api_url=self.simulator.url, folder=self.folder
        )
        return usual | self._variables | variables

    async def start_worker(self, *, program: str = "service", **variables: str) -> WorkerProcess:
        """One more worker, ready, on the one ledger; with the first of them the bus begins to listen."""
        number = len(self._workers) + 1
        log = self.folder / f"worker-{number}.log"
        worker = WorkerProcess(self.environment(**variables), log=log, program=program)
        self._workers.append(worker)
        worker.start()
        await worker.ready()
        if number == 1:
            await self.bus.collect()
        return worker

    async def publish_all(self, *events: Json) -> list[str]:
        """Publish requests in their order; gives their ids."""
        return [await self.bus.publish(event) for event in events]

    def _queues(self) -> tuple[str, ...]:
        settings = load_settings(self.environment())
        topology = Topology(settings.amqp.prefix, wiring.waits(wiring.policies(settings)))
        return tuple(topology.short(queue.name) for queue in topology.queues())

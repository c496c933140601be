"""Several real workers, each with its own network and, when asked for, its own clock; killed, frozen and revived."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.chaos.network import Addresses, Network
from tests.support.faketime import WallClock, forget_the_dead
from tests.support.scene import WORKER_IN_A_HURRY
from tests.support.worker import WorkerProcess, worker_environment

HEARTBEAT = 4  # seconds: a broker that is gone or a worker that is frozen is noticed after two of them
READY_LIMIT = 90.0  # seconds: many workers start at once on two cores
PATIENT = {
    **WORKER_IN_A_HURRY,
    "RELAY_DELAY__STEPS": "0.3s,0.5s,1s,1s,2s,2s,3s,3s",
    "RELAY_CONCURRENCY": "8",
    "RELAY_SHUTDOWN_GRACE": "5",
}
"""As in a hurry, with more counted attempts: a fifth of all calls fails for as long as a scenario lasts."""


@dataclass(slots=True)
class Member:
    """One worker and the network around it."""

    number: int
    worker: WorkerProcess
    network: Network
    clock: WallClock | None
    log: Path


class Fleet:
    """The workers of one scene on one broker and one ledger while inside `async with`."""

    def __init__(
        self,
        size: int,
        addresses: Addresses,
        folder: Path,
        *,
        prefix: str,
        chance: random.Random,
        variables: Mapping[str, str] | None = None,
        own_clocks: bool = False,
    ) -> None:
        self._size = size
        self._addresses = addresses
        self._folder = folder
        self._prefix = prefix
        self._chance = chance
        self._variables = {**PATIENT, **(variables or {})}
        self._own_clocks = own_clocks
        self._open = AsyncExitStack()
        self.members: list[Member] = []

    async def __aenter__(self) -> Self:
        for number in range(1, self._size + 1):
            network = await self._open.enter_async_context(Network(self._addresses))
            self.members.append(self._member(number, network))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(asyncio.to_thread(member.worker.kill) for member in self.members))
        await self._open.aclose()
        if self._own_clocks:
            forget_the_dead()

    async def start(self) -> None:
        """Start every worker; returns when all are ready."""
        for member in self.members:
            member.worker.start()
        await self.ready()

    async def ready(self) -> None:
        """Return when every worker is ready."""
        await asyncio.gather(*(member.worker.ready(limit=READY_LIMIT) for member in self.members))

    async def stop(self) -> list[int]:
        """Stop every worker as an operator does; gives their exit codes."""
        return list(await asyncio.gather(*(asyncio.to_thread(member.worker.terminate) for member in self.members)))

    def any(self) -> Member:
        """One of them, by lot."""
        return self._chance.choice(self.members)

    async def kill(self, *members: Member) -> None:
        """Kill workers in one moment and start them again at once; they need a while until they are ready."""
        for member in members:
            member.worker.send(signal.SIGKILL)
        for member in members:
            await asyncio.to_thread(member.worker.kill)
            member.worker.start()

    def freeze(self, *members: Member) -> None:
        """Stop workers in the middle of whatever they do."""
        for member in members:
            member.worker.send(signal.SIGSTOP)

    def thaw(self, *members: Member) -> None:
        """Let stopped workers go on as if nothing had been."""
        for member in members:
            member.worker.send(signal.SIGCONT)

    async def heal(self) -> None:
        """Thaw everybody, and give everybody a good network."""
        self.thaw(*self.members)
        for member in self.members:
            await member.network.heal()

    def peak_memory(self) -> int:
        """The most any worker that runs has ever held, in bytes."""
        return max((member.worker.peak_memory() for member in self.members), default=0)

    def _member(self, number: int, network: Network) -> Member:
        ledger = network.ledger.url if network.ledger else f"sqlite:///{self._folder / 'ledger.db'}"
        clock = WallClock(self._folder / f"clock-{number}") if self._own_clocks else None
        usual = worker_environment(
            amqp_url=f"{network.broker.url}?heartbeat={HEARTBEAT}",
            prefix=self._prefix,
            api_url=network.upstream.url,
            folder=self._folder,
        )
        log = self._folder / f"worker-{number}.log"
        variables = usual | self._variables | {"RELAY_LEDGER__URL": ledger} | (clock.variables() if clock else {})
        return Member(number, WorkerProcess(variables, log=log), network, clock, log)

"""A fleet under a stream of requests, through any trouble, with an audit at the end and everything kept if it fails."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from service import wiring
from service.messaging.topology import Topology
from service.sandbox.broker import Broker
from service.sandbox.simulator import Fault, Simulator, SimulatorSettings
from service.sandbox.simulator.rules import Rule
from service.settings import Settings, load_settings
from tests.chaos.fleet import PATIENT, Fleet
from tests.chaos.network import Addresses
from tests.chaos.person import Person
from tests.chaos.requests import REFUSED, Mixture
from tests.chaos.stream import Copies, Sender, SteadyBus, Stream
from tests.chaos.table import Row
from tests.chaos.verdict import Expected, Reckoning
from tests.support.audit import Audit
from tests.support.canaries import leaks_in, planted
from tests.support.rights import open_vhost
from tests.support.scene import STATE_IN_A_HURRY
from tests.support.worker import worker_environment

Step = Callable[["Chaos"], Awaitable[None]]
KEPT_IN = Path(tempfile.gettempdir())
LOOK_EVERY = 0.25  # seconds
PATIENCE = 3
"""The wait for the last answers ends when none came within the limit, or when it lasted so many limits more."""
DEAD_LETTER = "dead-letter"
NOTHING_UNEXPECTED = Expected()


class Chaos:
    """A broker's virtual host, the simulated State, a ledger, and workers that reach them over networks that break.

    `ledger` is an address of PostgreSQL; a file is used without one. `report` is told the row of a scenario.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        seed: int,
        workers: int = 3,
        ledger: str | None = None,
        report: Callable[[Row], None] = lambda _: None,
        settings: SimulatorSettings = STATE_IN_A_HURRY,
        variables: Mapping[str, str] | None = None,
        weights: Mapping[str, int] | None = None,
        own_clocks: bool = False,
        rate: float = 12.0,
        keep: bool = False,
    ) -> None:
        self.broker = broker
        self.seed = seed
        self.chance = random.Random(seed)  # noqa: S311 - made-up values need no cryptography
        self.folder = Path(tempfile.mkdtemp(prefix=f"relay-chaos-{seed}-", dir=KEPT_IN))
        self.simulator = Simulator(planted(settings.changed(seed=seed)))
        self.mixture = Mixture(self.chance, weights)
        self.vhost = f"chaos-{secrets.token_hex(6)}"
        self._workers = workers
        self._ledger = ledger
        self._report = report
        self._variables = dict(variables or {})
        self._own_clocks = own_clocks
        self._rate = rate
        self._keep = keep
        self._prefix = "relay" if broker.is_controlled else f"relay-{secrets.token_hex(4)}"
        self._open = AsyncExitStack()
        self._told: list[str] = []
        self._begun = time.monotonic()
        self._failed = False

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            url = await asyncio.to_thread(open_vhost, self.broker, self.vhost)
            opening.callback(self.broker.drop_vhost, self.vhost)
            await opening.enter_async_context(self.simulator)
            self.simulator.world.chorus_pro.rules.add(Rule(contains=f"{REFUSED}-", outcome="refused"))
            self.sender = await opening.enter_async_context(Sender(url, self._prefix))
            self.bus = await opening.enter_async_context(SteadyBus(url, self._prefix, self.sender))
            self.stream = Stream(self.sender, self.mixture, self.bus.received)
            self.copies = Copies(self.sender)
            settings, topology = self._settings(url)
            self.queues = tuple(topology.short(queue.name) for queue in topology.queues())
            self.person = Person(settings, topology, self.simulator.world)
            self.audit = Audit(self.bus, self.simulator, self.queues)
            self.fleet = await opening.enter_async_context(self._new_fleet(url))
            await self.fleet.start()
            await self.bus.collect()
            self._open = opening.pop_all()
        self._begun = time.monotonic()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._failed or self._keep:
            self._write_down()
        await self._open.aclose()
        if not (self._failed or self._keep):
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    async def survive(
        self, scenario: str, *steps: Step, expected: Expected = NOTHING_UNEXPECTED, limit: float = 90.0
    ) -> None:
        """Go through the steps under the stream, let everything heal, wait for every answer, and audit.

        Raises AssertionError with one sentence for everything lost, doubled or left, and where all is kept.
        """
        self.tell(f"{scenario}: seed {self.seed}")
        self._failed = True  # until it is shown that it has not
        streaming = asyncio.create_task(self.stream.run(self._rate), name="stream of a scenario")
        try:
            for step in steps:
                await step(self)
        except (Exception, asyncio.CancelledError) as error:
            error.add_note(f"{scenario} (seed {self.seed}); logs, journal and results: {self.folder}")
            raise
        finally:
            self.stream.end()
            await streaming
            await self.heal()
        await self.settle(scenario, expected, limit)

    async def settle(self, scenario: str, expected: Expected = NOTHING_UNEXPECTED, limit: float = 90.0) -> None:
        """Wait until every request is answered and every queue empty, then audit; see `survive`."""
        self.tell(f"waiting for {len(self.stream.asked)} answers")
        left = await self._all_answered(expected, limit)
        dead = left.get(DEAD_LETTER, 0)
        reckoning = Reckoning(self.stream.asked, self.audit, left, dead, expected)
        leaks = self.leaks()
        complaints = [*reckoning.complaints(), *leaks]
        self._failed = bool(complaints)
        self._report(self._row(scenario, reckoning, complaints, len(leaks)))
        assert not complaints, self._said(scenario, complaints)

    async def _all_answered(self, expected: Expected, limit: float) -> dict[str, int]:
        """What is left in the queues once everything is answered, or when no answer comes any more."""
        waiting = [asked.id for asked in self.stream.asked]
        wanted = {DEAD_LETTER: expected.dead} if expected.dead else {}
        last = give_up = time.monotonic() + limit
        while True:
            before, waiting = len(waiting), self.audit.without_end(waiting)
            left = {} if waiting else await self.audit.left()
            if (not waiting and left == wanted) or time.monotonic() > give_up:
                self.tell(f"{len(waiting)} requests without an end, left: {left}")
                return left or await self.audit.left()
            if waiting and await self.bus.depth(DEAD_LETTER) > expected.dead:
                await self.person.decide()
            if len(waiting) < before:  # a machine with much else to do is slow, and may be
                give_up = min(time.monotonic() + limit, last + PATIENCE * limit)
            await asyncio.sleep(LOOK_EVERY)

    async def heal(self) -> None:
        """End every trouble the scene knows of."""
        self.tell("healing")
        self.simulator.faults.remove()
        await self.fleet.heal()

    def tell(self, what: str) -> None:
        """Note what happens, with the time since the workers were ready."""
        self._told.append(f"{time.monotonic() - self._begun:7.2f} s  {what}")

    def fault(self, fault: Fault) -> None:
        """Let something go wrong at the State from now on."""
        self.simulator.faults.add(fault, self.simulator.world.clock())

    def own_queues(self) -> list[str]:
        """The full names of the queues in which events wait between two attempts."""
        return [f"{self._prefix}.{queue}" for queue in self.queues if queue.startswith(("delay.", "tracking"))]

    def leaks(self) -> list[str]:
        """One sentence for each secret in a log."""
        found = (
            (member.log, leaks_in(member.log.read_bytes())) for member in self.fleet.members if member.log.exists()
        )
        return [f"a secret in {log.name}: {leak}" for log, leaks in found for leak in leaks]

    def _new_fleet(self, url: str) -> Fleet:
        return Fleet(
            self._workers,
            Addresses(broker=url, upstream=self.simulator.url, ledger=self._ledger),
            self.folder,
            prefix=self._prefix,
            chance=self.chance,
            variables=self._variables,
            own_clocks=self._own_clocks,
        )

    def _settings(self, url: str) -> tuple[Settings, Topology]:
        """Those of every worker, but for its network: nothing is in the way of whoever uses these."""
        usual = worker_environment(amqp_url=url, prefix=self._prefix, api_url=self.simulator.url, folder=self.folder)
        ledger = {"RELAY_LEDGER__URL": self._ledger} if self._ledger else {}
        settings = load_settings(usual | PATIENT | self._variables | ledger)
        return settings, Topology(settings.amqp.prefix, wiring.waits(wiring.policies(settings)))

    def _row(self, scenario: str, reckoning: Reckoning, complaints: list[str], leaks: int) -> Row:
        endings = reckoning.endings()
        return Row(
            scenario=scenario,
            ledger="PostgreSQL" if self._ledger else "SQLite",
            workers=self._workers,
            requests=len(self.stream.asked),
            done=endings["done"] + endings["reported"],
            refused=endings["refused"],
            failed=endings["failed"],
            calls=len(self.simulator.journal.calls()),
            repeated=self.audit.repeated(),
            doubled=len(reckoning.doubled()),
            lost=len(reckoning.lost()),
            left=sum(count for queue, count in reckoning.left.items() if queue != DEAD_LETTER),
            dead=reckoning.dead,
            decided=len(self.person.decided),
            leaks=leaks,
            seconds=round(time.monotonic() - self._begun),
            verdict="FAILED" if complaints else "ok",
        )

    def _said(self, scenario: str, complaints: list[str]) -> str:
        shown = "\n".join(f"  - {complaint}" for complaint in complaints[:20])
        more = f"\n  … and {len(complaints) - 20} more" if len(complaints) > 20 else ""
        return f"{scenario} (seed {self.seed}):\n{shown}{more}\nLogs, journal and results: {self.folder}"

    def _write_down(self) -> None:
        """Write down what a person needs who looks for the cause."""
        (self.folder / "steps.log").write_text("\n".join(self._told) + "\n")
        _write(self.folder / "requests.jsonl", (asked.event for asked in self.stream.asked))
        _write(self.folder / "results.jsonl", self.bus.received)
        _write(self.folder / "journal.jsonl", (call.to_json() for call in self.simulator.journal.calls()))


def _write(file: Path, things: object) -> None:
    with file.open("w") as out:
        for thing in things:  # type: ignore[attr-defined]
            out.write(json.dumps(thing, default=str) + "\n")

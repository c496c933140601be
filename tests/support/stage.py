"""A scene whose worker reaches its peers over lines that can be held, and is killed at a moment chosen to the byte."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, Self

from service.core.entry import State
from service.core.question import QUESTION
from service.ledger import open_ledger
from service.sandbox.broker import Broker
from service.sandbox.simulator import Fault, SimulatorSettings
from tests.support.lines import ANYTHING, Lines
from tests.support.scene import STATE_IN_A_HURRY, Scene
from tests.support.until import until
from tests.support.worker import WorkerProcess
from tests.support.writes import DEPOSIT, Asked, every_write
from tests.support.writing_at_once import Lock

CONSUMING, PUBLISHING = b"piste-relay consume", b"piste-relay publish"
"""What the worker's two connections to the broker call themselves."""

CALLED = re.compile(r"^piste_relay_upstream_calls_total\{(.+)\} (\d+)", re.MULTILINE)


ALL_AT_ONCE = {"RELAY_CONCURRENCY": "32"}
"""Room for a request of each kind in the hands of one worker."""


class Stage:
    """One worker between held lines, one request of each kind, and another worker once the first is gone.

    `besides` are requests that every point of a test has an end for, and others have not.
    """

    def __init__(
        self,
        broker: Broker,
        folder: Path,
        variables: Mapping[str, str] | None = None,
        *,
        settings: SimulatorSettings = STATE_IN_A_HURRY,
        besides: Sequence[Asked] = (),
    ) -> None:
        self.scene = Scene(broker, folder, settings, {**ALL_AT_ONCE, **(variables or {})})
        self.asked: list[Asked] = [*every_write(self.scene.simulator.world), *besides]
        self._lock: Lock | None = None
        self._worker: WorkerProcess | None = None
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self.scene)
        usual = self.scene.environment()
        self._ledger_url = usual["RELAY_LEDGER__URL"]
        self.upstream = await self._open.enter_async_context(Lines(usual["RELAY_PISTE__API_URL"]))
        self.broker = await self._open.enter_async_context(Lines(usual["RELAY_AMQP__URL"]))
        self.database = None
        if self._ledger_url.startswith("postgresql"):
            self.database = await self._open.enter_async_context(Lines(self._ledger_url))
        self._open.callback(self.unlock)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    @property
    def ids(self) -> list[str]:
        """The ids of the requests."""
        return [one.id for one in self.asked]

    @property
    def worker(self) -> WorkerProcess:
        """The first worker, once it was started."""
        assert self._worker is not None
        return self._worker

    async def start(self) -> None:
        """Start the first worker, between the lines."""
        self.broker.notice(CONSUMING, PUBLISHING)
        peers = {"RELAY_PISTE__API_URL": self.upstream.url, "RELAY_AMQP__URL": self.broker.url}
        if self.database is not None:
            peers["RELAY_LEDGER__URL"] = self.database.url
        self._worker = await self.scene.start_worker(**peers)

    async def kill(self) -> None:
        """Kill the first worker; what its lines held is lost, and whatever else was in the way is gone."""
        await asyncio.to_thread(self.worker.kill)
        for lines in filter(None, (self.upstream, self.broker, self.database)):
            await lines.drop()
        self.unlock()
        self.scene.simulator.world.faults.remove()

    async def publish(self, *kinds: str) -> None:
        """Publish the requests of these kinds, of all without any."""
        await self.scene.publish_all(*(one.event for one in self.asked if one.kind in kinds or not kinds))

    def disturb(self, kind: str, **fields: object) -> None:
        """Let the call of each request meet a fault, once."""
        world = self.scene.simulator.world
        for one in self.asked:
            world.faults.add(one.fault(kind, **fields), world.clock())

    def fault(self, fault: Fault) -> None:
        """Let something go wrong at the State."""
        world = self.scene.simulator.world
        world.faults.add(fault, world.clock())

    def lock(self) -> None:
        """Keep the worker from writing into the ledger."""
        if self.database is not None:
            self.database.hold(ANYTHING, up=True)
            return
        self._lock = Lock(self._ledger_url.removeprefix("sqlite:///"))
        self._lock.close()

    def unlock(self) -> None:
        """Let the ledger be written again."""
        if self._lock is not None:
            with suppress(Exception):
                self._lock.open()
            self._lock.end()
            self._lock = None

    async def taken(self) -> None:
        """Return when the broker has handed every request to the worker."""

        async def none_waits() -> bool:
            return not await self.scene.audit.left()

        await until(none_waits, "every request in the worker's hands")

    async def done_upstream(self) -> None:
        """Return when the State has done what every request asks for."""

        def all_done() -> bool:
            calls = self.scene.simulator.journal.calls()
            return sum(call.effect != "none" and call.operation != "token" for call in calls) >= len(self.asked)

        await self.scene.audit.meets(all_done, "the work of every request")

    async def answered(self) -> None:
        """Return when the worker has received every answer of a call that changes something."""
        names = {one.operation for one in self.asked}

        async def enough() -> bool:
            counts = [
                int(count)
                for labels, count in CALLED.findall(await self.worker.metrics())
                if 'status="200"' in labels and any(f'"{name}"' in labels or f'.{name}"' in labels for name in names)
            ]
            return sum(counts) >= len(self.asked)

        await until(enough, "every answer")

    async def noted(self, *states: State, asked: Sequence[Asked] = (), some: bool = False) -> None:
        """Return when the ledger has these requests, all without any, in one of these states; `some`: one of them."""
        ids = {one.id for one in asked or self.asked}

        async def all_there() -> bool:
            async with open_ledger(self._ledger_url, lease=60.0) as ledger:
                found = {entry.id for entry in await ledger.in_state(*states)} & ids
            return bool(found) if some else found == ids

        await until(all_there, f"every request as {states}")

    async def published(self, *types: str) -> None:
        """Return when every request has a result of one of these types, or whose type ends so."""

        def without() -> list[str]:
            found = {r["causationid"] for r in self.scene.bus.received if r["type"].endswith(types)}
            return [one.kind for one in self.asked if one.id not in found]

        async def none_is_missing() -> bool:
            return not without()

        try:
            await until(none_is_missing, f"a result {types} of every request")
        except TimeoutError as error:
            raise TimeoutError(f"no result {types} of {without()}") from error

    async def held(self, asked: Sequence[Asked]) -> None:
        """Return when these requests are held in the ledger, and among the dead letters, and nothing else waits."""
        await self.noted(State.HELD, asked=asked)

        async def all_there() -> bool:
            return (await self.scene.audit.left()).get("dead-letter", 0) >= len(asked)

        await until(all_there, "the dead letters of what is held")

    async def asks(self, one: Asked, why: str) -> None:
        """Return when a person is asked about this request for this reason."""

        async def is_asked() -> bool:
            async with open_ledger(self._ledger_url, lease=60.0) as ledger:
                (entry,) = await ledger.find(one.id)
            question = entry.notes.get(QUESTION)
            return entry.state is State.HELD and isinstance(question, dict) and why in question["why"]

        await until(is_asked, f"a question about {one.kind}: {why}")

    async def resting(self, count: int) -> None:
        """Return when so many events wait in delay queues, and nothing anywhere else."""

        async def all_there() -> bool:
            left = await self.scene.audit.left()
            return sum(left.values()) == count and all(queue.startswith("delay.") for queue in left)

        await until(all_there, f"{count} events in delay queues")

    async def complaints(self) -> list[str]:
        """What is wrong once another worker has brought every request to its end; nothing when all is well."""
        await self.scene.audit.ended(self.ids, limit=60)
        left = await self.scene.audit.quiet()
        return [
            *self.scene.audit.complaints_in_full(self.ids),
            *(f"{one.kind} ended as {found}" for one in self.asked if (found := self._end(one)) != one.done),
            *(f"{count} left in {queue}" for queue, count in left.items()),
        ]

    def environment(self) -> dict[str, str]:
        """The variables of a command that speaks with the scene's own peers."""
        return self.scene.environment()

    def number_of(self, one: Asked) -> tuple[str, str]:
        """What a person finds on the portal of the State, as the option of the command."""
        state: dict[str, Any] = {  # Any: the State as the simulator shows it
            **self.scene.simulator.world.chorus_pro.to_json(),
            "dumes": self.scene.simulator.world.dume.state(),
        }
        if one.operation == DEPOSIT:
            flows = state["flows"]["list"]
            return "--flow-number", next(str(flow["number"]) for flow in flows if flow["name"] == one.mark)
        dumes = [*state["dumes"]["dumes"], *state["dumes"]["bids"]]
        made = [dume for dume in dumes if one.mark in (dume["idConsultation"], dume.get("siretOE"))]
        return "--dume-id", str(made[-1]["idDume"])

    def times_called(self, *operations: str) -> dict[str, int]:
        """How often the State was called by each operation."""
        return {operation: self.scene.audit.calls(operation) for operation in operations}

    def _end(self, one: Asked) -> str:
        return next(str(r["type"]) for r in self.scene.bus.results_of(one.id) if r.get("final"))

"""When a worker dies or is stopped: another goes on where it was, and nothing is lost or done twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number, simplified
from tests.support.bus import Json
from tests.support.scene import Scene
from tests.support.until import until

WRITES = ("deposerFluxFacture", "creerDumeSimple")
STREAM = 60  # invoices, and as many tenders
KILLS = 6
ROLLS = 3


class SilentPeer:
    """Hears calls and never answers one: nothing of them reaches the State."""

    def __init__(self, server: asyncio.Server | None = None) -> None:
        self.server = server
        self.heard = bytearray()

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep what is said until the other side leaves."""
        with suppress(OSError):
            while heard := await reader.read(65536):
                self.heard += heard
        writer.close()


@pytest.fixture
async def silent_peer() -> AsyncIterator[SilentPeer]:
    """A peer that takes calls and never says a word."""
    peer = SilentPeer()
    async with await asyncio.start_server(peer.hear, "127.0.0.1", 0) as peer.server:
        yield peer


async def test_should_adopt_what_was_done_for_a_killed_worker(scene: Scene) -> None:
    """Killed after the State had done the work: the next worker finds it and sends nothing again."""
    world = scene.simulator.world
    for operation in WRITES:
        world.faults.add(Fault(operation=operation, kind="timeout_after", count=1), world.clock())
    worker = await scene.start_worker()

    ids = await scene.publish_all(deposit(new_number()), simplified(new_number()))
    for operation in WRITES:
        await scene.audit.called(operation)
    await asyncio.to_thread(worker.kill)
    await scene.start_worker()
    await scene.audit.ended(ids)

    assert [scene.audit.calls(operation) for operation in WRITES] == [1, 1]
    assert [_is_adopted(scene, id) for id in ids] == [True, True]
    assert scene.audit.complaints_in_full(ids) == []
    assert await scene.audit.quiet() == {}


async def test_should_send_again_what_a_killed_worker_never_sent(scene: Scene, silent_peer: SilentPeer) -> None:
    """Killed before the State had heard anything: the next worker looks, finds nothing, and sends once."""
    worker = await scene.start_worker(RELAY_PISTE__API_URL=silent_peer.url)

    ids = await scene.publish_all(deposit(new_number()), simplified(new_number()))
    await scene.audit.meets(
        lambda: b"/deposer/flux" in silent_peer.heard and b"creerDumeSimple" in silent_peer.heard, "both calls"
    )
    await asyncio.to_thread(worker.kill)
    await scene.start_worker()
    await scene.audit.ended(ids)

    assert [scene.audit.calls(operation) for operation in WRITES] == [1, 1]
    assert [_is_adopted(scene, id) for id in ids] == [False, False]
    assert scene.audit.complaints_in_full(ids) == []
    assert await scene.audit.quiet() == {}


async def test_should_lose_nothing_while_workers_are_killed_again_and_again(scene: Scene) -> None:
    """Under a stream, with two workers on one ledger, kills in any moment leave every request with one end."""
    workers = [await scene.start_worker(), await scene.start_worker()]
    chance = random.Random(7)  # noqa: S311 - which worker dies next need not be a secret
    _slow_down(scene)
    stream = asyncio.create_task(_publish(scene, STREAM))

    for kill in range(1, KILLS + 1):
        await _some_ended(scene, kill * STREAM // KILLS)
        victim = chance.choice(workers)
        await asyncio.to_thread(victim.kill)
        victim.start()
    ids = await stream
    await scene.audit.ended(ids, limit=100)

    assert scene.audit.complaints_in_full(ids) == []
    assert await scene.audit.quiet() == {}
    for worker in workers:
        await asyncio.to_thread(worker.terminate)
    assert await scene.audit.left() == {}


async def test_should_finish_what_was_begun_when_workers_are_replaced(scene: Scene) -> None:
    """Workers replaced one after the other under a stream leave no call of theirs to be looked for."""
    serving = [await scene.start_worker(), await scene.start_worker()]
    _slow_down(scene)
    stream = asyncio.create_task(_publish(scene, STREAM))
    codes = []

    for roll in range(1, ROLLS + 1):
        await _some_ended(scene, roll * STREAM // ROLLS)
        serving.append(await scene.start_worker())
        codes.append(await asyncio.to_thread(serving.pop(0).terminate))
    ids = await stream
    await scene.audit.ended(ids)

    # Not: nothing was ever in doubt. What the broker hands to a consumer in the moment it is cancelled comes to the
    # next one marked as redelivered, though nobody has seen it: it is looked for, and then sent for the first time.
    assert codes == [0] * ROLLS
    assert [id for id in ids if _is_adopted(scene, id)] == []
    assert [scene.audit.calls(operation) for operation in WRITES] == [STREAM, STREAM]
    assert scene.audit.complaints_in_full(ids) == []
    assert await scene.audit.quiet() == {}
    for worker in serving:
        await asyncio.to_thread(worker.terminate)
    assert await scene.audit.left() == {}


def _slow_down(scene: Scene) -> None:
    """Let a third of the calls take long enough to be met in the middle."""
    world = scene.simulator.world
    world.faults.add(Fault(kind="slow", rate=0.3, params={"seconds": 0.4}, spare=("token",)), world.clock())


async def _publish(scene: Scene, count: int) -> list[str]:
    """A stream of invoices and tenders in turn; gives the ids."""
    ids = []
    for _ in range(count):
        ids += await scene.publish_all(deposit(new_number()), simplified(new_number()))
    return ids


async def _some_ended(scene: Scene, count: int) -> None:
    """Return when so many requests have a terminal result."""

    async def enough() -> bool:
        return len({one["causationid"] for one in scene.bus.received if one.get("final")}) >= count

    await until(enough, f"{count} terminal results", limit=60)


def _is_adopted(scene: Scene, id: str) -> bool:
    result: Json = next(one for one in scene.bus.results_of(id) if one.get("final"))
    invoices = result["data"].get("invoices")
    return bool(invoices[0]["adopted"] if invoices else result["data"]["adopted"])

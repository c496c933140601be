"""When the broker stops, dies, cuts connections or is short of memory: the worker waits, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from service.sandbox.broker import Broker, PrivateBroker
from tests.builders import deposit, new_number, simplified
from tests.support.bus import LOST, Json
from tests.support.scene import Scene
from tests.support.until import until

STREAM = 30  # invoices, and as many tenders
BEFORE = 10  # terminal results before the trouble begins

Trouble = Callable[[], Awaitable[None]]


async def test_should_go_on_after_a_restart(scene: Scene, private_broker: PrivateBroker) -> None:
    """The broker is stopped and started under a stream: every request still has exactly one end."""

    async def restart() -> None:
        await asyncio.to_thread(private_broker.stop_node)
        await asyncio.to_thread(private_broker.start_node)

    await _endures(scene, restart)


async def test_should_go_on_after_a_crash(scene: Scene, private_broker: PrivateBroker) -> None:
    """The broker is killed and started under a stream: every confirmed request still has exactly one end."""

    async def crash() -> None:
        await asyncio.to_thread(private_broker.write_out_names)
        await asyncio.to_thread(private_broker.kill_node)
        await asyncio.to_thread(private_broker.start_node)

    await _endures(scene, crash)


async def test_should_go_on_after_lost_connections(scene: Scene, controlled_broker: Broker) -> None:
    """All connections are closed, then cut without a word: the worker reconnects and settles everything."""

    async def disconnect() -> None:
        await asyncio.to_thread(controlled_broker.close_all_connections)
        await _some_ended(scene, 2 * BEFORE)
        await asyncio.to_thread(controlled_broker.cut_all_connections)

    await _endures(scene, disconnect)


async def test_should_wait_for_a_broker_short_of_memory(scene: Scene, controlled_broker: Broker) -> None:
    """While the broker takes no publishes nothing is settled; afterwards everything is, and nothing was done twice."""

    async def run_short() -> None:
        controlled_broker.raise_memory_alarm()
        try:
            await _stands_still(scene)
            assert _ended(scene) < 2 * STREAM
        finally:
            controlled_broker.clear_memory_alarm()

    await _endures(scene, run_short)


async def _endures(scene: Scene, trouble: Trouble) -> None:
    """Send a stream, let trouble come in the middle, and find afterwards that all is well."""
    worker = await scene.start_worker()
    stream = asyncio.create_task(_publish(scene))

    await _some_ended(scene, BEFORE)
    await trouble()
    ids = await stream
    await scene.audit.ended(ids)

    assert worker.is_running
    assert await worker.status("/readyz") == 200
    assert scene.audit.complaints(ids) == []
    assert await scene.audit.quiet() == {}
    assert await asyncio.to_thread(worker.terminate) == 0
    assert await scene.audit.left() == {}


async def _publish(scene: Scene) -> list[str]:
    """A stream of invoices and tenders in turn, each published until it is confirmed; gives the ids."""
    events = [build(new_number()) for _ in range(STREAM) for build in (deposit, simplified)]
    return [await _confirmed(scene, event) for event in events]


async def _confirmed(scene: Scene, event: Json) -> str:
    async def publish() -> str | None:
        try:
            return await scene.bus.publish(event)
        except LOST:
            return None

    return await until(publish, f"a confirm for {event['id']}", limit=90)


async def _some_ended(scene: Scene, count: int) -> None:
    """Return when so many requests have a terminal result."""
    await scene.audit.meets(lambda: _ended(scene) >= count, f"{count} terminal results", limit=60)


def _ended(scene: Scene) -> int:
    return len({one["causationid"] for one in scene.bus.received if one.get("final")})


async def _stands_still(scene: Scene) -> None:
    """Return when no further result has come for a second."""
    loop = asyncio.get_running_loop()
    seen, since = len(scene.bus.received), loop.time()

    async def is_still() -> bool:
        nonlocal seen, since
        if len(scene.bus.received) != seen:
            seen, since = len(scene.bus.received), loop.time()
        return loop.time() - since > 1

    await until(is_still, "an end of the results", limit=30)

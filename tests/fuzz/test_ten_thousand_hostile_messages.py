"""Ten thousand hostile messages at a real worker: each has one end, and the worker has noticed nothing."""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.builders import deposit_of
from tests.support.hostile import archives, flood
from tests.support.hostile.messages import CANARY, messages
from tests.support.scene import Scene
from tests.support.until import until
from tests.support.worker import WorkerProcess

COUNT = int(os.environ.get("RELAY_FUZZ_MESSAGES", "10000"))
SEED = int(os.environ.get("RELAY_FUZZ_SEED", "1"))
LIMIT = 240 + COUNT / 20
"""Seconds in which all must have ended; several times what two free cores take."""

MEMORY = 700_000_000
"""Bytes the worker may ever have had: a third of what its container is given."""

GROWTH = 120_000_000
"""Bytes by which the second half of the messages may raise what the first half needed."""


@pytest.mark.timeout(2 * LIMIT)
async def test_should_account_for_every_hostile_message(scene: Scene) -> None:
    """Exactly one terminal answer or one dead letter for each, in bounded memory, with nothing quoted anywhere."""
    worker = await scene.start_worker(RELAY_LOG__LEVEL="info")
    hostile = list(messages(COUNT, SEED))
    peaks, middle = [], COUNT // 2
    for half in (hostile[:middle], hostile[middle:]):
        await flood.publish(scene.bus, half)
        await _all_ended(scene, middle if half[0] is hostile[0] else COUNT)
        peaks.append(worker.peak_memory())
    found = await flood.letters(scene.bus)
    wrong = list(flood.complaints(hostile, scene.bus.received, found))
    named = [f"{what} (seed {SEED}, {flood.keep(one) if one else 'no message'})" for one, what in wrong[:20]]

    assert named == []
    assert await scene.audit.quiet(limit=60) == {}
    assert (worker.is_running, await worker.status("/readyz")) == (True, 200)
    assert worker.lines(level="error") == []
    assert [mark for mark in (CANARY, "Traceback", '"exception"') if mark in worker.text()] == []
    assert peaks[-1] < MEMORY
    assert peaks[-1] - peaks[0] < GROWTH


async def test_should_go_on_breathing_while_it_reads_what_takes_long(scene: Scene) -> None:
    """Files of some kilobytes that take seconds to read hold up neither probes nor other work."""
    worker = await scene.start_worker()
    events = [deposit_of("slow.tar.gz", archives.long_lines(1, 900_000)) for _ in range(12)]
    for event in events:
        event["data"]["expect"] = {"invoice_number": "ANOTHER"}
    ids = await scene.publish_all(*events)
    waits = await _waits(worker, scene, ids)

    assert {(await scene.bus.terminal(id))["data"]["reason"] for id in ids} == {"expectation_not_met"}
    assert len(waits) >= len(ids)


async def _all_ended(scene: Scene, count: int) -> None:
    """Return when so many messages have their end; raises TimeoutError with how far it came."""
    ended = 0

    async def are_all() -> bool:
        nonlocal ended
        answered = {result["causationid"] for result in scene.bus.received if result["final"]}
        dead = await scene.bus.depth("dead-letter")
        ended = len(answered) + dead
        await asyncio.sleep(0.5)
        return ended >= count and await scene.audit.left() == {"dead-letter": dead}

    try:
        await until(are_all, f"the end of {count} messages", limit=LIMIT)
    except TimeoutError as error:
        raise TimeoutError(f"{ended} of {count} messages ended, left: {await scene.audit.left()}") from error


async def _waits(worker: WorkerProcess, scene: Scene, ids: list[str]) -> list[float]:
    """How long each probe waited for its answer, one after the other, until all requests had ended."""
    loop, waits = asyncio.get_running_loop(), list[float]()
    while scene.audit.without_end(ids):
        asked = loop.time()
        assert await worker.status("/healthz") == 200
        waits.append(loop.time() - asked)
    return waits

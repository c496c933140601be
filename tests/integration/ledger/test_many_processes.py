"""Several workers on one ledger, and workers that are killed in the middle of a commit."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from service.core.entry import Entry, Standing, State
from service.ledger import Ledger, open_ledger
from service.ledger.examine import examine
from tests.support.ledger_rig import only, take
from tests.support.ledger_worker import SHARED, outcome_of, own

ROOT = Path(__file__).parents[3]
WORKERS, WRITES = 4, 200
KILLED_AFTER = (1, 60, 150)
"""How many acknowledged ends of a worker it takes until that worker is killed."""


@asynccontextmanager
async def started(url: str, name: str, writes: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker of that name, killed at the end if it still runs."""
    command = (sys.executable, "-m", "tests.support.ledger_worker", url, name, str(writes))
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=pipe, stderr=pipe)
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            running.kill()
        await running.communicate()


async def test_should_lose_no_write_of_several_workers(ledger_url: str) -> None:
    """Each ends all of its requests, none ever meets a locked database, and what they share is counted in full."""
    async with AsyncExitStack() as stack:
        workers = [
            await stack.enter_async_context(started(ledger_url, f"w{number}", WRITES)) for number in range(WORKERS)
        ]
        said = await asyncio.gather(*(worker.communicate() for worker in workers))
    async with open_ledger(ledger_url, lease=20.0) as ledger:
        shared = await only(ledger, SHARED.id)
        ends = [await only(ledger, own(f"w{n}", m).id) for n in range(WORKERS) for m in range(WRITES)]

    assert [(worker.returncode, errors) for worker, (_, errors) in zip(workers, said, strict=True)] == [
        (0, b"")
    ] * WORKERS
    assert (shared.looks, shared.fence) == (WORKERS * WRITES // 10,) * 2
    assert {(entry.state, entry.sends, entry.outcome == outcome_of(entry.id)) for entry in ends} == {
        (State.CLOSED, 1, True)
    }


async def test_should_keep_every_acknowledged_write_of_a_killed_worker(ledger_url: str) -> None:
    """Killed again and again in the middle of commits, while a second worker writes on undisturbed."""
    acknowledged: list[str] = []
    async with started(ledger_url, "steady", WRITES) as steady:
        for number, enough in enumerate(KILLED_AFTER):
            async with started(ledger_url, f"killed{number}", 100_000) as dying:
                acknowledged += [await _line(dying) for _ in range(enough)]
                dying.kill()
                rest, _ = await dying.communicate()
                acknowledged += rest.decode().split()[: rest.count(b"\n")]
        _, errors = await steady.communicate()
    async with open_ledger(ledger_url, lease=20.0) as ledger:
        unfinished = await ledger.in_state(State.CLAIMED, State.SENDING, State.ANSWERED)
        ends = [await only(ledger, id) for id in acknowledged]
        standings = {await _standing_of_a_rival(ledger, entry) for entry in unfinished if entry.id != SHARED.id}

    assert len(acknowledged) >= sum(KILLED_AFTER)
    assert (steady.returncode, errors) == (0, b"")
    assert {(entry.state, entry.outcome == outcome_of(entry.id)) for entry in ends} == {(State.CLOSED, True)}
    assert standings <= {Standing.CONFLICT}, "the keys came in the same commit as the entry"
    assert _damage(ledger_url) is None


async def _line(worker: asyncio.subprocess.Process) -> str:
    assert worker.stdout is not None
    line = await asyncio.wait_for(worker.stdout.readline(), 60)
    assert line.endswith(b"\n"), (await worker.communicate())[1].decode()
    return line.decode().strip()


async def _standing_of_a_rival(ledger: Ledger, left: Entry) -> Standing:
    """What another request hears that wants the same thing as one that a dead worker left."""
    await ledger.release(left, left.id)
    name, _, number = left.id.rpartition("-")
    rival = replace(own(name, int(number)), id=f"rival of {left.id}", digest="rival")
    return (await take(ledger, rival, owner="rival")).standing


def _damage(url: str) -> str | None:
    """What dying writers did to a file; a server keeps its own files, and none of its processes was killed."""
    return examine(url).damage if url.startswith("sqlite:") else None

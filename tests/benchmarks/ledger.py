"""Measures the ledger alone: lives of writes a second, one at a time and many at once, on SQLite and PostgreSQL."""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from service.core.entry import Change, State
from service.ledger import Ledger, open_ledger
from tests.support.ledger_rig import ASKED, CLOSING, take
from tests.support.postgres import PrivatePostgres

LEASE = 60.0  # seconds, so that none runs out
WORKER = "bench"
COMMITS = 3
"""Of each write: claimed and sending, answered, closed."""


@dataclass(frozen=True, slots=True)
class Job:
    """So many writes, so many of them at once, so many times."""

    writes: int
    at_once: int
    rounds: int


async def live(ledger: Ledger, number: int) -> None:
    """What a worker writes down for one request that goes well."""
    asked = replace(ASKED, id=f"e-{number}", subject=f"F-{number}", keys=(f"99900045800037 F-{number}",), echo={})
    begun = await take(ledger, asked, owner=WORKER, send=True)
    answered = await ledger.advance(begun.entry, WORKER, Change(state=State.ANSWERED, answer={"flow_number": "CPP1"}))
    await ledger.advance(answered, WORKER, CLOSING)


async def rate(url: str, job: Job, at_once: int, first: int) -> float:
    """Writes a second with so many at once; `first` keeps their ids apart from those of other runs."""
    numbers = iter(range(first, first + job.writes))

    async def work(ledger: Ledger) -> None:
        for number in numbers:
            await live(ledger, number)

    async with open_ledger(url, lease=LEASE) as ledger, asyncio.TaskGroup() as group:
        began = time.perf_counter()
        for _ in range(at_once):
            group.create_task(work(ledger))
    return job.writes / (time.perf_counter() - began)


@contextmanager
def ledgers() -> Iterator[dict[str, str]]:
    """The address of one of each kind, both told to wait for the disk."""
    with tempfile.TemporaryDirectory() as folder, PrivatePostgres({"fsync": "on"}) as postgres:
        url = postgres.new_database()
        yield {"SQLite": f"sqlite:///{Path(folder) / 'ledger.db'}", "PostgreSQL": url}


async def run(job: Job) -> None:
    """All rounds, alternating, then the ratios."""
    with ledgers() as urls:
        for name, url in urls.items():
            ratios = []
            for number in range(job.rounds):
                first = 2 * number * job.writes
                alone = await rate(url, job, 1, first)
                together = await rate(url, job, job.at_once, first + job.writes)
                ratios.append(together / alone)
                print(
                    f"round {number + 1}  {name:<11} {alone:7.0f} writes/s one at a time,"
                    f" {together:7.0f} with {job.at_once} at once ({COMMITS} commits each)",
                    flush=True,
                )
            print(
                f"{name}: {job.at_once} at once / one at a time: {statistics.median(ratios):.1f}"
                f" (from {min(ratios):.1f} to {max(ratios):.1f})"
            )


def main() -> None:
    """Read the options and run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--writes", type=int, default=600)
    options.add_argument("--at-once", type=int, default=32)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    asyncio.run(run(Job(chosen.writes, chosen.at_once, chosen.rounds)))


if __name__ == "__main__":
    main()

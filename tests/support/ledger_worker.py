"""A worker that does nothing but write to a ledger, as a program of its own.

`python -m tests.support.ledger_worker URL NAME COUNT` brings COUNT requests of its own from their claim to their end,
many at once, and prints each id once its end is acknowledged; and it counts up one request that all of them share.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from service.core.entry import Change, Registration, Standing, State
from service.ledger import Ledger, open_ledger
from tests.support.ledger_rig import ASKED, CLOSING, take

AT_ONCE = 20
SHARED = replace(ASKED, id="shared", keys=("shared",), subject="shared")


def own(name: str, number: int) -> Registration:
    """A request of one worker."""
    key = f"{name}-{number}"
    return replace(ASKED, id=key, digest=key, keys=(key,), subject=key)


def outcome_of(id: str) -> bytes:
    """What a request ends with; long enough to fill pages."""
    return f'["{id}"]'.encode() * 50


async def work(ledger: Ledger, asked: Registration) -> None:
    """From its claim to its end, each step a commit."""
    begun = await take(ledger, asked, owner=asked.id, unseen_wait=None, send=True)
    answered = await ledger.advance(begun.entry, asked.id, Change(state=State.ANSWERED, answer={"flow": asked.id}))
    await ledger.advance(answered, asked.id, replace(CLOSING, outcome=outcome_of(asked.id), kept=asked.keys))
    print(asked.id, flush=True)  # noqa: T201  # whoever started this program reads it


async def count(ledger: Ledger, name: str, times: int) -> None:
    """Count the shared request up, one at a time in the whole fleet."""
    for number in range(times):
        owner = f"{name}/{number}"
        begun = await take(ledger, SHARED, owner=owner)
        while begun.standing is not Standing.HELD:
            await asyncio.sleep(0.001)
            begun = await take(ledger, SHARED, owner=owner)
        await ledger.advance(begun.entry, owner, Change(looks=begun.entry.looks + 1, release=True))


async def main(url: str, name: str, count_of: int) -> None:
    """Write everything, then end."""
    async with open_ledger(url, lease=20.0) as ledger:
        together = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with together:
                await work(ledger, own(name, number))

        counting = asyncio.create_task(count(ledger, name, count_of // 10))
        await asyncio.gather(counting, *(one(number) for number in range(count_of)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

"""Has several pieces of work share one transaction of a ledger, for certain, and disturbs one in a file."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from typing import Any

from service.ledger.database import Database
from service.ledger.writer import Writer

PATIENCE = 10.0
"""Seconds before a test gives up on a thread."""

Work = Callable[[Database], Any]  # reason: each piece of work returns what it likes


class Occupied:
    """Keeps the thread of a writer busy: all that is asked inside shares the next transaction."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._started, self._go = threading.Event(), threading.Event()
        self._waiting: asyncio.Task[object] | None = None

    async def __aenter__(self) -> None:
        self._waiting = asyncio.create_task(self._writer.run(self._wait))
        assert await asyncio.to_thread(self._started.wait, PATIENCE)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0)  # tasks made inside ask now
        self._go.set()
        if self._waiting is not None:
            await self._waiting

    def _wait(self, _: Database) -> bool:
        self._started.set()
        return self._go.wait(PATIENCE)


async def at_once(writer: Writer, *works: Work) -> list[Any]:
    """What each piece of work returned or raised, when all shared one transaction."""
    async with Occupied(writer):
        asked = [asyncio.create_task(writer.run(work)) for work in works]
    return await asyncio.gather(*asked, return_exceptions=True)


async def starve(writer: Writer) -> None:
    """Leave the database no room to grow, as a full disk does."""
    await writer.run(lambda db: db.execute("PRAGMA max_page_count=1"))  # never below what it has


async def feed(writer: Writer) -> None:
    """Give the room back."""
    await writer.run(lambda db: db.execute("PRAGMA max_page_count=1073741823"))


class Lock:
    """Somebody else on the same file, who keeps everybody from writing while asked to."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)

    def close(self) -> None:
        """Take it up."""
        self._db.execute("BEGIN IMMEDIATE")

    def open(self) -> None:
        """Let the others write again."""
        self._db.execute("ROLLBACK")

    def end(self) -> None:
        """Leave the file."""
        self._db.close()


async def be_impatient(writer: Writer) -> None:
    """Wait for another's lock a moment only, instead of ten seconds."""
    await writer.run(lambda db: db.execute("PRAGMA busy_timeout=50"))

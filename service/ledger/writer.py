"""One thread with one SQLite connection; whatever is asked while a commit runs shares the next commit."""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from service.core.errors import LedgerUnavailable

T = TypeVar("T")

BUSY_SECONDS = 10.0
"""How long a commit waits for another process of this machine before the ledger counts as unavailable."""

LARGEST_BATCH = 128

MEMORY = ":memory:"

OLDEST = (3, 35)
"""The first SQLite whose updates return the row."""

OF_THE_JOB = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
"""Errors of one piece of work; any other says that the database cannot be read or written."""


@dataclass(slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], object]
    done: asyncio.Future[object]
    result: object = None
    error: Exception | None = None


class Writer:
    """Runs closures on the database, in order, many in one transaction.

    Nearly always all of them succeed. When one raises, the transaction is undone and all run again, each in a savepoint
    of its own, so that only that one fails: what a closure does must be undone with the transaction.
    """

    def __init__(self, path: str) -> None:
        self._path = path if path == MEMORY else str(Path(path).expanduser())
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self, schema: Callable[[sqlite3.Connection], None]) -> None:
        """Connect and run `schema`; raises LedgerUnavailable naming the file."""
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        thread = threading.Thread(target=self._main, args=(self._loop, schema, opened), name="ledger", daemon=True)
        thread.start()
        await opened
        self._thread = thread

    async def close(self) -> None:
        """Finish what was asked, then disconnect."""
        thread, self._thread = self._thread, None  # nothing is asked behind the end
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns, once its commit is on disk. A cancelled caller's work may still be committed."""
        if self._thread is None or self._loop is None:
            raise LedgerUnavailable("the ledger is not open")
        job = _Job(work=work, done=self._loop.create_future())
        self._jobs.put(job)
        return await job.done  # type: ignore[return-value]  # the future carries what `work` returns

    def _main(
        self,
        loop: asyncio.AbstractEventLoop,
        schema: Callable[[sqlite3.Connection], None],
        opened: asyncio.Future[None],
    ) -> None:
        try:
            connection = self._connect(schema)
        except (sqlite3.Error, OSError) as error:
            failure = LedgerUnavailable(f"the ledger {self._path} cannot be opened: {error}")
            loop.call_soon_threadsafe(_finish, opened, None, failure)
            return
        loop.call_soon_threadsafe(_finish, opened, None, None)
        while batch := self._next_batch():
            self._commit(connection, batch)
            if not loop.is_closed():
                loop.call_soon_threadsafe(_finish_all, batch)
        connection.close()

    def _connect(self, schema: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
        if self._path != MEMORY:
            Path(self._path).resolve().parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        if sqlite3.sqlite_version_info < OLDEST:
            raise sqlite3.NotSupportedError(f"SQLite {sqlite3.sqlite_version} is too old, it must be 3.35 or newer")
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_SECONDS)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        schema(connection)
        return connection

    def _next_batch(self) -> list[_Job]:
        first = self._jobs.get()
        if first is None:
            return []
        batch = [first]
        while len(batch) < LARGEST_BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            batch.append(job)
        return batch

    def _commit(self, connection: sqlite3.Connection, batch: list[_Job]) -> None:
        try:
            try:
                _run_all(connection, batch, _run)
            except Exception as error:
                if not _is_of_the_job(error):
                    raise
                connection.rollback()
                _run_all(connection, batch, _run_apart)
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.rollback()
            for job in batch:
                job.error = LedgerUnavailable(f"the ledger {self._path} could not be written: {error}")


def _run_all(
    connection: sqlite3.Connection, batch: list[_Job], run: Callable[[sqlite3.Connection, _Job], None]
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for job in batch:
        run(connection, job)
    connection.execute("COMMIT")


def _run(connection: sqlite3.Connection, job: _Job) -> None:
    job.result = job.work(connection)


def _run_apart(connection: sqlite3.Connection, job: _Job) -> None:
    connection.execute("SAVEPOINT job")
    try:
        _run(connection, job)
    except Exception as error:
        if not _is_of_the_job(error):
            raise
        job.error = error  # whatever it is belongs to the caller, not to the other jobs
        connection.execute("ROLLBACK TO job")
    connection.execute("RELEASE job")


def _is_of_the_job(error: Exception) -> bool:
    """Whether one piece of work is to blame, and not the database."""
    return not isinstance(error, sqlite3.Error) or isinstance(error, OF_THE_JOB)


def _finish_all(batch: list[_Job]) -> None:
    for job in batch:
        _finish(job.done, job.result, job.error)


def _finish(done: asyncio.Future[T], result: T, error: Exception | None) -> None:
    if done.done():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)

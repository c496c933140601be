"""One thread with one connection; whatever is asked while a commit runs shares the next commit."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from service.core.entry import Episode
from service.core.errors import LedgerUnavailable
from service.ledger.batch import Job, Transactions
from service.ledger.database import Database

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that anybody waits for a commit before the ledger counts as unavailable."""

BEAT = 1.0
"""Seconds between two looks at a database that is being opened."""

LARGEST_BATCH = 128
MOST_NAMES = 256
"""A transaction is alone with no more things than this, unless one piece of work needs more."""


@dataclass(slots=True)
class Listeners:
    """Who is told what, in the event loop."""

    on_pauses: Callable[[Sequence[Episode]], None] | None = None
    on_lost: Callable[[LedgerUnavailable], None] | None = None


@dataclass(slots=True)
class Writer:
    """Runs pieces of work on a database, in order, many in one transaction.

    A lost connection is replaced at the next piece of work; `prepare` is run on each new one.
    """

    database: Database
    prepare: Callable[[Database], None]
    listeners: Listeners = field(default_factory=Listeners)
    _jobs: queue.SimpleQueue[Job | None] = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _busy_since: float | None = None
    _held_back: list[Job] = field(default_factory=list)

    async def open(self) -> None:
        """Connect; raises LedgerUnavailable naming the database, also when it takes the connection and says nothing."""
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        thread = threading.Thread(target=self._main, args=(self._loop, opened), name="ledger", daemon=True)
        thread.start()
        try:
            await self._wait_for(opened)
        finally:
            opened.cancel()
        self._thread = thread

    async def close(self) -> None:
        """Finish what was asked, then disconnect; a database that hangs is left behind."""
        thread, self._thread = self._thread, None  # nothing is asked behind the end
        if thread is None:
            return
        self._jobs.put(None)
        await asyncio.to_thread(thread.join, PATIENCE)
        if thread.is_alive():
            self.database.interrupt()
            await asyncio.to_thread(thread.join, PATIENCE)

    async def run(self, work: Callable[[Database], T], *, names: Sequence[str] = ()) -> T:
        """What `work` returns, once its commit is on disk; `names` stand for what must not change meanwhile.

        Raises LedgerUnavailable also when nothing is heard for ten seconds: then, and when the caller is cancelled,
        it may still be committed.
        """
        if self._thread is None or self._loop is None:
            raise LedgerUnavailable("the ledger is not open")
        job = Job(work=work, names=tuple(names), done=self._loop.create_future())
        self._jobs.put(job)
        try:
            # Not wait_for: when both come at once, that of Python 3.11 returns the result and forgets the cancellation.
            async with asyncio.timeout(PATIENCE):
                return await job.done  # type: ignore[return-value]  # carries what `work` returns
        except TimeoutError:
            job.is_given_up = True  # a lease taken now would be nobody's
            raise self._out_of_patience() from None

    async def _wait_for(self, opened: asyncio.Future[None]) -> None:
        silent, is_cut = 0.0, False
        while not opened.done() and silent < PATIENCE:
            silent += BEAT if self.database.is_connected else 0.0
            await asyncio.wait((opened,), timeout=BEAT)
        if not opened.done():
            is_cut = self.database.interrupt()
        try:
            await opened
        except LedgerUnavailable as error:
            if not is_cut:
                raise
            raise self._silence() from error

    def _silence(self) -> LedgerUnavailable:
        return LedgerUnavailable(f"the ledger {self.database.name} did not answer within {PATIENCE:g} seconds")

    def _out_of_patience(self) -> LedgerUnavailable:
        since = self._busy_since
        if since is not None and time.monotonic() - since > PATIENCE / 2:
            self.database.interrupt()
        error = self._silence()
        if self.listeners.on_lost is not None:
            self.listeners.on_lost(error)
        return error

    def _main(self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[None]) -> None:
        transactions = Transactions(self.database, self.prepare)
        failure = transactions.open()
        _tell(loop, _finish, opened, None, failure)
        if failure is not None:
            return
        while batch := self._next_batch():
            self._busy_since = time.monotonic()
            lost = transactions.run(batch)
            self._busy_since = None
            _tell(loop, self._finish_all, batch, transactions.changed_pauses(), lost)
        self.database.close()

    def _next_batch(self) -> list[Job]:
        first = self._held_back.pop() if self._held_back else self._jobs.get()
        if first is None:
            return []
        batch, names = [first], len(first.names)
        while len(batch) < LARGEST_BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            names += len(job.names)
            if names > MOST_NAMES:
                self._held_back.append(job)
                break
            batch.append(job)
        return batch

    def _finish_all(self, batch: list[Job], pauses: Sequence[Episode] | None, lost: LedgerUnavailable | None) -> None:
        try:
            # First: whoever asked goes on with its work only knowing what the others found.
            if pauses is not None and self.listeners.on_pauses is not None:
                self.listeners.on_pauses(pauses)
            if lost is not None and self.listeners.on_lost is not None:
                self.listeners.on_lost(lost)
        finally:
            for job in batch:
                _finish(job.done, job.result, job.error)


def _tell(loop: asyncio.AbstractEventLoop, *call: object) -> None:
    """Call it in the event loop, unless that has ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(*call)  # type: ignore[arg-type]  # a function and what it is given


def _finish(done: asyncio.Future[T], result: T, error: Exception | None) -> None:
    if done.done():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)

"""Runs pieces of work in one transaction: one that fails harms no other, a database that fails keeps nothing of any."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from service.core.entry import Episode
from service.core.errors import LedgerUnavailable
from service.ledger.database import Database
from service.ledger.episodes import RUNNING
from service.ledger.rows import to_episode

TRIES = 3
"""How often a transaction is begun that others disturb."""

SHORTEST_REST, LONGEST_REST = 0.1, 3.0
"""Seconds between two attempts to connect; doubled after each that fails."""


@dataclass(slots=True)
class Job:
    """A piece of work, what it must be alone with, and who waits for it."""

    work: Callable[[Database], object]
    names: tuple[str, ...]
    done: asyncio.Future[object]
    result: object = None
    error: Exception | None = None
    is_given_up: bool = False
    """Whoever asked was told that it is unavailable, and has gone on."""


@dataclass(slots=True)
class Transactions:
    """One after the other, on a connection that is made anew when it was lost.

    What was lost before its commit was asked for is done again on the new one.

    Nearly always all pieces of work succeed. When one raises, the transaction is undone and all run again, each in a
    savepoint of its own, so that only that one fails: what it does must be undone with the transaction.
    """

    database: Database
    prepare: Callable[[Database], None]
    _pauses: list[Episode] = field(default_factory=list)
    _told: list[Episode] | None = field(default_factory=list)
    _rest: float = 0.0
    _connect_at: float = 0.0
    _failure: LedgerUnavailable | None = None
    _committing: bool = False

    def open(self) -> LedgerUnavailable | None:
        """Connect; what went wrong, or None."""
        try:
            self._connect()
        except Exception as error:  # noqa: BLE001  # whatever it is, the next piece of work tries again
            failure = self._failed("cannot be opened", error)
            self.database.close()
            return failure
        return None

    def run(self, batch: list[Job]) -> LedgerUnavailable | None:
        """Give each job its result or its error; what went wrong when none of it counts, or None."""
        failure = self._reconnect() or self._commit(batch)
        if failure is not None:
            for job in batch:
                job.error = LedgerUnavailable(str(failure))  # one each: whoever raises it adds to it
                job.error.__cause__ = failure.__cause__
        return failure

    def changed_pauses(self) -> Sequence[Episode] | None:
        """The running pauses, when they are others than the last time this was asked."""
        if self._pauses == self._told:
            return None
        self._told = self._pauses
        return self._told

    def _reconnect(self) -> LedgerUnavailable | None:
        if self.database.is_connected:
            return None
        if self._failure is not None and time.monotonic() < self._connect_at:
            return self._failure
        self._failure = self.open()
        self._rest = min(LONGEST_REST, self._rest * 2 or SHORTEST_REST) if self._failure else 0.0
        self._connect_at = time.monotonic() + self._rest
        return self._failure

    def _connect(self) -> None:
        self.database.connect()
        self.prepare(self.database)

    def _commit(self, batch: list[Job]) -> LedgerUnavailable | None:
        run, tries = _run, TRIES
        while True:
            try:
                self._run_all(batch, run)
            except Exception as error:  # noqa: BLE001  # whatever a piece of work raises belongs to its caller
                tries -= 1
                if _is_of_the_work(self.database, error) and run is _run:
                    run = _run_apart
                elif not (tries and self._may_repeat(error)):
                    return self._failed("could not be written", error)
                if (failure := self._undo()) is not None:
                    return failure
            else:
                return None

    def _run_all(self, batch: list[Job], run: Callable[[Database, Job], None]) -> None:
        self._committing = False
        self.database.begin(sorted({name for job in batch for name in job.names}))
        for job in batch:
            # Asked at the last moment: connecting and locking take a while, also when it is done once more.
            if not job.is_given_up:
                job.error = None
                run(self.database, job)
        self._committing = True
        self._pauses = [to_episode(row) for row in self.database.commit(RUNNING)]

    def _may_repeat(self, error: Exception) -> bool:
        """Not where it may have been committed: whoever asked decides what that means."""
        if self.database.is_worth_repeating(error):
            return True
        return not self._committing and self.database.is_lost(error)

    def _undo(self) -> LedgerUnavailable | None:
        if not self.database.is_connected:
            return self._reconnect()
        try:
            self.database.rollback()
        except self.database.errors as error:
            return self._failed("could not be written", error)
        return None

    def _failed(self, what: str, error: Exception) -> LedgerUnavailable:
        if isinstance(error, LedgerUnavailable):
            self.database.close()  # its tables are not for us: nothing is to be written until somebody looked again
            return error
        failure = LedgerUnavailable(f"the ledger {self.database.name} {what}: {self.database.describe(error)}")
        failure.__cause__ = error
        self.database.abandon()
        return failure


def _run(database: Database, job: Job) -> None:
    job.result = job.work(database)


def _run_apart(database: Database, job: Job) -> None:
    database.execute("SAVEPOINT job")
    try:
        _run(database, job)
    except Exception as error:
        if not _is_of_the_work(database, error):
            raise
        job.error = error  # whatever it is belongs to the caller, not to the other jobs
        database.execute("ROLLBACK TO SAVEPOINT job")
    database.execute("RELEASE SAVEPOINT job")


def _is_of_the_work(database: Database, error: Exception) -> bool:
    return not isinstance(error, LedgerUnavailable) and database.is_of_the_work(error)

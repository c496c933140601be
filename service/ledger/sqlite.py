"""The ledger in a file: one machine, any number of workers, every commit on disk before it counts."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from service.ledger.database import Database, Row
from service.ledger.store import StoredLedger

BUSY_SECONDS = 8.0
"""How long a commit waits for another worker of this machine; shorter than anybody waits for a commit."""

OLDEST = (3, 35)
"""The first SQLite whose updates return the row."""

OF_THE_WORK = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
"""Errors of one piece of work; any other says that the database cannot be read or written."""


class SqliteLedger(StoredLedger):
    """See `Ledger`. WAL, `synchronous=FULL`; the file must be on a local disk."""

    def __init__(self, path: str, *, lease: float) -> None:
        super().__init__(SqliteDatabase(path), lease=lease)


class SqliteDatabase(Database):
    """One connection to a file; its clock is the machine's since it started, which cannot be set."""

    errors = (sqlite3.Error, OSError)

    def __init__(self, path: str) -> None:
        self.name = str(Path(path).expanduser())
        self.boot = boot_id()
        self._connection: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection itself; raises sqlite3.OperationalError when there is none."""
        if self._connection is None:
            raise sqlite3.OperationalError("not connected")
        return self._connection

    @property
    def is_connected(self) -> bool:
        """Until it is closed."""
        return self._connection is not None

    def connect(self) -> None:
        """Make the file if there is none, readable by its owner only."""
        self.close()
        if sqlite3.sqlite_version_info < OLDEST:
            raise sqlite3.NotSupportedError(f"SQLite {sqlite3.sqlite_version} is too old, it must be 3.35 or newer")
        Path(self.name).resolve().parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.name, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.name, isolation_level=None, timeout=BUSY_SECONDS)
        self._connection = connection
        connection.row_factory = sqlite3.Row
        _keep_a_journal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    def close(self) -> None:
        """Leave the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def interrupt(self) -> bool:
        """Nothing can be done about a disk that hangs; what waits for a lock gives up by itself."""
        return False

    def begin(self, names: Sequence[str]) -> None:  # noqa: ARG002  # a file has one writer at a time
        """Lock the whole file."""
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self, last: str) -> list[Row]:
        """Flush it to disk."""
        rows: list[Row] = self.connection.execute(last).fetchall()
        self.connection.execute("COMMIT")
        return rows

    def rollback(self) -> None:
        """Undo it."""
        if self.connection.in_transaction:
            self.connection.rollback()

    def abandon(self) -> None:
        """Undo it; the connection stays good unless that fails too."""
        try:
            self.rollback()
        except sqlite3.Error:
            self.close()

    def execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """What the statement gives, its rows as sqlite3.Row."""
        return self.connection.execute(statement, values)

    def create(self, statement: str) -> None:
        """As it is written for SQLite."""
        self.execute(statement.format(blob="BLOB", float="REAL", text="TEXT", rows=" WITHOUT ROWID"))

    def version(self) -> int:
        """The number the first version of the program left in the file."""
        return int(self.execute("PRAGMA user_version").fetchone()[0])

    def identity(self) -> str:
        """A file does not say."""
        return ""

    def now(self) -> float:
        """Counts sleep too, the same for every worker of this machine until it restarts."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def wall(self) -> datetime:
        """By the machine's clock."""
        return datetime.now(UTC)

    def is_of_the_work(self, error: Exception) -> bool:
        """Whatever is not the database's, and what a statement or its values are to blame for."""
        return not isinstance(error, self.errors) or isinstance(error, OF_THE_WORK)

    def is_lost(self, error: Exception) -> bool:  # noqa: ARG002  # nothing is between us and a file
        """Never."""
        return False

    def is_worth_repeating(self, error: Exception) -> bool:  # noqa: ARG002  # one writer at a time disturbs nobody
        """Never."""
        return False

    def describe(self, error: Exception) -> str:
        """SQLite's own words."""
        return str(error)


def _keep_a_journal(connection: sqlite3.Connection) -> None:
    """Switch to the journal that readers and writers share; SQLite does not wait for others who do so just now."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def boot_id() -> str:
    """Which run of the machine its clock belongs to."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"

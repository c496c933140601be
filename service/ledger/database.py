"""What the ledger asks of a database, whichever it is: statements, one transaction at a time, and a clock."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol


class Row(Protocol):
    """A row, read by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any:  # reason: columns have types of their own
        """The value of a column."""


class Rows(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it wrote."""

    def fetchone(self) -> Any:  # reason: a row or None; each statement knows which
        """The next row."""

    def fetchall(self) -> list[Any]:  # reason: rows, see above
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]:  # reason: rows, see above
        """Row after row."""


class Database(ABC):
    """One connection, used by one thread; statements have `?` for each value.

    Its own errors are `errors`; everything else that a piece of work raises is that work's.
    """

    name: str
    """How people know it, without any secret."""
    boot: str
    """Which run of its clock `now` belongs to."""
    errors: tuple[type[Exception], ...]
    skip_locked: str = ""
    """What a selection says to leave out what somebody else is about to change."""
    bytewise: str = ""
    """What is said behind a column to compare it as it is written, whatever language the database is set to."""

    @property
    @abstractmethod
    def is_connected(self) -> bool:
        """Whether there is a connection that may still be good."""

    @abstractmethod
    def connect(self) -> None:
        """Connect; whatever was connected before is closed."""

    @abstractmethod
    def close(self) -> None:
        """Leave; never raises."""

    @abstractmethod
    def interrupt(self) -> bool:
        """Have whatever it waits for fail, called by another thread; whether there was anything to cut."""

    @abstractmethod
    def begin(self, names: Sequence[str]) -> None:
        """Begin a transaction that is alone in the world with whatever these names stand for."""

    @abstractmethod
    def commit(self, last: str) -> list[Row]:
        """Commit; the rows that `last`, a statement, finds as the last of the transaction."""

    @abstractmethod
    def rollback(self) -> None:
        """Undo the transaction, if there is one."""

    @abstractmethod
    def abandon(self) -> None:
        """Undo the transaction after a failure of the database, and leave where it cannot be trusted any more."""

    @abstractmethod
    def execute(self, statement: str, values: Sequence[object] = ()) -> Rows:
        """What the statement gives."""

    @abstractmethod
    def create(self, statement: str) -> None:
        """Change the tables; `{blob}`, `{float}`, `{text}` and `{rows}` stand for what each calls its own way."""

    @abstractmethod
    def version(self) -> int:
        """Which version its tables are of if nothing in them says so, 0 when there are none."""

    @abstractmethod
    def identity(self) -> str | None:
        """What changes when the database becomes an older copy of itself; None when it does not say."""

    @abstractmethod
    def now(self) -> float:
        """Seconds by its clock, the same for every worker."""

    @abstractmethod
    def wall(self) -> datetime:
        """What people call this moment."""

    @abstractmethod
    def is_of_the_work(self, error: Exception) -> bool:
        """Whether one piece of work is to blame, and not the database."""

    @abstractmethod
    def is_lost(self, error: Exception) -> bool:
        """Whether there is no connection after this error; then it is closed."""

    @abstractmethod
    def is_worth_repeating(self, error: Exception) -> bool:
        """Whether the same transaction may well go through when it is done once more."""

    @abstractmethod
    def describe(self, error: Exception) -> str:
        """What an operator may read about it, in one line and without any secret."""

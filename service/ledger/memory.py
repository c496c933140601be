"""Knows since when the ledger has remembered everything, so that a write it does not know is told to be new or lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.ledger.database import Database
from service.ledger.rows import in_words
from service.ledger.schema import check

LONGEST_SILENCE = timedelta(minutes=2)
"""A ledger nobody wrote for longer may be an older copy put back: what it does not know may have been lost."""

CLOCK_DOUBT = timedelta(minutes=5)
"""How far the clock of a requester may be ahead of ours."""

IN_ONE_COMMIT = 500
"""Entries deleted at once, so that nobody waits long."""

OLD = "state = 'closed' AND created_at < ? AND changed_at < ?"
"""The first date is answered by an index: nothing changes before it is made."""


def wake(db: Database) -> None:
    """Note that the ledger is in use from now on, and whether it can be the one that was in use before."""
    now, identity = db.wall(), db.identity()
    known = db.execute("SELECT identity FROM origin").fetchone()
    row = db.execute("SELECT since, alive_at FROM memory").fetchone()
    is_same = identity is not None and known is not None and known["identity"] == identity
    is_awake = row is not None and now - datetime.fromisoformat(row["alive_at"]) <= LONGEST_SILENCE
    if is_same and is_awake:
        stay_awake(db)
        return
    for table, names, values in (
        ("memory", ("since", "alive_at"), (in_words(now), in_words(now))),
        ("origin", ("identity",), (identity or "",)),
    ):
        _put(db, table, names, values)


def stay_awake(db: Database) -> None:
    """Note that the ledger is still in use, and may be; raises LedgerUnavailable."""
    check(db)
    db.execute("UPDATE memory SET alive_at = ?", (in_words(db.wall()),))


def forget_up_to(db: Database, before: datetime) -> bool:
    """Note that what closed before this moment is not known any more, if there is any of it to be deleted."""
    row = db.execute(f"SELECT id FROM entries WHERE {OLD} LIMIT 1", (in_words(before),) * 2).fetchone()  # noqa: S608  # ours
    if row is not None:
        db.execute("UPDATE memory SET since = ?", (in_words(max(before, remembers_since(db))),))
    return row is not None


def forget(db: Database, before: datetime) -> int:
    """Delete some of what closed before this moment, which must be noted; returns how many."""
    some = f"SELECT source, id FROM entries WHERE {OLD} LIMIT {IN_ONE_COMMIT}{db.skip_locked}"  # noqa: S608  # ours
    statement = f"DELETE FROM entries WHERE (source, id) IN ({some})"  # noqa: S608  # ours
    return db.execute(statement, (in_words(before),) * 2).rowcount


def would_know(db: Database, made_at: datetime | None) -> bool:
    """Whether a write of an event made at this moment would be in the ledger; an event without a time may be old."""
    if made_at is None:
        return False
    return made_at - CLOCK_DOUBT > remembers_since(db)


def remembers_since(db: Database) -> datetime:
    """Since when everything is remembered."""
    return datetime.fromisoformat(db.execute("SELECT since FROM memory").fetchone()["since"])


def _put(db: Database, table: str, names: tuple[str, ...], values: tuple[str, ...]) -> None:
    """The one row of a table."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in names)
    marks = ",".join("?" * len(values))
    db.execute(
        f'INSERT INTO {table} ("only", {", ".join(names)}) VALUES (1,{marks})'  # noqa: S608  # all of it ours
        f' ON CONFLICT ("only") DO UPDATE SET {updates}',
        values,
    )

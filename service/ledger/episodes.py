"""Pauses of an upstream as rows: one begins, one ends."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from service.core.entry import Episode
from service.ledger.rows import to_episode


def begin_episode(
    db: sqlite3.Connection, *, scope: str, cause: str, since: datetime, until: datetime | None
) -> Episode | None:
    """Write down that a pause begins; None when one is running already."""
    if db.execute("SELECT 1 FROM episodes WHERE scope = ? AND ended = 0", (scope,)).fetchone():
        return None
    number = db.execute("SELECT coalesce(max(number), 0) + 1 FROM episodes WHERE scope = ?", (scope,)).fetchone()[0]
    values = (scope, number, cause, since.isoformat(), until.isoformat() if until else None)
    db.execute("INSERT INTO episodes (scope, number, cause, since, until) VALUES (?,?,?,?,?)", values)
    return Episode(scope=scope, number=number, cause=cause, since=since, until=until)


def end_episode(db: sqlite3.Connection, *, scope: str) -> Episode | None:
    """Write down that a pause ended; None when none was running."""
    row = db.execute("SELECT * FROM episodes WHERE scope = ? AND ended = 0", (scope,)).fetchone()
    if row is None:
        return None
    db.execute("UPDATE episodes SET ended = 1 WHERE scope = ? AND number = ?", (scope, row["number"]))
    return to_episode(row)

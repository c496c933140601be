"""Knows since when the ledger has remembered everything, so that a write it does not know is told to be new or lost."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

LONGEST_SILENCE = timedelta(minutes=2)
"""A ledger nobody wrote for longer may be an older copy put back: what it does not know may have been lost."""

CLOCK_DOUBT = timedelta(minutes=5)
"""How far the clock of a requester may be ahead of ours."""


def wake(db: sqlite3.Connection, now: datetime) -> None:
    """Note that the ledger is in use from now on, without a gap or after one."""
    row = db.execute("SELECT since, alive_at FROM memory").fetchone()
    if row is None or now - datetime.fromisoformat(row["alive_at"]) > LONGEST_SILENCE:
        db.execute("INSERT OR REPLACE INTO memory VALUES (1, ?, ?)", (now.isoformat(), now.isoformat()))
    else:
        stay_awake(db, now)


def stay_awake(db: sqlite3.Connection, now: datetime) -> None:
    """Note that the ledger is still in use."""
    db.execute("UPDATE memory SET alive_at = ?", (now.isoformat(),))


def forget(db: sqlite3.Connection, *, before: datetime) -> int:
    """Delete what closed before this moment, and note that what is older is not known any more; returns how many."""
    statement = "DELETE FROM entries WHERE state = 'closed' AND changed_at < ?"
    deleted = db.execute(statement, (before.isoformat(),)).rowcount
    if deleted:
        db.execute("UPDATE memory SET since = ?", (max(before, _since(db)).isoformat(),))
    return deleted


def would_know(db: sqlite3.Connection, made_at: datetime | None) -> bool:
    """Whether a write of an event made at this moment would be in the ledger; an event without a time may be old."""
    if made_at is None:
        return False
    return made_at - CLOCK_DOUBT > _since(db)


def _since(db: sqlite3.Connection) -> datetime:
    return datetime.fromisoformat(db.execute("SELECT since FROM memory").fetchone()["since"])

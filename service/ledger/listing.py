"""What people and metrics ask of the ledger: entries by id or state, counts and ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from service.core.entry import Entry, State
from service.ledger.base import Totals
from service.ledger.claims import read
from service.ledger.database import Database, Row

MOST_KEYS = 100
"""Natural keys told of one entry: nobody reads more of an archive."""


def find(db: Database, *, id: str, source: str | None) -> list[Entry]:
    """Entries with this event id."""
    return _entries(db, "id = ?", (id,)) if source is None else _entries(db, "id = ? AND source = ?", (id, source))


def in_state(db: Database, *, states: Sequence[State]) -> list[Entry]:
    """Entries in these states, oldest first, a thousand at most."""
    return _entries(db, f"state IN ({','.join('?' * len(states))})", tuple(state.value for state in states))


def totals(db: Database) -> Totals:
    """Counts and ages for the metrics."""
    in_doubt, oldest = _counted(db, "state IN ('in_doubt', 'held')")
    held, _ = _counted(db, "state = 'held'")
    _, unfinished = _counted(db, "state <> 'closed' AND operation = 'deposerFluxFacture'")
    return Totals(in_doubt=in_doubt, oldest_in_doubt=oldest, held=held, oldest_unfinished_deposit=unfinished)


def _counted(db: Database, where: str) -> tuple[int, float]:
    statement = f"SELECT count(*) AS n, min(created_at) AS oldest FROM entries WHERE {where}"  # noqa: S608  # ours
    row = db.execute(statement).fetchone()
    age = (db.wall() - datetime.fromisoformat(row["oldest"])).total_seconds() if row["oldest"] else 0.0
    return int(row["n"]), age


def _entries(db: Database, where: str, values: tuple[object, ...]) -> list[Entry]:
    statement = f"SELECT * FROM entries WHERE {where} ORDER BY created_at LIMIT 1000"  # noqa: S608  # `where` is ours
    return [replace(read(db, row), keys=_keys(db, row)) for row in db.execute(statement, values).fetchall()]


def _keys(db: Database, row: Row) -> tuple[str, ...]:
    statement = "SELECT key FROM keys WHERE source = ? AND id = ? ORDER BY key LIMIT ?"
    return tuple(found["key"] for found in db.execute(statement, (row["source"], row["id"], MOST_KEYS)).fetchall())

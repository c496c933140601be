"""Which types of request the workers of the fleet take, so that an older one refuses nothing others know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from service.ledger.database import Database
from service.ledger.memory import LONGEST_SILENCE, remembers_since

BELIEVED = LONGEST_SILENCE.total_seconds() + 60.0
"""Seconds a worker's word counts: longer than a silence of the ledger that is not noticed as one."""


def know(db: Database, types: Sequence[str]) -> None:
    """Note that a worker takes these now."""
    for type in sorted(set(types)):
        db.execute(
            "INSERT INTO types (type, known_at, boot) VALUES (?,?,?) ON CONFLICT (type) DO UPDATE"
            " SET known_at = excluded.known_at, boot = excluded.boot",
            (type, db.now(), db.boot),
        )


def is_known(db: Database, type: str) -> bool:
    """Whether one said so not long ago; once the ledger was out of reach, whoever said so before may say it again."""
    row = db.execute("SELECT known_at, boot FROM types WHERE type = ?", (type,)).fetchone()
    if row is None:
        return False
    is_fresh = row["boot"] == db.boot and row["known_at"] > db.now() - BELIEVED
    return is_fresh or db.wall() - remembers_since(db) < timedelta(seconds=BELIEVED)

"""Which types of request the workers of the fleet take, so that an older one refuses nothing others know."""

from __future__ import annotations

from collections.abc import Sequence

from service.ledger.database import Database

BELIEVED = 120.0
"""Seconds a worker's word counts."""


def know(db: Database, types: Sequence[str]) -> None:
    """Note that a worker takes these now."""
    for type in sorted(set(types)):
        db.execute(
            "INSERT INTO types (type, known_at, boot) VALUES (?,?,?) ON CONFLICT (type) DO UPDATE"
            " SET known_at = excluded.known_at, boot = excluded.boot",
            (type, db.now(), db.boot),
        )


def is_known(db: Database, type: str) -> bool:
    """Whether one said so not long ago."""
    row = db.execute("SELECT known_at, boot FROM types WHERE type = ?", (type,)).fetchone()
    return row is not None and row["boot"] == db.boot and row["known_at"] > db.now() - BELIEVED

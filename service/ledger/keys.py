"""Natural keys: unique among unfinished writes, remembered once they exist upstream, never worked on twice at once."""

from __future__ import annotations

import sqlite3

from service.core.entry import Registration


def claim_keys(db: sqlite3.Connection, asked: Registration) -> bool:
    """Take all natural keys of a write, or none of them when another unfinished write has one."""
    taken = any(
        db.execute(
            "SELECT 1 FROM keys WHERE account = ? AND operation = ? AND key = ? AND unfinished = 1"
            " AND NOT (source = ? AND id = ?)",
            (asked.account, asked.operation, key, asked.source, asked.id),
        ).fetchone()
        for key in asked.keys
    )
    if taken:
        return False
    for key in asked.keys:
        values = (asked.account, asked.operation, key, asked.source, asked.id)
        db.execute("INSERT OR REPLACE INTO keys VALUES (?,?,?,?,?,1,0)", values)
    if asked.keys:
        db.execute("UPDATE entries SET keyed = 1 WHERE source = ? AND id = ?", (asked.source, asked.id))
    return True


def sent_before(db: sqlite3.Connection, asked: Registration) -> tuple[str, str] | None:
    """The earlier request (source, id) that put one of these natural keys upstream."""
    for key in asked.keys:
        row = db.execute(
            "SELECT source, id FROM keys WHERE account = ? AND operation = ? AND key = ? AND kept = 1"
            " AND NOT (source = ? AND id = ?)",
            (asked.account, asked.operation, key, asked.source, asked.id),
        ).fetchone()
        if row is not None:
            return row["source"], row["id"]
    return None


def close_keys(db: sqlite3.Connection, source: str, id: str, kept: tuple[str, ...]) -> None:
    """Give the keys of a finished write back, and remember those that exist upstream because of it."""
    db.execute("UPDATE keys SET unfinished = 0 WHERE source = ? AND id = ?", (source, id))
    for key in kept:
        db.execute("UPDATE keys SET kept = 1 WHERE source = ? AND id = ? AND key = ?", (source, id, key))


def subject_keys(asked: Registration) -> tuple[str, ...]:
    """What must not be worked on twice at once: the natural keys, else the subject, else the event alone."""
    keys = asked.keys or ((asked.subject,) if asked.subject else ())
    return tuple(f"{asked.account}\n{key}" for key in keys)


def take_subjects(db: sqlite3.Connection, asked: Registration, owner: str, until: float, boot: str) -> None:
    """Lease what a write is about."""
    for key in subject_keys(asked):
        db.execute("INSERT OR REPLACE INTO subjects VALUES (?,?,?,?)", (key, owner, until, boot))


def renew_subjects(db: sqlite3.Connection, owner: str, until: float) -> None:
    """Keep what an owner leases as long as its write."""
    db.execute("UPDATE subjects SET until = ? WHERE owner = ?", (until, owner))


def free_subjects(db: sqlite3.Connection, owner: str) -> None:
    """Give back what an owner leases."""
    db.execute("DELETE FROM subjects WHERE owner = ?", (owner,))

"""Natural keys: unique among unfinished writes, remembered once they exist upstream, never worked on twice at once."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from service.core.entry import Registration

# Two halves, each answered by a partial index of its own.
RIVALS = " UNION ALL ".join(
    f"SELECT source, id, unfinished, kept FROM keys WHERE account = ? AND operation = ? AND key = ? AND {which} = 1"  # noqa: S608  # ours
    for which in ("unfinished", "kept")
)


Request = tuple[str, str]
"""Source and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """Other requests with the same natural keys: whether an unfinished one has a key, and who put one upstream."""

    is_taken: bool = False
    sent_before: Request | None = None


def find_rivals(db: sqlite3.Connection, asked: Registration) -> Rivals:
    """The other requests that have one of these natural keys, or put it upstream."""
    rows = [row for key in asked.keys for row in db.execute(RIVALS, (asked.account, asked.operation, key) * 2)]
    others = [row for row in rows if (row["source"], row["id"]) != (asked.source, asked.id)]
    kept = ((row["source"], row["id"]) for row in others if row["kept"])
    return Rivals(is_taken=any(row["unfinished"] for row in others), sent_before=next(kept, None))


def claim_keys(db: sqlite3.Connection, asked: Registration) -> None:
    """Take all natural keys of a write, which no other unfinished one has."""
    for key in asked.keys:
        values = (asked.account, asked.operation, key, asked.source, asked.id)
        db.execute("INSERT OR REPLACE INTO keys VALUES (?,?,?,?,?,1,0)", values)


def close_keys(db: sqlite3.Connection, source: str, id: str, kept: tuple[str, ...]) -> None:
    """Give the keys of a finished write back, and remember those that exist upstream because of it."""
    marks = ",".join("?" * len(kept))
    statement = f"UPDATE keys SET unfinished = 0, kept = max(kept, key IN ({marks})) WHERE source = ? AND id = ?"  # noqa: S608  # marks alone
    db.execute(statement, (*kept, source, id))


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

"""Natural keys: unique among unfinished writes, remembered once they exist upstream, never worked on twice at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.core.entry import Earlier, Registration
from service.ledger.database import Database, Row

AT_ONCE = 1000
"""Keys named in one statement; a file may hold many invoices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """Other requests with the same natural keys: whether an unfinished one has a key, and who put one upstream last."""

    is_taken: bool = False
    sent_before: Earlier | None = None


def find_rivals(db: Database, asked: Registration) -> Rivals:
    """The other requests that have one of these natural keys, or put it upstream."""
    rows = [row for keys in _portions(_unique(asked.keys)) for row in _with_keys(db, asked, keys)]
    others = [row for row in rows if (row["source"], row["id"]) != (asked.source, asked.id)]
    last = max((row for row in others if row["kept"]), key=lambda row: str(row["changed_at"]), default=None)
    return Rivals(is_taken=any(row["unfinished"] for row in others), sent_before=_earlier(db, last) if last else None)


def _earlier(db: Database, row: Row) -> Earlier:
    ago = (db.wall() - datetime.fromisoformat(row["changed_at"])).total_seconds()
    return Earlier(source=row["source"], id=row["id"], reason=row["reason"], ago=ago)


def _with_keys(db: Database, asked: Registration, keys: Sequence[str]) -> list[Row]:
    # Two halves, each answered by a partial index of its own.
    which = f"k.account = ? AND k.operation = ? AND k.key IN ({_marks(keys)})"
    statement = " UNION ALL ".join(
        f"SELECT e.source, e.id, e.changed_at, e.reason, k.unfinished, k.kept FROM keys k"  # noqa: S608  # marks and names
        f" JOIN entries e ON e.source = k.source AND e.id = k.id WHERE {which} AND k.{half} = 1"
        for half in ("unfinished", "kept")
    )
    return db.execute(statement, (asked.account, asked.operation, *keys) * 2).fetchall()


def claim_keys(db: Database, asked: Registration) -> None:
    """Take all natural keys of a write, which no other unfinished one has."""
    for keys in _portions(_unique(asked.keys)):
        rows = ",".join(["(?,?,?,?,?,1,0)"] * len(keys))
        db.execute(
            f"INSERT INTO keys (account, operation, key, source, id, unfinished, kept) VALUES {rows}"  # noqa: S608  # marks
            " ON CONFLICT (source, id, key) DO UPDATE SET account = excluded.account, operation = excluded.operation,"
            " unfinished = 1, kept = 0",
            [value for key in keys for value in (asked.account, asked.operation, key, asked.source, asked.id)],
        )


def claim_more(db: Database, entry: Row, keys: tuple[str, ...]) -> bool:
    """Take other natural keys of a write that is worked on; False when another unfinished one has one of them."""
    named = {name: entry[name] for name in ("source", "id", "type", "account", "operation", "digest", "subject")}
    asked = Registration(**named, keys=keys)
    if find_rivals(db, asked).is_taken:
        return False
    claim_keys(db, asked)
    return True


def keys_of(db: Database, source: str, id: str) -> tuple[str, ...]:
    """All natural keys of a write."""
    rows = db.execute("SELECT key FROM keys WHERE source = ? AND id = ?", (source, id)).fetchall()
    return tuple(row["key"] for row in rows)


def close_keys(db: Database, entry: Row, kept: tuple[str, ...]) -> None:
    """Give the keys of a finished write back, and remember those that exist upstream because of it, new ones too."""
    source, id = entry["source"], entry["id"]
    for keys in _portions(_unique(kept)):
        rows = ",".join(["(?,?,?,?,?,0,1)"] * len(keys))
        db.execute(
            f"INSERT INTO keys (account, operation, key, source, id, unfinished, kept) VALUES {rows}"  # noqa: S608  # marks
            " ON CONFLICT (source, id, key) DO UPDATE SET kept = 1",
            [value for key in keys for value in (entry["account"], entry["operation"], key, source, id)],
        )
    db.execute("UPDATE keys SET unfinished = 0 WHERE source = ? AND id = ? AND unfinished = 1", (source, id))


def subject_keys(asked: Registration) -> tuple[str, ...]:
    """What must not be worked on twice at once: the natural keys, else the subject, else the event alone."""
    keys = asked.keys or ((asked.subject,) if asked.subject else ())
    return tuple(f"{asked.account}\n{key}" for key in _unique(keys))


def leases_of(db: Database, subjects: Sequence[str]) -> list[Row]:
    """Who leased any of these, and until when."""
    return [
        row
        for keys in _portions(subjects)
        for row in db.execute(f"SELECT owner, until, boot FROM subjects WHERE key IN ({_marks(keys)})", keys)  # noqa: S608
    ]


def take_subjects(db: Database, subjects: Sequence[str], owner: str, until: float) -> bool:
    """Lease what a write is about; False when somebody else renewed a lease of it at this very moment."""
    taken = 0
    for keys in _portions(subjects):
        rows = ",".join(["(?,?,?,?)"] * len(keys))
        values: list[object] = [value for key in keys for value in (key, owner, until, db.boot)]
        taken += db.execute(
            f"INSERT INTO subjects (key, owner, until, boot) VALUES {rows} ON CONFLICT (key) DO UPDATE"  # noqa: S608  # marks
            " SET owner = excluded.owner, until = excluded.until, boot = excluded.boot"
            " WHERE subjects.owner = excluded.owner OR subjects.boot <> excluded.boot OR subjects.until <= ?",
            [*values, db.now()],
        ).rowcount
    if taken < len(subjects):
        free_subjects(db, owner)
    return taken == len(subjects)


def renew_subjects(db: Database, owner: str, until: float) -> int:
    """Keep what an owner leases as long as its write; how many that are."""
    return db.execute("UPDATE subjects SET until = ? WHERE owner = ?", (until, owner)).rowcount


def free_subjects(db: Database, owner: str) -> int:
    """Give back what an owner leases; how many that were."""
    return db.execute("DELETE FROM subjects WHERE owner = ?", (owner,)).rowcount


def _unique(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))


def _portions(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]


def _marks(keys: Sequence[str]) -> str:
    return ",".join("?" * len(keys))

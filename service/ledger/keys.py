"""Natural keys: unique among unfinished writes, remembered once they exist upstream, never worked on twice at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from service.core.entry import PART, Earlier, Keeper, Registration
from service.ledger.database import Database, Row

AT_ONCE = 1000
"""Keys named in one statement; a file may hold many invoices."""

_LAST = "\U0010ffff"
"""Sorts behind whatever a key goes on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """Other requests with the same natural keys: whether an unfinished one has a key, and who put one upstream last."""

    is_taken: bool = False
    sent_before: Earlier | None = None


def find_rivals(db: Database, asked: Registration) -> Rivals:
    """The other requests that have one of these natural keys, or put it upstream."""
    rows = _Holders(db=db, account=asked.account, operation=asked.operation).of(asked.keys)
    others = [row for row in rows if (row["source"], row["id"]) != (asked.source, asked.id)]
    last = max((row for row in others if row["kept"]), key=lambda row: str(row["changed_at"]), default=None)
    return Rivals(is_taken=any(row["unfinished"] for row in others), sent_before=_earlier(db, last) if last else None)


def _earlier(db: Database, row: Row) -> Earlier:
    ago = (db.wall() - datetime.fromisoformat(row["changed_at"])).total_seconds()
    return Earlier(source=row["source"], id=row["id"], reason=row["reason"], ago=ago)


def keepers(db: Database, account: str, operation: str, keys: Sequence[str]) -> tuple[Keeper, ...]:
    """The finished requests that keep one of these keys, or a whole or a part of it, the last one first."""
    holders = _Holders(db=db, account=account, operation=operation, halves=("kept",), more="e.digest, e.answer, ")
    rows = sorted(holders.of(keys), key=lambda row: str(row["changed_at"]))
    return tuple(_keeper(db, row) for row in reversed(rows))


def _keeper(db: Database, row: Row) -> Keeper:
    earlier = _earlier(db, row)
    return Keeper(
        source=earlier.source,
        id=earlier.id,
        reason=earlier.reason,
        ago=earlier.ago,
        key=row["key"],
        digest=row["digest"],
        answer=orjson.loads(row["answer"]) if row["answer"] else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holders:
    """Who has keys of one account and operation: unfinished ones, finished ones that keep them, or both."""

    db: Database
    account: str
    operation: str
    halves: tuple[str, ...] = ("unfinished", "kept")
    more: str = ""

    def of(self, keys: Sequence[str]) -> list[Row]:
        """The rows of those that have one of these keys, a whole of which it is part, or a part of it as a whole."""
        order = self.db.bytewise
        same = [
            row
            for some in _portions(_unique([*keys, *wholes(keys)]))
            for row in self._rows(f"k.key IN ({_marks(some)})", some)
        ]
        parts = [
            row
            for whole in _unique([key for key in keys if key.endswith(PART)])
            for row in self._rows(f"k.key{order} > ? AND k.key{order} < ?", (whole, f"{whole}{_LAST}"))
        ]
        return same + parts

    def _rows(self, which: str, values: Sequence[object]) -> list[Row]:
        # One half for each, answered by a partial index of its own.
        statement = " UNION ALL ".join(
            f"SELECT {self.more}e.source, e.id, e.changed_at, e.reason, k.key, k.unfinished, k.kept"  # noqa: S608  # ours
            " FROM keys k JOIN entries e ON e.source = k.source AND e.id = k.id"
            f" WHERE k.account = ? AND k.operation = ? AND {which} AND k.{half} = 1"
            for half in self.halves
        )
        return self.db.execute(statement, (self.account, self.operation, *values) * len(self.halves)).fetchall()


def wholes(keys: Sequence[str]) -> tuple[str, ...]:
    """The keys that stand for all of what these are parts of."""
    return _unique([key.partition(PART)[0] + PART for key in keys if PART in key])


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


def close_keys(db: Database, entry: Row, kept: tuple[str, ...], freed: tuple[str, ...] = ()) -> None:
    """Give the keys of a finished write back, and remember those that exist upstream because of it, new ones too.

    Whoever keeps one of those `freed` keeps the parts it took up no longer: what they were parts of is free for others.
    """
    _free_parts(db, entry, freed)
    source, id = entry["source"], entry["id"]
    for keys in _portions(_unique(kept)):
        rows = ",".join(["(?,?,?,?,?,0,1)"] * len(keys))
        db.execute(
            f"INSERT INTO keys (account, operation, key, source, id, unfinished, kept) VALUES {rows}"  # noqa: S608  # marks
            " ON CONFLICT (source, id, key) DO UPDATE SET kept = 1",
            [value for key in keys for value in (entry["account"], entry["operation"], key, source, id)],
        )
    db.execute("UPDATE keys SET unfinished = 0 WHERE source = ? AND id = ? AND unfinished = 1", (source, id))


def _free_parts(db: Database, entry: Row, freed: tuple[str, ...]) -> None:
    for keys in _portions(_unique(freed)):
        which = f"account = ? AND operation = ? AND kept = 1 AND key IN ({_marks(keys)})"
        db.execute(
            f"UPDATE keys SET kept = 0 WHERE kept = 1 AND key LIKE ? AND (source, id) IN"  # noqa: S608  # ours
            f" (SELECT source, id FROM keys WHERE {which})",
            (f"%{PART}%", entry["account"], entry["operation"], *keys),
        )


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

"""Pauses of an upstream as rows: one begins, one ends, both are published, and one worker at a time tries again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from service.core.entry import Episode, Turn
from service.ledger.database import Database
from service.ledger.rows import in_words, to_episode

RUNNING = "SELECT * FROM episodes WHERE ended = 0 ORDER BY since, scope"


def begin_episode(
    db: Database, *, scope: str, cause: str, since: datetime, until: datetime | None, anew: bool
) -> Episode | None:
    """Write down that a pause begins; None when one is running already, unless that ends with it."""
    if anew:
        end_episode(db, scope=scope)
    if db.execute("SELECT number FROM episodes WHERE scope = ? AND ended = 0", (scope,)).fetchone():
        return None
    last = db.execute("SELECT coalesce(max(number), 0) AS number FROM episodes WHERE scope = ?", (scope,)).fetchone()
    row = db.execute(
        "INSERT INTO episodes (scope, number, cause, since, until, begin_unsaid) VALUES (?,?,?,?,?,?) RETURNING *",
        (scope, last["number"] + 1, str(cause), in_words(since), until and in_words(until), in_words(db.wall())),
    ).fetchone()
    return to_episode(row)


def end_episode(db: Database, *, scope: str) -> Episode | None:
    """Write down that a pause ended; None when none was running."""
    now = in_words(db.wall())
    row = db.execute(
        "UPDATE episodes SET ended = 1, ended_at = ?, end_unsaid = ? WHERE scope = ? AND ended = 0 RETURNING *",
        (now, now, scope),
    ).fetchone()
    db.execute("DELETE FROM turns WHERE scope = ?", (scope,))
    return None if row is None else to_episode(row)


def running(db: Database) -> list[Episode]:
    """The pauses now running, oldest first."""
    return [to_episode(row) for row in db.execute(RUNNING)]


def take_turn(db: Database, *, scope: str, owner: str, every: float) -> Turn:
    """Whether this worker may try a paused scope now; if so, nobody else may for a while."""
    if db.execute("SELECT number FROM episodes WHERE scope = ? AND ended = 0", (scope,)).fetchone() is None:
        return Turn.OVER
    now = db.now()
    taken = db.execute(
        "INSERT INTO turns (scope, owner, ends_at, boot) VALUES (?,?,?,?) ON CONFLICT (scope) DO UPDATE"
        " SET owner = excluded.owner, ends_at = excluded.ends_at, boot = excluded.boot"
        " WHERE turns.owner = excluded.owner OR turns.boot <> excluded.boot OR turns.ends_at <= ?",
        (scope, owner, now + every, db.boot, now),
    )
    return Turn.OURS if taken.rowcount else Turn.THEIRS


def note_said(db: Database, *, scope: str, number: int, end: bool | None) -> None:
    """Note that the beginning or the end was published; without `end`, whatever is due."""
    which = "scope = ? AND number = ?"
    if end is not True:
        db.execute(f"UPDATE episodes SET begin_unsaid = NULL WHERE {which}", (scope, number))  # noqa: S608  # ours
    if end is not False:
        db.execute(f"UPDATE episodes SET end_unsaid = NULL WHERE {which} AND ended = 1", (scope, number))  # noqa: S608


def unsaid(db: Database, *, older_than: float) -> Sequence[Episode]:
    """Pauses whose beginning or end was due to be published longer ago than this, in seconds."""
    before = in_words(db.wall() - timedelta(seconds=older_than))
    rows = db.execute(
        "SELECT * FROM episodes WHERE begin_unsaid <= ? OR end_unsaid <= ? ORDER BY since, scope", (before, before)
    )
    return [to_episode(row) for row in rows]

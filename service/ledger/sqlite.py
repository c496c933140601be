"""The ledger on SQLite: one machine, any number of processes, every commit on disk before it counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from service.core.entry import Begun, Change, Entry, Episode, Registration, Standing, State
from service.core.errors import FenceLost
from service.ledger.base import Ledger, Totals
from service.ledger.episodes import begin_episode, end_episode
from service.ledger.keys import (
    Request,
    claim_keys,
    close_keys,
    find_rivals,
    free_subjects,
    renew_subjects,
    subject_keys,
    take_subjects,
)
from service.ledger.memory import forget, stay_awake, wake, would_know
from service.ledger.rows import assignments, to_entry, to_episode, to_json, wall_clock
from service.ledger.schema import boot_id, clock, migrate
from service.ledger.writer import Writer

ROW = "SELECT * FROM entries WHERE source = ? AND id = ?"
SENT_NOW = ", state = 'sending', sends = sends + 1, first_sent_at = coalesce(first_sent_at, ?), changed_at = ?"
WITHDRAWN = "cancelled"


class SqliteLedger(Ledger):
    """See `Ledger`. WAL, `synchronous=FULL`; the file must be on a local disk."""

    def __init__(self, path: str, *, lease: float) -> None:
        self._writer = Writer(path)
        self._lease = lease
        self._boot = boot_id()

    async def open(self) -> None:
        """Connect, and create or update the tables."""
        await self._writer.open(migrate)
        await self._writer.run(lambda db: wake(db, datetime.now(UTC)))

    async def close(self) -> None:
        """Disconnect once everything asked is committed."""
        await self._writer.close()

    async def ping(self) -> None:
        """Commit that the ledger is still in use."""
        await self._writer.run(lambda db: stay_awake(db, datetime.now(UTC)))

    async def begin(
        self, asked: Registration, *, owner: str, turn: int, unseen_wait: float | None, send: bool = False
    ) -> Begun:
        """Take the lease in one transaction with all that decides about it."""
        return await self._writer.run(
            partial(self._begin, asked=asked, owner=owner, turn=turn, unseen_wait=unseen_wait, send=send)
        )

    async def advance(self, entry: Entry, owner: str, change: Change) -> Entry:
        """Update one row, where fence and owner are still those of `entry`."""
        return await self._writer.run(partial(self._advance, entry=entry, owner=owner, change=change))

    async def release(self, entry: Entry, owner: str) -> None:
        """Free the lease and the subjects of `owner`."""
        await self._writer.run(partial(_release, entry=entry, owner=owner))

    async def raise_turn(self, source: str, id: str, turn: int) -> None:
        """Raise the turn, never lower it."""
        statement = "UPDATE entries SET turn = max(turn, ?) WHERE source = ? AND id = ?"
        await self._writer.run(lambda db: db.execute(statement, (turn, source, id)))

    async def withdraw(self, source: str, id: str, outcome: bytes | None) -> Entry | None:
        """Close a claimed row that nobody works on; without an outcome only leave a closed one where there is none."""
        return await self._writer.run(partial(self._withdraw, source=source, id=id, outcome=outcome))

    async def decide(
        self,
        source: str,
        id: str,
        *,
        to: State,
        answer: dict[str, object] | None,
        reason: str,
        outcome: bytes | None = None,
    ) -> Entry:
        """Update a held row, and raise its fence."""
        change = Change(state=to, answer=answer, reason=reason, outcome=outcome, next_look_in=0.0, looks=0)
        # Whichever copy comes next carries the decision on: the one held may be dropped, the request published anew.
        return await self._writer.run(partial(self._decide, source=source, id=id, change=change))

    async def find(self, id: str, source: str | None = None) -> Sequence[Entry]:
        """Rows with this id."""
        where, values = ("id = ?", (id,)) if source is None else ("id = ? AND source = ?", (id, source))
        return await self._writer.run(lambda db: self._entries(db, where, values))

    async def in_state(self, *states: State) -> Sequence[Entry]:
        """Rows in these states."""
        where = f"state IN ({','.join('?' * len(states))})"
        return await self._writer.run(lambda db: self._entries(db, where, tuple(states)))

    async def totals(self) -> Totals:
        """Counted now, by index."""
        return await self._writer.run(_totals)

    async def pause(self, scope: str, cause: str, since: datetime, until: datetime | None) -> Episode | None:
        """Insert an episode unless one is running."""
        return await self._writer.run(partial(begin_episode, scope=scope, cause=cause, since=since, until=until))

    async def resume(self, scope: str) -> Episode | None:
        """End the running episode."""
        return await self._writer.run(partial(end_episode, scope=scope))

    async def pauses(self) -> Sequence[Episode]:
        """The running episodes, oldest first."""
        statement = "SELECT * FROM episodes WHERE ended = 0 ORDER BY since"
        return await self._writer.run(lambda db: [to_episode(row) for row in db.execute(statement)])

    async def purge(self, older_than_days: float) -> int:
        """Delete by the time of the last change; keys go with their row."""
        oldest = datetime.now(UTC) - timedelta(days=older_than_days)
        return await self._writer.run(partial(forget, before=oldest))

    def _begin(
        self,
        db: sqlite3.Connection,
        *,
        asked: Registration,
        owner: str,
        turn: int,
        unseen_wait: float | None,
        send: bool,
    ) -> Begun:
        row = self._create(db, asked, turn, unseen_wait)
        created = row is not None
        if row is None:
            row = db.execute(ROW, (asked.source, asked.id)).fetchone()
        standing, earlier = self._standing(db, row, asked, owner, turn, seen=unseen_wait is not None)
        if standing is not Standing.HELD:
            return Begun(standing=standing, entry=self._read(row), created=created)
        is_unsent = row["state"] == State.CLAIMED
        is_sending = send and is_unsent and earlier is None
        entry = self._take(db, asked, owner, is_sending=is_sending)
        before = earlier if is_unsent else None
        return Begun(standing=standing, entry=entry, created=created, is_sending=is_sending, sent_before=before)

    def _create(
        self, db: sqlite3.Connection, asked: Registration, turn: int, unseen_wait: float | None
    ) -> sqlite3.Row | None:
        """The new row, None when there is one already."""
        now, wall = clock(), wall_clock()
        is_new = unseen_wait is None or would_know(db, asked.made_at)
        state = State.CLAIMED if is_new else State.IN_DOUBT
        wait = 0.0 if is_new else unseen_wait or 0.0
        row: sqlite3.Row | None = db.execute(
            "INSERT INTO entries (source, id, type, account, operation, digest, subject, echo, state, boot, turn,"
            " sends, look_wait, next_look_at, created_at, changed_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT DO NOTHING RETURNING *",
            (
                *(asked.source, asked.id, asked.type, asked.account, asked.operation, asked.digest, asked.subject),
                *(to_json(asked.echo), state, self._boot, turn),
                *(int(state is State.IN_DOUBT), wait, now + wait, wall, wall),
            ),
        ).fetchone()
        return row

    def _standing(
        self, db: sqlite3.Connection, row: sqlite3.Row, asked: Registration, owner: str, turn: int, *, seen: bool
    ) -> tuple[Standing, Request | None]:
        """Where the asker stands, its keys claimed if it may go on; and who put one of them upstream before."""
        is_closed = row["state"] == State.CLOSED
        if row["digest"] not in (asked.digest, ""):
            # Before the turn: the turns of another content's copies say nothing about this one.
            return (Standing.REUSED if is_closed else Standing.TAKEN), None
        if turn < row["turn"] and (seen or not is_closed):
            return Standing.OVERTAKEN, None
        if is_closed:
            return Standing.CLOSED, None
        is_leased = self._is_leased(row["owner"], row["lease_until"], row["boot"], owner)
        if is_leased or self._subject_busy(db, asked, owner):
            return Standing.BUSY, None
        rivals = find_rivals(db, asked)
        if not row["keyed"]:
            if rivals.is_taken:
                return Standing.CONFLICT, None
            claim_keys(db, asked)
        return Standing.HELD, rivals.sent_before

    def _is_leased(self, holder: str | None, until: float, boot: str, owner: str) -> bool:
        return holder not in (None, owner) and boot == self._boot and until > clock()

    def _subject_busy(self, db: sqlite3.Connection, asked: Registration, owner: str) -> bool:
        return any(
            self._is_leased(row["owner"], row["until"], row["boot"], owner)
            for key in subject_keys(asked)
            for row in db.execute("SELECT * FROM subjects WHERE key = ?", (key,))
        )

    def _take(self, db: sqlite3.Connection, asked: Registration, owner: str, *, is_sending: bool) -> Entry:
        now = clock()
        until = now + self._lease
        sent, values = (SENT_NOW, (wall := wall_clock(), wall)) if is_sending else ("", ())
        row = db.execute(
            "UPDATE entries SET fence = fence + 1, owner = ?, lease_until = ?, type = ?, operation = ?,"  # noqa: S608
            " keyed = max(keyed, ?), boot = ?,"
            f" next_look_at = CASE WHEN boot = ? THEN next_look_at ELSE ? + look_wait END{sent}"
            " WHERE source = ? AND id = ? RETURNING *",
            (
                *(owner, until, asked.type, asked.operation, bool(asked.keys), self._boot, self._boot, now),
                *(*values, asked.source, asked.id),
            ),
        ).fetchone()
        take_subjects(db, asked, owner, until, self._boot)
        return self._read(row)

    def _advance(self, db: sqlite3.Connection, *, entry: Entry, owner: str, change: Change) -> Entry:
        now = clock()
        columns = assignments(change, now=now, lease=self._lease)
        names, values = ", ".join(f"{name} = ?" for name in columns), list(columns.values())
        if change.sent:
            names += ", sends = sends + ?, first_sent_at = CASE WHEN sends + ? > 0 THEN coalesce(first_sent_at, ?) END"
            values += [change.sent, change.sent, columns["changed_at"]]
        statement = f"UPDATE entries SET {names} WHERE source = ? AND id = ? AND fence = ? AND owner = ? RETURNING *"  # noqa: S608  # ours
        row = db.execute(statement, (*values, entry.source, entry.id, entry.fence, owner)).fetchone()
        if row is None:
            raise FenceLost(f"another worker has taken over event {entry.id}")
        if change.state is State.CLOSED:
            close_keys(db, entry.source, entry.id, change.kept)
        if change.release:
            free_subjects(db, owner)
        else:
            renew_subjects(db, owner, now + self._lease)
        return self._read(row)

    def _withdraw(self, db: sqlite3.Connection, *, source: str, id: str, outcome: bytes | None) -> Entry | None:
        row = db.execute(ROW, (source, id)).fetchone()
        if row is None:
            self._create(db, _mark(source, id), 0, None)
            closed = "UPDATE entries SET state = 'closed', reason = ? WHERE source = ? AND id = ?"
            db.execute(closed, (WITHDRAWN, source, id))
            return None
        before = self._read(row)
        is_leased = self._is_leased(row["owner"], row["lease_until"], row["boot"], "")
        if outcome is not None and before.state is State.CLAIMED and not is_leased:
            db.execute(
                "UPDATE entries SET state = 'closed', reason = ?, outcome = ?, fence = fence + 1, owner = NULL,"
                " changed_at = ? WHERE source = ? AND id = ?",
                (WITHDRAWN, outcome, wall_clock(), source, id),
            )
            close_keys(db, source, id, ())
        return before

    def _decide(self, db: sqlite3.Connection, *, source: str, id: str, change: Change) -> Entry:
        row = db.execute(ROW, (source, id)).fetchone()
        if row is None or row["state"] != State.HELD:
            raise LookupError(f"no event {id} of {source} is held for a decision")
        columns = assignments(replace(change, release=True), now=clock(), lease=self._lease)
        names = ", ".join(f"{name} = ?" for name in columns)
        statement = f"UPDATE entries SET {names}, fence = fence + 1, turn = 0 WHERE source = ? AND id = ? RETURNING *"  # noqa: S608  # ours
        row = db.execute(statement, (*columns.values(), source, id)).fetchone()
        if change.state is State.CLOSED:
            close_keys(db, source, id, ())
        return self._read(row)

    def _read(self, row: sqlite3.Row) -> Entry:
        return to_entry(row, now=clock(), boot=self._boot)

    def _entries(self, db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Entry]:
        statement = f"SELECT * FROM entries WHERE {where} ORDER BY created_at LIMIT 1000"  # noqa: S608  # `where` is ours
        return [self._read(row) for row in db.execute(statement, values)]


def _mark(source: str, id: str) -> Registration:
    """What is known of a request that was withdrawn before it came."""
    return Registration(source=source, id=id, type="", account="", operation="", digest="", subject=None, keys=())


def _release(db: sqlite3.Connection, *, entry: Entry, owner: str) -> None:
    statement = "UPDATE entries SET owner = NULL, lease_until = 0 WHERE source = ? AND id = ? AND owner = ?"
    db.execute(statement, (entry.source, entry.id, owner))
    free_subjects(db, owner)


def _totals(db: sqlite3.Connection) -> Totals:
    def counted(where: str) -> tuple[int, float]:
        statement = f"SELECT count(*) AS n, min(created_at) AS oldest FROM entries WHERE {where}"  # noqa: S608  # ours
        row = db.execute(statement).fetchone()
        age = (datetime.now(UTC) - datetime.fromisoformat(row["oldest"])).total_seconds() if row["oldest"] else 0.0
        return int(row["n"]), age

    in_doubt, oldest = counted("state IN ('in_doubt', 'held')")
    held, _ = counted("state = 'held'")
    _, unfinished = counted("state <> 'closed' AND operation = 'deposerFluxFacture'")
    return Totals(in_doubt=in_doubt, oldest_in_doubt=oldest, held=held, oldest_unfinished_deposit=unfinished)

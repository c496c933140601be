"""Remembers how far each feed of statuses has come, which tick of it counts, and what was told last of each invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from contracts.changes import FeedRole
from service.core.errors import FenceLost
from service.core.feed import Feed, Hold, Standing, Step, Taken, Tick
from service.ledger.database import Database, Row
from service.ledger.rows import in_words
from service.ledger.writer import Writer

NAMES = ("feeds",)
"""What stands for all of them: they are few, and written seldom."""

MINE = "account = ? AND role = ?"


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds in the ledger; every method raises LedgerUnavailable. Seconds are by the database's clock.

    A feed has one tick that counts, the one with its number. Whoever reads it holds it, shows signs of life, and gives
    it back; `due` is how many seconds of silence after each of these are nothing to worry about.
    """

    writer: Writer

    async def seed(self, wanted: Sequence[Feed], *, first_window: timedelta, due: float) -> Sequence[Tick]:
        """A tick for each feed that has none, or has been silent for too long; whoever asks must publish them."""
        return await self.writer.run(partial(_seed, wanted=wanted, first_window=first_window, due=due), names=NAMES)

    async def take(self, tick: Tick, owner: str, *, first_window: timedelta, lease: float, due: float) -> Taken:
        """Hold the feed of a tick for so many seconds, unless another worker does or the tick does not count."""
        work = partial(_take, tick=tick, owner=owner, first_window=first_window, lease=lease, due=due)
        return await self.writer.run(work, names=NAMES)

    async def known(self, feed: Feed, invoices: Sequence[int]) -> Mapping[int, Step]:
        """The last step told of each of these invoices."""
        return await self.writer.run(partial(_known, feed=feed, invoices=invoices))

    async def tell(self, tick: Tick, owner: str, told: Mapping[int, Step], *, lease: float, due: float) -> None:
        """Note what was told, and keep the feed; raises FenceLost when it is another worker's by now."""
        await self.writer.run(partial(_tell, tick=tick, owner=owner, told=told, lease=lease, due=due), names=NAMES)

    async def finish(self, tick: Tick, owner: str, mark: datetime | None, *, due: float) -> None:
        """Give the feed back, told up to `mark` (None: no further than before); raises FenceLost."""
        await self.writer.run(partial(_finish, tick=tick, owner=owner, mark=mark, due=due), names=NAMES)

    async def leave(self, tick: Tick, owner: str) -> None:
        """Give the feed back as it is; nothing happens when it was lost."""
        await self.writer.run(partial(_leave, tick=tick, owner=owner), names=NAMES)

    async def moved(self, feed: Feed, number: int) -> None:
        """Note that the tick with this number is safe in a queue, so that earlier ones are dropped."""
        await self.writer.run(partial(_moved, feed=feed, number=number), names=NAMES)

    async def standings(self) -> Sequence[Standing]:
        """Where every feed stands that there ever was."""
        return await self.writer.run(_standings)

    async def sent(self, account: str, operations: Sequence[str], keys: Sequence[str]) -> frozenset[str]:
        """Those of these natural keys that a request of this account put upstream, or is putting there."""
        return await self.writer.run(partial(_sent, account=account, operations=operations, keys=keys))


def _seed(db: Database, *, wanted: Sequence[Feed], first_window: timedelta, due: float) -> list[Tick]:
    now, ticks = db.now(), []
    for feed in wanted:
        row = _row(db, feed) or _create(db, feed, number=0, began=db.wall() - first_window)
        if row["boot"] == db.boot and row["due"] > now:
            continue
        number = row["number"] + 1
        db.execute(
            f"UPDATE feeds SET number = ?, owner = NULL WHERE {MINE}",  # noqa: S608  # ours
            (number, feed.account, feed.role),
        )
        _show_life(db, feed, due)
        ticks.append(Tick(feed=feed, number=number, mark=datetime.fromisoformat(row["mark"])))
    return ticks


def _take(db: Database, *, tick: Tick, owner: str, first_window: timedelta, lease: float, due: float) -> Taken:
    feed, now = tick.feed, db.now()
    row = _row(db, feed)
    if row is None:  # a ledger that was lost, and a tick that was not
        row = _create(db, feed, number=tick.number, began=tick.mark or db.wall() - first_window)
    mark, began = datetime.fromisoformat(row["mark"]), datetime.fromisoformat(row["began"])
    hold = Hold.OURS
    if tick.number < row["number"]:
        hold = Hold.SURPLUS
    elif row["owner"] not in {None, owner} and row["boot"] == db.boot and row["until"] > now:
        hold = Hold.BUSY
    if hold is Hold.OURS:
        db.execute(
            f"UPDATE feeds SET number = ?, owner = ?, until = ? WHERE {MINE}",  # noqa: S608  # ours
            (tick.number, owner, now + lease, feed.account, feed.role),
        )
        _show_life(db, feed, due)
    return Taken(hold=hold, mark=mark, began=began)


def _known(db: Database, *, feed: Feed, invoices: Sequence[int]) -> dict[int, Step]:
    if not invoices:
        return {}
    which = f"{MINE} AND invoice IN ({_marks(invoices)})"
    values = (feed.account, feed.role, *(str(id) for id in invoices))
    rows = db.execute(f"SELECT invoice, code, since FROM told WHERE {which}", values)  # noqa: S608  # ours
    return {
        int(row["invoice"]): Step(
            code=row["code"], since=datetime.fromisoformat(row["since"]) if row["since"] else None
        )
        for row in rows
    }


def _tell(db: Database, *, tick: Tick, owner: str, told: Mapping[int, Step], lease: float, due: float) -> None:
    feed = tick.feed
    _ours(db, tick, owner, "until = ?", db.now() + lease)
    _show_life(db, feed, due)
    for invoice, step in told.items():
        db.execute(
            "INSERT INTO told (account, role, invoice, code, since, told_at) VALUES (?,?,?,?,?,?)"
            " ON CONFLICT (account, role, invoice) DO UPDATE SET code = excluded.code, since = excluded.since,"
            " told_at = excluded.told_at",
            (
                feed.account, feed.role, str(invoice), step.code, step.since and in_words(step.since),
                in_words(db.wall()),
            ),
        )  # fmt: skip


def _finish(db: Database, *, tick: Tick, owner: str, mark: datetime | None, due: float) -> None:
    _ours(db, tick, owner, "owner = ?", None)
    _show_life(db, tick.feed, due)
    if mark is not None:
        db.execute(
            f"UPDATE feeds SET mark = ?, succeeded_at = ? WHERE {MINE}",  # noqa: S608  # ours
            (in_words(mark), in_words(db.wall()), tick.feed.account, tick.feed.role),
        )


def _leave(db: Database, *, tick: Tick, owner: str) -> None:
    db.execute(
        f"UPDATE feeds SET owner = NULL WHERE {MINE} AND owner = ?",  # noqa: S608  # ours
        (tick.feed.account, tick.feed.role, owner),
    )


def _moved(db: Database, *, feed: Feed, number: int) -> None:
    db.execute(
        f"UPDATE feeds SET number = ? WHERE {MINE} AND number < ?",  # noqa: S608  # ours
        (number, feed.account, feed.role, number),
    )


def _standings(db: Database) -> list[Standing]:
    return [
        Standing(
            feed=Feed(account=row["account"], role=FeedRole(row["role"])),
            mark=datetime.fromisoformat(row["mark"]),
            created_at=datetime.fromisoformat(row["created_at"]),
            succeeded_at=datetime.fromisoformat(row["succeeded_at"]) if row["succeeded_at"] else None,
        )
        for row in db.execute("SELECT * FROM feeds ORDER BY account, role")
    ]


def _sent(db: Database, *, account: str, operations: Sequence[str], keys: Sequence[str]) -> frozenset[str]:
    if not keys or not operations:
        return frozenset()
    which = f"account = ? AND operation IN ({_marks(operations)}) AND key IN ({_marks(keys)})"
    # Two halves, each answered by a partial index of its own.
    statement = " UNION ALL ".join(
        f"SELECT key FROM keys WHERE {which} AND {half} = 1"  # noqa: S608  # marks and names
        for half in ("unfinished", "kept")
    )
    return frozenset(row["key"] for row in db.execute(statement, (account, *operations, *keys) * 2))


def forget_told(db: Database, before: datetime) -> None:
    """Delete what was told last of invoices that did not change since this moment."""
    db.execute("DELETE FROM told WHERE told_at < ?", (in_words(before),))


def _row(db: Database, feed: Feed) -> Row | None:
    row: Row | None = db.execute(f"SELECT * FROM feeds WHERE {MINE}", (feed.account, feed.role)).fetchone()  # noqa: S608
    return row


def _create(db: Database, feed: Feed, *, number: int, began: datetime) -> Row:
    row: Row = db.execute(
        "INSERT INTO feeds (account, role, number, mark, began, created_at, boot) VALUES (?,?,?,?,?,?,?) RETURNING *",
        (feed.account, feed.role, number, in_words(began), in_words(began), in_words(db.wall()), db.boot),
    ).fetchone()
    return row


def _show_life(db: Database, feed: Feed, due: float) -> None:
    db.execute(
        f"UPDATE feeds SET due = ?, boot = ? WHERE {MINE}",  # noqa: S608  # ours
        (db.now() + due, db.boot, feed.account, feed.role),
    )


def _ours(db: Database, tick: Tick, owner: str, change: str, value: object) -> None:
    """Change a row that this owner holds by this tick; raises FenceLost."""
    feed = tick.feed
    changed = db.execute(
        f"UPDATE feeds SET {change} WHERE {MINE} AND owner = ? AND number = ?",  # noqa: S608  # ours
        (value, feed.account, feed.role, owner, tick.number),
    )
    if not changed.rowcount:
        raise FenceLost(f"the feed {feed.name} is read by another worker")


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))

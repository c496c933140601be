"""Work that shares a transaction: one that fails harms no other, and a database that fails keeps nothing of any."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from service.core.errors import FenceLost, LedgerUnavailable
from service.ledger.batch import Job, Transactions
from service.ledger.database import Database
from service.ledger.schema import migrate
from service.ledger.sqlite import SqliteDatabase
from service.ledger.writer import LARGEST_BATCH, Writer
from tests.support.writing_at_once import Occupied, Work, at_once, feed, starve

TOO_LARGE = "x" * 4_000_000
"""More than fits on the pages a starved database has left."""


def _schema(db: Database) -> None:
    migrate(db)
    db.execute("CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, count INTEGER NOT NULL DEFAULT 1)")
    db.execute("CREATE TABLE IF NOT EXISTS orphans (name TEXT REFERENCES notes (name) DEFERRABLE INITIALLY DEFERRED)")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "notes.db")


@pytest.fixture
async def writer(path: str) -> AsyncIterator[Writer]:
    opened = Writer(SqliteDatabase(path), _schema)
    await opened.open()
    yield opened
    await opened.close()


def note(name: str) -> Work:
    """Writes a note, or counts it once more."""
    upsert = "INSERT INTO notes (name) VALUES (?) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING name"
    return lambda db: db.execute(upsert, (name,)).fetchone()[0]


def notes(path: str) -> dict[str, int]:
    """What is on disk, as another connection sees it."""
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT name, count FROM notes ORDER BY name"))


def failing(error: Callable[[Database], object]) -> Work:
    """Writes a note and fails afterwards."""

    def work(db: Database) -> object:
        note("of the one that failed")(db)
        return error(db)

    return work


def _raise(error: Exception) -> None:
    raise error


FAILURES: dict[str, tuple[type[Exception], Callable[[Database], object]]] = {
    "our own": (FenceLost, lambda _: _raise(FenceLost("taken over"))),
    "a mistake": (KeyError, lambda _: _raise(KeyError("outcome"))),
    "a constraint": (sqlite3.IntegrityError, lambda db: db.execute("INSERT INTO notes VALUES ('x', NULL)")),
    "wrong number of values": (sqlite3.ProgrammingError, lambda db: db.execute("SELECT ?", ())),
    "a number too large": (OverflowError, lambda db: db.execute("SELECT ?", (2**70,))),
    "a lone surrogate": (UnicodeEncodeError, lambda db: db.execute("SELECT ?", ("\ud800",))),
}


async def test_should_not_do_what_nobody_waits_for_any_more(path: str) -> None:
    """Whoever gave up while the database was connected, locked or slow has gone on: a lease taken now is nobody's."""
    given_up = _job(note("given up"))

    def work(db: Database) -> object:
        given_up.is_given_up = True  # this one takes longer than anybody waits
        return note("slow")(db)

    transactions = Transactions(SqliteDatabase(path), _schema)
    failure = transactions.open() or transactions.run([_job(work), given_up])
    transactions.database.close()

    assert (failure, notes(path)) == (None, {"slow": 1})


async def test_should_commit_once_for_all_that_was_asked_meanwhile(writer: Writer, path: str) -> None:
    """One transaction, and no savepoint as long as nothing fails."""
    said: list[str] = []
    database = writer.database
    assert isinstance(database, SqliteDatabase)
    await writer.run(lambda _: database.connection.set_trace_callback(said.append))
    said.clear()
    answers = await at_once(writer, note("a"), note("b"), note("c"))
    await writer.run(lambda _: database.connection.set_trace_callback(None))

    assert answers == ["a", "b", "c"]
    assert notes(path) == {"a": 1, "b": 1, "c": 1}
    assert _transactions(said) == ["BEGIN IMMEDIATE", "COMMIT"] * 2 + ["BEGIN IMMEDIATE"]  # the first kept it busy


@pytest.mark.parametrize(("kind", "error"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_should_harm_no_neighbour_of_work_that_fails(
    writer: Writer, path: str, kind: type[Exception], error: Callable[[Database], object], place: int
) -> None:
    """Wherever it stands it is undone alone, and told its own error; the others count once though they ran twice."""
    works = [note("a"), note("b")]
    works.insert(place, failing(error))
    answers = await at_once(writer, *works)
    failed = answers.pop(place)

    assert type(failed) is kind
    assert (answers, notes(path)) == (["a", "b"], {"a": 1, "b": 1})


async def test_should_tell_each_of_several_that_fail_its_own_error(writer: Writer, path: str) -> None:
    """One redo is enough for all of them."""
    answers = await at_once(
        writer,
        failing(lambda _: _raise(FenceLost("first"))),
        note("a"),
        failing(lambda _: _raise(LookupError("second"))),
        note("a"),
    )

    assert [str(answer) for answer in answers] == ["first", "a", "second", "a"]
    assert notes(path) == {"a": 2}


async def test_should_answer_what_was_committed_and_not_what_was_undone(writer: Writer, path: str) -> None:
    """Work that ran twice answers what its second run wrote."""
    names = iter(["undone", "committed"])

    def named(db: Database) -> object:
        return note(next(names))(db)

    answers = await at_once(writer, named, failing(lambda _: _raise(FenceLost("taken over"))))

    assert answers[0] == "committed"
    assert notes(path) == {"committed": 1}


async def test_should_show_work_what_went_before_but_nothing_of_what_failed(writer: Writer) -> None:
    """In the order in which it was asked."""
    seen = lambda db: [row[0] for row in db.execute("SELECT name FROM notes")]  # noqa: E731  # reason: said once
    answers = await at_once(writer, note("a"), failing(lambda _: _raise(KeyError("x"))), seen, note("b"))

    assert answers[2] == ["a"]


async def test_should_go_on_alone_after_a_failure(writer: Writer, path: str) -> None:
    """The next transaction is a plain one, and the failed work may be asked again."""
    await at_once(writer, note("a"), failing(lambda _: _raise(KeyError("x"))))
    answers = await at_once(writer, note("b"), failing(lambda _: "well"))

    assert answers == ["b", "well"]
    assert notes(path) == {"a": 1, "b": 1, "of the one that failed": 1}


async def test_should_keep_nothing_of_a_batch_when_the_database_fails(writer: Writer, path: str) -> None:
    """A full disk in the middle: nobody is told that it is written, nothing is, and later it works again."""
    await note_and_starve(writer)
    answers = await at_once(writer, note("a"), note(TOO_LARGE), note("b"))
    during = notes(path)
    await feed(writer)

    assert [type(answer) for answer in answers] == [LedgerUnavailable] * 3
    assert {"full" in str(answer) for answer in answers} == {True}
    assert during == {"before": 1}
    assert await at_once(writer, note("a"), note("b")) == ["a", "b"]


async def test_should_keep_nothing_when_the_database_fails_in_the_redo(writer: Writer, path: str) -> None:
    """Work whose own mistake caused the redo is told the worse: nobody knows what it would have come to."""
    await note_and_starve(writer)
    answers = await at_once(writer, note("a"), failing(lambda _: _raise(KeyError("x"))), note(TOO_LARGE), note("b"))
    during = notes(path)
    await feed(writer)

    assert [type(answer) for answer in answers] == [LedgerUnavailable] * 4
    assert during == {"before": 1}
    assert await at_once(writer, note("a")) == ["a"]


async def test_should_keep_nothing_when_the_commit_itself_fails(writer: Writer, path: str) -> None:
    """Each piece of work was well until the end: whose fault it is cannot be told, and none counts."""
    orphan: Work = lambda db: db.execute("INSERT INTO orphans VALUES ('nobody')").rowcount  # noqa: E731
    answers = await at_once(writer, note("a"), orphan, note("b"))

    assert [type(answer) for answer in answers] == [LedgerUnavailable] * 3
    assert notes(path) == {}
    assert await at_once(writer, note("a")) == ["a"]


async def test_should_be_unavailable_while_somebody_else_keeps_the_file_locked(writer: Writer, path: str) -> None:
    """It waits its time, then says so to all that asked; afterwards it works again."""
    await writer.run(lambda db: db.execute("PRAGMA busy_timeout=50"))  # instead of ten seconds
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked = await asyncio.gather(writer.run(note("c")), writer.run(note("d")), return_exceptions=True)
        other.execute("ROLLBACK")

    assert [type(answer) for answer in locked] == [LedgerUnavailable] * 2
    assert {"locked" in str(answer) for answer in locked} == {True}
    assert await writer.run(note("c")) == "c"
    assert notes(path) == {"c": 1}


async def test_should_commit_what_nobody_waits_for_any_more(writer: Writer, path: str) -> None:
    """A caller that was cancelled disturbs nobody; its work may be on disk, as it was told."""
    async with Occupied(writer):
        gone = asyncio.create_task(writer.run(note("a")))
        stays = asyncio.create_task(writer.run(note("b")))
        await asyncio.sleep(0)
        gone.cancel()
    answers = await asyncio.gather(gone, stays, return_exceptions=True)

    assert isinstance(answers[0], asyncio.CancelledError)
    assert (answers[1], notes(path)) == ("b", {"a": 1, "b": 1})


async def test_should_answer_all_of_more_than_fits_in_one_commit(writer: Writer, path: str) -> None:
    """In order, and none is forgotten between two batches, of which one holds a failure."""
    names = [f"{number:04}" for number in range(LARGEST_BATCH * 2 + 10)]
    works = [note(name) for name in names]
    works[LARGEST_BATCH + 3] = failing(lambda _: _raise(KeyError("x")))
    answers = await at_once(writer, *works)
    failed, names[LARGEST_BATCH + 3] = names[LARGEST_BATCH + 3], "'x'"

    assert [str(answer) for answer in answers] == names
    assert list(notes(path)) == [name for name in names if name != "'x'"]
    assert failed not in notes(path)


async def test_should_finish_what_was_asked_before_the_end(path: str) -> None:
    """Closing waits for it; what is asked behind the end is refused."""
    writer = Writer(SqliteDatabase(path), _schema)
    await writer.open()
    async with Occupied(writer):
        asked = [asyncio.create_task(writer.run(note(name))) for name in ("a", "b")]
        await asyncio.sleep(0)
        closed = asyncio.create_task(writer.close())
        await asyncio.sleep(0)
        with pytest.raises(LedgerUnavailable, match="not open"):
            await writer.run(note("late"))
    await closed

    assert await asyncio.gather(*asked) == ["a", "b"]
    assert notes(path) == {"a": 1, "b": 1}


async def note_and_starve(writer: Writer) -> None:
    """A database with something in it and no room for more."""
    await writer.run(note("before"))
    await starve(writer)


def _transactions(said: list[str]) -> list[str]:
    return [statement for statement in said if statement.split()[0] in {"BEGIN", "COMMIT", "SAVEPOINT", "ROLLBACK"}]


def _job(work: Work) -> Job:
    return Job(work=work, names=(), done=asyncio.get_running_loop().create_future())

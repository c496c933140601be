"""What is particular to a ledger in a file: its place, its safety, its clock, and a disk that is full."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from service.core.entry import Change, Entry, Standing, State
from service.core.errors import FenceLost, LedgerUnavailable
from service.ledger import SqliteLedger, open_ledger
from tests.support.ledger_rig import ANOTHER, ASKED, CLOSING, RIVAL, bring, only, take
from tests.support.writing_at_once import Occupied, feed, starve

ANSWER: dict[str, object] = {"report": "x" * 1_000_000}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[SqliteLedger]:
    async with SqliteLedger(str(path), lease=20.0) as opened:
        yield opened


def change_from_outside(path: Path, statement: str) -> None:
    """Make the file say what only time or another machine would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(statement)


async def decide_about_nobody(ledger: SqliteLedger) -> Entry:
    """Fails: there is nothing to decide."""
    return await ledger.decide("nobody", "e-9", to=State.CLOSED, answer=None, reason="decided", outcome=b"[]")


async def test_should_make_its_folder_and_be_readable_by_nobody_else(tmp_path: Path) -> None:
    """Names and texts of other companies are in it."""
    path = tmp_path / "not" / "there" / "ledger.db"
    async with open_ledger(f"sqlite:///{path}", lease=20.0) as ledger:
        await take(ledger)

        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


async def test_should_have_every_commit_on_disk(sqlite: SqliteLedger) -> None:
    """A journal that several workers can write, flushed with each commit, and keys that leave with their entry."""
    settings = [
        await sqlite._writer.run(lambda db, name=name: db.execute(f"PRAGMA {name}").fetchone()[0])  # type: ignore[misc]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    ]

    assert settings == ["wal", 2, 1]


async def test_should_remember_across_a_restart(path: Path) -> None:
    """Opening again finds everything, and changes nothing."""
    async with SqliteLedger(str(path), lease=20.0) as ledger:
        before = await bring(ledger, Change(state=State.SENDING, sent=1), Change(state=State.ANSWERED, answer=ANSWER))
    async with SqliteLedger(str(path), lease=20.0) as ledger:
        assert await only(ledger) == before


async def test_should_let_many_workers_start_at_once(path: Path) -> None:
    """On a file that does not exist yet."""
    ledgers = [SqliteLedger(str(path), lease=20.0) for _ in range(8)]
    await asyncio.gather(*(ledger.open() for ledger in ledgers))
    begun = await asyncio.gather(*(take(ledger, owner=str(number)) for number, ledger in enumerate(ledgers)))
    await asyncio.gather(*(ledger.close() for ledger in ledgers))

    assert sorted(one.standing for one in begun) == [Standing.BUSY] * 7 + [Standing.HELD]


@pytest.mark.parametrize("what", ["a folder", "no database"])
async def test_should_say_why_a_file_cannot_be_opened(path: Path, what: str) -> None:
    """It names the file."""
    if what == "a folder":
        path.mkdir()
    else:
        path.write_bytes(b"something else " * 500)

    with pytest.raises(LedgerUnavailable, match=r"ledger\.db cannot be opened"):
        await SqliteLedger(str(path), lease=20.0).open()


async def test_should_be_unavailable_when_it_is_not_open(path: Path) -> None:
    """Before it is opened and after it is closed; closing twice does no harm."""
    ledger = SqliteLedger(str(path), lease=20.0)
    with pytest.raises(LedgerUnavailable, match="not open"):
        await ledger.ping()
    await ledger.open()
    await ledger.close()
    await ledger.close()
    with pytest.raises(LedgerUnavailable, match="not open"):
        await ledger.ping()


async def test_should_be_unavailable_on_a_full_disk_and_work_again_afterwards(sqlite: SqliteLedger) -> None:
    """What could not be written did not happen; what is there can be read all the while."""
    entry = (await take(sqlite)).entry
    await starve(sqlite._writer)
    with pytest.raises(LedgerUnavailable, match="full"):
        await sqlite.advance(entry, "worker-1", Change(state=State.ANSWERED, answer=ANSWER))
    during = await only(sqlite)
    await feed(sqlite._writer)
    after = await sqlite.advance(entry, "worker-1", Change(state=State.ANSWERED, answer=ANSWER))

    assert during == entry
    assert (after.state, after.answer) == (State.ANSWERED, ANSWER)


async def test_should_be_unavailable_when_its_tables_are_gone(sqlite: SqliteLedger, path: Path) -> None:
    """Whoever took them away: that is no answer about a request."""
    change_from_outside(path, "DROP TABLE subjects")

    with pytest.raises(LedgerUnavailable, match="subjects"):
        await take(sqlite)
    assert await sqlite.find(ASKED.id) == []


async def test_should_begin_once_though_a_neighbour_in_the_commit_fails(sqlite: SqliteLedger) -> None:
    """A begin that is undone and done again is still the first: created, sent once, one fence further."""
    lost = (await take(sqlite, ANOTHER, owner="lost")).entry
    await sqlite.release(lost, "lost")
    async with Occupied(sqlite._writer):
        beginning = asyncio.create_task(take(sqlite, send=True))
        fenced = asyncio.create_task(sqlite.advance(lost, "lost", CLOSING))
        undecided = asyncio.create_task(decide_about_nobody(sqlite))
        rival = asyncio.create_task(take(sqlite, replace(RIVAL, id="e-3"), owner="rival", send=True))
        finding = asyncio.create_task(sqlite.find(ASKED.id))
    begun, then = await beginning, await rival
    failures = await asyncio.gather(fenced, undecided, return_exceptions=True)

    assert [type(failure) for failure in failures] == [FenceLost, LookupError]
    assert (begun.standing, begun.created, begun.is_sending) == (Standing.HELD, True, True)
    assert (begun.entry.sends, begun.entry.fence, await finding) == (1, 1, [begun.entry])
    assert (then.standing, then.created, then.is_sending) == (Standing.BUSY, True, False)


async def test_should_begin_nothing_when_the_database_fails_beside_it(sqlite: SqliteLedger) -> None:
    """Nobody may send: nothing of it is written, and the next to ask is the first."""
    other = (await take(sqlite, ANOTHER, owner="other")).entry
    await starve(sqlite._writer)
    async with Occupied(sqlite._writer):
        asked = [
            asyncio.create_task(work)
            for work in (
                take(sqlite, send=True),
                sqlite.advance(other, "other", Change(state=State.ANSWERED, answer=ANSWER)),
            )
        ]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    await feed(sqlite._writer)
    begun = await take(sqlite, owner="worker-2", send=True)

    assert [type(answer) for answer in answers] == [LedgerUnavailable] * 2
    assert (begun.standing, begun.created, begun.is_sending, begun.entry.sends) == (Standing.HELD, True, True, 1)


async def test_should_not_believe_a_lease_of_an_earlier_run_of_the_machine(sqlite: SqliteLedger, path: Path) -> None:
    """The clock began anew and its owner is dead, however late the lease seems to end; so with its subject."""
    await take(sqlite)
    for table in ("entries", "subjects"):
        change_from_outside(path, f"UPDATE {table} SET boot = 'an earlier run'")  # noqa: S608  # our own tables
    change_from_outside(path, "UPDATE entries SET lease_until = 1e12")
    change_from_outside(path, "UPDATE subjects SET until = 1e12")
    begun = await take(sqlite, owner="worker-2")

    assert (begun.standing, begun.entry.fence) == (Standing.HELD, 2)


@pytest.mark.parametrize("due_at", [-1e12, 1e12], ids=["long past", "far away"])
async def test_should_wait_in_full_for_a_look_of_an_earlier_run(
    sqlite: SqliteLedger, path: Path, due_at: float
) -> None:
    """How much of the wait had passed is not known any more; once taken it is counted down by this run's clock."""
    await bring(sqlite, Change(state=State.IN_DOUBT, next_look_in=60.0))
    change_from_outside(path, f"UPDATE entries SET boot = 'an earlier run', next_look_at = {due_at}")  # noqa: S608
    read = (await only(sqlite)).next_look_in
    taken = (await take(sqlite)).entry
    await sqlite.release(taken, "worker-1")
    later = (await only(sqlite)).next_look_in

    assert read == 60.0
    assert 50.0 < later < taken.next_look_in <= 60.0


async def test_should_list_no_more_than_a_thousand(sqlite: SqliteLedger) -> None:
    """A list for a person ends somewhere; the totals count all."""
    wanted = [replace(ANOTHER, id=f"e-{number:04}", keys=(), subject=None) for number in range(1005)]
    await asyncio.gather(*(bring(sqlite, Change(state=State.HELD), asked=asked, owner=asked.id) for asked in wanted))
    listed = await sqlite.in_state(State.HELD)

    assert (len(listed), (await sqlite.totals()).held) == (1000, 1005)


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "mysql:///x", "/var/ledger.db", "sqlite:x.db"])
def test_should_refuse_an_address_that_names_no_ledger(url: str) -> None:
    """In a sentence that shows a right one."""
    with pytest.raises(ValueError, match=r"sqlite:///path/to/ledger\.db"):
        open_ledger(url, lease=20.0)

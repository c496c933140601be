"""Tables of every age: made once by whoever starts first, brought up from the first version, shared with newer ones."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from service.core.entry import Standing, State
from service.core.errors import LedgerUnavailable
from service.ledger import Ledger, open_ledger
from service.ledger.database import Database
from service.ledger.schema import STEPS, Step, migrate
from service.ledger.store import StoredLedger
from tests.support.ledger_rig import ANOTHER, ASKED, CLOSING, OpenAgain, bring, database_of, only, take

FIRST_VERSION = """
CREATE TABLE entries (
    source TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, account TEXT NOT NULL, operation TEXT NOT NULL,
    digest TEXT NOT NULL, subject TEXT, echo TEXT NOT NULL DEFAULT '{}', state TEXT NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0, owner TEXT, lease_until REAL NOT NULL DEFAULT 0, boot TEXT NOT NULL,
    turn INTEGER NOT NULL DEFAULT 0, keyed INTEGER NOT NULL DEFAULT 0,
    sends INTEGER NOT NULL DEFAULT 0, first_sent_at TEXT,
    looks INTEGER NOT NULL DEFAULT 0, look_wait REAL NOT NULL DEFAULT 0, next_look_at REAL NOT NULL DEFAULT 0,
    answer TEXT, outcome BLOB, reason TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL, changed_at TEXT NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;
CREATE TABLE keys (
    account TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL,
    unfinished INTEGER NOT NULL, kept INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (source, id, key),
    FOREIGN KEY (source, id) REFERENCES entries (source, id) ON DELETE CASCADE) WITHOUT ROWID;
CREATE UNIQUE INDEX one_unfinished ON keys (account, operation, key) WHERE unfinished = 1;
CREATE TABLE subjects (
    key TEXT PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL, boot TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE episodes (
    scope TEXT NOT NULL, number INTEGER NOT NULL, cause TEXT NOT NULL, since TEXT NOT NULL, until TEXT,
    ended INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (scope, number)) WITHOUT ROWID;
INSERT INTO entries
    (source, id, type, account, operation, digest, subject, state, boot, outcome, created_at, changed_at)
VALUES ('/tests/billing', 'old', 'invoice.deposit.requested.v1', 'default', 'deposerFluxFacture', 'digest-old', 'F-0',
    'closed', 'an earlier run', x'5b5d', '2026-11-01T10:00:00+00:00', '2026-11-01T10:00:00+00:00'),
    ('/tests/billing', 'e-1', 'invoice.deposit.requested.v1', 'default', 'deposerFluxFacture', 'digest-1', 'F-1',
    'in_doubt', 'an earlier run', NULL, '2026-11-01T10:00:00+00:00', '2026-11-01T10:00:00+00:00');
INSERT INTO episodes (scope, number, cause, since) VALUES ('dume', 1, 'unavailable', '2026-11-01T10:00:00+00:00');
PRAGMA user_version = 1;
"""
MEMORY = "CREATE TABLE memory (only INTEGER PRIMARY KEY CHECK (only = 1), since TEXT NOT NULL, alive_at TEXT NOT NULL);"

NEWER = Step(
    version=99,
    oldest=1,
    statements="ALTER TABLE entries ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE keys ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE subjects ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE memory ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE types ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE novelties (name {text} PRIMARY KEY)",
)
ALONE = Step(version=99, oldest=98, statements="CREATE TABLE novelties (name {text} PRIMARY KEY)")


async def update(url: str, step: Step) -> None:
    """What a worker of a newer version does when it starts beside the others."""
    await asyncio.to_thread(_update, database_of(url), step)


def _update(database: Database, step: Step) -> None:
    with closing(database):
        database.connect()
        migrate(database, (*STEPS, step))


@pytest.mark.parametrize("memory", ["", MEMORY], ids=["before the memory", "with it"])
async def test_should_bring_up_a_file_of_the_first_version(tmp_path: Path, memory: str) -> None:
    """What it holds is kept, and everything newer works on it."""
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FIRST_VERSION + memory)
    async with open_ledger(f"sqlite:///{path}", lease=20.0) as ledger:
        old, paused = await only(ledger, "old"), await ledger.pauses()
        begun = await take(ledger)
        unsaid = await ledger.unsaid(older_than=0.0)
        await bring(ledger, CLOSING, asked=ANOTHER, owner="worker-2")

    assert (old.state, old.outcome) == (State.CLOSED, b"[]")
    assert (begun.standing, begun.entry.state) == (Standing.HELD, State.IN_DOUBT)
    assert ([pause.scope for pause in paused], unsaid) == (["dume"], [])


async def test_should_let_many_workers_make_the_tables_at_once(ledger_url: str) -> None:
    """Where there are none yet: one makes them, the others find them."""
    ledgers = [open_ledger(ledger_url, lease=20.0) for _ in range(8)]
    await asyncio.gather(*(ledger.open() for ledger in ledgers))
    begun = await asyncio.gather(*(take(ledger, owner=str(number)) for number, ledger in enumerate(ledgers)))
    await asyncio.gather(*(ledger.close() for ledger in ledgers))

    assert sorted(one.standing for one in begun) == [Standing.BUSY] * 7 + [Standing.HELD]


async def test_should_go_on_beside_newer_tables(ledger: Ledger, ledger_url: str, open_again: OpenAgain) -> None:
    """A rolling update: workers that ran before, and one that is started again, both work on as they did."""
    for _ in range(10):  # so often that whatever a database prepares for later is prepared
        await take(ledger)
    await update(ledger_url, NEWER)
    entry = (await take(ledger)).entry
    closed = await ledger.advance(entry, "worker-1", CLOSING)
    await ledger.ping()
    later = await open_again()
    begun = await take(later, ANOTHER, owner="worker-2")
    await later.know([ASKED.type])

    assert (closed.state, begun.standing) == (State.CLOSED, Standing.HELD)
    assert await later.is_known(ASKED.type)


async def test_should_not_start_beside_tables_it_must_not_touch(ledger_url: str, open_again: OpenAgain) -> None:
    """One sentence says why and what to do."""
    await update(ledger_url, ALONE)

    with pytest.raises(LedgerUnavailable, match=r"brought to version 99 by a newer piste-relay.*update it"):
        await open_again()


async def test_should_stop_writing_when_its_tables_are_taken_over(ledger: Ledger, ledger_url: str) -> None:
    """Found out by the next proof that it can be written, and from then on nothing is, whatever is asked."""
    await update(ledger_url, ALONE)

    with pytest.raises(LedgerUnavailable, match="update it"):
        await ledger.ping()
    with pytest.raises(LedgerUnavailable, match="update it"):
        await take(ledger)


async def test_should_note_each_step_once(ledger: Ledger, open_again: OpenAgain) -> None:
    """However often a worker starts."""
    await open_again()
    assert isinstance(ledger, StoredLedger)
    rows = await ledger._writer.run(
        lambda db: db.execute("SELECT version, oldest FROM steps ORDER BY version").fetchall()
    )

    assert [(row["version"], row["oldest"]) for row in rows] == [(step.version, step.oldest) for step in STEPS]


async def test_should_undo_a_step_that_fails(ledger_url: str, open_again: OpenAgain) -> None:
    """In whole: nothing of it is left, and the next worker finds what was there."""
    broken = Step(
        version=99, oldest=98, statements="CREATE TABLE novelties (name {text}); CREATE TABLE entries (x {text})"
    )
    with pytest.raises(Exception, match="entries"):
        await update(ledger_url, broken)
    later = await open_again()

    assert (await take(later)).standing is Standing.HELD

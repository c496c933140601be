"""The tables of the ledger, made and changed in numbered steps, so that old and new workers can share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.core.errors import LedgerUnavailable
from service.ledger.database import Database
from service.ledger.rows import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`oldest` is the lowest version whose program works beside these tables: raise it only where it must stop.

    A program of that version must not notice: what is added has defaults, nothing is taken away or renamed.
    """

    version: int
    oldest: int
    statements: str


FIRST = """
CREATE TABLE IF NOT EXISTS entries (
    source {text} NOT NULL, id {text} NOT NULL, type {text} NOT NULL, account {text} NOT NULL,
    operation {text} NOT NULL, digest {text} NOT NULL, subject {text}, echo {text} NOT NULL DEFAULT '{{}}',
    state {text} NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0, owner {text}, lease_until {float} NOT NULL DEFAULT 0, boot {text} NOT NULL,
    turn INTEGER NOT NULL DEFAULT 0, keyed INTEGER NOT NULL DEFAULT 0,
    sends INTEGER NOT NULL DEFAULT 0, first_sent_at {text},
    looks INTEGER NOT NULL DEFAULT 0, look_wait {float} NOT NULL DEFAULT 0, next_look_at {float} NOT NULL DEFAULT 0,
    answer {text}, outcome {blob}, reason {text} NOT NULL DEFAULT '',
    created_at {text} NOT NULL, changed_at {text} NOT NULL,
    PRIMARY KEY (source, id)
){rows};
CREATE INDEX IF NOT EXISTS entries_by_state ON entries (state, created_at);
CREATE INDEX IF NOT EXISTS entries_by_id ON entries (id);
CREATE TABLE IF NOT EXISTS keys (
    account {text} NOT NULL, operation {text} NOT NULL, key {text} NOT NULL, source {text} NOT NULL, id {text} NOT NULL,
    unfinished INTEGER NOT NULL, kept INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, id, key),
    FOREIGN KEY (source, id) REFERENCES entries (source, id) ON DELETE CASCADE
){rows};
CREATE UNIQUE INDEX IF NOT EXISTS one_unfinished ON keys (account, operation, key) WHERE unfinished = 1;
CREATE INDEX IF NOT EXISTS kept_keys ON keys (account, operation, key) WHERE kept = 1;
CREATE TABLE IF NOT EXISTS subjects (
    key {text} PRIMARY KEY, owner {text} NOT NULL, until {float} NOT NULL, boot {text} NOT NULL
){rows};
CREATE INDEX IF NOT EXISTS subjects_by_owner ON subjects (owner);
CREATE TABLE IF NOT EXISTS episodes (
    scope {text} NOT NULL, number INTEGER NOT NULL, cause {text} NOT NULL, since {text} NOT NULL, until {text},
    ended INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (scope, number)
){rows};
"""

FLEET = """
CREATE TABLE IF NOT EXISTS memory (
    "only" INTEGER PRIMARY KEY CHECK ("only" = 1), since {text} NOT NULL, alive_at {text} NOT NULL
);
CREATE TABLE origin ("only" INTEGER PRIMARY KEY CHECK ("only" = 1), identity {text} NOT NULL);
INSERT INTO origin ("only", identity) SELECT 1, '' FROM memory;
ALTER TABLE entries ADD COLUMN subjects INTEGER NOT NULL DEFAULT 0;
ALTER TABLE episodes ADD COLUMN ended_at {text};
ALTER TABLE episodes ADD COLUMN begin_unsaid {text};
ALTER TABLE episodes ADD COLUMN end_unsaid {text};
CREATE INDEX episodes_running ON episodes (scope) WHERE ended = 0;
CREATE TABLE turns (
    scope {text} PRIMARY KEY, owner {text} NOT NULL, ends_at {float} NOT NULL, boot {text} NOT NULL
){rows};
CREATE TABLE types (type {text} PRIMARY KEY, known_at {float} NOT NULL, boot {text} NOT NULL){rows};
"""
"""The memory table was added to the first version before it was called one, so that not every file has it."""

NOTES = """
ALTER TABLE entries ADD COLUMN notes {text};
"""

FEEDS = """
CREATE TABLE feeds (
    account {text} NOT NULL, role {text} NOT NULL, number INTEGER NOT NULL,
    mark {text} NOT NULL, began {text} NOT NULL, created_at {text} NOT NULL, succeeded_at {text},
    owner {text}, until {float} NOT NULL DEFAULT 0, due {float} NOT NULL DEFAULT 0, boot {text} NOT NULL,
    PRIMARY KEY (account, role)
){rows};
CREATE TABLE told (
    account {text} NOT NULL, role {text} NOT NULL, invoice {text} NOT NULL, code {text} NOT NULL, since {text},
    told_at {text} NOT NULL, PRIMARY KEY (account, role, invoice)
){rows};
CREATE INDEX told_by_age ON told (told_at);
"""

STEPS = (
    Step(version=1, oldest=1, statements=FIRST),
    Step(version=2, oldest=1, statements=FLEET),
    Step(version=3, oldest=1, statements=NOTES),
    Step(version=4, oldest=1, statements=FEEDS),
)

STEPS_TAKEN = """
CREATE TABLE IF NOT EXISTS steps (version INTEGER PRIMARY KEY, oldest INTEGER NOT NULL, taken_at {text} NOT NULL)
"""


def migrate(db: Database, steps: Sequence[Step] = STEPS) -> None:
    """Bring the tables up to date, one worker at a time; safe beside others that work.

    Raises LedgerUnavailable when they were made by a program this one cannot work beside.
    """
    db.begin(["schema"])
    db.create(STEPS_TAKEN)
    rows = db.execute("SELECT version, oldest FROM steps").fetchall()
    found = max((row["version"] for row in rows), default=db.version())
    check(db, steps[-1].version)
    for step in steps:
        if step.version > found:
            for statement in step.statements.split(";"):
                if statement.strip():
                    db.create(statement)
        _note(db, step)
    db.commit("SELECT 1")


def check(db: Database, version: int = STEPS[-1].version) -> None:
    """Raises LedgerUnavailable when a program of this version must not work with these tables."""
    row = db.execute("SELECT max(version) AS version, max(oldest) AS oldest FROM steps").fetchone()
    if row["oldest"] is not None and row["oldest"] > version:
        raise LedgerUnavailable(
            f"the ledger {db.name} was brought to version {row['version']} by a newer piste-relay, which allows none"
            f" older than one for version {row['oldest']} beside it; this one is for version {version}: update it"
        )


def _note(db: Database, step: Step) -> None:
    db.execute(
        "INSERT INTO steps (version, oldest, taken_at) VALUES (?,?,?) ON CONFLICT (version) DO NOTHING",
        (step.version, step.oldest, in_words(db.wall())),
    )

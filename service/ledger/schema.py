"""The tables of the SQLite ledger, versioned, and the clock they are read by."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

VERSION = 1

TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    source TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, account TEXT NOT NULL, operation TEXT NOT NULL,
    digest TEXT NOT NULL, subject TEXT, echo TEXT NOT NULL DEFAULT '{}', state TEXT NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0, owner TEXT, lease_until REAL NOT NULL DEFAULT 0, boot TEXT NOT NULL,
    turn INTEGER NOT NULL DEFAULT 0, keyed INTEGER NOT NULL DEFAULT 0,
    sends INTEGER NOT NULL DEFAULT 0, first_sent_at TEXT,
    looks INTEGER NOT NULL DEFAULT 0, look_wait REAL NOT NULL DEFAULT 0, next_look_at REAL NOT NULL DEFAULT 0,
    answer TEXT, outcome BLOB, reason TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL, changed_at TEXT NOT NULL,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_by_state ON entries (state, created_at);
CREATE INDEX IF NOT EXISTS entries_by_id ON entries (id);
CREATE TABLE IF NOT EXISTS keys (
    account TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL,
    unfinished INTEGER NOT NULL, kept INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, id, key),
    FOREIGN KEY (source, id) REFERENCES entries (source, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS one_unfinished ON keys (account, operation, key) WHERE unfinished = 1;
CREATE INDEX IF NOT EXISTS kept_keys ON keys (account, operation, key) WHERE kept = 1;
CREATE TABLE IF NOT EXISTS subjects (
    key TEXT PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL, boot TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS subjects_by_owner ON subjects (owner);
CREATE TABLE IF NOT EXISTS episodes (
    scope TEXT NOT NULL, number INTEGER NOT NULL, cause TEXT NOT NULL, since TEXT NOT NULL, until TEXT,
    ended INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (scope, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memory (
    only INTEGER PRIMARY KEY CHECK (only = 1), since TEXT NOT NULL, alive_at TEXT NOT NULL
);
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date; safe when several workers start at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found < VERSION:
            for statement in TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def clock() -> float:
    """Seconds that never jump and count sleep too, the same for every process of this machine until it restarts."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """Which run of the machine `clock()` belongs to."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"

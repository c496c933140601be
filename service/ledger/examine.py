"""Looks at a ledger the way a person would before starting a worker: its file, its journal, its health."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from service.core.errors import LedgerUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """`journal` should be wal; `damage` is what a quick check complains about, None when it finds nothing."""

    path: str
    journal: str
    damage: str | None


def examine(url: str) -> Examined:
    """The ledger `url` names, which must exist; waits for nobody and changes nothing. Raises LedgerUnavailable."""
    path = url.partition(":///")[2]
    try:
        with closing(sqlite3.connect(path, timeout=2.0)) as database:
            journal = str(database.execute("PRAGMA journal_mode").fetchone()[0])
            found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        raise LedgerUnavailable(f"the ledger {path} cannot be read: {error}") from error
    return Examined(path=path, journal=journal, damage=None if found == "ok" else found)

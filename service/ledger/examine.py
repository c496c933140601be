"""Looks at a ledger the way a person would before starting a worker: its health, and whether its commits last."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.errors import LedgerUnavailable

if TYPE_CHECKING:
    from service.ledger.postgres import PostgresDatabase

OLDEST_MAINTAINED = 14
"""Releases of PostgreSQL before this one get no corrections any more."""

SEEN = """
SELECT current_setting('server_version_num')::int / 10000 AS release, current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_pages, current_setting('synchronous_standby_names') AS awaited,
    (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit') AS commits,
    (SELECT count(*) FROM pg_stat_replication) AS standbys
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found: `damage` forbids to start a worker, `risks` do not; each a sentence with what to do."""

    place: str
    what: str
    damage: str | None = None
    risks: tuple[str, ...] = ()


def examine(url: str) -> Examined:
    """The ledger `url` names, which must exist; waits for nobody and changes nothing. Raises LedgerUnavailable."""
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite":
        return _file(path)
    from service.ledger.postgres import PostgresDatabase

    with closing(PostgresDatabase(url)) as database:
        return _server(database)


def _file(path: str) -> Examined:
    try:
        with closing(sqlite3.connect(path, timeout=2.0)) as database:
            journal = str(database.execute("PRAGMA journal_mode").fetchone()[0])
            found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        raise LedgerUnavailable(f"the ledger {path} cannot be read: {error}") from error
    damage = None
    if found != "ok":
        damage = f"is damaged ({found}); restore it from a copy before starting a worker"
    elif journal != "wal":
        damage = "cannot use a write-ahead log; put it on a local disk"
    return Examined(place=path, what="every commit is flushed to disk", damage=damage)


def _server(database: PostgresDatabase) -> Examined:
    try:
        database.connect()
        row = database.execute(SEEN).fetchone()
        identity = database.identity()
    except database.errors as error:
        raise LedgerUnavailable(f"the ledger {database.name} cannot be read: {database.describe(error)}") from error
    damage = None
    if row["fsync"] == "off":
        damage = "does not flush commits to disk (fsync is off): a power failure loses or damages them; switch it on"
    risks = [*_risks_of_a_failover(row), *_other_risks(row, identity)]
    count = row["standbys"]
    standbys = f"{count} standby{'s' * (count > 1)} connected" if count else "no standby is connected now"
    what = f"PostgreSQL {row['release']}, commits are synchronous, {standbys}"
    return Examined(place=database.name, what=what, damage=damage, risks=tuple(risks))


def _risks_of_a_failover(row: Mapping[str, object]) -> Iterator[str]:
    lost = "a failover can lose the last writes, which are then looked up before they are sent again"
    if row["standbys"] and not row["awaited"]:
        yield (
            f"standbys follow without being waited for: {lost}; name them in synchronous_standby_names, at least two"
            " as in ANY 1 (one, two), since without any of them every commit waits"
        )
    elif row["awaited"] and row["commits"] in {"local", "remote_write"}:
        yield f"synchronous_commit is {row['commits']} for this role: {lost}; set it to on (ALTER ROLE … SET)"


def _other_risks(row: Mapping[str, object], identity: str | None) -> Iterator[str]:
    if row["commits"] == "off":
        yield (
            "synchronous_commit is off for this role, and nothing is at risk: the relay switches it on for its own"
            " sessions; set it to on (ALTER ROLE … SET), so that nobody relies on that"
        )
    if row["full_pages"] == "off":
        yield "full_page_writes is off: a power failure can damage pages, unless the file system writes them in whole"
    if identity is None:
        yield (
            "it does not say which cluster and timeline it is, so that after each lost connection unknown writes that"
            " come back are looked up first; where the server has them: GRANT EXECUTE ON FUNCTION pg_control_system,"
            " pg_current_wal_lsn, pg_walfile_name TO this role"
        )
    if int(str(row["release"])) < OLDEST_MAINTAINED:
        yield f"PostgreSQL {row['release']} is no longer maintained; the relay is tried with 15"

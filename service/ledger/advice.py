"""Says what to do about a ledger that cannot be used, by what it said and by what can still be seen of it."""

from __future__ import annotations

from contextlib import closing

from service.core.errors import LedgerUnavailable

NO_RIGHT = "42501"
"""How PostgreSQL calls a right that a role does not have."""

AWAITED = "SELECT count(*) AS waiting FROM pg_stat_activity WHERE usename = current_user AND wait_event = 'SyncRep'"
"""Commits of this role that wait for a standby just now."""

GRANTS = (
    "this role must own the relay's tables, and be allowed to make new ones: ALTER DATABASE … OWNER TO it, or GRANT"
    " USAGE, CREATE ON SCHEMA … TO it; ALTER TABLE … OWNER TO it for each that another role made"
)
STANDBY = (
    "a commit waits for a standby that does not answer: cure it, start another, or take its name out of"
    " synchronous_standby_names"
)
PRIMARY = (
    "name the server that is written to, or all nodes of the cluster (one:5432,two:5432), and do not make this role"
    " read-only (default_transaction_read_only)"
)
WAY = (
    "check user, password and address in RELAY_LEDGER__URL (all nodes of a cluster, their names separated by commas),"
    " and that the server runs, is reached from here, and lets this role in (pg_hba.conf)"
)
FILE = "RELAY_LEDGER__URL must name a file that can be written, on a local disk"


def advice(url: str, error: LedgerUnavailable) -> str:
    """What to do about a ledger that cannot be used; empty when the error says it."""
    cause = error.__cause__
    if url.startswith("sqlite:"):
        return FILE if cause else ""
    if getattr(cause, "sqlstate", None) == NO_RIGHT:
        return GRANTS
    if "read-only" in str(error):  # the library's words: it has no code for this
        return PRIMARY
    if _waits_for_a_standby(url):
        return STANDBY
    return WAY if cause else ""


def _waits_for_a_standby(url: str) -> bool:
    from service.ledger.postgres import PostgresDatabase

    with closing(PostgresDatabase(url)) as database:
        try:
            database.connect()
            return bool(database.execute(AWAITED).fetchone()["waiting"])
        except (*database.errors, LedgerUnavailable):
            return False

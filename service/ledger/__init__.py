"""Remembers what was asked of an upstream and what it answered, and is alone in talking to a database."""

from __future__ import annotations

from service.ledger.base import Ledger, Totals
from service.ledger.sqlite import SqliteLedger

__all__ = ["Ledger", "SqliteLedger", "Totals", "open_ledger"]


def open_ledger(url: str, *, lease: float) -> Ledger:
    """The ledger `url` names, not opened yet; `lease` in seconds.

    `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:password@host:port/database?parameters`.
    Raises ValueError with one sentence, which never repeats the URL, when it names no ledger this version knows.
    """
    scheme, separator, path = url.partition("://")
    if separator and scheme == "sqlite" and path.startswith("/") and path != "/":
        return SqliteLedger(path[1:], lease=lease)
    if separator and scheme == "postgresql":
        return _postgres(url, lease)
    raise ValueError(
        "RELAY_LEDGER__URL must look like sqlite:///path/to/ledger.db (sqlite:////absolute/path.db)"
        " or postgresql://user:password@host:5432/database"
    )


def _postgres(url: str, lease: float) -> Ledger:
    try:
        from service.ledger.postgres import PostgresLedger
    except ImportError as error:
        raise ValueError("a ledger in PostgreSQL needs the extra: pip install 'piste-relay[postgres]'") from error
    return PostgresLedger(url, lease=lease)

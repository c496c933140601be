"""Remembers what was asked of an upstream and what it answered, and is alone in talking to a database."""

from __future__ import annotations

from service.ledger.base import Ledger, Totals
from service.ledger.sqlite import SqliteLedger

__all__ = ["Ledger", "SqliteLedger", "Totals", "open_ledger"]


def open_ledger(url: str, *, lease: float) -> Ledger:
    """The ledger `url` names (`sqlite:///relative.db`, `sqlite:////absolute.db`), not opened yet; `lease` in seconds.

    Raises ValueError with one sentence when the URL names no ledger this version knows.
    """
    scheme, separator, path = url.partition(":///")
    if separator and scheme == "sqlite" and path:
        return SqliteLedger(path, lease=lease)
    raise ValueError("RELAY_LEDGER__URL must look like sqlite:///path/to/ledger.db (sqlite:////absolute/path.db)")

"""Holds the lease of one write: each change of its entry is a compare-and-set, and says until when a call may run."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping

from service.core.entry import Change, Entry
from service.core.errors import LedgerUnavailable
from service.core.question import with_ready
from service.ledger import Ledger
from service.steady import steady


class Lease:
    """A write that `owner` holds, as the ledger last told it. `asked_at` (steady clock) is when it was asked for."""

    def __init__(self, ledger: Ledger, entry: Entry, owner: str, *, asked_at: float, hold: float) -> None:
        self._ledger = ledger
        self._owner = owner
        self._asked_at = asked_at
        self._hold = hold
        self.entry = entry
        self.is_released = False

    @property
    def until(self) -> float:
        """When a call made under this lease is over at the latest: nobody else can have taken over before."""
        return self._asked_at + self._hold

    async def change(self, change: Change) -> None:
        """Write a change down, which renews the lease unless it gives it back; raises LedgerUnavailable, FenceLost."""
        asked_at = steady()
        self.entry = await self._ledger.advance(self.entry, self._owner, change)
        self._asked_at = asked_at
        self.is_released = self.is_released or change.release

    async def keep(self, kept: Mapping[str, object] | None, claim: tuple[str, ...]) -> float:
        """Write down what a call that counts needs, if anything, and claim what it turns out to be about.

        Says until when calls may run now; raises like `change`, and KeyBusy.
        """
        notes = None if kept is None else with_ready(self.entry.notes, kept)
        await self.change(Change(notes=notes, claim=claim))
        return self.until

    async def release(self) -> None:
        """Give the lease back; one that cannot be given back expires."""
        with contextlib.suppress(LedgerUnavailable):
            await self._ledger.release(self.entry, self._owner)


def worker_name() -> str:
    """Who asks the ledger: readable where it is written down, and never the same twice."""
    return f"{os.uname().nodename}/{os.getpid()}/{secrets.token_hex(4)}"

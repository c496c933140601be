"""Shares among the workers of a fleet which technical accounts rest: one wrong password must not be tried by all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.accounts import AccountBook
from service.core.entry import Episode
from service.core.errors import EventInvalid, LedgerUnavailable
from service.ledger import Ledger

ACCOUNT = "account"
REJECTED = "account_rejected"


@dataclass(slots=True, kw_only=True)
class Rests:
    """The rests of this worker's accounts, kept as pauses in the ledger: `account/<name>/<mark of how it signs in>`.

    The mark tells a new password from the old one, so that one worker's old password says nothing of another's new one;
    and it is the same for accounts that sign in as one. An account that is gone meanwhile neither rests nor works.
    """

    ledger: Ledger
    accounts: AccountBook
    _running: frozenset[str] = field(default=frozenset())

    async def rejected(self, name: str, now: datetime, mark: str | None = None) -> None:
        """The upstream refused this account, with the secret of this mark: it rests in the whole fleet."""
        mark = mark or self._mark(name)
        if mark is None or not self.accounts.rejected(name, now, mark):
            return
        try:
            # A rest that begins anew after one try is a new pause: the others count from it.
            await self.ledger.pause(f"{ACCOUNT}/{name}/{mark}", REJECTED, now, None, anew=True)
        except LedgerUnavailable:
            return  # it rests here; the others find out for themselves

    async def accepted(self, name: str) -> None:
        """The upstream took this account: no rest of it goes on, with whatever password."""
        mark = self._mark(name)
        if mark is None or not self.accounts.accepted(name):
            return
        try:
            for scope in self._running:
                if _owner(scope) == name or _mark_in(scope) == mark:
                    await self.ledger.resume(scope)
        except LedgerUnavailable:
            return

    def heard(self, running: Sequence[Episode]) -> None:
        """Leave alone what another worker has found rejected; use what another worker has found accepted."""
        rests = [one for one in running if is_rest(one)]
        since = {_mark_in(one.scope): one.since for one in sorted(rests, key=lambda one: one.since)}
        before = {_mark_in(scope) for scope in self._running}
        for name in self.accounts.names:
            mark = self._mark(name)
            if mark in since:
                self.accounts.rest(name, since[mark])
            elif mark in before:
                self.accounts.accepted(name)
        self._running = frozenset(one.scope for one in rests)

    def _mark(self, name: str) -> str | None:
        try:
            return self.accounts.get(name).mark
        except EventInvalid:  # its file was changed while the call was under way
            return None


def _owner(scope: str) -> str:
    return scope.removeprefix(f"{ACCOUNT}/").rpartition("/")[0]


def _mark_in(scope: str) -> str:
    return scope.rpartition("/")[2]


def is_rest(episode: Episode) -> bool:
    """Whether a pause is that of an account, and of no upstream."""
    return episode.cause == REJECTED

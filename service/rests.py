"""Shares among the workers of a fleet which technical accounts rest: one wrong password must not be tried by all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.accounts import AccountBook
from service.core.entry import Episode
from service.core.errors import LedgerUnavailable
from service.ledger import Ledger

ACCOUNT = "account"
REJECTED = "account_rejected"


@dataclass(slots=True, kw_only=True)
class Rests:
    """The rests of this worker's accounts, kept as pauses in the ledger: `account/<name>/<mark of its secret>`.

    The mark tells a new password from the old one, so that one worker's old password says nothing of another's new one.
    """

    ledger: Ledger
    accounts: AccountBook
    _running: frozenset[str] = field(default=frozenset())

    async def rejected(self, name: str, now: datetime) -> None:
        """The upstream refused this account: it rests in the whole fleet."""
        if not self.accounts.rejected(name, now):
            return
        scope = self._scope(name)
        try:
            # A rest that begins anew after one try is a new pause: the others count from it.
            await self.ledger.pause(scope, REJECTED, now, None, anew=True)
        except LedgerUnavailable:
            return  # it rests here; the others find out for themselves

    async def accepted(self, name: str) -> None:
        """The upstream took this account: no rest of it goes on, with whatever password."""
        if not self.accounts.accepted(name):
            return
        try:
            for scope in self._running:
                if scope.rpartition("/")[0] == f"{ACCOUNT}/{name}":
                    await self.ledger.resume(scope)
        except LedgerUnavailable:
            return

    def heard(self, running: Sequence[Episode]) -> None:
        """Leave alone what another worker has found rejected; use what another worker has found accepted."""
        rests = {one.scope: one.since for one in running if is_rest(one)}
        for name in self.accounts.names:
            scope = self._scope(name)
            if scope in rests:
                self.accounts.rest(name, rests[scope])
            elif scope in self._running:
                self.accounts.accepted(name)
        self._running = frozenset(rests)

    def _scope(self, name: str) -> str:
        return f"{ACCOUNT}/{name}/{self.accounts.get(name).mark}"


def is_rest(episode: Episode) -> bool:
    """Whether a pause is that of an account, and of no upstream."""
    return episode.cause == REJECTED

"""Asks when the passwords of the technical accounts expire, shows it, and warns ahead; stops nothing, ever."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from service.accounts import AccountBook
from service.core.account import Account
from service.core.errors import AccountRejected, EventInvalid, NotSubscribed, UpstreamFailure
from service.core.gate import Gates
from service.core.password import PasswordEnd, password_end
from service.observability import events as happened
from service.observability.log import get_logger
from service.rests import Rests
from service.steady import steady
from service.upstream import CHORUS_PRO

EVENT = "password watch"
"""What these calls are known as where calls are told apart by their event."""

DAY = 86_400.0
LOOK_AROUND = 30.0
"""Seconds between two looks for accounts that are due: new ones, and those whose password was changed."""

AGAIN = 900.0
"""Seconds until an account is asked about again that could not be."""

SPREAD = 1440
"""The first question of a worker comes within this part of the interval, a minute of a day: fleets start together."""

Ask = Callable[[str], Awaitable[Sequence[datetime]]]
log = get_logger(__name__)


@dataclass(slots=True)
class _Look:
    """What was last found of an account: with which secret, when it is due again, the end, and why there is none."""

    mark: str
    due: float
    end: PasswordEnd | None
    why: str


@dataclass(slots=True, kw_only=True)
class PasswordWatch:
    """Each worker watches for itself: a few cheap reads a day, and no worker's figures hang on another's.

    `ask` gives the ends that Chorus Pro shows for an account; without it nobody is asked. `show` is told what counts,
    None once nothing does. `ahead` is how long before the end it is warned of.
    """

    accounts: AccountBook
    rests: Rests
    gates: Gates
    ask: Ask | None
    show: Callable[[str, datetime | None], None]
    ahead: timedelta
    every: float
    _looks: dict[str, _Look] = field(default_factory=dict)

    async def run(self) -> None:
        """Ask about every account now and each day, and soon when a password was changed; until cancelled."""
        await asyncio.sleep(random.uniform(0, self.every / SPREAD))  # noqa: S311  # spread, not secrecy
        while True:
            await self.look()
            await asyncio.sleep(min(LOOK_AROUND, self.every))

    async def look(self) -> None:
        """Ask about the accounts that are due, one after the other."""
        names = self.accounts.names
        for gone in self._looks.keys() - set(names):
            del self._looks[gone]
            self.show(gone, None)
        for name in names:
            try:
                account = self.accounts.get(name)
            except EventInvalid:  # gone between two looks at the file
                continue
            known = self._looks.get(name)
            if known is None or known.mark != account.mark or steady() >= known.due:
                await self._look_at(account, known)

    async def _look_at(self, account: Account, known: _Look | None) -> None:
        told, why = await self._told(account)
        before = known if known is not None and known.mark == account.mark else None
        now = datetime.now(UTC)
        end = password_end(told or (), account.password_changed, now)
        if told is None and before is not None:
            end = before.end  # what was shown yesterday still counts
        self.show(account.name, end.at if end else None)
        if told is not None or before is None:
            self._warn(account, end, now)
        if end is None and why and (before is None or why != before.why):
            log.info(happened.PASSWORD_END_MISSED, account=account.name, detail=why)
        wait = self.every * random.uniform(0.9, 1.1)  # noqa: S311  # spread, not secrecy
        due = steady() + (wait if told is not None else min(AGAIN, wait))
        self._looks[account.name] = _Look(mark=account.mark, due=due, end=end, why=why)

    async def _told(self, account: Account) -> tuple[Sequence[datetime] | None, str]:
        """What Chorus Pro shows; None and why when it could not be asked."""
        if self.ask is None or not account.reaches_chorus_pro:
            return (), ""
        try:
            if self.accounts.is_rejected(account.name) or self.gates.is_paused(CHORUS_PRO):
                return None, ""  # said elsewhere, and trying it again is not this one's business
            told = await self.ask(account.name)
        except AccountRejected as error:
            if error.facts.http_status is not None:
                await self.rests.rejected(account.name, datetime.now(UTC), error.mark)
            return None, ""
        except NotSubscribed as error:
            return (), str(error)
        except (UpstreamFailure, EventInvalid) as error:
            return None, str(error)
        finally:
            self.gates.release(EVENT, datetime.now(UTC))
        return told, "" if told else "Chorus Pro does not show it to this account"

    def _warn(self, account: Account, end: PasswordEnd | None, now: datetime) -> None:
        if end is not None and end.is_near(now, self.ahead):
            log.warning(
                happened.PASSWORD_END_NEARED,
                account=account.name,
                expires_at=end.at,
                days_left=end.days_left(now),
                told_by_chorus_pro=end.is_told,
                next_step="Have the main manager of the company renew it in Chorus Pro, then change the secret.",
            )

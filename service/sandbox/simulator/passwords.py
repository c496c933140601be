"""Knows when the password of each technical account expires: a new one lasts anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from service.sandbox.simulator.clock import Clock
from service.sandbox.simulator.settings import Account


class Passwords:
    """The passwords by login, each with the moment it was first heard of."""

    def __init__(self, accounts: Iterable[Account], clock: Clock) -> None:
        self._clock = clock
        self._since: dict[str, tuple[str, datetime]] = {}
        self.apply(accounts)

    def apply(self, accounts: Iterable[Account]) -> None:
        """Go on with these accounts."""
        for account in accounts:
            known = self._since.get(account.login)
            if known is None or known[0] != account.password:
                self._since[account.login] = (account.password, self._clock())

    def end(self, account: Account) -> datetime:
        """When the password of an account expires."""
        if account.password_expires_at is not None:
            return account.password_expires_at.astimezone(UTC)
        _, since = self._since.get(account.login, ("", self._clock()))
        return since + timedelta(days=account.password_expires_in)

    def has_expired(self, account: Account) -> bool:
        """Whether it is refused by now."""
        return self.end(account) <= self._clock()

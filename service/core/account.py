"""One company's technical account of Chorus Pro."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from contracts.changes import FeedRole

DEFAULT = "default"
"""The account of an event that names none, while there is only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Login and password are None when this account does not reach Chorus Pro; no suppliers means any supplier.

    `preflight` and `lookup` are None where the account leaves them to the settings. `feed` is as whom it hears of
    changes of status; None leaves that to the settings. `password_changed` is the day somebody says its password was
    last changed on.
    """

    name: str
    login: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    suppliers: frozenset[str] = frozenset()
    preflight: Literal["off", "warn", "enforce"] | None = None
    lookup: bool | None = None
    feed: frozenset[FeedRole] | None = None
    password_changed: date | None = None

    def serves(self, supplier: str | None) -> bool:
        """Whether this account may send for a supplier, and tell of its invoices."""
        return not self.suppliers or "".join((supplier or "").split()) in self.suppliers

    @property
    def reaches_chorus_pro(self) -> bool:
        """Whether there is anything to sign in with."""
        return bool(self.login and self.password)

    @property
    def mark(self) -> str:
        """Tells this sign-in from the one before or after it, and nothing else about it."""
        return mark_of(self.login, self.password)

    def secrets(self) -> Iterator[str]:
        """What must never be printed: the password, and the header made of it."""
        if self.password:
            yield self.password
            yield base64.b64encode(f"{self.login}:{self.password}".encode()).decode()


def mark_of(login: str | None, password: str | None) -> str:
    """The same for two accounts that sign in as one, and of no use to whoever wants to."""
    return hashlib.sha256(f"{login}:{password}".encode()).hexdigest()[:6]

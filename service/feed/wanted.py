"""Says which feeds there should be: as whom each account hears, as the accounts are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from contracts.changes import FeedRole
from service.accounts import AccountBook
from service.core.account import Account
from service.core.errors import EventInvalid
from service.core.feed import Feed


def wanted_feeds(accounts: AccountBook, roles: Iterable[FeedRole]) -> tuple[Feed, ...]:
    """One for each role of each account that reaches Chorus Pro; `roles` are those of accounts that name none."""
    return tuple(
        Feed(account=account.name, role=role)
        for account in _known(accounts)
        if account.reaches_chorus_pro
        for role in sorted(roles if account.feed is None else account.feed)
    )


def _known(accounts: AccountBook) -> Iterator[Account]:
    for name in accounts.names:
        with suppress(EventInvalid):  # its file was changed between the two questions
            yield accounts.get(name)

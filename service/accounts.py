"""The technical accounts by name, read again when they change, and which of them the upstream has rejected."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from contracts.reasons import Reason
from service.accounts_file import AccountsInvalid, Entry, parse
from service.core.account import DEFAULT, Account
from service.core.errors import AccountRejected, CallFacts, EventInvalid
from service.observability import events as happened
from service.observability.log import get_logger
from service.watched import WatchedFile

CHORUS_PRO = "chorus-pro"
log = get_logger(__name__)


@dataclass(slots=True)
class _Rest:
    """A rejected sign-in: of which account, since when, for how long, and the one event allowed to try again."""

    account: str
    since: datetime
    lasts: timedelta
    tried_at: datetime | None = None


class AccountBook:
    """Every technical account. Asking is cheap: a file is read only when it has changed.

    `default` is the one account used when there is no `file`; `password_file` is where its password comes from, if that
    may change. A rejected account is left alone for `reprobe`, or until its password changes, and so is every account
    that signs in as it does: the State locks the login, whoever used it. `on_secret` hears each
    password, so that it is never printed. Raises AccountsInvalid at once when the file cannot be used; a later change
    that cannot be used is logged and the former accounts stay.
    """

    def __init__(
        self,
        *,
        default: Account,
        reprobe: timedelta,
        file: Path | None = None,
        password_file: Path | None = None,
        on_secret: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._reprobe = reprobe
        self._on_secret = on_secret
        self._file = WatchedFile(file) if file else None
        self._accounts: dict[str, Account] = {} if file else {DEFAULT: default}
        self._passwords: dict[str, WatchedFile] = {}
        self._pending: tuple[Entry, ...] = ()
        self._complaint = ""
        self._resting: dict[str, _Rest] = {}  # by the mark of a sign-in
        if self._file:
            self._read_accounts(self._file)
            return
        if password_file:
            self._passwords[DEFAULT] = WatchedFile(password_file)
            self._read_password(DEFAULT)
        self._tell(self._accounts[DEFAULT])

    @property
    def names(self) -> tuple[str, ...]:
        """Every account, in the order of the file."""
        self._refresh()
        return tuple(self._accounts)

    def get(self, name: str | None) -> Account:
        """The account as it is now; `default` or None mean the only one. Raises EventInvalid."""
        self._refresh()
        found = self._resolve(name)
        self._refresh_password(found)
        return self._accounts[found]

    def name_of(self, asked: str | None) -> str:
        """The account as the configuration names it, so that two ways to say it are one account to the ledger."""
        try:
            return self.get(asked).name
        except EventInvalid:
            return asked or DEFAULT

    def check(self, name: str | None) -> None:
        """Pass when an event may name this account, or none; raises EventInvalid otherwise."""
        self._refresh()
        self._resolve(name)

    def check_rested(self, name: str, now: datetime) -> None:
        """Raise AccountRejected while this account rests after a rejection.

        `now` is the time the event was taken up: after the rest one event may try, and keeps that right however often
        it asks.
        """
        if not self.may_try(name, now):
            facts = CallFacts(upstream=CHORUS_PRO, operation="(none)")
            raise AccountRejected(facts, "the account rests after a rejection", account=self._name(name))

    def may_try(self, name: str, now: datetime) -> bool:
        """Whether the account may be used: not rejected, changed since, or rested long enough to be tried once."""
        rest = self._resting.get(self.get(name).mark)
        if rest is None or rest.tried_at == now:
            return True
        if now - (rest.tried_at or rest.since) < rest.lasts:
            return False
        rest.tried_at = now
        return True

    def rejected(self, name: str, now: datetime, mark: str | None = None) -> bool:
        """The upstream refused this account, with the secret of this mark if it may be another by now. Said once.

        Returns whether a rest begins with it.
        """
        mark = mark or self.get(name).mark
        known = self._resting.get(mark)
        if known is None:
            log.error(
                happened.ACCOUNT_REJECTED,
                account=name,
                next_step="Renew its password; it is tried again when the secret changes, or rarely.",
                tried_again_after_s=self._reprobe.total_seconds(),
            )
        if known is not None and known.tried_at is None:
            return False
        self._resting[mark] = _Rest(account=name, since=now, lasts=self._reprobe)
        return True

    def rest(self, name: str, since: datetime) -> None:
        """Another worker was refused with this account: leave it alone, and let that one try it first."""
        account = self.get(name)
        known = self._resting.get(account.mark)
        if known is not None and known.since >= since:
            return
        if known is None:
            log.warning(happened.ACCOUNT_REJECTED, account=account.name, heard=True)
        lasts = self._reprobe * random.uniform(1.1, 2.0)  # noqa: S311  # spread, so that one of the others is next
        self._resting[account.mark] = _Rest(account=account.name, since=since, lasts=lasts)

    def accepted(self, name: str) -> bool:
        """The upstream took this account; whether it rested, with the secret it has now or one it had before."""
        account = self.get(name)
        over = [mark for mark, rest in self._resting.items() if mark == account.mark or rest.account == account.name]
        for mark in over:
            del self._resting[mark]
        if over:
            log.warning(happened.ACCOUNT_ACCEPTED, account=account.name)
        return bool(over)

    def is_rejected(self, name: str) -> bool:
        """Whether the last thing heard of this account, with the secret it has now, is a rejection."""
        return self.get(name).mark in self._resting

    def _name(self, name: str | None) -> str:
        self._refresh()
        return self._resolve(name)

    def _resolve(self, name: str | None) -> str:
        if name in self._accounts:
            return str(name)
        if name in {None, DEFAULT} and len(self._accounts) == 1:
            return next(iter(self._accounts))
        if name is None or (name == DEFAULT and DEFAULT not in self._accounts):
            raise EventInvalid(
                Reason.ACCOUNT_REQUIRED, "Several accounts are configured, so the event must name one in `account`."
            )
        raise EventInvalid(Reason.ACCOUNT_UNKNOWN, f"No account is named {name[:100]}.")

    def _refresh(self) -> None:
        if self._file is None:
            return
        complaint = ""
        try:
            self._read_accounts(self._file)
        except AccountsInvalid as error:
            complaint = str(error)
        # Tried again with each event while it, or a password of a new account, cannot be read; said once.
        if complaint and complaint != self._complaint:
            log.warning(happened.ACCOUNTS_UNREADABLE, detail=complaint, next_step="The former accounts are still used.")
        self._complaint = complaint

    def _read_accounts(self, file: WatchedFile) -> None:
        """All of a changed file or nothing of it: an account without its password would answer its events `failed`."""
        try:
            text = file.read_if_changed()
        except (OSError, ValueError) as error:
            raise AccountsInvalid(f"The accounts file {file.path} cannot be read: {_why(error)}.") from None
        if text is not None:
            self._pending = ()
            self._pending = parse(text, folder=file.path.parent)
        if self._pending:
            self._adopt(self._pending)

    def _adopt(self, entries: tuple[Entry, ...]) -> None:
        files = {entry.account.name: WatchedFile(entry.password_file) for entry in entries if entry.password_file}
        accounts = {entry.account.name: self._with_password(entry.account, files) for entry in entries}
        self._accounts, self._passwords, self._pending = accounts, files, ()
        for account in accounts.values():
            self._tell(account)
        log.info(happened.ACCOUNTS_READ, accounts=len(accounts))

    def _with_password(self, account: Account, files: Mapping[str, WatchedFile]) -> Account:
        """The account with what its password file holds, or with the password it had while that cannot be read."""
        if account.name not in files:
            return account
        try:
            password = _password_in(account.name, files[account.name])
        except AccountsInvalid:
            former = self._accounts.get(account.name)
            if former is None or former.login != account.login or not former.password:
                raise
            password = former.password
        return replace(account, password=password) if password else account

    def _refresh_password(self, name: str) -> None:
        try:
            self._read_password(name)
        except AccountsInvalid as error:
            log.debug(happened.ACCOUNTS_UNREADABLE, detail=str(error))

    def _read_password(self, name: str) -> None:
        file = self._passwords.get(name)
        password = _password_in(name, file) if file else None
        if password:
            self._accounts[name] = replace(self._accounts[name], password=password)
            self._tell(self._accounts[name])

    def _tell(self, account: Account) -> None:
        for secret in account.secrets():
            self._on_secret(secret)


def _password_in(name: str, file: WatchedFile) -> str | None:
    """The password when its file has changed, else None; raises AccountsInvalid."""
    try:
        text = file.read_if_changed()
    except (OSError, ValueError) as error:
        raise AccountsInvalid(f"The password of account {name} cannot be read: {_why(error)}.") from None
    if text is not None and not text.strip("\r\n"):
        raise AccountsInvalid(f"The password of account {name} cannot be read: {file.path} is empty.")
    return text.strip("\r\n") if text is not None else None


def _why(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)

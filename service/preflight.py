"""Tells how the files of each account are checked before they are sent, by the rules as they are now."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from service.accounts import AccountBook
from service.core.errors import EventInvalid
from service.core.preflight import Inspection, Level, Rules, RulesInvalid, parse_rules
from service.observability import events as happened
from service.observability.log import get_logger
from service.watched import WatchedFile

log = get_logger(__name__)


class Preflight:
    """The rules as they are now, and what each account wants of them.

    `mode` and `looks_up` count for accounts that say nothing else; `rules` is the operator's file, read again when it
    changes. Raises RulesInvalid at once when that cannot be used; a later change that cannot be used is logged and the
    former rules stay.
    """

    def __init__(
        self, *, accounts: AccountBook, mode: Level = "enforce", looks_up: bool = False, rules: Path | None = None
    ) -> None:
        self._accounts = accounts
        self._mode = mode
        self._looks_up = looks_up
        self._file = WatchedFile(rules) if rules else None
        self._rules = packaged_rules()
        if self._file:
            self._read(self._file, is_first=True)

    def inspection(self, account: str) -> Inspection:
        """How files of this account are checked now."""
        if self._file:
            self._read(self._file)
        try:
            found = self._accounts.get(account)
        except EventInvalid:  # answered by whoever checks the account; its file is looked at all the same
            return Inspection(rules=self._rules, mode=self._mode, looks_up=False)
        return Inspection(
            rules=self._rules,
            mode=found.preflight or self._mode,
            looks_up=self._looks_up if found.lookup is None else found.lookup,
        )

    def _read(self, file: WatchedFile, *, is_first: bool = False) -> None:
        try:
            text = file.read_if_changed()
            if text is None:
                return
            self._rules = parse_rules(packaged_text(), text, str(file.path))
        except (OSError, ValueError) as error:
            if is_first:
                raise _unusable(file.path, error) from None
            log.warning(happened.RULES_UNREADABLE, detail=str(error), next_step="The former rules are still used.")
        else:
            log.info(happened.RULES_READ, version=self._rules.version, rules=len(self._rules.rules))


def packaged_rules() -> Rules:
    """The rules that come with the program."""
    return parse_rules(packaged_text())


def packaged_text() -> str:
    """The packaged rules as they are written."""
    return (resources.files("service.core.preflight") / "rules.yaml").read_text(encoding="utf-8")


def _unusable(path: Path, error: Exception) -> RulesInvalid:
    if isinstance(error, RulesInvalid):
        return error
    why = error.strerror if isinstance(error, OSError) else str(error)
    return RulesInvalid(f"The preflight rules {path} cannot be read: {why}.")

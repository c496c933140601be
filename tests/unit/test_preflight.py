"""The rules and how strict they are follow the settings, the accounts and the operator's file."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.accounts import AccountBook
from service.core.account import Account
from service.core.preflight import RulesInvalid
from service.preflight import Preflight, packaged_rules

pytestmark = pytest.mark.unit

ACCOUNTS = """
plain:
  chorus_pro: {login: TECH_P, password: plain-word}
lenient:
  chorus_pro: {login: TECH_L, password: lenient-word}
  preflight: warn
  lookup: true
silent:
  chorus_pro: {login: TECH_S, password: silent-word}
  preflight: off
"""


def rewrite(path: Path, text: str) -> None:
    """Change a file in a way that shows even within one tick of its clock."""
    path.write_text(text)
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def preflight(**options: Any) -> Preflight:
    """The rules for one account named default."""
    book = AccountBook(default=Account(name="default"), reprobe=timedelta(hours=1))
    return Preflight(accounts=book, **options)


def limit(of: Preflight) -> int | None:
    """The longest invoice number, by the rules as they are now."""
    return of.inspection("default").rules.rules["invoice_number_too_long"].limit


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("plain", ("enforce", False)),
        ("lenient", ("warn", True)),
        ("silent", ("off", False)),
        ("nobody", ("enforce", False)),
    ],
)
def test_should_be_as_strict_as_the_account(tmp_path: Path, account: str, expected: tuple[str, bool]) -> None:
    """An account says it for itself, or leaves it to the settings."""
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS)
    book = AccountBook(default=Account(name="default"), reprobe=timedelta(hours=1), file=tmp_path / "accounts.yaml")
    found = Preflight(accounts=book).inspection(account)

    assert (found.mode, found.looks_up) == expected


def test_should_take_the_settings_where_an_account_says_nothing() -> None:
    """The settings count for every account that has no wish of its own."""
    found = preflight(mode="warn", looks_up=True).inspection("default")

    assert (found.mode, found.looks_up, found.rules) == ("warn", True, packaged_rules())


def test_should_read_changed_rules_again(tmp_path: Path) -> None:
    """A limit that turns out to be wrong is corrected without a restart; a broken file changes nothing."""
    file = tmp_path / "rules.yaml"
    file.write_text("rules: {invoice_number_too_long: {limit: 30}}")
    rules = preflight(rules=file)
    first = limit(rules)
    rewrite(file, "rules: {invoice_number_too_long: {limit: 40}}")
    second = limit(rules)
    rewrite(file, "rules: {invoice_number_too_long: {limit: many}} #")
    third = limit(rules)
    file.unlink()

    assert (first, second, third, limit(rules)) == (30, 40, 40, 40)


@pytest.mark.parametrize("text", [None, "rules: {nothing: {}}"])
def test_should_not_start_with_rules_that_cannot_be_used(tmp_path: Path, text: str | None) -> None:
    """A file that is missing or wrong is told before anything is sent."""
    if text is not None:
        (tmp_path / "rules.yaml").write_text(text)

    with pytest.raises(RulesInvalid, match=r"rules\.yaml"):
        preflight(rules=tmp_path / "rules.yaml")

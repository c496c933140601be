"""Technical accounts are found by name, follow their files, and rest after a rejection."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.accounts import AccountBook
from service.accounts_file import AccountsInvalid, parse
from service.core.account import Account
from service.core.errors import AccountRejected, EventInvalid

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = Account(name="default", login="TECH_1", password="first-word")
TWO = """
north:
  chorus_pro: {login: TECH_N, password: north-word}
  suppliers: [99900001100018]
south:
  chorus_pro: {login: TECH_S, password_file: south.txt}
"""


def rewrite(path: Path, text: str) -> None:
    """Change a file in a way that shows even within one tick of its clock."""
    path.write_text(text)
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two accounts, one of them with its password in a file."""
    (tmp_path / "accounts.yaml").write_text(TWO)
    (tmp_path / "south.txt").write_text("south-word\n")
    return tmp_path


def book_of(folder: Path, heard: list[str] | None = None) -> AccountBook:
    """The accounts of that folder."""
    listen = (lambda _: None) if heard is None else heard.append
    return AccountBook(default=ONE, reprobe=HOUR, file=folder / "accounts.yaml", on_secret=listen)


def test_should_serve_the_one_account_whether_it_is_named_or_not() -> None:
    """With one account there is nothing to choose."""
    book = AccountBook(default=ONE, reprobe=HOUR)

    assert (book.get("default"), book.get(None), book.names) == (ONE, ONE, ("default",))


def test_should_read_accounts_passwords_and_suppliers_from_the_file(folder: Path) -> None:
    """A SIRET written as a number is still a text of fourteen digits."""
    book = book_of(folder)

    assert (book.get("north").password, book.get("north").suppliers) == ("north-word", frozenset({"99900001100018"}))
    assert book.get("south").password == "south-word"


@pytest.mark.parametrize(("name", "reason"), [(None, "account_required"), ("west", "account_unknown")])
def test_should_refuse_an_event_whose_account_cannot_be_told(folder: Path, name: str | None, reason: str) -> None:
    """With several accounts an event names one of them."""
    with pytest.raises(EventInvalid) as caught:
        book_of(folder).check(name)

    assert caught.value.reason == reason


def test_should_follow_a_changed_accounts_file(folder: Path) -> None:
    """A new account needs no restart."""
    book = book_of(folder)
    rewrite(folder / "accounts.yaml", "{west: {chorus_pro: {login: T, password: west-word}}}")

    assert book.names == ("west",)


def test_should_keep_the_former_accounts_when_the_file_breaks(folder: Path) -> None:
    """A mistake in the file stops nobody who was served before."""
    book = book_of(folder)
    rewrite(folder / "accounts.yaml", "north: [")

    assert book.names == ("north", "south")


def test_should_follow_a_changed_password_file(folder: Path) -> None:
    """A renewed password needs no restart."""
    book = book_of(folder)
    rewrite(folder / "south.txt", "renewed-word")

    assert book.get("south").password == "renewed-word"


def test_should_tell_every_password_to_whoever_keeps_secrets(folder: Path) -> None:
    """What was never heard of cannot be masked."""
    heard: list[str] = []
    book = book_of(folder, heard)
    rewrite(folder / "south.txt", "renewed-word")
    book.get("south")

    assert {"north-word", "south-word", "renewed-word"} <= set(heard)


def test_should_not_show_a_password_in_its_representation() -> None:
    """Accounts may be printed by accident."""
    assert "first-word" not in repr(ONE)


def test_should_leave_a_rejected_account_alone_and_try_it_once_afterwards() -> None:
    """Accounts lock when insisted on: after the rest one event tries, the others wait for it."""
    book = AccountBook(default=ONE, reprobe=HOUR)
    book.rejected("default", NOW)
    later = NOW + HOUR

    assert [
        book.may_try("default", NOW + timedelta(minutes=59)),
        book.may_try("default", later),
        book.may_try("default", later),
        book.may_try("default", later + timedelta(seconds=1)),
    ] == [False, True, True, False]


def test_should_try_a_rejected_account_again_when_its_password_changed(tmp_path: Path) -> None:
    """Renewing the password is what the rest waits for."""
    file = tmp_path / "password"
    file.write_text("first-word")
    book = AccountBook(default=ONE, reprobe=HOUR, password_file=file)
    book.rejected("default", NOW)
    rewrite(file, "second-word")

    assert book.may_try("default", NOW + timedelta(seconds=1))


def test_should_forget_a_rejection_once_the_account_is_accepted() -> None:
    """One good answer ends the rest."""
    book = AccountBook(default=ONE, reprobe=HOUR)
    book.rejected("default", NOW)
    book.accepted("default")

    assert book.may_try("default", NOW)


def test_should_stop_a_call_in_the_name_of_a_resting_account() -> None:
    """The call is not made, and the account is named to whoever decides what follows."""
    book = AccountBook(default=ONE, reprobe=HOUR)
    book.rejected("default", NOW)
    with pytest.raises(AccountRejected) as caught:
        book.check_rested("default", NOW + timedelta(seconds=1))

    assert (caught.value.account, caught.value.sent) == ("default", False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("north: [", "neither JSON nor YAML"),
        ("", "names no account"),
        ("north: {chorus_pro: {login: T}}", "either password or password_file"),
        ("north: {chorus_pro: {login: T, password: canary-word, password_file: x}}", "either password"),
        ("north: {chorus_pro: {login: T, pasword: canary-word}}", "pasword"),
        ("north: {suppliers: [12]}", "suppliers"),
        ("'no rth': {}", "no rth"),
    ],
)
def test_should_say_what_is_wrong_with_the_file_without_its_secrets(text: str, expected: str) -> None:
    """The sentence names the place, and no password."""
    with pytest.raises(AccountsInvalid, match=expected) as caught:
        parse(text, folder=Path())

    assert "canary-word" not in str(caught.value)

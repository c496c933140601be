"""Technical accounts are found by name, follow their files, and rest after a rejection."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from service.accounts import AccountBook
from service.accounts_file import AccountsInvalid, parse
from service.core.account import Account
from service.core.errors import EventInvalid

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = Account(name="default", login="TECH_1", password="first-word")
TWO = """
north:
  chorus_pro: {login: TECH_N, password: north-word}
  suppliers: [99900001100018]
south:
  chorus_pro: {login: TECH_S, password_file: south.txt, password_changed: 2026-01-01}
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
    assert (book.get("south").password, book.get("south").password_changed) == ("south-word", date(2026, 1, 1))


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


def test_should_follow_a_secret_mounted_by_kubernetes(tmp_path: Path) -> None:
    """There the file is a link into a folder that is itself a link, and only the latter is replaced, in one step."""
    mounts = [tmp_path / f"..2026_11_2{day}" for day in (3, 4)]
    for mount, password in zip(mounts, ("first-word", "other-word"), strict=True):
        mount.mkdir()
        (mount / "password").write_text(password)
    (tmp_path / "..data").symlink_to(mounts[0].name)
    (tmp_path / "password").symlink_to("..data/password")
    book = AccountBook(default=ONE, reprobe=HOUR, password_file=tmp_path / "password")
    before = book.get("default").password
    (tmp_path / "..data_tmp").symlink_to(mounts[1].name)
    (tmp_path / "..data_tmp").rename(tmp_path / "..data")

    assert (before, book.get("default").password) == ("first-word", "other-word")


@pytest.mark.parametrize("trouble", ["gone", "empty"])
def test_should_keep_a_password_whose_file_is_just_being_replaced(folder: Path, trouble: str) -> None:
    """Its events would be answered `failed` otherwise, for want of a password that comes a moment later."""
    book = book_of(folder)
    if trouble == "gone":
        (folder / "south.txt").unlink()
    else:
        rewrite(folder / "south.txt", "")
    rewrite(folder / "accounts.yaml", TWO + "west: {suppliers: []}\n")
    during = (book.names, book.get("south").password)
    rewrite(folder / "south.txt", "renewed-word")

    assert during == (("north", "south", "west"), "south-word")
    assert book.get("south").password == "renewed-word"


def test_should_keep_the_accounts_while_their_file_is_gone(folder: Path) -> None:
    """Whoever replaces it in two steps stops nobody; what it holds afterwards counts."""
    book = book_of(folder)
    (folder / "accounts.yaml").unlink()
    during = book.names
    (folder / "accounts.yaml").write_text("west: {suppliers: []}")

    assert (during, book.names) == (("north", "south"), ("west",))


def test_should_take_up_a_new_account_once_its_password_is_there(folder: Path) -> None:
    """Until then all is as before: the file of accounts may come before the secrets it names."""
    book = book_of(folder)
    west = "west: {chorus_pro: {login: TECH_W, password_file: west.txt}}\n"
    rewrite(folder / "accounts.yaml", TWO + west)
    before = book.names
    (folder / "west.txt").write_text("west-word")

    assert before == ("north", "south")
    assert (book.names, book.get("west").password) == (("north", "south", "west"), "west-word")


@pytest.mark.parametrize("login", ["TECH_W", "TECH_S"])
def test_should_not_use_the_password_of_one_login_for_another(folder: Path, login: str) -> None:
    """A name of the file may stand for another technical account from one day to the next."""
    book = book_of(folder)
    (folder / "south.txt").unlink()
    rewrite(folder / "accounts.yaml", f"south: {{chorus_pro: {{login: {login}, password_file: south.txt}}}}")
    book.get("south")

    assert (book.get("south").login, book.names == ("south",)) == ("TECH_S", login == "TECH_S")


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


@pytest.mark.parametrize(
    ("suppliers", "supplier", "expected"),
    [
        ((), "99900001100018", True),
        ((), None, True),
        (("99900001100018",), "99900001100018", True),
        (("99900001100018",), "999 000 011 00018", True),
        (("99900001100018",), "99900001100026", False),
        (("99900001100018",), None, False),
    ],
)
def test_should_know_whose_invoices_an_account_may_send_and_see(
    suppliers: tuple[str, ...], supplier: str | None, *, expected: bool
) -> None:
    """None listed means any; a supplier nobody names is none of those listed."""
    assert Account(name="one", suppliers=frozenset(suppliers)).serves(supplier) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("north: [", "neither JSON nor YAML"),
        ("", "names no account"),
        ("north: {chorus_pro: {login: T}}", "either password or password_file"),
        ("north: {chorus_pro: {login: T, password: canary-word, password_file: x}}", "either password"),
        ("north: {chorus_pro: {login: T, pasword: canary-word}}", "pasword"),
        ("north: {suppliers: [12]}", "suppliers"),
        (f"{TWO}north: {{chorus_pro: {{login: T, password: canary-word}}}}", "line 7: north is there twice"),
        ('{"north": {"chorus_pro": {"login": "T", "password": "p", "login": "canary-word"}}}', "login is there twice"),
        ("'no rth': {}", "no rth"),
    ],
)
def test_should_say_what_is_wrong_with_the_file_without_its_secrets(text: str, expected: str) -> None:
    """The sentence names the place, and no password."""
    with pytest.raises(AccountsInvalid, match=expected) as caught:
        parse(text, folder=Path())

    assert "canary-word" not in str(caught.value)

"""A rejected account is left alone, with every account that signs in as it does, until its secret changes."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.accounts import AccountBook
from service.core.account import Account
from service.core.errors import AccountRejected
from service.wiring import health_account

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


def book_of(folder: Path) -> AccountBook:
    """The accounts of that folder."""
    return AccountBook(default=ONE, reprobe=HOUR, file=folder / "accounts.yaml")


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


def test_should_leave_alone_every_account_that_signs_in_as_a_rejected_one(folder: Path) -> None:
    """Companies that share a login share its lock too, after five wrong passwords whoever used them."""
    names = [f"company-{place}" for place in range(6)]
    shared = "\n".join(f"{name}: {{chorus_pro: {{login: TECH_N, password: north-word}}}}" for name in names)
    rewrite(folder / "accounts.yaml", f"{shared}\nother: {{chorus_pro: {{login: TECH_N, password: another-word}}}}")
    book = book_of(folder)
    book.rejected("company-0", NOW)
    tried = [name for name in book.names if book.may_try(name, NOW + timedelta(seconds=1))]
    later = [name for place, name in enumerate(book.names) if book.may_try(name, NOW + HOUR + timedelta(seconds=place))]
    book.accepted("company-3")

    assert (tried, later) == (["other"], ["company-0", "other"])
    assert not any(book.is_rejected(name) for name in book.names)


def test_should_not_lay_to_a_new_password_what_the_former_one_met(tmp_path: Path) -> None:
    """It was changed while the call was under way: the answer is about the one that was sent."""
    file = tmp_path / "password"
    file.write_text("first-word")
    book = AccountBook(default=ONE, reprobe=HOUR, password_file=file)
    former = book.get("default").mark
    rewrite(file, "second-word")
    book.rejected("default", NOW, former)

    assert book.may_try("default", NOW + timedelta(seconds=1))


def test_should_try_a_rejected_account_again_when_its_login_changed(folder: Path) -> None:
    """It is another technical account then, whatever its password."""
    book = book_of(folder)
    book.rejected("north", NOW)
    rewrite(folder / "accounts.yaml", TWO.replace("TECH_N", "TECH_M"))

    assert (book.is_rejected("north"), book.may_try("north", NOW + timedelta(seconds=1))) == (False, True)


def test_should_ask_after_the_health_in_no_rejected_name(folder: Path) -> None:
    """Each refusal brings an account nearer to being locked; where all are rejected there is no choice."""
    book = book_of(folder)
    asked = [health_account(book)]
    for name in ("north", "south"):
        book.rejected(name, NOW)
        asked.append(health_account(book))

    assert asked == ["north", "south", "north"]


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

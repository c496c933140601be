"""The workers of a fleet share which technical accounts rest: one refusal is enough, one acceptance too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.accounts import AccountBook
from service.core.account import DEFAULT, Account
from tests.support.gatekeepers import Gatekeeper, Health, book, gatekeepers
from tests.support.until import until


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The ledger all of them share."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


async def met(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that can be seen without asking anybody."""

    async def look() -> bool:
        return condition()

    await until(look, what, limit=60)


def may_use(keeper: Gatekeeper, after: timedelta = timedelta(0)) -> bool:
    """Whether an event of this worker may sign in with the account, so much later."""
    return keeper.accounts.may_try(DEFAULT, datetime.now(UTC) + after)


@pytest.mark.parametrize("count", [3, 20])
async def test_should_leave_alone_what_one_was_refused_with(url: str, count: int) -> None:
    """The account is locked after a few wrong passwords, however many workers have it."""
    async with gatekeepers(count, url, Health()) as keepers:
        await keepers[0].maintenance.rests.rejected(DEFAULT, datetime.now(UTC))
        await met(lambda: all(one.accounts.is_rejected(DEFAULT) for one in keepers), "a rest everywhere")

        assert [may_use(keeper) for keeper in keepers] == [False] * count


async def test_should_let_one_of_them_try_it_again_first(url: str) -> None:
    """After the rest, the worker that was refused; the others wait longer, and anew when it is refused again."""
    async with gatekeepers(3, url, Health()) as keepers:
        await keepers[0].maintenance.rests.rejected(DEFAULT, datetime.now(UTC))
        await met(lambda: all(one.accounts.is_rejected(DEFAULT) for one in keepers), "a rest everywhere")
        tried = [may_use(keeper, timedelta(minutes=61)) for keeper in keepers]
        await keepers[0].maintenance.rests.rejected(DEFAULT, datetime.now(UTC) + timedelta(minutes=61))
        await met(lambda: not any(may_use(one, timedelta(minutes=121)) for one in keepers[1:]), "a rest begun anew")

        assert tried == [True, False, False]


async def test_should_rest_without_a_break_when_it_is_refused_again(url: str) -> None:
    """Nobody takes the second refusal for the end of the first rest: whoever was refused remains the next to try."""
    async with gatekeepers(2, url, Health()) as keepers:
        await keepers[0].maintenance.rests.rejected(DEFAULT, datetime.now(UTC))
        await met(lambda: keepers[1].accounts.is_rejected(DEFAULT), "a rest everywhere")
        tried = may_use(keepers[0], timedelta(minutes=61))
        await keepers[0].maintenance.rests.rejected(DEFAULT, datetime.now(UTC) + timedelta(minutes=61))

        assert (tried, may_use(keepers[0], timedelta(minutes=122))) == (True, True)


async def test_should_use_everywhere_what_one_was_taken_with(url: str) -> None:
    """As soon as it works for one, nobody waits any longer."""
    async with gatekeepers(3, url, Health()) as keepers:
        await keepers[0].maintenance.rests.rejected(DEFAULT, datetime.now(UTC))
        await met(lambda: all(one.accounts.is_rejected(DEFAULT) for one in keepers), "a rest everywhere")
        await keepers[1].maintenance.rests.accepted(DEFAULT)
        await met(lambda: not any(one.accounts.is_rejected(DEFAULT) for one in keepers), "the end of it everywhere")

        assert [may_use(keeper) for keeper in keepers] == [True] * 3


async def test_should_say_nothing_of_another_password(url: str) -> None:
    """While a password is renewed, the worker that has the new one goes on with it."""
    async with gatekeepers(2, url, Health()) as keepers:
        keepers[1].maintenance.rests.accounts = keepers[1].accounts = book("a newer one")
        await keepers[0].maintenance.rests.rejected(DEFAULT, datetime.now(UTC))
        await keepers[1].ledger.ping()

        assert [may_use(keeper) for keeper in keepers] == [False, True]


async def test_should_end_the_rest_of_the_former_password_with_the_new_one(url: str, tmp_path: Path) -> None:
    """What operators are shown as resting does not go on for ever once the account works."""
    async with gatekeepers(1, url, Health()) as (keeper,):
        (tmp_path / "password").write_text("the wrong one")
        accounts = AccountBook(
            default=Account(name=DEFAULT, login="TECH_1_1@cpro.fr"),
            reprobe=timedelta(hours=1),
            password_file=tmp_path / "password",
        )
        keeper.maintenance.rests.accounts = keeper.accounts = accounts
        await keeper.maintenance.rests.rejected(DEFAULT, datetime.now(UTC))
        (tmp_path / "password").write_text("the right one now")
        before = len(await keeper.ledger.pauses())
        may = may_use(keeper)
        await keeper.maintenance.rests.accepted(DEFAULT)

        assert (before, may) == (1, True)
        assert await keeper.ledger.pauses() == []


async def test_should_not_mind_an_account_that_is_gone(url: str) -> None:
    """Somebody took it out of the file while a call in its name was under way: nobody stumbles over that."""
    async with gatekeepers(1, url, Health()) as (keeper,):
        await keeper.maintenance.rests.rejected("gone", datetime.now(UTC))
        await keeper.maintenance.rests.accepted("gone")

        assert may_use(keeper)


async def test_should_remember_a_rest_over_a_restart(url: str) -> None:
    """A worker that is restarted again and again does not try the account each time."""
    async with gatekeepers(1, url, Health()) as keepers:
        await keepers[0].maintenance.rests.rejected(DEFAULT, datetime.now(UTC))
    async with gatekeepers(1, url, Health()) as (restarted,):
        assert not may_use(restarted)
        assert restarted.health.asked == []

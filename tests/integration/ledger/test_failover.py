"""A PostgreSQL that becomes an older copy of itself: what it lost is doubted, what it kept is trusted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from service.core.entry import Begun, Change, State
from service.ledger import Ledger, open_ledger
from service.ledger.memory import CLOCK_DOUBT
from tests.support.ledger_rig import ANOTHER, ASKED, bring, take
from tests.support.postgres import PrivatePostgres
from tests.support.until import until

REMEMBERED = timedelta(days=1)
MADE = datetime.now(UTC) - timedelta(hours=1)
"""When the requests were made: long after the ledger began to remember, as it says."""


@pytest.fixture
def primary() -> Iterator[PrivatePostgres]:
    """A server that others may follow."""
    with PrivatePostgres() as running:
        yield running


@pytest.fixture
def standby(primary: PrivatePostgres) -> Iterator[PrivatePostgres]:
    """A copy that follows it without being waited for."""
    with primary.standby() as running:
        yield running


@pytest.fixture
def url(primary: PrivatePostgres) -> str:
    """A database of it; a fixture before `standby`, so that a copy of it is there from the beginning."""
    return primary.new_database()


async def seen(ledger: Ledger, id: str = ASKED.id) -> Begun:
    """What the ledger makes of a request that comes back, and was made an hour ago."""
    asked = replace(ASKED if id == ASKED.id else ANOTHER, made_at=MADE)
    return await take(ledger, asked, owner="worker-2", unseen_wait=900.0, send=True)


def let_it_remember(server: PrivatePostgres, url: str) -> None:
    """Have the ledger say that it has remembered everything for a day, as it would after one."""
    since = (datetime.now(UTC) - REMEMBERED).isoformat(timespec="microseconds")
    server.ask_in(url, "UPDATE memory SET since = %s", since)


async def test_should_doubt_what_a_standby_may_have_missed(
    primary: PrivatePostgres, url: str, standby: PrivatePostgres
) -> None:
    """The last seconds before a failover are gone, and with them a write that was sent: it is not sent again.

    Without the failover the same request is taken for new: the ledger would know it.
    """
    both = url.replace(f":{primary.port}/", f":{primary.port},127.0.0.1:{standby.port}/")
    async with open_ledger(both, lease=20.0) as ledger:
        let_it_remember(primary, url)
        kept = await bring(ledger, Change(state=State.SENDING, sent=1))
        trusted = await seen(ledger, "e-2")
        await until(lambda: _has_it(standby, url, "e-2"), "the copying of what is kept")
        standby.stop_following()  # a network that falls silent between the two
        lost = await take(ledger, replace(ANOTHER, id="e-3", keys=("F-3",), subject="F-3"), owner="worker-3", send=True)
        primary.kill()
        standby.promote()
        await until(lambda: _works(ledger), "the ledger's return", limit=60.0)
        found = [await ledger.find(id) for id in ("e-1", "e-3")]
        back = await take(
            ledger,
            replace(ANOTHER, id="e-3", keys=("F-3",), subject="F-3", made_at=MADE),
            owner="worker-4",
            unseen_wait=900.0,
            send=True,
        )

    assert (trusted.created, trusted.is_sending, lost.is_sending) == (True, True, True)
    assert ([entry.sends for entry in found[0]], found[1]) == ([kept.sends], [])
    assert (back.created, back.is_sending, back.entry.state) == (True, False, State.IN_DOUBT)
    assert back.entry.next_look_in > 890.0


async def test_should_trust_again_what_is_made_after_a_failover(
    primary: PrivatePostgres, url: str, standby: PrivatePostgres
) -> None:
    """It remembers everything from then on."""
    both = url.replace(f":{primary.port}/", f":{primary.port},127.0.0.1:{standby.port}/")
    async with open_ledger(both, lease=20.0) as ledger:
        let_it_remember(primary, url)
        await until(lambda: _remembers(standby, url), "the copying of what is kept")
        primary.kill()
        standby.promote()
        await until(lambda: _works(ledger), "the ledger's return", limit=60.0)
        later = datetime.now(UTC) + CLOCK_DOUBT + timedelta(minutes=1)
        begun = await take(ledger, replace(ASKED, made_at=later), unseen_wait=900.0)

    assert begun.entry.state is State.CLAIMED


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_should_trust_a_server_that_was_merely_started_anew(primary: PrivatePostgres, url: str, how: str) -> None:
    """Nothing is lost by that, so nothing is doubted."""
    async with open_ledger(url, lease=20.0) as ledger:
        let_it_remember(primary, url)
        getattr(primary, how)()
        primary.start()
        await until(lambda: _works(ledger), "the ledger's return", limit=60.0)
        begun = await seen(ledger)

    assert begun.is_sending


async def test_should_never_write_to_a_standby(url: str, primary: PrivatePostgres, standby: PrivatePostgres) -> None:
    """Named first or alone: a server that only follows is none."""
    await until(lambda: _has_database(standby, url), "the copying of the database")
    both = url.replace(f":{primary.port}/", f":{standby.port},127.0.0.1:{primary.port}/")
    async with open_ledger(both, lease=20.0) as ledger:
        await take(ledger)
    alone = open_ledger(url.replace(f":{primary.port}/", f":{standby.port}/"), lease=20.0)

    with pytest.raises(Exception, match="read-only"):
        await alone.open()


async def _works(ledger: Ledger) -> bool:
    try:
        await ledger.ping()
    except Exception:  # noqa: BLE001  # whatever it is, it is asked again
        return False
    return True


async def _has_it(server: PrivatePostgres, url: str, id: str) -> bool:
    return _finds(server, url, "SELECT 1 FROM entries WHERE id = %s", id)


async def _remembers(server: PrivatePostgres, url: str) -> bool:
    return _finds(server, url, "SELECT 1 FROM memory WHERE since < %s", (MADE - timedelta(hours=2)).isoformat())


def _finds(server: PrivatePostgres, url: str, statement: str, value: str) -> bool:
    try:
        return bool(server.ask_in(url, statement, value))
    except psycopg.errors.UndefinedTable:  # the making of the tables has not been copied yet
        return False


async def _has_database(server: PrivatePostgres, url: str) -> bool:
    return bool(server.ask("SELECT 1 FROM pg_database WHERE datname = %s", url.rpartition("/")[2]))

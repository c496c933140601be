"""Whether commits last: what an examination finds, and a commit that did not reach where it should does not count."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from service.core.errors import LedgerUnavailable
from service.ledger import open_ledger
from service.ledger.advice import STANDBY, advice
from service.ledger.examine import examine
from tests.support.ledger_rig import only, take
from tests.support.postgres import PrivatePostgres
from tests.support.until import until


@pytest.fixture(scope="module")
def primary() -> Iterator[PrivatePostgres]:
    """A server as production has it."""
    with PrivatePostgres({"fsync": "on"}) as running:
        yield running


@pytest.fixture(scope="module")
def standby(primary: PrivatePostgres) -> Iterator[PrivatePostgres]:
    """A copy that follows it."""
    with primary.standby() as running:
        yield running


@pytest.fixture
def url(primary: PrivatePostgres) -> Iterator[str]:
    """A database of it, with its usual settings afterwards."""
    url = primary.new_database()
    yield url
    configure(primary, synchronous_standby_names="", full_page_writes="on")
    primary.drop_database(url)


def configure(server: PrivatePostgres, **settings: str) -> None:
    """Change settings of a running server."""
    for name, value in settings.items():
        server.ask(f"ALTER SYSTEM SET {name} TO '{value}'")
    server.ask("SELECT pg_reload_conf()")


def test_should_find_nothing_wrong_with_a_safe_server(primary: PrivatePostgres) -> None:
    """Alone, and every commit on its disk."""
    url = primary.new_database()
    seen = examine(url)

    assert (seen.damage, seen.risks) == (None, ())
    assert "commits are synchronous" in seen.what
    assert "relay:" not in seen.place


@pytest.mark.usefixtures("standby")
async def test_should_warn_of_a_standby_nobody_waits_for(primary: PrivatePostgres, url: str) -> None:
    """Until it is named: then a failover loses nothing."""
    await until(lambda: _sees(url, "without being waited for"), "the warning")
    configure(primary, synchronous_standby_names="*")
    await until(lambda: _sees(url, ""), "the end of the warning")
    name = url.rpartition("/")[2]
    primary.ask(f'ALTER DATABASE "{name}" SET synchronous_commit = local')

    assert [risk for risk in examine(url).risks if "synchronous_commit is local" in risk]


async def test_should_warn_of_settings_that_make_writes_unsafe(primary: PrivatePostgres, url: str) -> None:
    """Each with what to do."""
    name = url.rpartition("/")[2]
    primary.ask(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    configure(primary, full_page_writes="off")

    await until(lambda: _sees(url, "full_page_writes is off"), "the warning")
    assert [risk for risk in examine(url).risks if "synchronous_commit is off" in risk]


def test_should_call_a_server_that_does_not_flush_damaged(private_postgres: PrivatePostgres, postgres_url: str) -> None:
    """It cannot keep what it acknowledged."""
    assert private_postgres.is_up
    assert "fsync is off" in (examine(postgres_url).damage or "")


def test_should_say_that_a_server_cannot_be_examined(postgres_url: str) -> None:
    """With the reason, and no password."""
    with pytest.raises(LedgerUnavailable, match=r"cannot be read: .*nowhere") as caught:
        examine(postgres_url.replace("/ledger_", "/nowhere_"))
    assert "word/relay" not in str(caught.value)


async def test_should_examine_a_file(tmp_path: Path) -> None:
    """Sound, damaged, or none."""
    path = tmp_path / "ledger.db"
    url = f"sqlite:///{path}"
    async with open_ledger(url, lease=20.0) as ledger:
        await asyncio.gather(*(ledger.know([f"type-{number}" * 50]) for number in range(100)))
    sound = examine(url)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[-2048:] = bytes(2048)
    path.write_bytes(content)
    damaged = examine(url)

    assert (sound.damage, sound.risks) == (None, ())
    assert "restore it from a copy" in (damaged.damage or "")
    with pytest.raises(LedgerUnavailable, match="cannot be read"):
        examine(f"sqlite:///{tmp_path}")


async def test_should_not_count_a_commit_that_no_standby_has(
    primary: PrivatePostgres, standby: PrivatePostgres, url: str
) -> None:
    """Whoever ends the wait for a standby by hand makes it a commit that may be lost: the worker must not send."""
    async with open_ledger(url, lease=20.0) as ledger:
        configure(primary, synchronous_standby_names="*")
        await until(lambda: _is_awaited(primary), "a standby that is waited for")
        standby.freeze()
        try:
            asked = asyncio.create_task(take(ledger, send=True))
            await until(lambda: _end_the_wait(primary), "the wait of the commit")
            with pytest.raises(LedgerUnavailable, match="unsure"):
                await asked
        finally:
            standby.thaw()
        found = await only(ledger)

    assert found.sends == 1


async def test_should_not_wait_for_ever_for_a_standby_that_is_gone(
    primary: PrivatePostgres, standby: PrivatePostgres, url: str
) -> None:
    """Whoever opens the ledger is told within moments, and what to do about it."""
    configure(primary, synchronous_standby_names="*")
    await until(lambda: _is_awaited(primary), "a standby that is waited for")
    standby.freeze()
    try:
        with pytest.raises(LedgerUnavailable, match="did not answer within 10 seconds") as caught:
            await open_ledger(url, lease=20.0).open()
        told = await asyncio.to_thread(advice, url, caught.value)
    finally:
        standby.thaw()

    assert told == STANDBY


async def _sees(url: str, text: str) -> bool:
    risks = (await asyncio.to_thread(examine, url)).risks
    return any(text in risk for risk in risks) if text else not risks


async def _is_awaited(server: PrivatePostgres) -> bool:
    return bool(await asyncio.to_thread(server.ask, "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))


async def _end_the_wait(server: PrivatePostgres) -> bool:
    statement = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    return bool(await asyncio.to_thread(server.ask, statement))

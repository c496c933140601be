"""A PostgreSQL that is stopped, killed, frozen or out of reach: nothing is lost, and all goes on by itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import closing

import psycopg
import pytest

from service.core.entry import Change, Standing, State
from service.core.errors import LedgerUnavailable
from service.ledger import Ledger, open_ledger
from service.ledger.postgres import PostgresDatabase
from service.ledger.writer import PATIENCE
from tests.support.ledger_rig import ANOTHER, ASKED, CLOSING, bring, only, take
from tests.support.postgres import Postgres, PrivatePostgres
from tests.support.proxy import FaultProxy
from tests.support.until import until

SOON = PATIENCE + 5.0
"""Seconds within which nobody is left without an answer, on a loaded machine."""


@pytest.fixture
async def lost() -> list[LedgerUnavailable]:
    """What a worker was told of."""
    return []


@pytest.fixture
async def ledger(
    private_postgres: PrivatePostgres,  # noqa: ARG001  # up again before the database is removed
    postgres_url: str,
    lost: list[LedgerUnavailable],
) -> AsyncIterator[Ledger]:
    """The ledger of a worker that listens."""
    opened = open_ledger(postgres_url, lease=20.0)
    opened.listen(on_lost=lost.append)
    async with opened:
        yield opened


@pytest.fixture
async def network(postgres_url: str) -> AsyncIterator[FaultProxy]:
    """What is between a worker and its server."""
    async with FaultProxy(postgres_url) as proxy:
        yield proxy


@pytest.fixture
async def remote(network: FaultProxy) -> AsyncIterator[Ledger]:
    """The ledger of a worker behind that network."""
    async with open_ledger(network.url, lease=20.0) as opened:
        yield opened


async def works(ledger: Ledger) -> None:
    """Return once it can be written again."""

    async def answers() -> bool:
        try:
            await ledger.ping()
        except LedgerUnavailable:
            return False
        return True

    await until(answers, "the ledger's return", limit=60.0)


async def unavailable(ledger: Ledger) -> LedgerUnavailable:
    """What it says to whoever asks now, in good time."""
    with pytest.raises(LedgerUnavailable) as caught:
        async with asyncio.timeout(SOON):
            await take(ledger, ANOTHER, owner="worker-2")
    return caught.value


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_should_lose_nothing_when_the_server_ends(
    ledger: Ledger, private_postgres: PrivatePostgres, lost: list[LedgerUnavailable], how: str
) -> None:
    """Down: said at once, again and again. Up: it goes on, and knows all that was acknowledged."""
    before = await bring(ledger, Change(state=State.SENDING, sent=1))
    getattr(private_postgres, how)()
    said = [await unavailable(ledger) for _ in range(3)]
    private_postgres.start()
    await works(ledger)

    assert await only(ledger) == before
    assert (await take(ledger, ANOTHER, owner="worker-2")).created
    assert len(lost) >= len(said)
    assert {str(error).partition(":")[0] for error in said} == {"the ledger postgresql"}


async def test_should_not_notice_that_idle_connections_were_closed(
    ledger: Ledger, private_postgres: PrivatePostgres
) -> None:
    """A server started anew while nobody asked anything: the next piece of work connects, and nobody hears of it."""
    before = await bring(ledger)
    private_postgres.stop()
    private_postgres.start()

    assert await only(ledger) == before


async def test_should_give_up_on_a_server_that_freezes_and_go_on_when_it_thaws(
    ledger: Ledger, private_postgres: PrivatePostgres, lost: list[LedgerUnavailable]
) -> None:
    """Nobody waits longer than ten seconds; what was asked meanwhile is nobody's lease afterwards."""
    private_postgres.freeze()
    began = time.monotonic()
    said = await asyncio.gather(*(unavailable(ledger) for _ in range(3)))
    waited = time.monotonic() - began
    private_postgres.thaw()
    await works(ledger)
    begun = await take(ledger, ASKED)

    assert waited < SOON
    assert (len(said), len(lost) >= 3, begun.standing) == (3, True, Standing.HELD)


async def test_should_close_in_good_time_though_the_server_is_frozen(
    postgres_url: str, private_postgres: PrivatePostgres
) -> None:
    """A worker that is told to stop stops."""
    opened = open_ledger(postgres_url, lease=20.0)
    await opened.open()
    private_postgres.freeze()
    asked = asyncio.create_task(unavailable(opened))
    await asyncio.sleep(0)
    async with asyncio.timeout(3 * PATIENCE):
        await opened.close()
        await asked


async def test_should_give_up_on_a_silent_network_and_go_on_when_it_speaks(remote: Ledger, network: FaultProxy) -> None:
    """No connection is refused, none is reset: there is just no answer."""
    before = await bring(remote)
    network.freeze()
    began = time.monotonic()
    await unavailable(remote)
    waited = time.monotonic() - began
    await network.heal()
    await works(remote)

    assert waited < SOON
    assert await only(remote) == before


@pytest.mark.parametrize("end", ["cut", "refuse"])
async def test_should_come_back_after_a_broken_network(remote: Ledger, network: FaultProxy, end: str) -> None:
    """However the connection ended."""
    before = await bring(remote)
    getattr(network, end)()
    if end == "refuse":
        await unavailable(remote)
    await network.heal()
    await works(remote)

    assert await only(remote) == before


async def test_should_work_through_a_slow_network(remote: Ledger, network: FaultProxy) -> None:
    """Slow is not lost: each message takes its time, and all is answered."""
    network.slow(0.1)
    begun = await take(remote)
    closed = await remote.advance(begun.entry, "worker-1", CLOSING)

    assert (begun.standing, closed.state) == (Standing.HELD, State.CLOSED)


async def test_should_not_count_a_commit_whose_answer_was_lost(
    remote: Ledger, network: FaultProxy, postgres_url: str
) -> None:
    """It is on disk all the same: whoever asked must not send, and the next worker finds what was written."""
    late = b"INSERT INTO subjects"  # by then the commit before is long past
    network.watch(late, then=lambda: network.watch(b"COMMIT", then=lambda: network.freeze(up=False)))
    await unavailable(remote)
    async with open_ledger(postgres_url, lease=20.0) as elsewhere:
        found = await only(elsewhere, ANOTHER.id)

    assert (found.state, found.fence) == (State.CLAIMED, 1)


async def test_should_do_again_what_was_lost_before_its_commit(remote: Ledger, network: FaultProxy) -> None:
    """A connection cut in the middle of a transaction: it goes through on the next, once."""
    await remote.ping()
    network.watch(b"INSERT INTO entries", before=True, then=network.cut)
    begun = await take(remote, send=True)

    assert (begun.standing, begun.created, begun.entry.sends, begun.entry.fence) == (Standing.HELD, True, 1, 1)


async def test_should_wait_only_moments_for_a_worker_frozen_in_a_transaction(ledger: Ledger, postgres_url: str) -> None:
    """The server ends its session; the others go on."""
    frozen = PostgresDatabase(postgres_url)
    with closing(frozen):
        await asyncio.to_thread(_freeze_in_a_transaction, frozen)
        begun = await take(ledger)

        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            frozen.commit("SELECT 1")
    assert begun.standing is Standing.HELD


def _freeze_in_a_transaction(database: PostgresDatabase) -> None:
    database.connect()
    database.begin([f"entry\n{ASKED.source}\n{ASKED.id}"])


async def test_should_hold_up_nobody_who_works_on_something_else(ledger: Ledger, postgres_url: str) -> None:
    """Transactions about different things do not wait for each other."""
    other = PostgresDatabase(postgres_url)
    with closing(other):
        await asyncio.to_thread(_freeze_in_a_transaction, other)
        await take(ledger, ANOTHER)
        still_open = other.commit("SELECT 1 AS one")

    assert [dict(row) for row in still_open] == [{"one": 1}]  # type: ignore[call-overload]  # rows are mappings here


async def test_should_begin_again_when_transactions_wait_for_each_other(
    ledger: Ledger, postgres: Postgres, postgres_url: str
) -> None:
    """Somebody locks in another order, as a person at a console may: the server ends one, and it is done again."""
    for asked in (ASKED, ANOTHER):
        await bring(ledger, asked=asked, owner=asked.id)
    database = postgres_url.rpartition("/")[2]
    with psycopg.connect(postgres.admin_url, dbname=database, autocommit=True) as person:
        person.execute("SET deadlock_timeout = '1min'")
        person.execute("BEGIN")
        person.execute("UPDATE entries SET looks = 7 WHERE id = 'e-2'")
        waiting = asyncio.gather(
            *(ledger.raise_turn(asked.source, asked.id, 3) for asked in (ASKED, ANOTHER)), return_exceptions=True
        )
        await until(lambda: _is_waiting(postgres), "the worker's wait for the person")
        await asyncio.to_thread(person.execute, "UPDATE entries SET looks = 7 WHERE id = 'e-1'")
        person.execute("COMMIT")
        answers = await waiting

    assert answers == [None, None]
    assert [(entry.turn, entry.looks) for entry in (await only(ledger), await only(ledger, "e-2"))] == [(3, 7)] * 2


async def _is_waiting(postgres: Postgres) -> bool:
    rows = await asyncio.to_thread(
        postgres.ask,
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'piste-relay'",
    )
    return bool(rows)

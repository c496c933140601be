"""What the ledger asks of a PostgreSQL, commits that last and every text there is, and what it says without secrets."""

import asyncio
from contextlib import closing

import pytest

from service.core.errors import LedgerUnavailable
from service.ledger import open_ledger
from service.ledger.postgres import PostgresDatabase
from tests.support.postgres import Postgres


@pytest.fixture
def careless(postgres: Postgres, postgres_url: str) -> str:
    """A database whose commits do not wait for the disk."""
    name = postgres_url.rpartition("/")[2]
    postgres.ask(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    return postgres_url


async def test_should_wait_for_the_disk_though_the_database_would_not(careless: str) -> None:
    """An acknowledged commit must be there after a power failure."""
    database = PostgresDatabase(careless)
    with closing(database):
        await asyncio.to_thread(database.connect)
        row = database.execute("SELECT current_setting('synchronous_commit') AS it").fetchone()

    assert row["it"] == "on"


async def test_should_refuse_a_database_that_cannot_keep_every_text(postgres: Postgres) -> None:
    """Found at the start, not with the first accent."""
    postgres.ask("CREATE DATABASE latin OWNER relay ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(LedgerUnavailable, match="LATIN1"):
            await open_ledger(postgres.url_of("latin"), lease=20.0).open()
    finally:
        postgres.ask("DROP DATABASE latin WITH (FORCE)")


@pytest.mark.parametrize(
    "change",
    [
        ("relay:", "relay:wrong-"),
        ("@127.0.0.1", "@127.0.0.2"),
        ("/ledger_", "/nowhere_"),
        ("relay:", "nobody:"),
        ("@127.0.0.1", "@no-such-host.invalid"),
    ],
    ids=["password", "address", "database", "role", "name"],
)
async def test_should_never_say_a_password(postgres_url: str, change: tuple[str, str]) -> None:
    """Whatever is wrong with the connection, the sentence names the place and why, in one line."""
    url = postgres_url.replace(*change, 1)
    with pytest.raises(LedgerUnavailable, match=r"^the ledger postgresql://\S+ cannot be opened: \S") as caught:
        await open_ledger(url, lease=20.0).open()
    said = f"{caught.value!r} {caught.value.__cause__!r}"

    assert "p%40ss" not in said
    assert "word/relay" not in said
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="RELAY_LEDGER__URL must look like") as refused:
        open_ledger(url + "?passwort=geheim", lease=20.0)
    assert "geheim" not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r}"

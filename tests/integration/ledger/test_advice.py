"""What a person is told to do about a PostgreSQL that cannot be used: by what is wrong, and where."""

import re

import pytest

from service.core.errors import LedgerUnavailable
from service.ledger import open_ledger
from service.ledger.advice import GRANTS, PRIMARY, WAY, advice
from service.ledger.examine import examine
from tests.support.canaries import with_password
from tests.support.postgres import ROLE, Postgres

STRANGER, PASSWORD = "stranger", "word-of-a-stranger"


@pytest.fixture
def stranger_url(postgres: Postgres, postgres_url: str) -> str:
    """The same database for a role that may connect and nothing else."""
    if not postgres.ask("SELECT 1 FROM pg_roles WHERE rolname = %s", STRANGER):
        postgres.ask(f"CREATE ROLE {STRANGER} LOGIN PASSWORD '{PASSWORD}'")
    return with_password(postgres_url, PASSWORD, STRANGER)


async def refused(url: str) -> LedgerUnavailable:
    """Why it cannot be opened."""
    with pytest.raises(LedgerUnavailable) as caught:
        await open_ledger(url, lease=20.0).open()
    return caught.value


async def test_should_name_the_rights_a_role_needs(postgres: Postgres, postgres_url: str, stranger_url: str) -> None:
    """To make tables, also where they are made already, and to own them; with those it works."""
    empty = await refused(stranger_url)
    async with open_ledger(postgres_url, lease=20.0):
        pass
    anothers = await refused(stranger_url)
    postgres.ask_in(postgres_url, f"GRANT USAGE, CREATE ON SCHEMA public TO {STRANGER}")
    not_owned = await refused(stranger_url)
    for (table,) in postgres.ask_in(postgres_url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        postgres.ask_in(postgres_url, f"ALTER TABLE {table} OWNER TO {STRANGER}")
    async with open_ledger(stranger_url, lease=20.0) as ledger:
        await ledger.ping()

    assert [advice(stranger_url, error) for error in (empty, anothers, not_owned)] == [GRANTS] * 3
    assert "permission denied for schema" in str(empty)


async def test_should_send_to_the_address_when_the_server_lets_nobody_in(postgres_url: str) -> None:
    """Wrong password or address: the sentence says which, the advice where it is written."""
    url = with_password(postgres_url, "another-word", ROLE)

    assert advice(url, await refused(url)) == WAY


async def test_should_say_what_each_of_several_servers_said(postgres_url: str) -> None:
    """The one that matters need not be the last."""
    url = postgres_url.replace("@127.0.0.1", "@127.0.0.1:1,127.0.0.1").replace("/ledger_", "/nowhere_")
    said = str(await refused(url))

    assert re.match(r"the ledger postgresql://127\.0\.0\.1:1,127\.0\.0\.1:\d+/nowhere_\w+ cannot be opened: ", said)
    assert said.count(" failed: ") == 2
    assert "nowhere" in said.rpartition(" failed: ")[2]


async def test_should_ask_for_the_server_that_is_written_to(postgres: Postgres, postgres_url: str) -> None:
    """A standby, or a role that may only read."""
    name = postgres_url.rpartition("/")[2]
    postgres.ask(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    assert advice(postgres_url, await refused(postgres_url)) == PRIMARY


async def test_should_say_what_lets_a_role_ask_which_cluster_it_is(postgres: Postgres, postgres_url: str) -> None:
    """As a statement that does it."""
    postgres.ask_in(postgres_url, "REVOKE EXECUTE ON FUNCTION pg_control_system FROM PUBLIC")
    without = examine(postgres_url).risks
    (statement,) = re.findall(r"GRANT EXECUTE .* TO ", " ".join(without))
    postgres.ask_in(postgres_url, f"{statement} {ROLE}")
    granted = examine(postgres_url).risks
    postgres.ask_in(postgres_url, "GRANT EXECUTE ON FUNCTION pg_control_system TO PUBLIC")

    assert [risk for risk in granted if "which cluster" in risk] == []

"""Gives tests real peers: a RabbitMQ of their own, the simulator, the worker as a process."""

import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from service.sandbox.broker import Broker, PrivateBroker, choose_broker
from tests.support.bus import Bus
from tests.support.canaries import planted
from tests.support.rights import open_vhost
from tests.support.worker import WorkerProcess, worker_environment

if TYPE_CHECKING:
    from service.sandbox.simulator import Simulator
    from tests.support.postgres import Postgres, PrivatePostgres

LIMITS = {
    "unit": 60,
    "contract": 60,
    "architecture": 60,
    "integration": 120,
    "acceptance": 180,
    "fuzz": 240,
}  # seconds, for a machine that does much else: they end what hangs, and measure nothing

settings.register_profile("patient", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")  # how fast examples are made and tried is the machine's business

pytest_plugins = ["tests.chaos.plugin", "tests.support.watch"]
StartWorker = Callable[..., Awaitable[WorkerProcess]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with the folder it is in, and give it the time such a test may take."""
    for item in items:
        kind = item.path.relative_to(Path(__file__).parent).parts[0]
        if kind in LIMITS:
            item.add_marker(getattr(pytest.mark, kind))
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(LIMITS[kind]))


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """One RabbitMQ for the session (one per process under xdist); fails, never skips, when none can be had."""
    with choose_broker() as running:
        yield running


@pytest.fixture
def private_broker(broker: Broker) -> PrivateBroker:
    """The session's RabbitMQ where it may be stopped, killed and started again."""
    if not isinstance(broker, PrivateBroker):
        pytest.skip("a broker given by its URL is not ours to stop")
    return broker


@pytest.fixture
def controlled_broker(broker: Broker) -> Broker:
    """The session's RabbitMQ where alarms may be raised and connections cut."""
    if not broker.is_controlled:
        pytest.skip("a broker given by its URL is not ours to disturb")
    return broker


@pytest.fixture
def amqp_url(broker: Broker) -> Iterator[str]:
    """A virtual host nobody used before, removed afterwards; a given broker is used as it is."""
    name = f"test-{secrets.token_hex(6)}"
    yield open_vhost(broker, name)
    broker.drop_vhost(name)


@pytest.fixture
def prefix(broker: Broker) -> str:
    """The prefix of queue names: the usual one in a fresh virtual host, a unique one on a given broker."""
    return "relay" if broker.is_controlled else f"relay-{secrets.token_hex(4)}"


@pytest.fixture(scope="session")
def postgres() -> Iterator["Postgres"]:
    """One PostgreSQL for the session (one per process under xdist); fails, never skips, when none can be had."""
    from tests.support.postgres import choose_postgres

    with choose_postgres() as running:
        yield running


@pytest.fixture
def private_postgres(postgres: "Postgres") -> Iterator["PrivatePostgres"]:
    """The session's PostgreSQL where it may be stopped, killed and frozen; afterwards it is up again."""
    from tests.support.postgres import PrivatePostgres

    if not isinstance(postgres, PrivatePostgres):
        pytest.skip("a server given by its URL is not ours to stop")
    yield postgres
    postgres.thaw()
    if not postgres.is_up:
        postgres.start()


@pytest.fixture
def postgres_url(postgres: "Postgres") -> Iterator[str]:
    """A database nobody used before, as the relay's own role; removed afterwards."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def free_port() -> int:
    """A port of loopback nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def simulator() -> AsyncIterator["Simulator"]:
    """PISTE, Chorus Pro and DUME on a free port of loopback, with nothing in them."""
    from service.sandbox.simulator import Simulator, SimulatorSettings

    async with Simulator(planted(SimulatorSettings()), port=0) as running:
        yield running


@pytest.fixture
async def start_worker(
    amqp_url: str, prefix: str, simulator: "Simulator", tmp_path: Path
) -> AsyncIterator[StartWorker]:
    """Starts `piste-relay worker` as often as asked, on one broker, simulator and ledger; stops them all afterwards."""
    started: list[WorkerProcess] = []

    async def start(*, wait: bool = True, **variables: str) -> WorkerProcess:
        environment = worker_environment(amqp_url=amqp_url, prefix=prefix, api_url=simulator.url, folder=tmp_path)
        worker = WorkerProcess(environment | variables, log=tmp_path / f"worker-{len(started) + 1}.log")
        started.append(worker)
        worker.start()
        if wait:
            await worker.ready()
        return worker

    yield start
    for worker in started:
        await worker.look_at_pages()
        worker.kill()


@pytest.fixture
async def worker(start_worker: StartWorker) -> WorkerProcess:
    """One worker, ready, with waits short enough for a test."""
    return await start_worker()


@pytest.fixture
async def bus(amqp_url: str, prefix: str) -> AsyncIterator[Bus]:
    """What a business service has: it publishes requests and keeps every result; declares only its own queue."""
    async with Bus(amqp_url, prefix) as connected:
        yield connected

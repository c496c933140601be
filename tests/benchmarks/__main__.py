"""Runs the contestants in turn on the same job, broker and canned upstream, and prints how they compare."""

import argparse
import asyncio
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aio_pika

from service.messaging.declaring import declare
from service.messaging.topology import Topology
from service.sandbox.broker import Broker, choose_broker
from tests.support.postgres import Postgres, PrivatePostgres
from tests.support.worker import SECRETS

RELAY, ON_POSTGRES, BARE, FRAMEWORK = "relay", "relay on PostgreSQL", "bare aio-pika + aiohttp", "FastStream"
COMMANDS = {
    RELAY: [sys.executable, "-m", "service", "worker"],
    ON_POSTGRES: [sys.executable, "-m", "service", "worker"],
    BARE: [sys.executable, "-m", "tests.benchmarks.bare"],
    FRAMEWORK: [sys.executable, "-m", "tests.benchmarks.framework"],
}
WARM_UP_SHARE = 0.2
LONGEST_RUN = 300.0  # seconds
TYPE = "tender.dume.simplified.requested.v1"


@dataclass(frozen=True)
class Job:
    """What each contestant does: so many events, so many at once, an upstream that takes so many seconds."""

    events: int
    concurrency: int
    delay: float
    rounds: int


async def publish(url: str, job: Job) -> None:
    """Fill the queue with valid requests before anybody consumes."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("relay.events")
        run = secrets.token_hex(4)
        for number in range(job.events):
            event = {
                "specversion": "1.0",
                "id": f"{run}-{number}",
                "source": "/bench",
                "type": TYPE,
                "data": {
                    "consultation": {"id": f"{run}-{number}", "title": "Fournitures de bureau"},
                    "buyer": {"id": "99900012800010", "name": "Ville de Sample"},
                },
            }
            message = aio_pika.Message(
                json.dumps(event).encode(),
                content_type="application/cloudevents+json",
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            await exchange.publish(message, TYPE)


async def collect(url: str, job: Job, start: "asyncio.Event") -> float:
    """Events a second between the end of the warm-up and the last distinct terminal result."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(500)
        queue = await channel.declare_queue("bench.inbox", durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind("relay.results", "#")
        start.set()
        seen: set[str] = set()
        warm, began = int(job.events * WARM_UP_SHARE), 0.0
        async with queue.iterator(no_ack=True) as messages:
            async for message in messages:
                result = json.loads(message.body)
                if not result.get("final"):
                    continue
                seen.add(result["causationid"])
                if len(seen) == warm and not began:
                    began = time.perf_counter()
                if len(seen) == job.events:
                    return (job.events - warm) / (time.perf_counter() - began)
    raise RuntimeError("the results ended early")


def cpu_seconds(process: "subprocess.Popen[bytes]") -> float:
    """Processor time a process has used so far, its threads included."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(broker: Broker, postgres: Postgres, name: str, job: Job, port: int) -> tuple[float, float]:
    """One run of one contestant on a virtual host of its own: events a second, processor milliseconds an event."""
    vhost = f"bench-{secrets.token_hex(4)}"
    url = broker.vhost(vhost)
    connection = await aio_pika.connect(url)
    async with connection:
        await declare(connection, Topology("relay"))
    await publish(url, job)
    bound = asyncio.Event()
    collecting = asyncio.create_task(collect(url, job, bound))
    await bound.wait()
    with tempfile.TemporaryDirectory() as folder:
        ledger = postgres.new_database() if name == ON_POSTGRES else f"sqlite:///{Path(folder) / 'ledger.db'}"
        environment = os.environ | environment_of(url, port, job, ledger)
        with started(COMMANDS[name], environment, Path(folder) / "log") as process:
            try:
                async with asyncio.timeout(LONGEST_RUN):
                    rate = await collecting
            except TimeoutError:
                end = (Path(folder) / "log").read_text()[-2000:]
                raise SystemExit(f"{name} did not finish within {LONGEST_RUN:.0f} s; its log ends:\n{end}") from None
            spent = 1000 * cpu_seconds(process) / job.events
    broker.drop_vhost(vhost)
    return rate, spent


def environment_of(url: str, port: int, job: Job, ledger: str) -> dict[str, str]:
    """Everything on: ledger with durable commits, JSON logs, metrics."""
    api = f"http://127.0.0.1:{port}"
    return {
        **SECRETS,
        "BENCH_AMQP": url,
        "BENCH_API": api,
        "BENCH_CONCURRENCY": str(job.concurrency),
        "RELAY_AMQP__URL": url,
        "RELAY_PISTE__OAUTH_URL": api,
        "RELAY_PISTE__API_URL": api,
        "RELAY_LEDGER__URL": ledger,
        "RELAY_CONCURRENCY": str(job.concurrency),
        "RELAY_HTTP__PORT": "0",
    }


@contextmanager
def started(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is gone afterwards."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=dict(environment), stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(job: Job) -> None:
    """All rounds, alternating, then the table."""
    rates: dict[str, list[float]] = {name: [] for name in COMMANDS}
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.upstream", str(port), str(job.delay)]
    with (
        tempfile.TemporaryDirectory() as folder,
        choose_broker() as broker,
        PrivatePostgres({"fsync": "on"}) as postgres,
        started(command, os.environ, Path(folder) / "upstream.log"),
    ):
        for number in range(1, job.rounds + 1):
            for name in COMMANDS:
                rate, spent = await measure(broker, postgres, name, job, port)
                rates[name].append(rate)
                print(f"round {number}  {name:<26} {rate:8.0f} events/s  {spent:6.2f} CPU ms/event", flush=True)
    report(job, rates)


def report(job: Job, rates: Mapping[str, list[float]]) -> None:
    """Medians, and the relay's ratio to each other contestant, round by round."""
    print(f"\n{job.events} events, {job.concurrency} at once, upstream {job.delay * 1000:.0f} ms, {job.rounds} rounds")
    for name, measured in rates.items():
        low, middle, high = min(measured), statistics.median(measured), max(measured)
        print(f"{name:<26} median {middle:7.0f}  (min {low:.0f}, max {high:.0f}) events/s")
    for name in (ON_POSTGRES, BARE, FRAMEWORK):
        ratios = [ours / theirs for ours, theirs in zip(rates[RELAY], rates[name], strict=True)]
        print(f"relay / {name}: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")


def main() -> None:
    """Read the options and run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=3000)
    options.add_argument("--concurrency", type=int, default=32)
    options.add_argument("--delay", type=float, default=0.02, help="seconds the upstream takes")
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    job = Job(chosen.events, chosen.concurrency, chosen.delay, chosen.rounds)
    asyncio.run(run(job))


if __name__ == "__main__":
    main()

"""The commands as processes: what they print, and how they end."""

import json
from datetime import UTC, datetime
from pathlib import Path

import aio_pika
import pytest

from service.ledger import open_ledger
from tests.support import command
from tests.support.canaries import CLIENT_SECRET
from tests.support.held import hold

SAFE = {
    "RELAY_PISTE__CLIENT_ID": "an-id",
    "RELAY_PISTE__CLIENT_SECRET": CLIENT_SECRET,
    "RELAY_PISTE__OAUTH_URL": "http://127.0.0.1:9",
    "RELAY_PISTE__API_URL": "http://127.0.0.1:9",
}


async def run(*words: str, **variables: str) -> tuple[int | None, str, str]:
    """Exit code, output and errors of a command that has no setting but these variables."""
    done = await command.run(*words, environment=variables)
    return done.code, done.out, done.errors


@pytest.mark.parametrize("name", ["worker", "config", "doctor"])
async def test_should_refuse_unknown_variables_in_one_sentence_each(name: str) -> None:
    """No command starts on settings it does not understand, and none shows a traceback for it."""
    code, out, errors = await run(name, RELAY_PISTE__CLIENTSECRET="x", RELAY_CONCURENCY="x")

    assert (code, out) == (2, "")
    assert errors.splitlines() == [
        "RELAY_PISTE__CLIENTSECRET is not a variable of piste-relay; did you mean RELAY_PISTE__CLIENT_SECRET?",
        "RELAY_CONCURENCY is not a variable of piste-relay; did you mean RELAY_CONCURRENCY?",
    ]


async def test_should_not_start_a_worker_whose_settings_do_not_fit_together() -> None:
    """A start-up check that fails is told before anything is connected."""
    code, out, errors = await run("worker", **SAFE, RELAY_PISTE__ORGANISATION="universal", RELAY_DUME__PLATFORM_ID="1")

    assert (code, out) == (2, "")
    assert "RELAY_PISTE__ORGANISATION is universal" in errors
    assert "Traceback" not in errors


async def test_should_show_the_settings_without_their_secrets() -> None:
    """Anybody may see what is in effect."""
    code, out, _ = await run("config", "--json", **SAFE)
    shown = json.loads(out)

    assert code == 0
    assert CLIENT_SECRET not in out
    assert shown["RELAY_PISTE__CLIENT_ID"] == {"value": "an-id", "from": "environment"}


async def test_should_list_every_command() -> None:
    """Help answers without any setting, also with wrong ones."""
    code, out, _ = await run("--help", RELAY_NONSENSE="1")

    assert code == 0
    assert {"worker", "submit", "doctor", "topology", "gates", "trace", "contracts", "config"} <= set(out.split())


async def test_should_name_what_a_worker_lacks_and_what_to_do(amqp_url: str, prefix: str, tmp_path: Path) -> None:
    """The doctor goes through everything, whatever fails on the way, and ends with 1 when something does."""
    variables = {
        **SAFE,
        "RELAY_AMQP__URL": amqp_url,
        "RELAY_AMQP__PREFIX": prefix,
        "RELAY_LEDGER__URL": f"sqlite:///{tmp_path}/ledger.db",
    }
    before = await run("doctor", **variables)
    applied = await run("topology", "apply", **variables)
    after = await run("doctor", **variables)

    assert [(line.split()[1], line.split()[0]) for line in before[1].splitlines()] == [
        ("settings", "warning"),
        ("broker", "warning"),
        ("ledger", "ok"),
        ("feed", "ok"),
        ("token", "FAIL"),
    ]
    assert (before[0], applied[0]) == (1, 0)
    assert "everything is declared" in after[1]


async def test_should_say_which_queue_differs_and_change_nothing(amqp_url: str, prefix: str) -> None:
    """Arguments never change under a name; a person decides what becomes of the old queue."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(f"{prefix}.invoices", durable=True)
    code, _, errors = await run("topology", "apply", RELAY_AMQP__URL=amqp_url, RELAY_AMQP__PREFIX=prefix)

    assert code == 1
    assert f"queue {prefix}.invoices exists with other arguments" in errors
    assert "Traceback" not in errors


async def test_should_submit_a_file_as_an_event_and_wait_for_its_last_result(
    amqp_url: str, prefix: str, tmp_path: Path
) -> None:
    """The command asks as a service would, and ends well when the deposit is done."""
    invoice = tmp_path / "F-1.xml"
    invoice.write_text("<Invoice/>")
    broker = {"RELAY_AMQP__URL": amqp_url, "RELAY_AMQP__PREFIX": prefix}
    await run("topology", "apply", **broker)
    process = await command.start("submit", str(invoice), "--wait", "60", environment=broker)
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(f"{prefix}.invoices")
        async with queue.iterator(timeout=60) as messages:
            request = await anext(messages)
            await request.ack()
        asked = json.loads(request.body)
        result = {"source": "/piste-relay/local", "type": "invoice.deposit.done.v1", "final": True, "data": {}}
        exchange = await channel.get_exchange(f"{prefix}.results")
        answer = aio_pika.Message(json.dumps(result).encode(), correlation_id=asked["id"])
        await exchange.publish(answer, routing_key="invoice.deposit.done.v1")
    done = await command.ended(process, "submit")

    assert (done.code, done.errors) == (0, "")
    assert asked["type"] == "invoice.deposit.requested.v1"
    assert "invoice.deposit.done.v1" in done.out


async def test_should_pause_an_upstream_through_the_calendar_and_resume_it(tmp_path: Path) -> None:
    """A pause by hand is a window every worker reads."""
    variables = {
        "RELAY_MAINTENANCE__CALENDAR": str(tmp_path / "calendar.json"),
        "RELAY_LEDGER__URL": f"sqlite:///{tmp_path}/ledger.db",
    }
    paused = await run("gates", "pause", "dume", "--for", "10m", **variables)
    shown = await run("gates", "show", **variables)
    resumed = await run("gates", "resume", "dume", **variables)
    again = await run("gates", "resume", "dume", **variables)

    assert [paused[0], shown[0], resumed[0], again[0]] == [0, 0, 0, 1]
    assert "dume  announced" in shown[1]
    assert json.loads((tmp_path / "calendar.json").read_text()) == {"windows": []}


async def test_should_use_a_rejected_account_again_when_told(tmp_path: Path) -> None:
    """Unlocked with the password it has, it need not rest any longer."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    async with open_ledger(url, lease=20.0) as ledger:
        await ledger.pause("account/pont/0a1b2c", "account_rejected", datetime.now(UTC), None)
    shown = await run("gates", "show", RELAY_LEDGER__URL=url)
    retried = await run("gates", "retry", "pont", RELAY_LEDGER__URL=url)
    again = await run("gates", "retry", "pont", RELAY_LEDGER__URL=url)
    async with open_ledger(url, lease=20.0) as ledger:
        left = await ledger.pauses()

    assert "account/pont/0a1b2c  paused since" in shown[1]
    assert [retried[0], again[0]] == [0, 1]
    assert list(left) == []


async def test_should_trace_a_write_by_its_id(tmp_path: Path) -> None:
    """How far it has come, and nothing of what it carries."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    await hold(url)
    code, out, _ = await run("trace", "e-1", RELAY_LEDGER__URL=url)

    assert code == 0
    assert out.startswith("e-1  invoice.deposit.requested.v1  held (needs_person)")

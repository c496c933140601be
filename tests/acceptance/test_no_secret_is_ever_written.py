"""No secret is ever written, whatever goes wrong: recognisable ones stand everywhere, and all that is written is read.

Every other test of the whole program is a test of this too: its secrets are the same ones, and the session fails when
one of them turns up (tests/support/watch.py). Here are the ways that nobody takes on purpose.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from service.sandbox.samples import make_cii, make_facturx
from service.sandbox.simulator import Fault
from tests.builders import deposit, deposit_of, new_number, simplified, with_secrets
from tests.support.bus import STRUCTURED
from tests.support.canaries import (
    BIC,
    BODY,
    CLIENT_SECRET,
    DATABASE_PASSWORD,
    IBAN,
    LOGIN,
    PASSWORD,
    PROXY_PASSWORD,
    TOKEN,
    with_password,
)
from tests.support.command import run
from tests.support.evidence import EVIDENCE
from tests.support.parrot import Parrot
from tests.support.scene import Scene
from tests.support.until import until
from tests.support.worker import WorkerProcess

REFUSED = "invoice.deposit.refused.v1"
ACCOUNT = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "cpro-account": ACCOUNT,
    "password": PASSWORD,
    "traceparent": f"00-{PASSWORD}-01",
    "tracestate": f"vendor={TOKEN}",
    "x-iban": IBAN,
}
COMMANDS = (
    ("config",),
    ("config", "--json"),
    ("doctor",),
    ("topology", "show"),
    ("topology", "apply"),
    ("deadletters", "list"),
    ("parked", "list"),
    ("gates", "show"),
    ("doubt", "list"),
    ("trace", "an-event"),
    ("submit", "/etc/hostname", "--wait", "0"),
)


@pytest.fixture(autouse=True)
def nothing_is_found() -> Iterator[None]:
    """Fail the very test that wrote a secret, not only the session."""
    before = len(EVIDENCE.found)
    yield
    EVIDENCE.look()
    assert EVIDENCE.found[before:] == []


@pytest.fixture
async def parrot() -> AsyncIterator[Parrot]:
    """A gateway that repeats what it is sent."""
    async with Parrot(f"{TOKEN}from-the-parrot") as running:
        yield running


async def test_should_keep_secrets_out_of_all_it_writes(scene: Scene) -> None:
    """Through success, refusal, maintenance, lost answers, bad input and debug logs, no secret is seen."""
    world = scene.simulator.world
    worker = await scene.start_worker(RELAY_LOG__LEVEL="debug", PYTHONASYNCIODEBUG="1", PYTHONDEVMODE="1")
    events = [deposit(new_number()), simplified(new_number()), *_other_formats()]
    await scene.publish_all(*events)
    for kind in ("lost_answer", "status", "truncated", "html_200", "reset_before", "empty_400"):
        fault = Fault.model_validate({"operation": "deposerFluxFacture", "kind": kind, "count": 1})
        scene.simulator.faults.add(fault, world.clock())
        events.append(deposit(new_number()))
        await scene.bus.publish(events[-1])
    world.gateway.revoke()
    refused = deposit("NUMBER-THAT-IS-FAR-TOO-LONG-FOR-CHORUS-PRO")
    await scene.bus.publish(refused)
    await scene.audit.ended([event["id"] for event in (*events, refused)])

    assert worker.lines("event_settled")
    assert (await scene.bus.terminal(refused["id"]))["type"].endswith((".refused.v1", ".failed.v1"))


async def test_should_write_nothing_of_what_it_cannot_read(scene: Scene) -> None:
    """Dead letters keep the message itself, and no header a publisher gave it but those of the event and its trace."""
    worker = await scene.start_worker(RELAY_LOG__LEVEL="debug")
    bodies = (
        json.dumps({"nobody": f"{IBAN} {PASSWORD} {BODY}"}).encode(),
        f"{{{PASSWORD} {IBAN}".encode(),
        PASSWORD.encode("utf-16"),
        json.dumps({**deposit(new_number()), "id": "", "time": PASSWORD}).encode(),
    )
    for body in bodies:
        await scene.bus.publish_raw(body, "invoice.deposit.requested.v1", content_type=STRUCTURED, headers=HEADERS)
    await scene.audit.quiet({"dead-letter": len(bodies)})
    for command in (("deadletters", "list"), ("parked", "list")):
        await run(*command, environment=scene.environment())
    letter = await scene.bus.take("dead-letter")

    assert letter is not None
    assert {"Authorization", "cpro-account", "password", "x-iban"} & set(letter.headers) == set()
    assert len(worker.lines("event_settled", outcome="rejected")) == len(bodies)


async def test_should_write_nothing_of_an_event_that_is_answered_as_wrong(scene: Scene) -> None:
    """A value that does not fit is named by its field; what stood there is the requester's."""
    await scene.start_worker()
    wrong = [
        deposit(new_number(), expirytime=PASSWORD),
        deposit(new_number(), traceparent=f"00-{PASSWORD}-01"),
        deposit(new_number()) | {"data": {"file": {"name": 7, "content": [IBAN], PASSWORD: BODY}}},
        deposit_of("facture.xml", f"<Invoice>{BODY} {IBAN} {BIC}".encode()),
        deposit_of("facture.pdf", f"%PDF-1.7 {BODY} {IBAN}".encode()),
        deposit_of("facture.tar.gz", b"\x1f\x8b" + BODY.encode()),
    ]
    await scene.publish_all(*wrong)
    results = [await scene.bus.terminal(event["id"]) for event in wrong]

    assert {result["type"].split(".")[-2] for result in results} <= {"failed", "refused", "done"}


@pytest.mark.parametrize(("shape", "status"), [("json", 400), ("page", 400), ("challenge", 401), ("token", 400)])
async def test_should_publish_nothing_that_an_upstream_repeats(
    scene: Scene, parrot: Parrot, shape: str, status: int
) -> None:
    """Token, account and file come back in the State's own words: neither results nor logs say them on."""
    parrot.shape, parrot.status = shape, status
    worker = await scene.start_worker(
        RELAY_PISTE__API_URL=parrot.url, RELAY_PISTE__OAUTH_URL=f"{parrot.url}/token", RELAY_LOG__LEVEL="debug"
    )
    event = deposit(new_number())
    await scene.bus.publish(event)
    await worker.line("event_settled", event_id=event["id"])
    await run("doctor", environment=scene.environment(RELAY_PISTE__OAUTH_URL=f"{parrot.url}/token"))

    assert parrot.asked > 0
    if shape == "json":
        result = await scene.bus.terminal(event["id"])
        assert result["type"] == REFUSED
        assert "[secret]" in result["data"]["upstream_text"]


async def test_should_say_what_fails_without_the_secret_it_failed_with(scene: Scene, free_port: int) -> None:
    """Wrong passwords, closed ports, TLS where there is none, unreachable databases and proxies: nothing tells."""
    amqp, closed = scene.environment()["RELAY_AMQP__URL"], f"127.0.0.1:{free_port}"
    database, short = with_password(f"postgresql://x:y@{closed}/ledger", DATABASE_PASSWORD), "connect_timeout=2"
    no_tls = amqp.rpartition("@")[2].partition("/")[0]
    brokers = (
        with_password(amqp, f"{PASSWORD}-of-another-age"),
        amqp.replace("amqp://", "amqps://"),
        f"{amqp}-that-is-not-there",
        f"amqp://relay:{quote(PASSWORD)}@{closed}/",
        BODY,
    )
    ledgers = (
        f"{database}?{short}",
        f"{database}?sslmode=require&{short}",
        f"postgresql://relay:{DATABASE_PASSWORD}@{closed}/ledger",
        f"postgresql://{closed}/ledger?user=relay&password={quote(DATABASE_PASSWORD)}&{short}",
        f"mysql://relay:{DATABASE_PASSWORD}@{closed}/ledger",
    )
    proxy = with_password(f"http://x:y@{closed}", PROXY_PASSWORD)
    pistes: tuple[dict[str, str], ...] = (
        {"RELAY_PISTE__OAUTH_URL": f"https://{no_tls}/token"},
        {"RELAY_PISTE__OAUTH_URL": f"https://relay:{quote(CLIENT_SECRET)}@{closed}/token"},
        {"RELAY_PISTE__CLIENT_SECRET": f" {CLIENT_SECRET} "},
        {"HTTP_PROXY": proxy, "http_proxy": proxy, "NO_PROXY": "", "no_proxy": ""},
        {"RELAY_HTTP__PORT": "many", "RELAY_PISTE__CLIENTSECRET": CLIENT_SECRET},
    )
    for broker, ledger, piste in zip(brokers, ledgers, pistes, strict=True):
        urls = {"RELAY_AMQP__URL": broker, "RELAY_LEDGER__URL": ledger, "RELAY_PISTE__API_URL": scene.simulator.url}
        done = await run("doctor", environment=scene.environment(**urls | piste))
        assert done.code in {1, 2}, done.out
    await asyncio.gather(
        _first_words(scene, RELAY_AMQP__URL=brokers[0], RELAY_LOG__LEVEL="debug"),
        _first_words(scene, RELAY_LEDGER__URL=ledgers[0], RELAY_LOG__LEVEL="debug"),
    )


async def test_should_print_no_secret_where_all_is_well(scene: Scene) -> None:
    """Every command, asked by somebody who may see what goes on."""
    done = await asyncio.gather(*(run(*words, environment=scene.environment()) for words in COMMANDS))

    assert [one for one in done if one.code not in {0, 1}] == []


async def test_should_say_nothing_of_a_proxy_that_refuses(scene: Scene, parrot: Parrot) -> None:
    """A proxy that wants another password repeats the one it was given."""
    parrot.shape, parrot.status = "page", 407
    proxy = with_password(f"http://x:y@{parrot.url.removeprefix('http://')}", PROXY_PASSWORD)
    worker = await scene.start_worker(
        HTTP_PROXY=proxy, http_proxy=proxy, NO_PROXY="", no_proxy="",
        RELAY_PISTE__API_URL="http://piste.localhost", RELAY_PISTE__OAUTH_URL="http://piste.localhost/oauth",
    )  # fmt: skip
    event = deposit(new_number())
    await scene.bus.publish(event)
    await worker.line("event_settled", event_id=event["id"])

    assert parrot.asked > 0


async def test_should_read_accounts_without_repeating_them(scene: Scene, tmp_path: Path) -> None:
    """Broken files of accounts, password files that cannot be read, changed passwords: named, and not shown."""
    password = tmp_path / "password.txt"
    password.write_text(PASSWORD)
    chorus_pro = {"login": LOGIN, "password": PASSWORD}
    file = tmp_path / "accounts-0.yaml"
    contents = (
        json.dumps({"one": {"chorus_pro": chorus_pro | {"password_file": str(password)}}}),
        json.dumps({"one": {"chorus_pro": chorus_pro, "password": PASSWORD, PASSWORD: LOGIN}}),
        json.dumps({"one": {"chorus_pro": {"login": [PASSWORD], "password": {"is": PASSWORD}}}}),
        f"one: {{chorus_pro: {{login: {LOGIN}, password: '{PASSWORD}",
        f"{PASSWORD}",
        json.dumps({"one": {"chorus_pro": {"login": LOGIN, "password_file": str(tmp_path)}}}),
    )
    for number, content in enumerate(contents):
        file = tmp_path / f"accounts-{number}.yaml"
        file.write_text(content)
        doctor = await run("doctor", environment=scene.environment(RELAY_ACCOUNTS=str(file)))
        assert "FAIL     upstreams" in doctor.out, content
    worker = await run("worker", environment=scene.environment(RELAY_ACCOUNTS=str(file)))
    good = tmp_path / "accounts.yaml"
    good.write_text(json.dumps({"one": {"chorus_pro": chorus_pro}}))
    worker_of_all = await scene.start_worker(RELAY_ACCOUNTS=str(good), RELAY_LOG__LEVEL="debug")
    good.write_text(contents[1])
    event = deposit(new_number(), account="one")
    await scene.bus.publish(event)

    assert (await scene.bus.terminal(event["id"]))["type"] == "invoice.deposit.done.v1"
    assert worker.code == 1
    assert worker_of_all.lines("accounts_found_unreadable")


async def test_should_say_of_which_secret_the_log_cannot_be_kept_clean(scene: Scene) -> None:
    """A password of one letter is masked by its place only, and the log stays readable."""
    scene.simulator.world.put_account(scene.simulator.world.settings.accounts[0].model_copy(update={"password": "1"}))
    worker = await scene.start_worker(RELAY_CHORUS_PRO__PASSWORD="1")
    event = deposit(new_number())
    await scene.bus.publish(event)
    await scene.bus.terminal(event["id"])
    noticed = [line["detail"] for line in worker.lines("startup_noticed")]

    assert [detail for detail in noticed if "RELAY_CHORUS_PRO__PASSWORD" in detail and "short" in detail]
    assert "[secret]" not in worker.text()


def _other_formats() -> list[dict[str, object]]:
    """The same secrets in a CII invoice and in one inside of a PDF."""
    cii = make_cii(new_number()).replace(b"</rsm:", with_secrets(b"") + b"</rsm:", 1)
    return [deposit_of("facture.xml", cii), deposit_of("facture.pdf", make_facturx(new_number()) + with_secrets(b""))]


async def _first_words(scene: Scene, **variables: str) -> None:
    """Start a worker that cannot work, and kill it when it has ended or said why."""
    worker = WorkerProcess(scene.environment(**variables), log=scene.folder / f"{next(iter(variables))}.log")
    worker.start()

    async def has_spoken() -> bool:
        return not worker.is_running or bool(worker.lines())

    await until(has_spoken, "a worker that says what is wrong", limit=60)
    worker.kill()

    assert worker.text()

"""DUME is open to one organisation of PISTE alone: without it nothing is called, and a closed door is named as that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from service import wiring
from service.cli import diagnosis
from service.core.outcome import Parked
from service.observability.secrets import Secrets
from service.sandbox.simulator import Application, Simulator
from service.settings import load_settings
from tests.builders import new_number
from tests.support.bench import Bench, open_bench
from tests.support.bus import Json, request
from tests.support.canaries import CLIENT_SECRET
from tests.support.worker import worker_environment

NOBODY = {
    "RELAY_PISTE__ORGANISATION": "universal",
    "RELAY_DUME__PLATFORM_ID": "",
    "RELAY_DUME__TECHNICAL_PLATFORM_ID": "",
    "RELAY_DUME__REQUESTER_ID": "",
    "RELAY_DUME__REQUESTER_NAME": "",
}
UNIVERSAL = Application(client_secret=CLIENT_SECRET, organisation="universal")
DUME = "DUME organisation"


@pytest.fixture
async def barred(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Bench]:
    """A bench whose application is Universal at the gateway, and of the DUME organisation by its settings."""
    simulator.world.put_application(UNIVERSAL)
    async with open_bench(tmp_path, simulator, {"RELAY_LOG__LEVEL": "warning"}) as ready:
        yield ready


def asked(type_: str) -> Json:
    data = {"consultation": {"id": new_number()}, "buyer": {"id": "99900012800010"}}
    return request(type_, data if "lookup" not in type_ else {})


@pytest.mark.parametrize(
    "type_",
    [
        "tender.dume.simplified.requested.v1",
        "tender.dume.search.requested.v1",
        "tender.codelist.lookup.requested.v1",
    ],
)
@pytest.mark.parametrize("organisation", ["universal", "dume"])
async def test_should_name_what_is_missing_without_a_call(
    tmp_path: Path, simulator: Simulator, type_: str, organisation: str
) -> None:
    """A worker without settings of DUME answers at once, and says which organisation it takes."""
    variables = {**NOBODY, "RELAY_PISTE__ORGANISATION": organisation}
    async with open_bench(tmp_path, simulator, variables) as bench:
        end = (await bench.end(asked(type_))).data.model_dump(mode="json")

    assert (end["reason"], end["effect"], DUME in end["detail"]) == ("not_configured", "none", True)
    assert [call for call in simulator.journal.calls() if call.upstream == "dume"] == []


async def test_should_have_no_way_round(tmp_path: Path, simulator: Simulator) -> None:
    """Settings of DUME beside the Universal organisation, wherever they came from, lead to no call of it."""
    async with open_bench(tmp_path, simulator, {"RELAY_PISTE__ORGANISATION": "universal"}) as bench:
        end = (await bench.end(asked("tender.dume.simplified.requested.v1"))).data.model_dump(mode="json")

    assert end["reason"] == "not_configured"
    assert [call for call in simulator.journal.calls() if call.upstream == "dume"] == []


async def test_should_pause_dume_with_its_own_cause(barred: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """A 403 is no maintenance: the event waits, and the pause says that it takes a subscription."""
    outcome = await barred.handle(asked("tender.dume.simplified.requested.v1"))
    (gate,) = barred.pipeline.upstreams.gates
    lines = [line for line in capsys.readouterr().out.splitlines() if "api_closed" in line]

    assert isinstance(outcome, Parked)
    assert (str(gate.scope), gate.cause) == ("dume", "not_subscribed")
    assert len(lines) == 1
    assert DUME in lines[0]
    assert DUME in outcome.detail


async def test_should_tell_the_doctors_reader_what_to_do(tmp_path: Path, simulator: Simulator) -> None:
    """The line of the doctor names the organisation, and that the account has to be made there."""
    simulator.world.put_application(UNIVERSAL)
    usual = worker_environment(
        amqp_url="amqp://nobody@127.0.0.1:1/", prefix="x", api_url=simulator.url, folder=tmp_path
    )
    settings = load_settings(usual)
    accounts = wiring.account_book(settings, Secrets())
    upstream = wiring.upstream_settings(settings, accounts, "test")
    lines = [line async for line in diagnosis.health(upstream, accounts, ("dume",), timedelta(days=30))]

    assert [line.verdict for line in lines] == ["FAIL"]
    assert "HTTP 403: not subscribed or not granted, or a wrong path; through PISTE, DUME is open to" in str(lines[0])
    assert "create the PISTE account under the DUME organisation" in str(lines[0])

"""Faults on demand do what their names say, and the journal tells whether the work was done."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from service.sandbox.samples import make_ubl
from service.sandbox.simulator import Simulator
from tests.integration.simulator.caller import DEPOSIT, HEALTH, Caller
from tests.support.until import until


@pytest.mark.parametrize(
    ("kind", "params", "status", "kind_of_body", "effect"),
    [
        ("maintenance", {}, 503, "text/html", "none"),
        ("throttle", {"retry_after": 7}, 429, "", "none"),
        ("status", {"status": 500}, 500, "", "none"),
        ("status", {"status": 502, "body": "html"}, 502, "text/html", "none"),
        ("status", {"status": 503, "body": "json", "work": True}, 503, "application/json", "created"),
        ("gateway_timeout_before", {}, 504, "", "none"),
        ("gateway_timeout_after", {}, 504, "", "created"),
        ("html_200", {}, 200, "text/html", "none"),
        ("html_200", {"work": True}, 200, "text/html", "created"),
        ("empty_400", {}, 400, "", "none"),
        ("revoke_tokens", {}, 401, "", "none"),
        ("slow", {"seconds": 0.01}, 200, "application/json", "created"),
    ],
)
async def test_should_answer_in_place_of_the_service(
    caller: Caller, kind: str, params: dict[str, object], status: int, kind_of_body: str, effect: str
) -> None:
    """Each fault has its status and its body, and is done before or after the work."""
    await caller.fault(kind, params=params, operation="deposerFluxFacture", count=1)
    answer = await caller.deposit(make_ubl("F-1"))
    (call,) = caller.simulator.journal.calls("deposerFluxFacture")
    body = answer.headers["content-type"].partition(";")[0] if answer.text else ""

    assert (answer.status, body, call.effect, call.fault) == (status, kind_of_body, effect, kind)


@pytest.mark.parametrize(
    ("kind", "effect"),
    [("reset_before", "none"), ("lost_answer", "created"), ("truncated", "created")],
)
async def test_should_cut_the_connection(caller: Caller, kind: str, effect: str) -> None:
    """The client sees its connection cut, before or after the work was done."""
    await caller.fault(kind, count=1)
    with pytest.raises(aiohttp.ClientError):
        await caller.deposit(make_ubl("F-1"))
    (call,) = caller.simulator.journal.calls("deposerFluxFacture")

    assert call.effect == effect


async def test_should_stay_silent_after_the_work(caller: Caller) -> None:
    """The client gives up; the deposit is there."""
    await caller.fault("timeout_after", operation="deposerFluxFacture")
    patience = aiohttp.ClientTimeout(total=0.3)
    body = {"fichierFlux": "YQ==", "nomFichier": "a.xml", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE"}
    with pytest.raises(TimeoutError):
        await caller.post(DEPOSIT, body, timeout=patience)

    assert len(caller.simulator.world.chorus_pro.flows) == 1


async def test_should_stop_at_once_although_a_client_waits(simulator: Simulator, caller: Caller) -> None:
    """A silent call does not keep the simulator from stopping."""
    await caller.fault("timeout_after")
    waiting = asyncio.create_task(caller.send("GET", HEALTH))

    async def has_arrived() -> bool:
        return bool(simulator.journal.calls("healthCheck"))

    await until(has_arrived, "the call")
    simulator._front.closing.set()

    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_should_go_on_giving_tokens_in_a_maintenance(caller: Caller) -> None:
    """Behind the gateway everything is red, health check included; the token host is not behind it."""
    await caller.fault("maintenance")
    statuses = [
        (await caller.ask_token()).status,
        (await caller.send("GET", HEALTH)).status,
        (await caller.post("/dume/dumeA", {"operation": "healthCheck"})).status,
    ]

    assert statuses == [200, 503, 503]


async def test_should_write_the_lifetime_as_text(caller: Caller) -> None:
    """Some gateways give `expires_in` as a string."""
    await caller.fault("expires_in_string")

    assert (await caller.ask_token()).json["expires_in"] == "3600"


async def test_should_end_a_fault_by_its_id(caller: Caller) -> None:
    """A fault lasts until it is removed."""
    await caller.fault("maintenance", id="night", upstream="chorus-pro")
    during = (await caller.send("GET", HEALTH)).status
    await caller.send("DELETE", "/_sim/faults/night")

    assert (during, (await caller.send("GET", HEALTH)).status) == (503, 200)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "nothing"},
        {"kind": "status", "params": {"status": 99}},
        {"kind": "status", "params": {"body": "xml"}},
        {"kind": "slow", "params": {"second": 1}},
        {"kind": "slow", "rate": 2},
    ],
)
async def test_should_refuse_a_fault_it_cannot_carry_out(caller: Caller, fault: dict[str, object]) -> None:
    """A mistake in a fault is answered at once, in words."""
    refused = await caller.post("/_sim/faults", fault)

    assert (refused.status, len(refused.json["errors"])) == (400, 1)

"""When an operator looks: probes, metrics, one line per delivery, commands, and what only a person can decide."""

from __future__ import annotations

import asyncio

import pytest

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number
from tests.support.bus import Json
from tests.support.command import Ended, run
from tests.support.scene import Scene
from tests.support.worker import SECRETS

SECRET = ("RELAY_PISTE__CLIENT_SECRET", "RELAY_CHORUS_PRO__PASSWORD")
METRICS = (
    "piste_relay_events_settled_total",
    "piste_relay_gate_open",
    "piste_relay_parked_events",
    "piste_relay_oldest_parked_seconds",
    "piste_relay_in_doubt",
    "piste_relay_oldest_in_doubt_seconds",
    "piste_relay_oldest_unfinished_deposit_seconds",
    "piste_relay_dead_letters",
    "piste_relay_unclaimed_results",
    "piste_relay_upstream_calls_total",
    "piste_relay_upstream_call_duration_seconds",
    "piste_relay_token_renewals_total",
    "piste_relay_last_delivery_timestamp_seconds",
)


async def test_should_show_what_goes_on(scene: Scene) -> None:
    """Probes are green, the metrics have their names, and each delivery has its one line."""
    worker = await scene.start_worker()
    event = deposit(new_number(), subject="invoice-42", businessref="order-7")
    await scene.bus.publish(event)
    await scene.bus.terminal(event["id"])
    settled = await worker.line("event_settled", event_id=event["id"], outcome="completed")
    metrics = await worker.metrics()

    assert (await worker.status("/healthz"), await worker.status("/readyz")) == (200, 200)
    assert [name for name in METRICS if name not in metrics] == []
    said = (settled["type"], settled["reason"], settled["subject"], settled["businessref"], settled["account"])
    assert said == (event["type"], "done", "invoice-42", "order-7", "default")
    assert (settled["operation"], settled["http_status"]) == ("rechercherFactureParFournisseur", 200)
    assert settled["flow_number"]
    assert settled["invoice_number"]


async def test_should_find_everything_in_order(scene: Scene) -> None:
    """`doctor` finds no fault, `config` shows no secret, `topology show` names every queue."""
    await scene.start_worker()
    doctor, config, topology = await asyncio.gather(
        _command(scene, "doctor"), _command(scene, "config"), _command(scene, "topology", "show")
    )

    assert (doctor.code, "FAIL" in doctor.out) == (0, False), doctor.out
    assert config.code == 0
    assert [
        name for name, secret in SECRETS.items() if name.endswith(("SECRET", "PASSWORD")) and secret in config.out
    ] == []
    assert "relay.parked.chorus-pro" in topology.out


async def test_should_say_what_is_wrong_before_anything_starts(scene: Scene) -> None:
    """A misspelt variable and a wrong pair of hosts are named in one sentence each, without a traceback."""
    wrong = await _command(scene, "worker", RELAY_AMQP_URL="amqp://localhost/")
    dead = await _command(scene, "worker", RELAY_PISTE__API_URL="https://api.aife.economie.gouv.fr")

    assert wrong.code == 2
    assert "RELAY_AMQP_URL" in wrong.errors
    assert "RELAY_AMQP__URL" in wrong.errors
    assert dead.code == 2
    assert "aife.economie.gouv.fr" in dead.errors
    assert "Traceback" not in wrong.errors + dead.errors


@pytest.mark.parametrize(
    ("decision", "ending"),
    [
        pytest.param(["not-sent"], "invoice.deposit.done.v1", id="not sent"),
        pytest.param(["give-up"], "invoice.deposit.failed.v1", id="give up"),
    ],
)
async def test_should_let_a_person_decide(scene: Scene, decision: list[str], ending: str) -> None:
    """Where only a person may send again, the event is held, named, decided about, and goes on."""
    event = await _held(scene)
    listed = await _command(scene, "doubt", "list")
    await _command(scene, "doubt", "decide", event["id"], *decision)
    await _command(scene, "deadletters", "replay", event["id"])
    result = await scene.bus.terminal(event["id"])

    assert event["id"] in listed.out
    assert result["type"] == ending
    assert scene.audit.complaints([event["id"]]) == []
    assert await scene.audit.quiet() == {}


async def _held(scene: Scene) -> Json:
    """A deposit nobody knows the fate of, held for a person."""
    await scene.start_worker(RELAY_DOUBT__THEN="ask", RELAY_DOUBT__LOOKS="1")
    fault = Fault.model_validate({"operation": "deposerFluxFacture", "kind": "reset_before", "count": 1})
    scene.simulator.faults.add(fault, scene.simulator.world.clock())
    event = deposit(new_number())
    await scene.bus.publish(event)
    await scene.audit.quiet({"dead-letter": 1})
    causes = [one["data"]["cause"] for one in scene.bus.results_of(event["id"])]
    assert "needs_person" in causes
    return event


async def _command(scene: Scene, *words: str, **variables: str) -> Ended:
    return await run(*words, environment=scene.environment(**variables))

"""Health that nobody can ask about is not an illness, and no reason to stop working."""

import json
from datetime import UTC, datetime

from service.ledger.sqlite import SqliteLedger
from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number
from tests.support.scene import Scene
from tests.support.worker import SECRETS, WorkerProcess


async def test_should_ask_in_the_name_of_an_account_that_can(scene: Scene) -> None:
    """The first account of the file has no access to Chorus Pro: another one is used to see that it is down."""
    accounts = {"tenders-only": {}, "invoices": {"chorus_pro": _access()}}
    file = scene.folder / "accounts.json"
    file.write_text(json.dumps(accounts))
    worker = await _worker(scene, RELAY_ACCOUNTS=str(file))
    _maintenance(scene)
    event = deposit(new_number(), account="invoices")
    await scene.bus.publish(event)
    closed = await worker.line("api_closed")
    scene.simulator.world.faults.remove()
    result = await scene.bus.terminal(event["id"])

    assert closed["scope"] == "chorus-pro"
    assert result["type"] == "invoice.deposit.done.v1"
    assert worker.is_running


async def test_should_go_on_when_the_account_that_asked_is_gone(scene: Scene) -> None:
    """The account of the health check is taken out of the file while the worker runs: a pause still ends."""
    file = scene.folder / "accounts.json"
    file.write_text(json.dumps({"old": {"chorus_pro": _access()}, "new": {"chorus_pro": _access()}}))
    worker = await _worker(scene, RELAY_ACCOUNTS=str(file))
    file.write_text(json.dumps({"new": {"chorus_pro": _access()}}))
    _maintenance(scene)
    event = deposit(new_number(), account="new")
    await scene.bus.publish(event)
    await worker.line("api_closed")
    scene.simulator.world.faults.remove()
    result = await scene.bus.terminal(event["id"])

    assert result["type"] == "invoice.deposit.done.v1"
    assert worker.is_running


async def test_should_start_with_a_pause_of_what_is_configured_no_more(scene: Scene) -> None:
    """DUME was paused when the worker stopped, and is no longer configured when it starts: the rest goes on."""
    async with SqliteLedger(str(scene.folder / "ledger.db"), lease=5.0) as ledger:
        await ledger.pause("dume", "unavailable", datetime.now(UTC), None)
    without = dict.fromkeys((name for name in SECRETS if name.startswith("RELAY_DUME__")), "")
    worker = await scene.start_worker(**without)
    event = deposit(new_number())
    await scene.bus.publish(event)
    result = await scene.bus.terminal(event["id"])

    assert result["type"] == "invoice.deposit.done.v1"
    assert worker.is_running


async def _worker(scene: Scene, **variables: str) -> WorkerProcess:
    without = dict.fromkeys(("RELAY_CHORUS_PRO__LOGIN", "RELAY_CHORUS_PRO__PASSWORD"), "")
    return await scene.start_worker(**without, **variables)


def _access() -> dict[str, str]:
    return {"login": SECRETS["RELAY_CHORUS_PRO__LOGIN"], "password": SECRETS["RELAY_CHORUS_PRO__PASSWORD"]}


def _maintenance(scene: Scene) -> None:
    world = scene.simulator.world
    world.faults.add(Fault.model_validate({"upstream": "chorus-pro", "kind": "maintenance"}), world.clock())

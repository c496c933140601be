"""When tokens, secrets or technical passwords go wrong: renewed once, never hammered, said plainly, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

from service.sandbox.simulator import Account, Application, Fault, SimulatorSettings
from tests.builders import deposit, new_number, simplified
from tests.support.bus import Json
from tests.support.canaries import CLIENT_SECRET, LOGIN, PASSWORD
from tests.support.scene import STATE_IN_A_HURRY, Scene

DONE = "invoice.deposit.done.v1"


async def test_should_renew_a_revoked_token_once_for_all(scene: Scene) -> None:
    """A hundred calls that meet a revoked token ask for one new token, and all are answered."""
    await scene.start_worker()
    await _served(scene, simplified(new_number()))
    events = [simplified(new_number()) for _ in range(20)]
    scene.simulator.world.gateway.revoke()
    tokens = len(scene.simulator.journal.calls("token"))
    await scene.publish_all(*events)
    await scene.audit.ended([event["id"] for event in events])

    assert len(scene.simulator.journal.calls("token")) - tokens == 1
    assert scene.audit.complaints([event["id"] for event in events]) == []


async def test_should_live_with_tokens_of_a_second(scene: Scene) -> None:
    """Tokens that expire all the time, their lifetime written as text: every request is answered."""
    scene.simulator.world.apply(_changed(token_lifetime=1))
    fault = Fault(operation="token", kind="expires_in_string")
    scene.simulator.faults.add(fault, scene.simulator.world.clock())
    await scene.start_worker()
    events = [deposit(new_number()) for _ in range(6)]
    await scene.publish_all(*events)
    await scene.audit.ended([event["id"] for event in events])

    assert {(await scene.bus.terminal(event["id"]))["type"] for event in events} == {DONE}
    assert scene.audit.complaints([event["id"] for event in events]) == []


async def test_should_stop_asking_with_a_refused_secret(scene: Scene) -> None:
    """A wrong client secret pauses everything, with its own cause; few tokens are asked for; then all goes on."""
    right = Application(client_secret=CLIENT_SECRET)
    scene.simulator.world.put_application(right.model_copy(update={"client_secret": "changed-at-the-portal"}))
    await scene.start_worker()
    events = [deposit(new_number()) for _ in range(5)]
    await scene.publish_all(*events)
    for event in events:
        await scene.bus.result(event["id"], "invoice.deposit.delayed.v1")
    asked = len(scene.simulator.journal.calls("token"))
    scene.simulator.world.put_application(right)
    await scene.audit.ended([event["id"] for event in events])

    paused = [result for result in scene.bus.received if result["type"] == "upstream.paused.v1"]
    assert {notice["data"]["cause"] for notice in paused} == {"credentials"}
    assert asked <= 3
    assert scene.audit.complaints([event["id"] for event in events]) == []


async def test_should_let_only_the_events_of_a_rejected_account_wait(scene: Scene, tmp_path: Path) -> None:
    """A rejected technical account is tried once or twice, alerted once; a changed password is used by itself."""
    password = tmp_path / "password"
    password.write_text("an-old-password")
    worker = await scene.start_worker(
        RELAY_CHORUS_PRO__PASSWORD_FILE=str(password), RELAY_CHORUS_PRO__PASSWORD="", RELAY_CHORUS_PRO__REPROBE="60"
    )
    events = [deposit(new_number()) for _ in range(4)]
    other = simplified(new_number())
    await scene.publish_all(*events, other)
    unaffected = await scene.bus.terminal(other["id"])
    for event in events:
        await scene.bus.result(event["id"], "invoice.deposit.delayed.v1")
    tried = len(scene.simulator.journal.calls("deposerFluxFacture"))
    password.write_text(PASSWORD)
    later = deposit(new_number())
    served = await _served(scene, later)

    assert unaffected["type"] == "tender.dume.simplified.done.v1"
    assert tried <= len(events)
    assert len(worker.lines("account_rejected")) == 1
    assert served["type"] == DONE
    assert not [result for result in scene.bus.received if result["type"] == "upstream.paused.v1"]


async def test_should_try_a_wrong_password_once_for_the_whole_fleet(scene: Scene) -> None:
    """What one worker was refused with, the others leave alone: accounts are locked after a few wrong passwords."""
    for _ in range(3):
        await scene.start_worker(RELAY_CHORUS_PRO__PASSWORD="wrong", RELAY_CHORUS_PRO__REPROBE="60")
    first = deposit(new_number())
    await scene.publish_all(first)
    await scene.bus.result(first["id"], "invoice.deposit.delayed.v1")
    tried = len(scene.simulator.journal.calls("deposerFluxFacture"))
    events = [deposit(new_number()) for _ in range(12)]
    await scene.publish_all(*events)
    for event in events:
        await scene.bus.result(event["id"], "invoice.deposit.delayed.v1")

    assert len(scene.simulator.journal.calls("deposerFluxFacture")) == tried


async def test_should_keep_the_accounts_of_two_companies_apart(scene: Scene, tmp_path: Path) -> None:
    """With two accounts an event must name one; the rejected one delays only its own events."""
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(
        f"lilas: {{chorus_pro: {{login: {LOGIN}, password: {json.dumps(PASSWORD)}}}}}\n"
        "pont: {chorus_pro: {login: TECH_2_2@cpro.fr, password: expired-password}}\n"
    )
    scene.simulator.world.put_account(Account(login="TECH_2_2@cpro.fr", password="another-password"))
    await scene.start_worker(RELAY_ACCOUNTS=str(accounts))
    nobodys, rejected = deposit(new_number()), deposit(new_number(), account="pont")
    good, unknown = deposit(new_number(), account="lilas"), deposit(new_number(), account="nobody")
    await scene.publish_all(nobodys, rejected, good, unknown)

    assert (await scene.bus.terminal(good["id"]))["type"] == DONE
    assert (await scene.bus.terminal(nobodys["id"]))["data"]["reason"] == "account_required"
    assert (await scene.bus.terminal(unknown["id"]))["data"]["reason"] == "account_unknown"
    delayed = await scene.bus.result(rejected["id"], "invoice.deposit.delayed.v1")
    assert delayed["data"]["cause"] == "account_rejected"


def _changed(**values: object) -> SimulatorSettings:
    return STATE_IN_A_HURRY.model_copy(update=values)


async def _served(scene: Scene, event: Json) -> Json:
    await scene.bus.publish(event)
    return await scene.bus.terminal(event["id"])

"""When several companies share a relay: each has its own account, and no trouble or knowledge of the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.sandbox.samples import make_ubl
from service.sandbox.simulator import Account, Party, SimulatorSettings
from tests.builders import deposit, deposit_of, new_number
from tests.support.bus import Json, request
from tests.support.canaries import LOGIN, PASSWORD
from tests.support.command import run
from tests.support.feed import FEED_IN_A_HURRY, heard
from tests.support.scene import STATE_IN_A_HURRY, Scene
from tests.support.until import until

DONE = "invoice.deposit.done.v1"
STATUS = "invoice.status.requested.v1"
CANCELLATION = "request.cancellation.requested.v1"
LILAS, PONT = Party(siret="99911122200017", name="LILAS"), Party(siret="99933344400011", name="PONT")
OTHER_LOGIN, OTHER_PASSWORD = "TECH_2_2@cpro.fr", "KaNaRi7x3Q-second-technical-password"


def mounted(folder: Path, name: str, **files: str) -> None:
    """Put files into a folder in one step, as Kubernetes does with a secret."""
    (folder / name).mkdir(parents=True)
    for file, content in files.items():
        (folder / name / file).write_text(content)
        if not (folder / file).is_symlink():
            (folder / file).symlink_to(f"..data/{file}")
    (folder / "..data_tmp").symlink_to(name)
    (folder / "..data_tmp").rename(folder / "..data")


async def test_should_let_only_the_events_of_an_expired_password_wait(scene: Scene, tmp_path: Path) -> None:
    """The other company goes on; the metric and `doctor` warn ahead; the renewed secret is used by itself."""
    secrets = tmp_path / "secrets"
    mounted(secrets, "..first", accounts=_accounts("lilas", "pont"), lilas=PASSWORD, pont=OTHER_PASSWORD)
    world, soon = scene.simulator.world, datetime.now(UTC) + timedelta(days=20)
    world.put_account(Account(login=LOGIN, password=PASSWORD, suppliers=(LILAS,), password_expires_at=soon))
    world.put_account(Account(login=OTHER_LOGIN, password=OTHER_PASSWORD, suppliers=(PONT,), password_expires_in=0))
    worker = await scene.start_worker(
        RELAY_ACCOUNTS=str(secrets / "accounts"), RELAY_CHORUS_PRO__REPROBE="5", RELAY_CHORUS_PRO__PASSWORD_CHECK="1"
    )
    warned = await worker.line("account_password_end_neared", account="lilas")
    waiting, good = deposit(new_number(), account="pont"), deposit(new_number(), account="lilas")
    await scene.publish_all(waiting, good)
    assert (await scene.bus.terminal(good["id"]))["type"] == DONE
    assert (await scene.bus.result(waiting["id"], "invoice.deposit.delayed.v1"))["data"]["cause"] == "account_rejected"
    doctor = await run("doctor", environment=scene.environment(RELAY_ACCOUNTS=str(secrets / "accounts")))
    renewed = "KaNaRi7x3Q-renewed"
    world.put_account(Account(login=OTHER_LOGIN, password=renewed, suppliers=(PONT,)))
    mounted(secrets, "..second", accounts=_accounts("lilas", "pont"), lilas=PASSWORD, pont=renewed)

    assert (await scene.bus.terminal(waiting["id"]))["type"] == DONE
    assert (warned["days_left"], warned["told_by_chorus_pro"]) == (19, True)
    assert "warning  password   account lilas: expires on" in doctor.out
    assert "FAIL     chorus-pro account pont" in doctor.out
    assert worker.lines("account_password_end_neared", account="pont") == []
    shown = 'piste_relay_account_password_expiry_timestamp_seconds{account="%s"}'

    async def both() -> bool:
        metrics = await worker.metrics()
        return all(shown % name in metrics for name in ("lilas", "pont"))

    await until(both, "the end of both passwords in the metrics")


async def test_should_show_one_company_nothing_of_another(scene: Scene, tmp_path: Path) -> None:
    """Not even where both have one login: what may be sent, asked and withdrawn is what the account lists."""
    (tmp_path / "accounts").write_text(_accounts("lilas", "pont", login=LOGIN))
    (tmp_path / "lilas").write_text(PASSWORD)
    (tmp_path / "pont").write_text(PASSWORD)
    scene.simulator.world.apply(_changed(accounts=(Account(login=LOGIN, password=PASSWORD, suppliers=(LILAS, PONT)),)))
    await scene.start_worker(RELAY_ACCOUNTS=str(tmp_path / "accounts"), **FEED_IN_A_HURRY)
    number = new_number()
    ours = deposit_of("ours.xml", make_ubl(number, supplier=PONT.siret), account="pont")
    await scene.bus.publish(ours)
    done = await scene.bus.terminal(ours["id"])
    assert done["type"] == DONE
    (invoice,) = done["data"]["invoices"]
    known = invoice["chorus_pro_id"]

    theirs = deposit_of("theirs.xml", make_ubl(new_number(), supplier=PONT.siret), account="lilas")
    assert await _said(scene, theirs) == ("invoice.deposit.failed.v1", "supplier_not_in_account")
    asked = [{"invoice_number": number}, {"chorus_pro_id": known}]
    assert [await _said(scene, request(STATUS, data, account="lilas")) for data in asked] == [
        ("invoice.status.refused.v1", "invoice_not_found")
    ] * 2
    named = {"invoice_number": number, "supplier_siret": PONT.siret}
    refused = await _said(scene, request(STATUS, named, account="lilas"))
    assert refused == ("invoice.status.failed.v1", "supplier_not_in_account")
    assert [(await _said(scene, request(STATUS, data, account="pont")))[0] for data in (*asked, named)] == [
        "invoice.status.reported.v1"
    ] * 3
    withdrawn = request(CANCELLATION, {"id": ours["id"]}, account="lilas")
    assert await _said(scene, withdrawn) == ("request.cancellation.refused.v1", "request_unknown")

    # What comes after it in the feed of the other tells that this was left out of it.
    last = deposit(new_number(), account="lilas")
    assert (await _said(scene, last))[0] == DONE
    await until(lambda: _heard(scene, "lilas"), "the feed of the one")
    await until(lambda: _heard(scene, "pont"), "the feed of the other")
    told = {name: {one["data"]["supplier_siret"] for one in await _heard(scene, name)} for name in ("lilas", "pont")}
    assert told == {"lilas": {LILAS.siret}, "pont": {PONT.siret}}


async def _said(scene: Scene, event: Json) -> tuple[str, str | None]:
    await scene.bus.publish(event)
    result = await scene.bus.terminal(event["id"])
    return result["type"], result["data"].get("reason")


async def _heard(scene: Scene, account: str) -> list[Json]:
    return [one for one in heard(scene) if one["account"] == account]


def _accounts(*names: str, login: str | None = None) -> str:
    suppliers, logins = {"lilas": LILAS, "pont": PONT}, {"lilas": LOGIN, "pont": OTHER_LOGIN}
    return json.dumps(
        {
            name: {
                "chorus_pro": {"login": login or logins[name], "password_file": name},
                "suppliers": [suppliers[name].siret] if login else [],
            }
            for name in names
        }
    )


def _changed(**values: object) -> SimulatorSettings:
    return STATE_IN_A_HURRY.model_copy(update=values)

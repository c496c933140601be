"""One feed for the whole fleet: whatever happens to its tick or to whoever reads it, each change is told once."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.sandbox.simulator import Fault
from tests.support.bus_rig import Outside, eventually
from tests.support.canaries import LOGIN, PASSWORD
from tests.support.feed import Fleet, counted, heard, put_invoice, told
from tests.support.until import until

SEARCH, HISTORY = "rechercherFactureParFournisseur", "consulterHistoriqueFacture"


def fault(fleet: Fleet, **fields: object) -> None:
    """Let something go wrong at the State."""
    world = fleet.simulator.world
    world.faults.add(Fault.model_validate({"upstream": "chorus-pro", **fields}), world.clock())


def searches(fleet: Fleet) -> int:
    """How often statuses were asked for."""
    return len(fleet.simulator.journal.calls(SEARCH))


def as_told(moment: datetime) -> str:
    """A moment of the State as results write it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


async def one_more_look(fleet: Fleet, looks: int = 2) -> None:
    """Return after the State was asked again, so often."""
    before = searches(fleet)
    await eventually(lambda: searches(fleet) >= before + looks, "another look")


async def test_should_read_once_for_three_workers(fleet: Fleet) -> None:
    """Three start at once: there is one tick, and each change is told once, to the message."""
    await fleet.start(3)
    state, invoice = fleet.simulator.world.chorus_pro, put_invoice(fleet.simulator.world, "F-1")
    await told(fleet, "F-1", "DEPOSEE")
    state.move_status(invoice, "SUSPENDUE", "Il manque un bon.")
    state.move_status(invoice, "COMPLETEE")
    await told(fleet, "F-1", "COMPLETEE")
    await one_more_look(fleet)

    assert [one["data"]["status_code"] for one in heard(fleet)] == ["DEPOSEE", "SUSPENDUE", "COMPLETEE"]
    assert [one["data"]["previous_status"] for one in heard(fleet)] == [None, "deposited", "suspended"]
    assert {one["data"]["sent_by_relay"] for one in heard(fleet)} == {False}


async def test_should_go_on_when_its_reader_dies_in_the_middle(fleet: Fleet) -> None:
    """Some is told, the rest is not: another worker tells the rest, and nothing under another id."""
    fault(fleet, operation=HISTORY, kind="slow", params={"seconds": 1.5})
    await fleet.start(2)
    numbers = [f"F-{place:03}" for place in range(60)]
    for number in numbers:
        put_invoice(fleet.simulator.world, number)
    await told(fleet, numbers[0], "DEPOSEE")
    some = len(counted(fleet))
    await fleet.kill(0)
    await fleet.kill(1)
    fleet.simulator.world.faults.remove()
    await fleet.start(1)
    for number in numbers:
        await told(fleet, number, "DEPOSEE")

    assert 0 < some < 60
    assert counted(fleet) == {(number, "DEPOSEE"): 1 for number in numbers}


async def test_should_make_a_tick_that_was_lost(fleet: Fleet, amqp_url: str, prefix: str) -> None:
    """Its queue is deleted with it: the queue is declared again, and so is the tick made again."""
    await fleet.start(1)
    await one_more_look(fleet)
    async with Outside(amqp_url, prefix) as outside:
        for queue in ("feed", "delay.500ms"):
            await outside.delete(queue)
    put_invoice(fleet.simulator.world, "F-1")

    assert (await told(fleet, "F-1", "DEPOSEE"))["data"]["as"] == "supplier"


async def test_should_drop_ticks_that_came_to_be_twice(fleet: Fleet, amqp_url: str, prefix: str) -> None:
    """A publish in doubt doubles a tick: after one turn there is one again, and nothing was told twice."""
    await fleet.start(1, {"RELAY_FEED__INTERVAL": "1s"})
    await one_more_look(fleet, 1)
    async with Outside(amqp_url, prefix) as outside:
        tick = await outside.wait_for("delay.1s")
        for _ in range(5):
            await outside.publish_as(tick.header.properties, bytes(tick.body), key=f"{prefix}.feed", exchange="")
        put_invoice(fleet.simulator.world, "F-1")
        await told(fleet, "F-1", "DEPOSEE")
        await one_more_look(fleet)

        async def one_is_left() -> bool:
            return (await outside.depth("feed"), await outside.depth("delay.1s")) == (0, 1)

        await until(one_is_left, "one tick")

    assert [one["data"]["status_code"] for one in heard(fleet)] == ["DEPOSEE"]


async def test_should_lose_nothing_to_a_maintenance(fleet: Fleet) -> None:
    """No search while Chorus Pro is closed; afterwards all that happened meanwhile is told, in one round."""
    await fleet.start(2)
    invoice = put_invoice(fleet.simulator.world, "F-1")
    await told(fleet, "F-1", "DEPOSEE")
    fault(fleet, kind="maintenance")
    await eventually(lambda: "upstream.paused.v1" in {one["type"] for one in fleet.bus.received}, "a pause")
    calls = searches(fleet)
    for code in ("SUSPENDUE", "COMPLETEE", "MISE_EN_PAIEMENT"):
        fleet.simulator.world.chorus_pro.move_status(invoice, code)
        fleet.simulator.world.clock.move(3600)
    meanwhile = searches(fleet) - calls
    fleet.simulator.world.faults.remove()
    await told(fleet, "F-1", "MISE_EN_PAIEMENT")
    await one_more_look(fleet)

    assert meanwhile == 0
    assert counted(fleet) == {("F-1", code): 1 for code in ("DEPOSEE", "SUSPENDUE", "COMPLETEE", "MISE_EN_PAIEMENT")}
    assert len(heard(fleet)) == 4


async def test_should_tell_what_the_index_shows_late(fleet: Fleet) -> None:
    """The search shows a change only after a later one was seen: it lies behind the mark, within the overlap."""
    await fleet.start(1)
    world = fleet.simulator.world
    late = put_invoice(world, "F-1")
    world.chorus_pro.invoices[late].shown_at += timedelta(seconds=3)
    world.clock.move(1)
    put_invoice(world, "F-2")
    await told(fleet, "F-2", "DEPOSEE")
    before = counted(fleet)[("F-1", "DEPOSEE")]
    await told(fleet, "F-1", "DEPOSEE")

    assert before == 0
    assert counted(fleet) == {("F-1", "DEPOSEE"): 1, ("F-2", "DEPOSEE"): 1}


async def test_should_go_by_the_dates_of_the_state(fleet: Fleet) -> None:
    """Our clock is two days ahead for a while, then set right: nothing is left out, nothing told twice."""
    world = fleet.simulator.world
    world.clock.move(-2 * 86_400)
    await fleet.start(1, {"RELAY_FEED__FIRST_WINDOW": "3d"})
    invoice = put_invoice(world, "F-1")
    await told(fleet, "F-1", "DEPOSEE")
    world.chorus_pro.move_status(invoice, "SUSPENDUE")
    await told(fleet, "F-1", "SUSPENDUE")
    world.clock.move(2 * 86_400)
    world.chorus_pro.move_status(invoice, "COMPLETEE")
    await told(fleet, "F-1", "COMPLETEE")
    await one_more_look(fleet)

    assert len(heard(fleet)) == len(counted(fleet)) == 3


async def test_should_catch_up_after_three_days_off(fleet: Fleet, amqp_url: str, prefix: str) -> None:
    """Switched off for three days, its tick dropped: then each step of each invoice is told once."""
    world = fleet.simulator.world
    world.clock.move(-3 * 86_400)
    await fleet.start(1, {"RELAY_FEED__FIRST_WINDOW": "4d"})
    ids = [put_invoice(world, f"F-{place:03}") for place in range(3)]
    await told(fleet, "F-002", "DEPOSEE")
    await fleet.kill(0)
    await fleet.start(1, {"RELAY_FEED__ROLES": ""})
    async with Outside(amqp_url, prefix) as outside:

        async def no_tick() -> bool:
            return await outside.depth("feed") + await outside.depth("delay.500ms") == 0

        await until(no_tick, "no tick")
    await fleet.kill(1)
    for hour in range(71):
        world.clock.move(3600)
        ids.append(put_invoice(world, f"F-{len(ids):03}"))
        one, state = ids[hour % 9], world.chorus_pro
        state.move_status(one, ("SUSPENDUE", "COMPLETEE")[hour % 2])
        if hour % 5 == 0:  # two changes within one second, and one invoice that goes back and forth
            state.move_status(ids[hour // 2 + 1], "SUSPENDUE")
            state.move_status(ids[hour // 2 + 1], "COMPLETEE")
    world.clock.set_right()
    await fleet.start(2)
    await told(fleet, "F-073", "DEPOSEE")
    await one_more_look(fleet)
    now, said = world.clock(), [one["data"] for one in heard(fleet)]
    lived = [
        (one.facts.number, step.code, as_told(step.at))
        for one in world.chorus_pro.invoices.values()
        for step in one.statuses(now)
    ]

    assert len({one["id"] for one in heard(fleet)}) == len(said)
    assert sorted((one["invoice_number"], one["status_code"], one["status_since"]) for one in said) == sorted(lived)


async def test_should_follow_the_accounts_as_they_come_and_go(fleet: Fleet, tmp_path: Path) -> None:
    """One that is added gets a feed, one that is taken away loses it, and goes on from its mark when it returns."""
    file, world = tmp_path / "accounts.yaml", fleet.simulator.world
    account = {"chorus_pro": {"login": LOGIN, "password": PASSWORD}}
    file.write_text(json.dumps({"north": account, "silent": {**account, "feed": []}}))
    await fleet.start(1, {"RELAY_ACCOUNTS": str(file)})
    put_invoice(world, "F-1")
    await told(fleet, "F-1", "DEPOSEE")
    file.write_text(json.dumps({"south": {**account, "feed": ["supplier"]}, "silent": {**account, "feed": []}}))
    await eventually(lambda: "south" in {one["account"] for one in heard(fleet, "F-1")}, "a feed of the new account")
    put_invoice(world, "F-2")
    await told(fleet, "F-2", "DEPOSEE")
    await one_more_look(fleet)
    alone = {one["account"] for one in heard(fleet, "F-2")}
    file.write_text(json.dumps({"north": account, "south": account}))
    await eventually(lambda: {one["account"] for one in heard(fleet, "F-2")} == {"north", "south"}, "both feeds")

    assert alone == {"south"}
    assert Counter((one["account"], one["data"]["invoice_number"]) for one in heard(fleet)) == {
        (account, number): 1 for account in ("north", "south") for number in ("F-1", "F-2")
    }

"""When Chorus Pro is in maintenance: nothing is lost, nothing is burnt, nobody is called but the health check."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number, simplified
from tests.support.bus import Json
from tests.support.scene import Scene

DONE = "invoice.deposit.done.v1"
HEALTH = "healthCheck"


async def test_should_park_events_and_bring_them_back(scene: Scene) -> None:
    """An unannounced maintenance: parked without attempts or calls, announced once, done once it is over."""
    for _ in range(3):
        await scene.start_worker()
    await _noticed(scene, Fault(upstream="chorus-pro", kind="maintenance"))
    called = len(scene.simulator.journal.calls("deposerFluxFacture"))
    parked = [deposit(new_number()) for _ in range(8)]
    other = simplified(new_number())
    await scene.publish_all(*parked, other)
    unaffected = await scene.bus.terminal(other["id"])
    for event in parked:
        await scene.bus.result(event["id"], "invoice.deposit.delayed.v1")
    calls_meanwhile = len(scene.simulator.journal.calls("deposerFluxFacture")) - called
    scene.simulator.faults.remove()
    await scene.audit.ended([event["id"] for event in parked])
    ids = [event["id"] for event in (*parked, other)]

    assert unaffected["type"] == "tender.dume.simplified.done.v1"
    assert calls_meanwhile == 0  # the others have heard of it
    assert {(await scene.bus.terminal(event["id"]))["type"] for event in parked} == {DONE}
    assert "maintenance" in _causes(scene, parked)
    assert scene.audit.complaints(ids) == []
    assert await scene.audit.quiet() == {}


async def test_should_announce_a_pause_and_its_end_once_for_the_whole_fleet(scene: Scene) -> None:
    """Two workers notice the same maintenance: one `upstream.paused`, one `upstream.resumed`."""
    await scene.start_worker()
    await scene.start_worker()
    first = await _noticed(scene, Fault(upstream="chorus-pro", kind="maintenance"))
    others = [deposit(new_number()) for _ in range(6)]
    await scene.publish_all(*others)
    for event in others:
        await scene.bus.result(event["id"], "invoice.deposit.delayed.v1")
    scene.simulator.faults.remove()
    await scene.audit.ended([first["id"], *(event["id"] for event in others)])

    paused, resumed = _notices(scene, "upstream.paused.v1"), _notices(scene, "upstream.resumed.v1")
    assert [notice["data"]["upstream"] for notice in paused] == ["chorus-pro"]
    assert [notice["data"]["cause"] for notice in paused] == ["unavailable"]
    assert [notice["data"]["upstream"] for notice in resumed] == ["chorus-pro"]


async def test_should_keep_to_the_announced_calendar(scene: Scene, tmp_path: Path) -> None:
    """Inside an announced window there is no call at all, and the end of the window is told."""
    calendar, end = tmp_path / "calendar.json", datetime.now(UTC) + timedelta(seconds=15)
    window = {"upstream": "chorus-pro", "from": "2026-01-01T00:00:00+00:00", "to": end.isoformat()}
    calendar.write_text(json.dumps([window]))
    worker = await scene.start_worker(RELAY_MAINTENANCE__CALENDAR=str(calendar))
    await worker.line("api_closed", cause="announced")
    event = deposit(new_number())
    await scene.bus.publish(event)
    delayed = await scene.bus.result(event["id"], "invoice.deposit.delayed.v1")
    calls = [call.operation for call in scene.simulator.journal.calls()]
    result = await scene.bus.terminal(event["id"])

    assert calls == []
    assert datetime.fromisoformat(delayed["data"]["until"]) == end
    assert result["type"] == DONE
    assert _notices(scene, "upstream.resumed.v1")[0]["data"]["cause"] == "announced"


async def test_should_take_a_page_with_status_200_for_a_maintenance(scene: Scene) -> None:
    """A gateway page under status 200 is no answer: the deposit is in doubt, and ends as done once."""
    await scene.start_worker()
    event = await _noticed(scene, Fault(upstream="chorus-pro", kind="html_200"))
    await scene.audit.meets(lambda: bool(_notices(scene, "upstream.paused.v1")), "a pause")
    scene.simulator.faults.remove()
    result = await scene.bus.terminal(event["id"])

    assert result["type"] == DONE
    assert _notices(scene, "upstream.paused.v1")[0]["data"]["cause"] == "gateway_page"
    assert scene.audit.complaints([event["id"]]) == []


async def test_should_remember_a_pause_over_a_restart(scene: Scene) -> None:
    """A worker started during a maintenance probes before it calls."""
    first = await scene.start_worker()
    event = await _noticed(scene, Fault(upstream="chorus-pro", kind="maintenance"))
    await scene.audit.meets(lambda: bool(_notices(scene, "upstream.paused.v1")), "a pause")
    first.terminate()
    since = scene.simulator.journal.calls()[-1].n
    await scene.start_worker()
    later = deposit(new_number())
    await scene.bus.publish(later)
    await scene.bus.result(later["id"], "invoice.deposit.delayed.v1")
    called = {call.operation for call in scene.simulator.journal.calls(since=since)}
    scene.simulator.faults.remove()
    await scene.audit.ended([event["id"], later["id"]])

    assert called <= {HEALTH, "token"}
    assert scene.audit.complaints([event["id"], later["id"]]) == []


async def test_should_not_flap_while_health_is_green_and_deposits_fail(scene: Scene) -> None:
    """A green health check beside failing deposits: one pause of that operation, one end, all done."""
    worker = await scene.start_worker()
    fault = Fault(operation="deposerFluxFacture", kind="status", params={"status": 503, "body": "html"})
    scene.simulator.faults.add(fault, scene.simulator.world.clock())
    events = [deposit(new_number()) for _ in range(6)]
    await scene.publish_all(*events)
    await worker.line("api_closed", scope="chorus-pro/deposerFluxFacture")
    relapsed = await worker.line("api_closed", scope="chorus-pro/deposerFluxFacture", relapses=1)
    tried = len(scene.simulator.journal.calls("deposerFluxFacture"))
    scene.simulator.faults.remove()
    await scene.audit.ended([event["id"] for event in events])

    assert relapsed["cause"] == "unavailable"
    assert tried <= len(events) + 2
    assert [notice["data"]["api"] for notice in _notices(scene, "upstream.paused.v1")] == ["deposerFluxFacture"]
    assert len(_notices(scene, "upstream.resumed.v1")) == 1
    assert scene.audit.complaints([event["id"] for event in events]) == []


async def _noticed(scene: Scene, fault: Fault) -> Json:
    """Let the fault begin, and one deposit notice it."""
    scene.simulator.faults.add(fault, scene.simulator.world.clock())
    event = deposit(new_number())
    await scene.bus.publish(event)
    await scene.bus.result(event["id"], "invoice.deposit.delayed.v1")
    return event


def _causes(scene: Scene, events: list[Json]) -> set[str]:
    found = (one for event in events for one in scene.bus.results_of(event["id"]) if one["type"].endswith("delayed.v1"))
    return {one["data"]["cause"] for one in found}


def _notices(scene: Scene, type_: str) -> list[Json]:
    return [result for result in scene.bus.received if result["type"] == type_]

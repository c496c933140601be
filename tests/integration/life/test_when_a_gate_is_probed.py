"""While one event tries a gate, the others wait: they cost nothing but time."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number
from tests.support.scene import Scene

PROBED_FOR = 3.0
"""Seconds that the probing call takes."""


async def test_should_not_park_the_same_event_again_and_again(scene: Scene) -> None:
    """What comes while another event is the probe is not taken up and parked again for as long as that one runs."""
    worker = await scene.start_worker(RELAY_MAINTENANCE__PROBE_INTERVAL="2", RELAY_DOUBT__WAIT="4")
    _fault(scene, kind="maintenance")
    # Its answer is in doubt: it leaves the parking queue for a while, and its look is the probe.
    first = deposit(new_number())
    await scene.bus.publish(first)
    await worker.line("api_closed")
    scene.simulator.world.faults.remove()
    _fault(scene, operation="rechercherFactureParFournisseur", kind="slow", count=1, params={"seconds": PROBED_FOR})
    await scene.audit.called("rechercherFactureParFournisseur")
    others = [deposit(new_number()) for _ in range(10)]
    await scene.publish_all(*others)
    ids = [event["id"] for event in (first, *others)]
    await scene.audit.ended(ids)
    settled = Counter(line["event_id"] for line in worker.lines("event_settled") if line["event_id"] in ids)

    assert max(settled.values()) < 30
    assert scene.audit.complaints(ids) == []


async def test_should_not_call_what_closed_while_the_call_waited_for_its_place(scene: Scene) -> None:
    """A window announced while one call runs and another waits for its place: the other makes no call."""
    calendar = scene.folder / "calendar.json"
    calendar.write_text("[]")
    worker = await scene.start_worker(RELAY_CONCURRENCY="1", RELAY_MAINTENANCE__CALENDAR=str(calendar))
    _fault(scene, operation="deposerFluxFacture", kind="slow", count=1, params={"seconds": 1.5})
    events = [deposit(new_number()) for _ in range(2)]
    await scene.publish_all(*events)
    await scene.audit.called("deposerFluxFacture")
    now = datetime.now(UTC)
    window = {"upstream": "chorus-pro", "from": now.isoformat(), "to": (now + timedelta(hours=1)).isoformat()}
    calendar.write_text(json.dumps([window]))
    await worker.line("event_settled", outcome="retry_later", reason="sent")
    await worker.line("event_settled", outcome="parked")

    assert scene.audit.calls("deposerFluxFacture") == 1


def _fault(scene: Scene, **fields: object) -> None:
    world = scene.simulator.world
    world.faults.add(Fault.model_validate({"upstream": "chorus-pro", **fields}), world.clock())

"""When a contract is awarded: its essential data are published once, added to, and found, though an answer is lost."""

from __future__ import annotations

import pytest

from service.sandbox.simulator import Fault
from tests.support.bus import Json
from tests.support.essential_data import PUBLISH, contract, kept, publication, search, update
from tests.support.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_should_publish_add_and_find_although_an_answer_is_lost(shared_scene: Scene) -> None:
    """The answer of the publication is lost: it is found once published, taken over, modified, and found again."""
    lost = Fault.model_validate({"operation": PUBLISH, "kind": "lost_answer", "count": 1})
    shared_scene.simulator.world.faults.add(lost, shared_scene.simulator.world.clock())
    event = publication(contract(), consultation={"id": "C-AWARDED"})
    published = await _answered(shared_scene, event)
    reference = published["data"]["reference"]
    change = {"number": 1, "notified_on": "2027-02-01", "amount": "200000"}
    updated = await _answered(shared_scene, update(reference, modifications=[change]))
    shared_scene.simulator.world.clock.move(10)  # until the State publishes the modification
    found = await _answered(shared_scene, search(reference=reference))

    assert (published["type"], published["data"]["adopted"]) == ("tender.essential_data.publication.done.v1", True)
    assert (updated["type"], updated["data"]["changed"]) == ("tender.essential_data.update.done.v1", True)
    assert (found["data"]["total"], found["data"]["complete"]) == (2, True)
    assert [held["referenceUnique"] for held in kept(shared_scene.simulator)] == [reference]
    assert shared_scene.audit.complaints([str(event["id"])]) == []


async def _answered(scene: Scene, event: Json) -> Json:
    await scene.bus.publish(event)
    return await scene.bus.terminal(event["id"])

"""When a company bids: it merges, completes and saves its DUME, whatever fails on the way."""

from __future__ import annotations

import base64

import pytest

from service.sandbox.simulator import Fault
from tests.builders import new_number
from tests.support.bids import BIDDER, SAVING, merging, published, saving
from tests.support.bus import Json
from tests.support.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_should_have_one_dume_of_a_bid_whatever_fails(shared_scene: Scene) -> None:
    """Merged while nothing is known of companies, completed, saved with its answer lost, changed: one DUME is there."""
    world = shared_scene.simulator.world
    about: Json = {"id": new_number("C"), "lots": [{"number": "1"}]}
    merge = {"buyer_dume_id": published(world, about["id"]), "bidder": BIDDER}
    world.apply(world.settings.changed(company_service="message"))
    without = await _answered(shared_scene, merging(**merge))
    world.apply(world.settings.changed(company_service="up"))
    merged = await _answered(shared_scene, merging(**merge))
    completed = base64.b64decode(merged["data"]["document"]) + b"\n<!-- completed -->\n"
    lost = Fault(operation=SAVING, kind="lost_answer", count=1, contains=about["id"])
    world.faults.add(lost, world.clock())
    saved = await _answered(shared_scene, saving(about, completed))
    dume_id = saved["data"]["dume_id"]
    changed = await _answered(shared_scene, saving(about, completed + b"\n", dume_id=dume_id))
    kept = [bid for bid in world.dume.state()["bids"] if bid["idConsultation"] == about["id"]]  # type: ignore[attr-defined]

    assert (without["data"]["company_data"], merged["data"]["company_data"]) == ("missing", "included")
    assert [notice["code"] for notice in without["data"]["notices"]] == ["SIM-DATA-001"]
    assert (saved["type"], saved["data"]["adopted"]) == ("tender.bid.save.done.v1", True)
    assert (changed["type"], changed["data"]["dume_id"]) == ("tender.bid.save.done.v1", dume_id)
    assert [(bid["idDume"], bid["saves"], bid["bytes"]) for bid in kept] == [(dume_id, 2, len(completed) + 1)]


async def _answered(scene: Scene, event: Json) -> Json:
    await scene.bus.publish(event)
    return await scene.bus.terminal(event["id"])

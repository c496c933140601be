"""When a request is repeated, reused, doubled, withdrawn or late: one answer each, and nothing is done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number, simplified
from tests.support.bus import Json, request
from tests.support.scene import Scene
from tests.support.until import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANCELLATION = "request.cancellation.requested.v1"
PAUSED = "upstream.paused.v1"
RESUMED = "upstream.resumed.v1"


@pytest_asyncio.fixture(loop_scope="module")
async def scene_in_maintenance(shared_scene: Scene) -> AsyncIterator[Scene]:
    """The shared scene while Chorus Pro answers nobody, which the relay has noticed; back to normal afterwards."""
    world, bus = shared_scene.simulator.world, shared_scene.bus
    world.faults.add(Fault(id="closed", operation="chorus-pro", kind="maintenance"), world.clock())
    # Whoever runs into the maintenance may have been sent; those after it are parked without a call.
    scout, before = deposit(new_number()), len(bus.received)
    await bus.publish(scout)
    await shared_scene.audit.meets(lambda: PAUSED in [one["type"] for one in bus.received[before:]], "a pause")
    yield shared_scene
    world.faults.remove("closed")
    await bus.terminal(scout["id"])
    await shared_scene.audit.meets(lambda: RESUMED in [one["type"] for one in bus.received[before:]], "an end of it")


@pytest.mark.parametrize("build", [deposit, simplified])
async def test_should_give_the_same_results_again(shared_scene: Scene, build: Callable[[str], Json]) -> None:
    """The same request published again gets the same results, to the last character, and no call is made."""
    event = build(new_number())
    await shared_scene.bus.publish(event)
    first = await shared_scene.bus.terminal(event["id"])
    since, before = shared_scene.simulator.journal.calls()[-1].n, len(shared_scene.bus.received)

    await shared_scene.bus.publish(event)
    again = await _next_terminal(shared_scene, event["id"], before)

    assert again == first
    assert shared_scene.simulator.journal.calls(since=since) == []
    assert shared_scene.audit.complaints([event["id"]]) == []


async def test_should_not_carry_out_other_content_under_a_used_id(shared_scene: Scene) -> None:
    """An id that was used for something else is answered failed, and what it asks for is not done."""
    number, other = new_number(), new_number()
    first = deposit(number)
    await shared_scene.bus.publish(first)
    await shared_scene.bus.terminal(first["id"])
    before = len(shared_scene.bus.received)

    await shared_scene.bus.publish(deposit(other, id=first["id"]))
    result = await _next_terminal(shared_scene, first["id"], before)

    assert (result["type"], result["data"]["reason"]) == ("invoice.deposit.failed.v1", "id_reused")
    assert (result["data"]["effect"], shared_scene.audit.deposits(other)) == ("none", 0)


async def test_should_deposit_an_invoice_once_under_two_ids(shared_scene: Scene) -> None:
    """The same invoice under two ids at the same moment is deposited once; the second hears whose it is."""
    number = new_number()
    first, second = deposit(number), deposit(number)

    ids = await shared_scene.publish_all(first, second)
    results = [await shared_scene.bus.terminal(id) for id in ids]

    ends = sorted((one["type"], str(one["data"].get("reason"))) for one in results)
    (served,) = [one["causationid"] for one in results if one["type"].endswith(".done.v1")]
    (answered,) = [one for one in results if one["type"].endswith(".failed.v1")]
    assert ends == [("invoice.deposit.done.v1", "None"), ("invoice.deposit.failed.v1", "already_requested")]
    assert served in answered["data"]["detail"]
    assert shared_scene.audit.deposits(number) == 1
    assert shared_scene.audit.complaints(ids) == []


async def test_should_withdraw_a_parked_request(scene_in_maintenance: Scene) -> None:
    """A request that waits for a maintenance to end can be withdrawn; it is never sent afterwards."""
    scene, number = scene_in_maintenance, new_number()
    event, other = deposit(number), deposit(new_number())
    await scene.publish_all(event, other)
    for parked in (event, other):
        delayed = await scene.bus.result(parked["id"], "invoice.deposit.delayed.v1")
        assert delayed["data"]["cause"] == "maintenance"

    cancellation = request(CANCELLATION, {"id": event["id"]})
    await scene.bus.publish(cancellation)
    answer = await scene.bus.terminal(cancellation["id"])
    result = await scene.bus.terminal(event["id"])
    scene.simulator.world.faults.remove("closed")
    await scene.bus.terminal(other["id"])

    assert answer["type"] == "request.cancellation.done.v1"
    assert (result["type"], result["data"]["reason"]) == ("invoice.deposit.failed.v1", "cancelled")
    assert await scene.audit.quiet() == {}
    assert scene.audit.deposits(number) == 0
    assert scene.audit.complaints([event["id"], other["id"], cancellation["id"]]) == []


async def test_should_refuse_to_withdraw_what_is_done(shared_scene: Scene) -> None:
    """A request that has its terminal result cannot be withdrawn any more."""
    event = deposit(new_number())
    await shared_scene.bus.publish(event)
    await shared_scene.bus.terminal(event["id"])
    cancellation = request(CANCELLATION, {"id": event["id"]})

    await shared_scene.bus.publish(cancellation)
    answer = await shared_scene.bus.terminal(cancellation["id"])

    assert (answer["type"], answer["data"]["reason"]) == ("request.cancellation.refused.v1", "already_answered")


async def test_should_not_send_what_came_too_late(shared_scene: Scene) -> None:
    """A request whose expirytime has passed is answered failed without a call."""
    number, since = new_number(), shared_scene.simulator.journal.calls()[-1].n
    event = deposit(number, expirytime=_in(seconds=-60))

    await shared_scene.bus.publish(event)
    result = await shared_scene.bus.terminal(event["id"])

    assert (result["type"], result["data"]["reason"]) == ("invoice.deposit.failed.v1", "expired")
    assert shared_scene.audit.calls("deposerFluxFacture", since=since) == 0


async def test_should_let_a_parked_request_expire(scene_in_maintenance: Scene) -> None:
    """A request that expires while it waits for a maintenance to end is never sent."""
    scene, number = scene_in_maintenance, new_number()
    event = deposit(number, expirytime=_in(seconds=1.5))
    await scene.bus.publish(event)
    await scene.bus.result(event["id"], "invoice.deposit.delayed.v1")
    await scene.audit.meets(lambda: datetime.now(UTC).isoformat() > event["expirytime"], "the expiry")

    scene.simulator.world.faults.remove("closed")
    result = await scene.bus.terminal(event["id"])

    assert (result["type"], result["data"]["reason"]) == ("invoice.deposit.failed.v1", "expired")
    assert scene.audit.deposits(number) == 0


async def _next_terminal(scene: Scene, id: str, before: int) -> Json:
    """The first terminal result of a request among the deliveries after the first so many."""

    async def find() -> Json | None:
        later = scene.bus.received[before:]
        return next((one for one in later if one.get("causationid") == id and one.get("final")), None)

    return await until(find, f"one more terminal result for {id}")


def _in(*, seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()

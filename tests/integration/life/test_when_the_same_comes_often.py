"""However often and to whomever the same request is delivered, it is done once and answered once."""

import asyncio
from itertools import chain

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number
from tests.support.scene import Scene


async def test_should_deposit_once_what_two_workers_get_many_times(scene: Scene) -> None:
    """Twelve copies of each of four requests, two workers, a slow State, one worker killed in the middle."""
    one = await scene.start_worker()
    await scene.start_worker()
    world = scene.simulator.world
    slow = {"operation": "deposerFluxFacture", "kind": "slow", "count": 2, "params": {"seconds": 1.0}}
    world.faults.add(Fault.model_validate(slow), world.clock())
    numbers = [new_number() for _ in range(4)]
    events = [deposit(number) for number in numbers]
    publishing = asyncio.create_task(scene.publish_all(*chain.from_iterable([events] * 12)))
    await scene.audit.called("deposerFluxFacture")
    await asyncio.to_thread(one.kill)
    await publishing
    ids = [event["id"] for event in events]
    await scene.audit.ended(ids)

    assert [scene.audit.deposits(number) for number in numbers] == [1] * 4
    assert scene.audit.complaints(ids) == []
    assert await scene.audit.quiet() == {}


async def test_should_answer_two_contents_of_one_identity_with_one_deposit(scene: Scene) -> None:
    """The first content is deposited; the other one waits for its end and is never sent."""
    await scene.start_worker()
    number, other = new_number(), new_number()
    event = deposit(number)
    await scene.publish_all(event, deposit(other, id=event["id"]), event)
    await scene.bus.result(event["id"], "invoice.deposit.done.v1")

    assert (scene.audit.deposits(number), scene.audit.deposits(other)) == (1, 0)

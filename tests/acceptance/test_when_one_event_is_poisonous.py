"""When one event is poisonous: it waits, is answered or held, and the others do not notice."""

from __future__ import annotations

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number
from tests.support.scene import Scene


async def test_should_not_close_the_gate_for_all(scene: Scene) -> None:
    """One invoice the State always breaks on: the others go through without a pause, and it ends once it can."""
    await scene.start_worker()
    poison = deposit(new_number("POISON"))
    name = poison["data"]["file"]["name"]
    fault = _breaking_on(name)
    scene.simulator.faults.add(fault, scene.simulator.world.clock())
    good = [deposit(new_number()) for _ in range(8)]
    await scene.publish_all(poison, *good)
    await scene.audit.ended([event["id"] for event in good])
    await scene.audit.called("deposerFluxFacture", times=len(good) + 2)
    paused = [result for result in scene.bus.received if result["type"] == "upstream.paused.v1"]
    scene.simulator.faults.remove()
    result = await scene.bus.terminal(poison["id"])

    assert paused == []
    assert result["type"] == "invoice.deposit.done.v1"
    assert scene.audit.complaints([poison["id"], *(event["id"] for event in good)]) == []


async def test_should_not_keep_a_gate_closed_as_its_only_probe(scene: Scene) -> None:
    """A poisonous event parked in a maintenance does not keep the others parked when it is over."""
    await scene.start_worker()
    scene.simulator.faults.add(Fault(upstream="chorus-pro", kind="maintenance"), scene.simulator.world.clock())
    poison = deposit(new_number("POISON"))
    good = [deposit(new_number()) for _ in range(5)]
    await scene.publish_all(poison)
    await scene.bus.result(poison["id"], "invoice.deposit.delayed.v1")
    await scene.publish_all(*good)
    name = poison["data"]["file"]["name"]
    lasting = Fault(
        operation="deposerFluxFacture", kind="status", contains=name, params={"status": 503, "body": "html"}
    )
    scene.simulator.faults.remove()
    scene.simulator.faults.add(lasting, scene.simulator.world.clock())
    await scene.audit.ended([event["id"] for event in good])
    scene.simulator.faults.remove()
    result = await scene.bus.terminal(poison["id"])

    assert result["type"] == "invoice.deposit.done.v1"
    assert scene.audit.complaints([poison["id"], *(event["id"] for event in good)]) == []


def _breaking_on(name: str) -> Fault:
    """A State that answers a page whenever it is given this file."""
    return Fault(operation="deposerFluxFacture", kind="status", contains=name, params={"status": 503, "body": "html"})

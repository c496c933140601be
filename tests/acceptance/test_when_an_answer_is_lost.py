"""When an answer of the State gets lost: look first, adopt what is there, and never do it twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number, simplified
from tests.support.bus import Json
from tests.support.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

DONE_AND_LOST = ("lost_answer", "gateway_timeout_after", "truncated", "timeout_after")
NOTHING_DONE = ("reset_before", "gateway_timeout_before")
WRITES = [
    pytest.param("deposerFluxFacture", deposit, "invoice.deposit.done.v1", id="deposit"),
    pytest.param("creerDumeSimple", simplified, "tender.dume.simplified.done.v1", id="dume"),
]


@pytest.mark.parametrize("kind", DONE_AND_LOST)
@pytest.mark.parametrize(("operation", "build", "done"), WRITES)
async def test_should_adopt_what_the_state_did(
    shared_scene: Scene, kind: str, operation: str, build: Callable[[str], Json], done: str
) -> None:
    """Work was done and its answer lost: the relay finds it, takes it over, and sends nothing again."""
    name, before = new_number(), len(shared_scene.simulator.journal.calls(operation))
    _break(shared_scene, operation, kind)
    event = build(name)

    await shared_scene.bus.publish(event)
    result = await shared_scene.bus.terminal(event["id"])

    assert result["type"] == done
    assert _adopted(result)
    assert len(shared_scene.simulator.journal.calls(operation)) - before == 1
    assert shared_scene.audit.complaints([event["id"]]) == []


@pytest.mark.parametrize("kind", NOTHING_DONE)
@pytest.mark.parametrize(("operation", "build", "done"), WRITES)
async def test_should_send_again_what_never_arrived(
    shared_scene: Scene, kind: str, operation: str, build: Callable[[str], Json], done: str
) -> None:
    """Nothing was done: after enough empty looks the relay sends once more, and one effect remains."""
    name, before = new_number(), len(shared_scene.simulator.journal.calls(operation))
    _break(shared_scene, operation, kind)
    event = build(name)

    await shared_scene.bus.publish(event)
    result = await shared_scene.bus.terminal(event["id"])

    assert result["type"] == done
    assert not _adopted(result)
    assert len(shared_scene.simulator.journal.calls(operation)) - before == 2
    assert shared_scene.audit.complaints([event["id"]]) == []


async def test_should_say_that_it_is_in_doubt(shared_scene: Scene) -> None:
    """A requester whose invoice is in doubt is told so once, before the terminal result."""
    number = new_number()
    _break(shared_scene, "deposerFluxFacture", "lost_answer")
    event = deposit(number)

    await shared_scene.bus.publish(event)
    await shared_scene.bus.terminal(event["id"])

    results = [one for one in shared_scene.bus.results_of(event["id"]) if one["type"] == "invoice.deposit.delayed.v1"]
    assert [one["data"]["cause"] for one in results] == ["in_doubt"]


def _break(scene: Scene, operation: str, kind: str) -> None:
    """Let the next call of an operation meet a fault, and no other."""
    world = scene.simulator.world
    world.faults.remove()
    world.faults.add(Fault.model_validate({"operation": operation, "kind": kind, "count": 1}), world.clock())


def _adopted(result: Json) -> bool:
    invoices = result["data"].get("invoices")
    return all(one["adopted"] for one in invoices) if invoices else bool(result["data"]["adopted"])

"""While a newer version is rolled out, a worker of the older one refuses nothing that the newer one takes."""

from __future__ import annotations

import asyncio

from service.ledger import open_ledger
from tests.builders import deposit, new_number
from tests.support.bus import Json
from tests.support.newer import NEWER
from tests.support.scene import Scene

PROGRAM = "tests.support.newer"
SLOW_TO_END = {"RELAY_TRACKING__STEPS": "2s,2s"}


def newer() -> Json:
    """A request only the newer version understands."""
    return {**deposit(new_number()), "type": NEWER}


async def test_should_leave_to_the_newer_version_what_it_does_not_know(scene: Scene) -> None:
    """Kept waiting, and served as soon as a newer worker is there again."""
    older = await scene.start_worker()
    first = await scene.start_worker(program=PROGRAM)
    await first.line("worker_started")
    ids = await scene.publish_all(newer())
    await scene.audit.ended(ids)
    await asyncio.to_thread(first.terminate)

    ids += await scene.publish_all(*(newer() for _ in range(5)))
    await older.line("event_settled", reason="newer_version", outcome="retry_later")
    await scene.start_worker(program=PROGRAM)
    await scene.audit.ended(ids)

    assert {kind(scene, id) for id in ids} == {"done"}
    assert scene.audit.complaints_in_full(ids) == []


async def test_should_leave_to_the_newer_version_what_it_has_begun(scene: Scene) -> None:
    """What a newer worker has sent comes by on its way, and is neither refused nor given up."""
    older = await scene.start_worker(**SLOW_TO_END)
    first = await scene.start_worker(program=PROGRAM, **SLOW_TO_END)
    await first.line("worker_started")
    ids = await scene.publish_all(newer())
    await scene.audit.called("deposerFluxFacture")
    await first.line("event_settled", reason="sent")
    await asyncio.to_thread(first.kill)

    await older.line("event_settled", reason="newer_version")
    await scene.start_worker(program=PROGRAM, **SLOW_TO_END)
    await scene.audit.ended(ids)

    assert {kind(scene, id) for id in ids} == {"done"}
    assert scene.audit.complaints_in_full(ids) == []


async def test_should_say_what_it_takes_before_it_takes_anything(scene: Scene) -> None:
    """The first request of a new kind may come to an older worker just as the newer one starts."""
    worker = await scene.start_worker(program=PROGRAM)
    await worker.line("worker_started")
    async with open_ledger(scene.environment()["RELAY_LEDGER__URL"], lease=20.0) as ledger:
        assert await ledger.is_known(NEWER)


async def test_should_refuse_at_once_what_no_worker_of_the_fleet_takes(scene: Scene) -> None:
    """A mistake of its sender: nobody has to wait for a version that does not exist."""
    await scene.start_worker()
    ids = await scene.publish_all(newer())
    await scene.audit.ended(ids)

    (result,) = [one for one in scene.bus.results_of(ids[0]) if one.get("final")]
    assert (kind(scene, ids[0]), result["data"]["reason"]) == ("failed", "unsupported_type")


def kind(scene: Scene, id: str) -> str:
    """How a request ended: done, refused, failed."""
    (result,) = {one["id"]: one for one in scene.bus.results_of(id) if one.get("final")}.values()
    return str(result["type"].split(".")[-2])

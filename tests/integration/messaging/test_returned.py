"""What the broker gives back is tried again twice, then handed over to be answered; one at a time."""

from typing import Any

from aiormq import spec

from service.core.delivery import Delivery
from service.core.outcome import Outcome, RetryLater
from tests.support.bus_rig import DONE, WAITS, Outside, Script, eventually, running_bus


async def exhaust(outside: Outside, prefix: str, queue: str, limit: int = 100) -> None:
    """Take the first message of a queue and hand it back until the broker gives up on it."""
    async with outside.connection.channel() as channel:
        underlay = await channel.get_underlay_channel()
        for _ in range(limit + 1):
            message = await underlay.basic_get(f"{prefix}.{queue}")
            assert isinstance(message.delivery, spec.Basic.GetOk)
            assert message.delivery_tag is not None
            await underlay.basic_reject(message.delivery_tag, requeue=True)


async def test_should_try_again_what_reached_the_delivery_limit(outside: Outside, amqp_url: str, prefix: str) -> None:
    """An event that killed its readers a hundred times goes back to its queue with its attempts unchanged."""
    await outside.publish(b"event", message_id="m-1", headers={"cloudEvents:id": "e-1"})
    await exhaust(outside, prefix, "invoices")
    script = Script()
    async with running_bus(amqp_url, prefix, script):
        await eventually(lambda: script.seen, "the delivery")

    (seen,) = script.seen
    assert (seen.body, seen.queue, seen.headers) == (b"event", "invoices", {"cloudEvents:id": "e-1"})
    assert (seen.returns, seen.attempt, seen.turn) == (1, 1, 1)


async def test_should_keep_the_marks_of_its_own_copy(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A copy of the relay that the broker gives back keeps what was written on it, and goes back to where it was."""
    marks = {"relay-attempt": 3, "relay-turn": 5, "relay-origin": "invoices", "relay-state": '{"flow": "CPP1"}'}
    await outside.publish(b"event", exchange="", key=f"{prefix}.tracking", headers=marks)
    await exhaust(outside, prefix, "tracking")
    script = Script()
    async with running_bus(amqp_url, prefix, script):
        await eventually(lambda: script.seen, "the delivery")

    (seen,) = script.seen
    assert (seen.queue, seen.origin, seen.state) == ("tracking", "invoices", {"flow": "CPP1"})
    assert (seen.attempt, seen.turn, seen.returns) == (3, 5, 1)


async def test_should_hand_over_the_third_return(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Given back a third time, an event is no longer tried but handed over under the name of the queue `returned`."""
    script = Script()
    await outside.publish(b"poison", message_id="m-1")
    for _ in range(2):
        await exhaust(outside, prefix, "invoices")
        async with running_bus(amqp_url, prefix, script, queues={"unrouted": 1}):
            await eventually_deep(outside, "invoices")
    await exhaust(outside, prefix, "invoices")
    async with running_bus(amqp_url, prefix, script, queues={"unrouted": 1}):
        await eventually(lambda: script.seen, "the handing over")

    (seen,) = script.seen
    assert (seen.queue, seen.origin, seen.returns, seen.body) == ("returned", "invoices", 3, b"poison")
    assert [await outside.depth(queue) for queue in ("invoices", "returned", "dead-letter")] == [0, 0, 0]


async def test_should_treat_a_handed_over_event_like_any_other(outside: Outside, amqp_url: str, prefix: str) -> None:
    """An event handed over may wait (its upstream is closed), and comes back to its queue knowing its returns."""
    script = Script()

    async def answer(delivery: Delivery) -> Outcome:
        return RetryLater(delay=WAITS[0], reason="busy", counted=False) if delivery.queue == "returned" else DONE

    script.answer = answer
    marks: dict[str, Any] = {"relay-returns": 2, "relay-turn": 1, "relay-origin": "tenders"}
    await outside.publish(b"event", exchange="", key=f"{prefix}.tenders", headers=marks)
    await exhaust(outside, prefix, "tenders")
    async with running_bus(amqp_url, prefix, script):
        await eventually(lambda: len(script.seen) == 2, "the second delivery")

    assert [(delivery.queue, delivery.returns) for delivery in script.seen] == [("returned", 3), ("tenders", 3)]


async def eventually_deep(outside: Outside, queue: str) -> None:
    """Return as soon as a queue holds a message."""
    depth = 0
    while depth == 0:
        depth = await outside.depth(queue)

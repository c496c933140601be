"""What should be consumed is consumed: bounded, paused and resumed, repaired when somebody else breaks it."""

import asyncio

import pytest
from aiormq.channel import Channel

from service.core.delivery import Delivery
from service.core.outcome import Outcome
from tests.support.bus_rig import DONE, Outside, Script, eventually, running_bus


class Gathering(Script):
    """Work that waits for a signal and remembers how much ran together."""

    def __init__(self) -> None:
        super().__init__(answer=self._gather)
        self.go_on = asyncio.Event()
        self.running = 0
        self.most = 0

    async def _gather(self, _delivery: Delivery) -> Outcome:
        self.running += 1
        self.most = max(self.most, self.running)
        await self.go_on.wait()
        self.running -= 1
        return DONE


async def test_should_work_on_no_more_than_the_prefetch(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A queue's prefetch bounds what is in flight from it; the rest waits at the broker."""
    script = Gathering()
    for number in range(9):
        await outside.publish(message_id=f"m-{number}")
    async with running_bus(amqp_url, prefix, script, queues={"invoices": 3}):
        await eventually(lambda: script.running == 3, "three in flight")
        waiting = await outside.depth("invoices")
        script.go_on.set()
        await eventually(lambda: len(script.seen) == 9, "all of them")

    assert (waiting, script.most) == (6, 3)


async def test_should_work_on_no_more_than_the_concurrency(outside: Outside, amqp_url: str, prefix: str) -> None:
    """However much the queues deliver together, only so much is worked on at the same time."""
    script = Gathering()
    for number in range(6):
        await outside.publish(message_id=f"m-{number}", key="tender.created.v1" if number % 2 else "invoice.check.v1")
    async with running_bus(amqp_url, prefix, script, concurrency=2) as bus:
        await eventually(lambda: bus.in_flight == 6, "six deliveries")
        running = script.running
        script.go_on.set()
        await eventually(lambda: len(script.seen) == 6, "all of them")

    assert (running, script.most) == (2, 2)


async def test_should_consume_a_queue_that_was_deleted_and_made_again(
    outside: Outside, amqp_url: str, prefix: str
) -> None:
    """A consumer the broker cancelled comes back by itself, with the queue and its bindings."""
    script = Script()
    async with running_bus(amqp_url, prefix, script) as bus:
        await eventually(lambda: bus._consumer.is_complete, "consumption")
        await outside.delete("invoices")
        await eventually(lambda: not bus._consumer.is_complete, "the loss to be noticed")
        await eventually(lambda: bus._consumer.is_complete, "consumption again")
        await outside.publish(message_id="m-1")
        await eventually(lambda: script.seen, "the delivery")

    assert script.seen[0].message_id == "m-1"


async def test_should_give_back_what_fails_unexpectedly(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Work that raises leaves its delivery neither unsettled nor lost: it is delivered again, and the next one too."""
    script = Script()

    async def answer(_delivery: Delivery) -> Outcome:
        if len(script.seen) == 1:
            raise RuntimeError("a mistake of the relay")
        return DONE

    script.answer = answer
    async with running_bus(amqp_url, prefix, script, queues={"invoices": 1}, give_back=0.05) as bus:
        await outside.publish(message_id="m-1")
        await outside.publish(message_id="m-2")
        await eventually(lambda: len(script.seen) == 3 and bus.in_flight == 0, "three deliveries")

    assert sorted(str(delivery.message_id) for delivery in script.seen) == ["m-1", "m-1", "m-2"]
    assert await outside.depth("invoices") == 0


async def test_should_leave_unfinished_work_to_the_broker(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Stopping waits for the grace period only; what still runs then is ended unsettled, and delivered again."""
    script = Gathering()
    async with running_bus(amqp_url, prefix, script) as bus:
        await outside.publish(b"unfinished", message_id="m-1")
        await eventually(lambda: script.running == 1, "the work")
        await bus.stop(0.2)

    message = await outside.wait_for("invoices")
    assert (message.body, message.redelivered) == (b"unfinished", True)


async def test_should_finish_within_the_grace_period(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Work that ends during the grace period is settled; nothing new is begun meanwhile."""
    script = Gathering()
    async with running_bus(amqp_url, prefix, script) as bus:
        await outside.publish(message_id="m-1")
        await eventually(lambda: script.running == 1, "the work")
        stopping = asyncio.create_task(bus.stop(20.0))
        await eventually(lambda: not bus._consumer._subscriptions["invoices"].is_consuming, "the end of consumption")
        await outside.publish(message_id="m-2")
        script.go_on.set()
        await stopping

    assert [delivery.message_id for delivery in script.seen] == ["m-1"]
    assert (await outside.wait_for("invoices")).header.properties.message_id == "m-2"


async def test_should_deliver_nothing_while_paused(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A pause ends deliveries until every reason for it is gone; what is in flight is settled as usual."""
    script = Gathering()
    async with running_bus(amqp_url, prefix, script) as bus:
        await outside.publish(message_id="m-1")
        await eventually(lambda: script.running == 1, "the work")
        bus.pause("one")
        bus.pause("other")
        await bus._consumer.settled_down()
        script.go_on.set()
        await outside.publish(message_id="m-2")
        bus.resume("one")
        await bus._consumer.settled_down()
        seen = len(script.seen)
        bus.resume("other")
        await eventually(lambda: len(script.seen) == 2, "the delivery after the pause")

    assert seen == 1


async def test_should_drain_a_parking_queue_only_while_asked(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A parking queue is left alone until its drain begins, and again after it ends."""
    script = Script()
    async with running_bus(amqp_url, prefix, script) as bus:
        await outside.publish(message_id="m-1", exchange="", key=f"{prefix}.parked.dume")
        bus.start_queue("parked.dume", 1)
        await eventually(lambda: script.seen, "the drain")
        bus.start_queue("parked.dume", 4)
        await bus._consumer.settled_down()
        bus.stop_queue("parked.dume")
        await bus._consumer.settled_down()
        await outside.publish(message_id="m-2", exchange="", key=f"{prefix}.parked.dume")
        depths = await bus.depths()

    assert [delivery.message_id for delivery in script.seen] == ["m-1"]
    assert depths == {"parked.chorus-pro": 0, "parked.dume": 1, "dead-letter": 0, "unclaimed": 0}


async def test_should_restart_a_consumer_the_broker_no_longer_has(outside: Outside, amqp_url: str, prefix: str) -> None:
    """The watchdog believes the broker, not the library: a queue without consumer is consumed again."""
    script = Script()
    async with running_bus(amqp_url, prefix, script, watch_every=0.2) as bus:
        await eventually(lambda: bus._consumer.is_complete, "consumption")
        subscription = bus._consumer._subscriptions["invoices"]
        assert subscription.channel is not None
        assert subscription.tag is not None
        await (await subscription.channel.get_underlay_channel()).basic_cancel(subscription.tag)
        await outside.publish(message_id="m-1")
        await eventually(lambda: script.seen, "the delivery")
        await eventually(bus.is_consuming, "the watchdog to be content")

    assert script.seen[0].message_id == "m-1"


async def test_should_restart_a_consumer_that_stands_still(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Messages that wait while nothing is delivered and nothing is in flight mean that the consumer is not one."""
    script = Script()
    async with running_bus(amqp_url, prefix, script, watch_every=0.2, stalled_after=0.3) as bus:
        await eventually(lambda: bus._consumer.is_complete, "consumption")
        subscription = bus._consumer._subscriptions["invoices"]
        assert subscription.channel is not None
        underlay = await subscription.channel.get_underlay_channel()
        assert isinstance(underlay, Channel)
        underlay.consumers.clear()
        for number in range(9):
            await outside.publish(message_id=f"m-{number}")
        await eventually(lambda: len(script.seen) == 9, "all deliveries")

    assert len({delivery.message_id for delivery in script.seen}) == 9


async def test_should_never_consume_without_a_bound(amqp_url: str, prefix: str) -> None:
    """A prefetch of nothing would mean everything, and is refused."""
    async with running_bus(amqp_url, prefix, Script()) as bus:
        with pytest.raises(ValueError, match="prefetch"):
            bus.start_queue("tracking", 0)

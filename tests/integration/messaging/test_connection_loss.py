"""A lost connection costs time and nothing else: work goes on, redeliveries join it, nothing is settled on the dead."""

import asyncio
from collections.abc import Callable

import pytest

from service.core.delivery import Delivery
from service.core.outcome import Completed, Outcome, Rejected
from service.sandbox.broker import Broker, PrivateBroker
from tests.support.bus_rig import DONE, Outside, Script, eventually, final_result, running_bus, topology
from tests.support.until import until


class Held(Script):
    """Work that ends when it is let go."""

    def __init__(self, outcome: Outcome = DONE) -> None:
        super().__init__(answer=self._wait)
        self._outcome = outcome
        self._released = asyncio.Event()

    def release(self) -> None:
        self._released.set()

    async def _wait(self, _delivery: Delivery) -> Outcome:
        await self._released.wait()
        return self._outcome


def closer(broker: Broker, how: str) -> Callable[[], None]:
    """What ends every connection: a word of the broker, or none."""
    return {"closed": broker.close_all_connections, "cut": broker.cut_all_connections}[how]


@pytest.mark.parametrize("how", ["closed", "cut"])
async def test_should_join_work_that_survived_its_connection(
    controlled_broker: Broker, outside: Outside, amqp_url: str, prefix: str, how: str
) -> None:
    """An event delivered again while it is being worked on is worked on once and acknowledged where it came last."""
    script = Held(Completed(results=(final_result(),), reason="done"))
    async with running_bus(amqp_url, prefix, script) as bus:
        await outside.publish(message_id="m-1")
        await eventually(lambda: script.seen, "the delivery")
        before = bus.last_delivery
        await asyncio.to_thread(closer(controlled_broker, how))
        await eventually(lambda: bus.last_delivery != before, "the redelivery")
        script.release()
        await eventually(lambda: bus.in_flight == 0, "the end of the work")

    async with Outside(amqp_url, prefix) as again:
        assert (len(script.seen), await again.depth("invoices"), await again.depth("unclaimed")) == (1, 0, 1)


async def test_should_not_repeat_work_settled_without_its_connection(
    controlled_broker: Broker, outside: Outside, amqp_url: str, prefix: str
) -> None:
    """An event whose results were confirmed but whose acknowledgement was impossible is only acknowledged later."""
    script = Script()
    hold = asyncio.Event()

    async def answer(_delivery: Delivery) -> Outcome:
        await asyncio.to_thread(controlled_broker.cut_all_connections)
        await eventually(lambda: not bus._consuming.is_up, "the loss to be noticed")
        hold.set()
        return DONE

    script.answer = answer
    async with running_bus(amqp_url, prefix, script) as bus:
        await outside.publish(message_id="m-1")
        await hold.wait()
        await eventually(lambda: bus.is_consuming() and bus.in_flight == 0, "consumption again")
        async with Outside(amqp_url, prefix) as again:
            await again.publish(message_id="m-2", key="tender.created.v1")
            await eventually(lambda: len(script.seen) == 2, "the next event")

    async with Outside(amqp_url, prefix) as again:
        assert [delivery.message_id for delivery in script.seen] == ["m-1", "m-2"]
        assert await again.depth("invoices") == 0


async def test_should_resume_after_a_restart_of_the_broker(own_broker: PrivateBroker) -> None:
    """Stopped and started again, the broker is found, the topology declared, and what waited is worked on."""
    url, prefix = own_broker.url, "relay"
    script = Script()
    async with running_bus(url, prefix, script) as bus:
        await asyncio.to_thread(own_broker.stop_node)
        await eventually(lambda: not bus.is_consuming(), "readiness to turn red")
        await asyncio.to_thread(own_broker.start_node)
        await eventually(bus.is_consuming, "consumption again")
        async with Outside(url, prefix) as outside:
            await outside.publish(message_id="m-1")
            await eventually(lambda: script.seen, "the delivery")

    assert script.seen[0].message_id == "m-1"


async def test_should_declare_again_what_a_new_broker_lacks(own_broker: PrivateBroker) -> None:
    """A topology that is gone after a reconnection is there again, without a restart of the worker."""
    url, prefix = own_broker.url, "relay"
    script = Script()
    async with running_bus(url, prefix, script) as bus:
        async with Outside(url, prefix) as outside:
            for queue in topology(prefix).queues():
                await outside.delete(queue.name.removeprefix(f"{prefix}."))
        await asyncio.to_thread(own_broker.cut_all_connections)
        await eventually(lambda: not bus._consuming.is_up, "the loss to be noticed")
        await eventually(lambda: bus._consumer.is_complete, "consumption again")
        async with Outside(url, prefix) as outside:
            await outside.publish(message_id="m-1")
            await eventually(lambda: script.seen, "the delivery")

    assert script.seen[0].message_id == "m-1"


async def test_should_lose_nothing_when_the_broker_is_killed_between_publish_and_ack(own_broker: PrivateBroker) -> None:
    """A broker that dies with a move half done has the event in at least one queue afterwards, and it is settled."""
    url, prefix = own_broker.url, "relay"
    script, restarted = Script(), asyncio.Event()

    async def killed_meanwhile(_outcome: Outcome, turn: int) -> None:
        script.turns.append(turn)
        if turn == 1 and len(script.turns) == 1:
            await asyncio.to_thread(own_broker.kill_node)
            await asyncio.to_thread(own_broker.start_node)
            restarted.set()

    script.moved = killed_meanwhile  # type: ignore[method-assign]  # this script is told of the move at the worst moment
    script.outcomes = [Rejected(reason="bad", detail=""), Rejected(reason="bad", detail="")]
    async with running_bus(url, prefix, script) as bus:
        async with Outside(url, prefix) as outside:
            await asyncio.to_thread(own_broker.write_out_names)
            await outside.publish(b"event", message_id="m-1")
            await asyncio.wait_for(restarted.wait(), 60)
        await eventually(lambda: bus._consumer.is_complete, "consumption again", limit=60)
        async with Outside(url, prefix) as again:

            async def settled() -> bool:
                # A broker that has just started says 0 of queues it has not read yet: wait for what must be there.
                counts = [await again.depth(queue) for queue in ("dead-letter", "returned", "tracking", "invoices")]
                return bus.in_flight == 0 and counts == [1, 0, 0, 0]

            await until(settled, "the event in the dead-letter queue, and nowhere else", limit=60)

    assert len(script.seen) == 1


async def test_should_make_its_connections_anew_when_asked(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Replacing the connections ends in the same consumption, and what is published next is worked on."""
    script = Script()
    async with running_bus(amqp_url, prefix, script) as bus:
        await eventually(bus.is_consuming, "consumption")
        await bus.replace()
        await outside.publish(message_id="m-1")
        await eventually(lambda: script.seen, "the delivery")

    assert len(script.seen) == 1

"""An exchange somebody deletes under the running relay is declared again at once, and nothing is lost over it."""

import asyncio

import pytest

from service.core.delivery import Delivery
from service.core.outcome import Completed, Outcome, RetryLater
from service.messaging.failures import ExchangeMissing
from service.messaging.outbound import Outbound
from tests.support.bus_rig import DONE, WAITS, Outside, Script, eventually, final_result, running_bus
from tests.support.publishing import open_publisher
from tests.support.until import until


async def delete_exchange(outside: Outside, name: str) -> None:
    """Delete an exchange by its full name."""
    async with outside.connection.channel() as channel:
        await channel.exchange_delete(name)


async def test_should_declare_the_exchange_of_results_again(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A result whose exchange has gone is published, long before any connection is replaced."""
    results = (final_result("e-1"), final_result("e-2"))
    script = Script(outcomes=[Completed(results=(result,), reason="done") for result in results])
    async with running_bus(amqp_url, prefix, script, queues={"invoices": 1}, replace_after=3600.0) as bus:
        await eventually(bus.is_consuming, "consumption")
        await delete_exchange(outside, f"{prefix}.results")
        await outside.publish(b"one", message_id="m-1")
        await outside.publish(b"two", message_id="m-2")
        found = {(await outside.wait_for("unclaimed")).header.properties.message_id for _ in results}
        await eventually(lambda: bus.in_flight == 0, "the end of the work")

    assert found == {result.id for result in results}


async def test_should_declare_the_exchange_before_a_delay_again(outside: Outside, amqp_url: str, prefix: str) -> None:
    """An event on its way to a delay queue arrives there and comes back."""
    script = Script(outcomes=[RetryLater(delay=WAITS[0], reason="busy", counted=False), DONE])
    async with running_bus(amqp_url, prefix, script, queues={"invoices": 1}) as bus:
        await eventually(bus.is_consuming, "consumption")
        await delete_exchange(outside, f"{prefix}.delay.100ms")
        await outside.publish(b"event", message_id="m-1")
        await eventually(lambda: len(script.seen) == 2, "the second delivery")

    assert [delivery.turn for delivery in script.seen] == [0, 1]


async def test_should_notice_the_loss_of_the_exchange_of_events(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Nothing the relay does itself would fail: it looks, and takes requests again."""
    script = Script()
    async with running_bus(amqp_url, prefix, script, watch_every=0.2) as bus:
        await eventually(bus.is_consuming, "consumption")
        await delete_exchange(outside, f"{prefix}.events")

        async def published() -> bool:
            try:
                await outside.publish(b"event", message_id="m-1")
            except Exception as error:
                if "NOT_FOUND" not in str(error):
                    raise
                return False
            return True

        await until(published, "the exchange")
        await eventually(lambda: script.seen, "the delivery")
        await eventually(bus.is_consuming, "readiness")

    assert [delivery.body for delivery in script.seen] == [b"event"]


async def test_should_say_that_it_may_not_declare(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A relay that only checks is not ready while an exchange is missing, and ready once somebody declared it."""
    script = Script()
    async with running_bus(amqp_url, prefix, script, watch_every=0.2, declare_topology=False) as bus:
        await eventually(bus.is_consuming, "consumption")
        await delete_exchange(outside, f"{prefix}.unrouted")
        await eventually(lambda: not bus.is_consuming(), "readiness to turn red")
        async with outside.connection.channel() as channel:
            await channel.declare_exchange(f"{prefix}.unrouted", "fanout", durable=True)
        await eventually(bus.is_consuming, "readiness")

    assert script.seen == []


async def test_should_declare_once_for_many(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Twenty results that miss their exchange at the same moment are all published."""
    together = asyncio.Barrier(20)

    async def answer(delivery: Delivery) -> Outcome:
        await together.wait()
        return Completed(results=(final_result(str(delivery.message_id)),), reason="done")

    async with running_bus(amqp_url, prefix, Script(answer=answer), queues={"invoices": 20}, concurrency=21) as bus:
        await eventually(bus.is_consuming, "consumption")
        await delete_exchange(outside, f"{prefix}.results")
        for number in range(20):
            await outside.publish(message_id=f"m-{number}")
        found: set[str | None] = set()
        while len(found) < 20:
            found.add((await outside.wait_for("unclaimed")).header.properties.correlation_id)
        await eventually(lambda: bus.in_flight == 0, "the end of the work")

    assert found == {f"m-{number}" for number in range(20)}


async def test_should_tell_a_missing_exchange_from_other_doubts(outside: Outside, amqp_url: str) -> None:
    """The publisher says what has to be declared before the next try."""
    assert outside.connection.transport is not None
    async with open_publisher(amqp_url) as publisher:
        with pytest.raises(ExchangeMissing, match="no-such-exchange"):
            await publisher.publish("no-such-exchange", "key", Outbound(id="m-1", body=b"x"))

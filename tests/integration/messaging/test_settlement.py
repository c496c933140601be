"""Nothing is acknowledged before the broker has confirmed what replaces it, whatever happens in between."""

import asyncio

import pytest
from yarl import URL

from service.core.outcome import Completed, Rejected
from service.messaging.connection import Link
from service.messaging.failures import BrokerTrouble, PublishUnconfirmed, PublishUnroutable
from service.messaging.outbound import Outbound
from service.messaging.publisher import Publisher
from service.sandbox.broker import Broker
from tests.support.bus_rig import Outside, Script, eventually, final_result, interim_result, running_bus
from tests.support.proxy import FaultProxy
from tests.support.publishing import open_publisher
from tests.support.silent_channels import SILENCE, SPEAK


async def results_in_order(outside: Outside, count: int) -> list[str]:
    """The ids of the first results nobody claimed."""
    return [str((await outside.wait_for("unclaimed")).header.properties.message_id) for _ in range(count)]


async def test_should_publish_the_terminal_result_last(outside: Outside, amqp_url: str, prefix: str) -> None:
    """The terminal result follows the confirms of all others, whatever the order they were given in."""
    last, first, second = final_result(), interim_result("e-1", "one"), interim_result("e-1", "two")
    script = Script(outcomes=[Completed(results=(last, first, second), reason="done")])
    async with running_bus(amqp_url, prefix, script):
        await outside.publish()
        published = await results_in_order(outside, 3)

    assert (set(published[:2]), published[2]) == ({first.id, second.id}, last.id)


async def test_should_publish_results_so_that_others_can_match_them(
    outside: Outside, amqp_url: str, prefix: str
) -> None:
    """A result carries its id, its type and the id of its request as AMQP properties, and survives a restart."""
    result = final_result("e-7")
    script = Script(outcomes=[Completed(results=(result,), reason="done")])
    async with running_bus(amqp_url, prefix, script):
        await outside.publish()
        message = await outside.wait_for("unclaimed")

    properties = message.header.properties
    assert (message.exchange, message.routing_key) == (f"{prefix}.results", result.type)
    assert (properties.message_id, properties.message_type, properties.correlation_id) == (
        result.id,
        result.type,
        "e-7",
    )
    assert (properties.content_type, properties.delivery_mode) == ("application/cloudevents+json", 2)
    assert properties.app_id == "piste-relay"


async def test_should_publish_results_before_the_event_moves(outside: Outside, amqp_url: str, prefix: str) -> None:
    """What is said about a rejected event is published as well as its dead letter."""
    script = Script(outcomes=[Rejected(reason="bad", detail="", results=(final_result(),))])
    async with running_bus(amqp_url, prefix, script):
        await outside.publish(b"event")
        dead = await outside.wait_for("dead-letter")
        published = await outside.depth("unclaimed")

    assert (dead.body, published) == (b"event", 1)


async def test_should_wait_out_a_memory_alarm(
    controlled_broker: Broker, outside: Outside, amqp_url: str, prefix: str
) -> None:
    """A publish that is not confirmed is sent again until it is; meanwhile nothing is consumed or acknowledged."""
    result = final_result()
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def answer(_delivery: object) -> Completed:
        entered.set()
        await go_on.wait()
        return Completed(results=(result,), reason="done")

    script = Script(answer=answer)
    async with running_bus(amqp_url, prefix, script, publish=0.5) as bus:
        await outside.publish()
        await entered.wait()
        await asyncio.to_thread(controlled_broker.raise_memory_alarm)
        try:
            go_on.set()
            await eventually(lambda: not bus.is_consuming(), "readiness to turn red")
            in_flight = bus.in_flight
        finally:
            await asyncio.to_thread(controlled_broker.clear_memory_alarm)
        await eventually(lambda: bus.in_flight == 0 and bus.is_consuming(), "the end of the doubt")
        message = await outside.wait_for("unclaimed")

    assert (in_flight, message.header.properties.message_id) == (1, result.id)
    assert len(script.seen) == 1


async def test_should_replace_its_connections_when_a_doubt_lasts(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A broker that stays silent is left: the connections are made anew, and the event is settled over them."""
    script = Script(outcomes=[Completed(results=(final_result(),), reason="done")])
    async with (
        FaultProxy(amqp_url) as proxy,
        running_bus(proxy.url, prefix, script, publish=0.3, replace_after=0.5) as bus,
    ):
        await eventually(bus.is_consuming, "consumption")
        before = bus._publishing._connection
        entered = asyncio.Event()

        async def answer(_delivery: object) -> Completed:
            proxy.freeze()
            entered.set()
            return Completed(results=(final_result(),), reason="done")

        script.answer = answer
        await outside.publish(message_id="m-1")
        await entered.wait()
        await eventually(lambda: bus._publishing._connection is not before, "the replacement")
        proxy.thaw()
        await eventually(lambda: bus.in_flight == 0 and bus._consumer.is_complete, "the end of the doubt")

    assert (len(script.seen), await outside.depth("unclaimed"), await outside.depth("invoices")) == (1, 1, 0)


async def test_should_leave_a_channel_that_says_nothing(
    controlled_broker: Broker, outside: Outside, amqp_url: str, prefix: str
) -> None:
    """A confirm that never comes over a living connection is not waited for: another channel is taken."""
    results = [Completed(results=(final_result(f"e-{number}"),), reason="done") for number in (1, 2)]
    script = Script(outcomes=list(results))
    async with running_bus(amqp_url, prefix, script, publish=1.0, replace_after=3600.0) as bus:
        await outside.publish(message_id="m-1")
        await outside.wait_for("unclaimed")
        connection = bus._publishing._connection
        count = int(await asyncio.to_thread(controlled_broker.evaluate, SILENCE))
        try:
            await outside.publish(message_id="m-2")
            await outside.wait_for("unclaimed")
            await eventually(lambda: bus.in_flight == 0 and bus._consumer.is_complete, "the end of the doubt")
        finally:
            await asyncio.to_thread(controlled_broker.evaluate, SPEAK)

        assert (count, bus._publishing._connection) == (1, connection)


async def test_should_repair_the_topology_when_a_move_finds_no_queue(
    outside: Outside, amqp_url: str, prefix: str
) -> None:
    """An event is not acknowledged into nowhere: the missing queue is declared again, then the event moved."""
    script = Script(outcomes=[Rejected(reason="bad", detail="")])
    await outside.delete("dead-letter")
    async with running_bus(amqp_url, prefix, script, queues={"invoices": 1}):
        await outside.delete("dead-letter")
        await outside.publish(b"event")

        await eventually(lambda: script.turns, "the move")

        assert (await outside.wait_for("dead-letter")).body == b"event"


async def test_should_notice_that_no_queue_takes_a_message(outside: Outside, amqp_url: str) -> None:
    """A mandatory publish the broker cannot route is an error, although the broker confirms it."""
    assert outside.connection.transport is not None
    async with open_publisher(amqp_url) as publisher:
        with pytest.raises(PublishUnroutable):
            await publisher.publish("", "nowhere", Outbound(id="m-1", body=b"x"))


async def test_should_never_publish_one_id_twice_at_the_same_time(outside: Outside, amqp_url: str) -> None:
    """Two publishes of one message id, both unroutable, are both reported: their answers are not mixed up."""
    assert outside.connection.transport is not None
    async with open_publisher(amqp_url) as publisher:
        message = Outbound(id="m-1", body=b"x")
        reported = await asyncio.gather(
            *(publisher.publish("", "nowhere", message) for _ in range(5)), return_exceptions=True
        )

    assert [type(report) for report in reported] == [PublishUnroutable] * 5


async def test_should_fail_fast_when_the_connection_closes_under_a_publish(
    controlled_broker: Broker, outside: Outside, amqp_url: str
) -> None:
    """Publishes that wait for their confirm end at once, in doubt, when the connection is cut; none hangs."""
    assert outside.connection.transport is not None
    async with open_publisher(amqp_url, timeout=60.0) as publisher:
        await publisher.publish("", "relay.tracking", Outbound(id="m-0", body=b"x"))
        await asyncio.to_thread(controlled_broker.raise_memory_alarm)
        try:
            pending = [
                asyncio.create_task(publisher.publish("", "relay.tracking", Outbound(id=f"m-{n}", body=b"x")))
                for n in range(1, 20)
            ]
            await asyncio.wait(pending, timeout=0.5)
            await asyncio.to_thread(controlled_broker.cut_all_connections)
            done, hanging = await asyncio.wait(pending, timeout=20)
        finally:
            await asyncio.to_thread(controlled_broker.clear_memory_alarm)

    assert hanging == set()
    assert {type(task.exception()) for task in done} == {PublishUnconfirmed}


async def test_should_be_in_doubt_when_the_broker_falls_silent(outside: Outside, amqp_url: str) -> None:
    """A connection found dead cancels what waits on it; to the publisher that is a doubt, not its own cancellation."""
    assert outside.connection.transport is not None
    async with FaultProxy(amqp_url) as proxy, open_publisher(f"{proxy.url}?heartbeat=1", timeout=60.0) as publisher:
        await publisher.publish("", "relay.tracking", Outbound(id="m-0", body=b"x"))
        proxy.freeze()

        with pytest.raises(PublishUnconfirmed):
            await asyncio.wait_for(publisher.publish("", "relay.tracking", Outbound(id="m-1", body=b"x")), 30)
        proxy.thaw()


async def test_should_end_when_it_is_cancelled_itself(outside: Outside, amqp_url: str) -> None:
    """Whoever is asked to end while publishing ends, and later publishes still go through."""
    async with FaultProxy(amqp_url) as proxy, open_publisher(proxy.url, timeout=60.0) as publisher:
        await publisher.publish("", "relay.tracking", Outbound(id="m-0", body=b"x"))
        proxy.freeze()
        publishing = asyncio.create_task(publisher.publish("", "relay.tracking", Outbound(id="m-1", body=b"x")))
        await asyncio.wait({publishing}, timeout=0.3)
        publishing.cancel()
        await asyncio.wait({publishing}, timeout=10)
        proxy.thaw()
        await publisher.publish("", "relay.tracking", Outbound(id="m-2", body=b"x"))

    assert publishing.cancelled()
    assert await outside.depth("tracking") == 3


async def test_should_refuse_to_wait_for_a_broker_that_refuses(amqp_url: str) -> None:
    """Wrong credentials are told at once instead of being tried for ever."""
    link = Link(str(URL(amqp_url).with_password("wrong")), name="test")
    running = asyncio.create_task(link.run())
    try:
        with pytest.raises(BrokerTrouble, match="connecting"):
            await asyncio.wait_for(link.first(), 10)
    finally:
        await link.close()
        await running


async def test_should_open_a_new_channel_after_one_was_closed(outside: Outside, amqp_url: str) -> None:
    """A publish to an exchange that is not there closes the channel; the next publish has another."""
    assert outside.connection.transport is not None
    async with open_publisher(amqp_url) as publisher:
        with pytest.raises(BrokerTrouble):
            await publisher.publish("no-such-exchange", "key", Outbound(id="m-1", body=b"x"))
        await publisher.publish("", "relay.tracking", Outbound(id="m-2", body=b"x"))

    assert isinstance(publisher, Publisher)
    assert (await outside.wait_for("tracking")).header.properties.message_id == "m-2"

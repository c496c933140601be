"""A result larger than the broker takes ends its request as failed, and holds up nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import pytest

from contracts.envelope import Identity
from contracts.results import RequestCancellationDone, ResultEvent, reply, result_id
from service.core.delivery import Delivery
from service.core.outcome import Completed, Outcome, Rejected
from service.messaging.failures import PublishTooLarge, PublishUnconfirmed
from service.messaging.outbound import Outbound
from service.sandbox.broker import Broker
from tests.support.bus_rig import NOW, Outside, Script, eventually, final_result, interim_result, running_bus
from tests.support.publishing import open_publisher

LIMIT = 4_096  # bytes a message may have here
SIZE = "application:set_env(rabbit, max_message_size, {bytes})."
USUAL = 134_217_728


@asynccontextmanager
async def small_messages_only(broker: Broker) -> AsyncIterator[None]:
    """Channels opened inside take small messages only, as those of a broker with a lower limit."""
    await asyncio.to_thread(broker.evaluate, SIZE.format(bytes=LIMIT))
    try:
        yield
    finally:
        await asyncio.to_thread(broker.evaluate, SIZE.format(bytes=USUAL))


def large(type_: str, id: str = "e-1", kind: str = "terminal") -> ResultEvent:
    """A result the broker does not take."""
    request = Identity(source="/tests", id=id, type="invoice.deposit.requested.v1")
    data = RequestCancellationDone(id="x" * 2 * LIMIT, source="/tests", outcome="withdrawn")
    return reply(request, type=type_, data=data, profile="local", now=NOW, kind=kind)


async def published(outside: Outside, count: int) -> list[dict[str, Any]]:
    """The first results nobody claimed, by their content."""
    return [json.loads((await outside.wait_for("unclaimed")).body) for _ in range(count)]


@pytest.mark.parametrize(
    ("type_", "effect"), [("invoice.deposit.done.v1", "unknown"), ("invoice.status.reported.v1", "none")]
)
async def test_should_answer_that_the_answer_is_too_large(
    controlled_broker: Broker, outside: Outside, amqp_url: str, prefix: str, type_: str, effect: str
) -> None:
    """The request ends once, as failed, under the id of the answer it would have had, and is acknowledged."""
    script = Script(outcomes=[Completed(results=(large(type_),), reason="done")])
    async with small_messages_only(controlled_broker), running_bus(amqp_url, prefix, script) as bus:
        await outside.publish(message_id="m-1")
        (failed,) = await published(outside, 1)
        await eventually(lambda: bus.in_flight == 0 and bus.is_consuming(), "the end of the work")

    family = type_.removesuffix(".done.v1").removesuffix(".reported.v1")
    assert (failed["type"], failed["id"]) == (f"{family}.failed.v1", result_id("/tests", "e-1", "terminal"))
    assert (failed["data"]["reason"], failed["data"]["effect"]) == ("answer_too_large", effect)
    assert str(LIMIT) in failed["data"]["detail"]
    assert (failed["final"], failed["causationid"]) == (True, "e-1")
    assert (len(script.seen), await outside.depth("invoices"), await outside.depth("unclaimed")) == (1, 0, 0)


async def test_should_not_end_well_without_a_part_of_the_answer(
    controlled_broker: Broker, outside: Outside, amqp_url: str, prefix: str
) -> None:
    """Where a page is too large the small terminal result would be a lie; the pages that fit are published."""
    page, fits = large("invoice.search.page.v1", kind="page"), interim_result("e-1", "two")
    script = Script(outcomes=[Completed(results=(page, fits, final_result()), reason="done")])
    async with small_messages_only(controlled_broker), running_bus(amqp_url, prefix, script):
        await outside.publish(message_id="m-1")
        first, last = await published(outside, 2)

    assert (first["id"], last["data"]["reason"]) == (fits.id, "answer_too_large")


async def test_should_publish_what_shared_the_channel_with_it(
    controlled_broker: Broker, outside: Outside, amqp_url: str, prefix: str
) -> None:
    """The broker closes the channel for one message; the others on it are published all the same, none as failed."""
    crowd = 20
    entered = 0
    together = asyncio.Event()

    async def answer(delivery: Delivery) -> Outcome:
        nonlocal entered
        entered += 1
        if entered == crowd:
            together.set()
        await together.wait()
        id = str(delivery.message_id)
        result = large("invoice.deposit.done.v1", id) if id == "m-7" else final_result(id)
        return Completed(results=(result,), reason="done")

    async with (
        small_messages_only(controlled_broker),
        running_bus(amqp_url, prefix, Script(answer=answer), queues={"invoices": crowd}, concurrency=crowd + 1) as bus,
    ):
        for number in range(crowd):
            await outside.publish(message_id=f"m-{number}")
        found: dict[str, set[str]] = {}
        while len(found) < crowd:
            (result,) = await published(outside, 1)
            found.setdefault(result["causationid"], set()).add(result["data"]["reason"])
        await eventually(lambda: bus.in_flight == 0, "the end of the work")

    assert found == {f"m-{number}": {"answer_too_large" if number == 7 else "invalid_event"} for number in range(crowd)}


async def test_should_keep_an_event_that_cannot_be_moved(
    controlled_broker: Broker, outside: Outside, amqp_url: str, prefix: str
) -> None:
    """An event from before the limit was lowered is given back, counted, instead of being lost or tried for ever."""
    script = Script(answer=_rejected)
    await outside.publish(b"x" * 2 * LIMIT, message_id="m-1")
    async with (
        small_messages_only(controlled_broker),
        running_bus(amqp_url, prefix, script, give_back=0.1) as bus,
    ):
        await eventually(lambda: len(script.seen) > 2, "some redeliveries")
        consuming = bus.is_consuming()

    assert consuming
    async with Outside(amqp_url, prefix) as again:
        assert len((await again.wait_for("invoices")).body) == 2 * LIMIT


async def test_should_name_the_limit(controlled_broker: Broker, outside: Outside, amqp_url: str) -> None:
    """A publish that is too large says what the broker takes; the publish beside it is in doubt, and then confirmed."""
    assert outside.connection.transport is not None
    async with small_messages_only(controlled_broker), open_publisher(amqp_url) as publisher:
        outcomes = await asyncio.gather(
            publisher.publish("", "relay.tracking", Outbound(id="m-1", body=b"x" * 2 * LIMIT)),
            publisher.publish("", "relay.tracking", Outbound(id="m-2", body=b"x")),
            return_exceptions=True,
        )
        await publisher.publish("", "relay.tracking", Outbound(id="m-2", body=b"x"))

    assert isinstance(outcomes[0], PublishTooLarge)
    assert outcomes[0].limit == LIMIT
    assert outcomes[1] is None or type(outcomes[1]) is PublishUnconfirmed


async def test_should_understand_the_broker(controlled_broker: Broker, amqp_url: str) -> None:
    """The sentence the relay reads is the one this broker writes."""
    async with small_messages_only(controlled_broker), await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(exclusive=True)

        with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed, match=rf"message size 5000 .* {LIMIT}"):
            await channel.default_exchange.publish(aio_pika.Message(b"x" * 5000), routing_key=queue.name)


async def _rejected(_delivery: Delivery) -> Outcome:
    return Rejected(reason="bad", detail="")

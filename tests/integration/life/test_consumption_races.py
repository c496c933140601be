"""What happens to a delivery, or to a queue, while something else about it is just ending."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiormq.abc import DeliveredMessage

from service.messaging.connection import Link
from service.messaging.consumer import Consumer
from service.messaging.in_flight import Work
from service.messaging.received import Received, receive
from tests.support.bus_rig import DONE, Outside, Script, eventually, running_bus, topology


@pytest.mark.usefixtures("outside")
async def test_should_survive_a_queue_unwanted_while_others_are_opened(amqp_url: str, prefix: str) -> None:
    """A gate that closes while the worker is still setting up its consumers ends neither of them, nor the worker."""
    link = Link(amqp_url, name="test")
    consumer = Consumer(link, topology(prefix), lambda _message, _queue: None, _nothing_to_repair)
    for queue in ("invoices", "tenders", "parked.dume"):
        consumer.start_queue(queue, 1)
    tasks = [asyncio.create_task(link.run()), asyncio.create_task(consumer.run())]
    while not consumer.last_delivery("invoices"):  # noqa: ASYNC110  # this very moment, not one a little later
        await asyncio.sleep(0)
    consumer.stop_queue("parked.dume")
    await eventually(lambda: consumer.is_complete or tasks[1].done(), "consumption of the other queues")
    ended = tasks[1].done()
    await _end(link, consumer, tasks)

    assert not ended


async def test_should_work_on_what_arrives_as_the_same_work_ends(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A second copy that comes in the very moment the first is settled is worked on, not forgotten."""
    script = Script()
    async with running_bus(amqp_url, prefix, script, queues={}) as bus:
        in_flight = bus._in_flight

        async def carry(work: Work) -> None:
            # Runs after the work's last step and before anybody is told that its task ended.
            again = Received(replace(work.received.delivery), work.received.message)
            asyncio.get_running_loop().call_soon(in_flight.accept, again)

        await outside.publish(b"{}", message_id="m-1", exchange="", key=f"{prefix}.dead-letter")
        message = await outside.wait_for("dead-letter")
        in_flight.accept(_received(message, prefix), carry)
        await eventually(lambda: script.seen or not in_flight, "the end of the work")

    assert len(script.seen) == 1
    assert await script.handle(script.seen[0]) is DONE


async def _nothing_to_repair() -> None:
    return


def _received(message: DeliveredMessage, prefix: str) -> Received:
    return receive(message, "invoices", topology(prefix), datetime.now(UTC))


async def _end(link: Link, consumer: Consumer, tasks: list[asyncio.Task[None]]) -> None:
    await consumer.close()
    await link.close()
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, KeyError):
            await task

"""The topology is declared alike each time, only checked when told so, and names what is wrong in one sentence."""

import aio_pika
import pytest

from service.messaging.declaring import apply, declare, verify
from service.messaging.failures import TopologyMismatch
from tests.support.bus_rig import Outside, Script, running_bus, topology


async def test_should_declare_the_same_topology_again(amqp_url: str, prefix: str) -> None:
    """Declaring what exists changes nothing, and a check afterwards finds everything."""
    await apply(amqp_url, topology(prefix))
    await apply(amqp_url, topology(prefix))

    async with await aio_pika.connect(amqp_url) as connection:
        await verify(connection, topology(prefix))


async def test_should_name_a_queue_with_other_arguments(amqp_url: str, prefix: str) -> None:
    """A queue that exists with other arguments is named, with what to do."""
    async with await aio_pika.connect(amqp_url) as connection:
        async with connection.channel() as channel:
            await channel.declare_queue(f"{prefix}.tenders", durable=True, arguments={"x-queue-type": "quorum"})

        with pytest.raises(TopologyMismatch, match=rf"{prefix}\.tenders exists with other arguments.*topology apply"):
            await declare(connection, topology(prefix))


async def test_should_name_what_is_missing_when_it_may_only_check(amqp_url: str, prefix: str) -> None:
    """A relay that may not declare refuses to start on a broker without its queues."""
    with pytest.raises(ExceptionGroup) as raised:
        async with running_bus(amqp_url, prefix, Script(), declare_topology=False):
            pass

    assert raised.group_contains(TopologyMismatch, match="is missing: run `piste-relay topology apply`")


async def test_should_only_check_when_told_so(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A relay that may not declare works on a topology somebody applied."""
    script = Script()
    async with running_bus(amqp_url, prefix, script, declare_topology=False):
        await outside.publish()
        message = await outside.depth("dead-letter")

    assert message == 0


async def test_should_keep_results_nobody_claims(outside: Outside) -> None:
    """A result no one bound to goes to the unclaimed queue instead of being dropped."""
    await outside.publish(b"result", key="invoice.deposit.done.v1", exchange="results")

    assert (await outside.wait_for("unclaimed")).body == b"result"


@pytest.mark.parametrize(
    ("routing_key", "queue"),
    [
        ("invoice.deposit.requested.v1", "invoices"),
        ("recipient.lookup.requested.v1", "invoices"),
        ("request.cancellation.requested.v1", "invoices"),
        ("tender.created.v1", "tenders"),
        ("weather.report.v1", "unrouted"),
    ],
)
async def test_should_route_events_by_their_type(outside: Outside, routing_key: str, queue: str) -> None:
    """Each family of events has its queue, and what belongs to none is kept to be answered."""
    await outside.publish(b"event", key=routing_key)

    assert (await outside.wait_for(queue)).body == b"event"

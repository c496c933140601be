"""The private broker keeps messages over restarts, and can be disturbed as tests need it."""

import secrets
from collections.abc import Iterator

import aio_pika
import pytest

from service.sandbox.broker import Broker, BrokerUnavailable, PrivateBroker
from service.sandbox.broker.control import ControlFailed
from tests.support.until import until


@pytest.fixture
def own_broker(private_broker: PrivateBroker) -> Iterator[PrivateBroker]:
    """A node of this test alone, since it is stopped and killed, beside the session's."""
    assert private_broker.is_controlled
    with PrivateBroker() as broker:
        yield broker


async def put(url: str, queue: str) -> None:
    """Put one confirmed message into a durable queue."""
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        await channel.declare_queue(queue, durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(aio_pika.Message(b"kept", delivery_mode=2), routing_key=queue)


async def get(url: str, queue: str) -> bytes | None:
    """Take one message from a queue, None when it is empty."""
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        found = await (await channel.get_queue(queue)).get(no_ack=True, fail=False)
        return found.body if found else None


async def test_should_keep_messages_when_the_node_is_killed_and_stopped(own_broker: PrivateBroker) -> None:
    """A confirmed message is there after a power failure and after a regular restart, at the same address."""
    url = own_broker.vhost("kept")
    await put(url, "work")
    own_broker.write_out_names()

    own_broker.kill_node()
    own_broker.start_node()
    own_broker.stop_node()
    own_broker.start_node()

    assert await until(lambda: get(url, "work"), "the message") == b"kept"


async def test_should_leave_nothing_behind(own_broker: PrivateBroker) -> None:
    """After stop its folder has gone and nothing answers at its address."""
    url, folder = own_broker.url, own_broker.folder

    own_broker.stop()

    assert not folder.exists()
    with pytest.raises(OSError):  # noqa: PT011 - aio-pika's error and the system's are both OSErrors
        await aio_pika.connect(url)


async def test_should_keep_virtual_hosts_apart(broker: Broker) -> None:
    """A queue of one virtual host is unknown in another."""
    if not broker.is_controlled:
        pytest.skip("a given broker has one virtual host")
    one, other = (broker.vhost(f"apart-{secrets.token_hex(4)}") for _ in range(2))
    await put(one, "work")

    with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
        await get(other, "work")


async def test_should_close_every_connection(controlled_broker: Broker, amqp_url: str) -> None:
    """After it was asked to close them, the broker has no connection left."""
    await aio_pika.connect(amqp_url)

    controlled_broker.close_all_connections()

    async def none_is_left() -> bool:
        return controlled_broker.count_connections() == 0

    assert await until(none_is_left, "the end of the connection")


def test_should_name_what_failed(controlled_broker: Broker) -> None:
    """An expression the broker cannot evaluate raises, and names itself."""
    with pytest.raises(ControlFailed, match="no_such_module"):
        controlled_broker.evaluate("no_such_module:call().")


def test_should_refuse_to_be_used_before_its_start() -> None:
    """A broker that was not started says so in one sentence."""
    with pytest.raises(BrokerUnavailable, match="not started"):
        _ = PrivateBroker().folder

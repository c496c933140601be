"""The private cluster is one broker of three nodes, each of which can be taken away and brought back."""

import asyncio
import secrets
from collections.abc import Iterator

import aio_pika
import pytest

from service.messaging.declaring import apply
from service.messaging.dialling import dial
from service.messaging.failures import BrokerTrouble
from service.sandbox.broker import Broker
from tests.support.bus_rig import topology
from tests.support.cluster import Cluster
from tests.support.until import until

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def cluster(broker: Broker) -> Iterator[Cluster]:
    """Three nodes for the tests of this file, where RabbitMQ can be started at all."""
    if not broker.is_controlled:
        pytest.skip("a broker given by its URL stands for the one nodes would be started of")
    with Cluster() as running:
        yield running


@pytest.fixture
def vhost(cluster: Cluster) -> Iterator[str]:
    """A virtual host with the relay's topology, declared while all nodes run."""
    name = f"test-{secrets.token_hex(6)}"
    url = cluster.vhost(name)
    asyncio.run(apply(url, topology()))
    yield name
    cluster.drop_vhost(name)


def test_should_keep_every_queue_of_the_relay_on_three_nodes(cluster: Cluster, vhost: str) -> None:
    """Whatever node declares them, the quorum queues have three members: one node may be lost."""
    names = sorted(node.name for node in cluster.nodes)
    held = {quorum.queue: sorted(quorum.members) for quorum in cluster.quorums(vhost).values()}

    assert held == {queue.name: names for queue in topology().queues()}


async def test_should_elect_other_leaders_when_a_node_is_killed(cluster: Cluster, vhost: str) -> None:
    """A confirmed message outlives the node that led its queue, and the node comes back into the cluster."""
    async with await dial(f"{cluster.url}{vhost}", timeout=10) as connection, connection.channel() as channel:
        message = aio_pika.Message(b"kept", delivery_mode=2)
        await channel.default_exchange.publish(message, routing_key="relay.tracking")
    leader = cluster.node(cluster.quorums(vhost)["relay.tracking"].leader)

    await asyncio.to_thread(leader.kill_node)
    try:
        kept = await until(lambda: _take(cluster, vhost, "relay.tracking"), "the message", limit=60)
    finally:
        await asyncio.to_thread(leader.start_node)
        await asyncio.to_thread(cluster.await_nodes, 3)

    assert kept == b"kept"


async def test_should_pass_over_a_frozen_node(cluster: Cluster, vhost: str) -> None:
    """A node that answers nobody keeps nobody from the cluster, and is one of it again afterwards."""
    frozen = cluster.nodes[0]
    cluster.freeze(frozen)
    try:
        await asyncio.to_thread(cluster.await_nodes, 2)
        async with await dial(f"{cluster.url}{vhost}", timeout=2) as connection:
            reached = not connection.is_closed
        with pytest.raises(BrokerTrouble):
            await dial(f"{frozen.url}{vhost}", timeout=1)
    finally:
        cluster.thaw(frozen)
        await asyncio.to_thread(cluster.mend, frozen)

    assert reached


async def _take(cluster: Cluster, vhost: str, queue: str) -> bytes | None:
    try:
        async with await dial(f"{cluster.url}{vhost}", timeout=10) as connection, connection.channel() as channel:
            found = await (await channel.get_queue(queue)).get(no_ack=True, fail=False, timeout=10)
            return found.body if found else None
    except (BrokerTrouble, aio_pika.exceptions.AMQPError, TimeoutError):
        return None

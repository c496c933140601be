"""A cluster of three nodes loses one, its majority, or the way between them: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.sandbox.broker import Broker
from tests.chaos.broker import (
    alarm,
    freeze_node,
    kill_leaders,
    kill_majority,
    lose_connections,
    part_node,
)
from tests.chaos.conftest import OpenChaos
from tests.chaos.steps import kill_one, wait
from tests.support.cluster import Cluster

pytestmark = pytest.mark.full

QUEUES = ("invoices", "tracking", "tenders", "unclaimed")


@pytest.fixture(scope="module")
def cluster(broker: Broker) -> Iterator[Cluster]:
    """Three nodes for the scenarios of this file, where RabbitMQ can be started at all."""
    if not broker.is_controlled:
        pytest.skip("a broker given by its URL stands for the nodes that would be started")
    with Cluster() as running:
        yield running


async def test_should_survive_the_death_of_leaders(cluster: Cluster, open_chaos: OpenChaos) -> None:
    """The node that leads a queue is killed and started again, then the one that leads the next queue."""
    chaos = await open_chaos(cluster)

    await chaos.survive(
        "cluster: leaders killed one after the other",
        wait(2),
        kill_leaders(cluster, *QUEUES, down_for=2),
        wait(2),
        limit=260,
    )


async def test_should_survive_parted_and_frozen_nodes(cluster: Cluster, open_chaos: OpenChaos) -> None:
    """A node hears its neighbours no more, then one says nothing to anybody, then two of three die."""
    chaos = await open_chaos(cluster)

    await chaos.survive(
        "cluster: a node parted, one frozen, the majority killed",
        wait(2),
        part_node(cluster, seconds=6),
        wait(1),
        freeze_node(cluster, seconds=15),
        wait(1),
        kill_one(),
        kill_majority(cluster, down_for=3),
        wait(1),
        alarm("disk", cluster.raise_disk_alarm, cluster.clear_disk_alarm, seconds=2),
        lose_connections(cluster),
        wait(1),
        limit=260,
    )

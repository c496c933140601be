"""What can befall a broker in a scenario: restarts, alarms, lost connections, silent channels, nodes taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from service.sandbox.broker import Broker, PrivateBroker
from tests.chaos.scene import Chaos, Step
from tests.support.cluster import Cluster
from tests.support.silent_channels import SILENCE, SPEAK
from tests.support.until import until

# A node that is given the wrong cookie for its neighbours is apart from them, and from nobody else.
PART = "[begin erlang:set_cookie(Node, parted), erlang:disconnect_node(Node) end || Node <- nodes()]."
REJOIN = "[erlang:set_cookie(list_to_atom(Name), erlang:get_cookie()) || Name <- [{names}]]."

CONSUMER_TIMEOUT = (
    "application:set_env(rabbit, consumer_timeout, {milliseconds}), "
    "application:set_env(rabbit, channel_tick_interval, {every})."
)


def stop_and_start(broker: PrivateBroker, *, down_for: float) -> Step:
    """Stop the broker as an operator does, and start it some seconds later."""
    return _away(broker, broker.stop_node, "stopped", down_for)


def crash_and_start(broker: PrivateBroker, *, down_for: float) -> Step:
    """Kill the broker as a power failure does, and start it some seconds later."""

    def crash() -> None:
        broker.write_out_names()
        broker.kill_node()

    return _away(broker, crash, "killed", down_for)


def alarm(which: str, begin: Callable[[], None], end: Callable[[], None], *, seconds: float) -> Step:
    """Block every publisher for so long, as a broker short of memory or disk does."""

    async def step(chaos: Chaos) -> None:
        chaos.tell(f"the broker is short of {which} for {seconds:g} s")
        await asyncio.to_thread(begin)
        try:
            await asyncio.sleep(seconds)
        finally:
            await asyncio.to_thread(end)
        chaos.tell(f"the broker has {which} again")

    return step


def lose_connections(broker: Broker) -> Step:
    """End every connection: with a word of the broker, or without."""

    async def step(chaos: Chaos) -> None:
        how = chaos.chance.choice([broker.close_all_connections, broker.cut_all_connections])
        chaos.tell(f"every connection is ended ({how.__name__})")
        await asyncio.to_thread(how)

    return step


def withhold_confirms(broker: Broker, *, seconds: float, for_ever: bool = False) -> Step:
    """Let no confirm reach a worker for so long; then they come late, or never, since the connections end."""

    async def step(chaos: Chaos) -> None:
        count = await until(lambda: _silenced(broker), "a channel some worker publishes on")
        chaos.tell(f"{count} channels of the workers hear no confirm for {seconds:g} s")
        await asyncio.sleep(seconds)
        if for_ever:
            await asyncio.to_thread(broker.cut_all_connections)
        await asyncio.to_thread(broker.evaluate, SPEAK)
        chaos.tell("the confirms are lost" if for_ever else "the confirms come late")

    return step


def time_out_consumers(broker: Broker, *, after: float) -> None:
    """Let the broker close each channel, opened from now on, that leaves a message unacknowledged for so long."""
    broker.evaluate(CONSUMER_TIMEOUT.format(milliseconds=int(after * 1000), every=500))


def kill_leaders(cluster: Cluster, *queues: str, down_for: float) -> Step:
    """Kill the node that leads a queue (of the relay, by its short name), start it again, then go on with the next."""

    async def step(chaos: Chaos) -> None:
        for queue in queues:
            quorums = await asyncio.to_thread(cluster.quorums, chaos.vhost)
            leader = cluster.node(quorums[f"relay.{queue}"].leader)
            led = sum(quorum.leader == leader.name for quorum in quorums.values())
            chaos.tell(f"kill -9 of {leader.name}, which leads {queue} and {led - 1} other queues")
            await asyncio.to_thread(leader.kill_node)
            await asyncio.sleep(down_for)
            await _brought_back(chaos, cluster, leader)

    return step


def freeze_node(cluster: Cluster, *, seconds: float) -> Step:
    """Turn any node into a black hole for so long: to clients, who still reach its port, and to its neighbours."""

    async def step(chaos: Chaos) -> None:
        node = chaos.chance.choice(cluster.nodes)
        chaos.tell(f"{node.name} is frozen for {seconds:g} s")
        cluster.freeze(node)
        await asyncio.sleep(seconds)
        cluster.thaw(node)
        by_itself = await asyncio.to_thread(cluster.mend, node)
        chaos.tell(f"{node.name} is one of the cluster again{'' if by_itself else ', after a restart'}")

    return step


def part_node(cluster: Cluster, *, seconds: float) -> Step:
    """Part any node from its neighbours for so long; clients still reach it."""

    async def step(chaos: Chaos) -> None:
        node = chaos.chance.choice(cluster.nodes)
        chaos.tell(f"{node.name} is parted from the others for {seconds:g} s")
        await asyncio.to_thread(node.evaluate, PART)
        await asyncio.sleep(seconds)
        names = ", ".join(f'"{other.name}"' for other in cluster.nodes)
        await asyncio.to_thread(node.evaluate, REJOIN.format(names=names))
        await asyncio.to_thread(cluster.await_nodes, len(cluster.nodes))
        chaos.tell(f"{node.name} is one of the cluster again")

    return step


def kill_majority(cluster: Cluster, *, down_for: float) -> Step:
    """Kill two of three nodes: no queue works until one of them is back."""

    async def step(chaos: Chaos) -> None:
        away = chaos.chance.sample(cluster.nodes, len(cluster.nodes) // 2 + 1)
        chaos.tell(f"kill -9 of {' and '.join(node.name for node in away)}")
        await asyncio.gather(*(asyncio.to_thread(node.kill_node) for node in away))
        await asyncio.sleep(down_for)
        await asyncio.gather(*(asyncio.to_thread(node.start_node) for node in away))
        await asyncio.to_thread(cluster.await_nodes, len(cluster.nodes))
        chaos.tell("the cluster is complete again")

    return step


async def _silenced(broker: Broker) -> int:
    return int(await asyncio.to_thread(broker.evaluate, SILENCE))


def _away(broker: PrivateBroker, end: Callable[[], None], how: str, down_for: float) -> Step:
    async def step(chaos: Chaos) -> None:
        chaos.tell(f"the broker is {how} for {down_for:g} s")
        await asyncio.to_thread(end)
        await asyncio.sleep(down_for)
        await asyncio.to_thread(broker.start_node)
        chaos.tell("the broker is back")

    return step


async def _brought_back(chaos: Chaos, cluster: Cluster, node: PrivateBroker) -> None:
    await asyncio.to_thread(node.start_node)
    await asyncio.to_thread(cluster.await_nodes, len(cluster.nodes))
    chaos.tell(f"{node.name} is back")

"""Three RabbitMQ nodes that are one broker: each can be stopped, killed, frozen, and asked what it leads."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.sandbox.broker import Broker, BrokerUnavailable, PrivateBroker
from service.sandbox.broker.control import ControlFailed
from service.sandbox.broker.epmd import PortMapper
from service.sandbox.broker.node import Member, new_name

SIZE = 3
JOIN_LIMIT = 60.0  # seconds
REJOIN_LIMIT = 10.0  # seconds a node that was away may take to be let in by itself
CONFIGURATION = """\
cluster_formation.peer_discovery_backend = classic_config
cluster_partition_handling = pause_minority
queue_leader_locator = balanced
raft.wal_max_size_bytes = 16000000
collect_statistics_interval = 60000
"""
"""As an operator would have it, with less memory: 512 MB of write-ahead log are usual."""

EMULATOR = (
    "+S 1:1", "+sbwt none", "+sbwtdcpu none", "+sbwtdio none",
    # A node that answers nobody is noticed after some 8 seconds instead of a minute.
    "-kernel net_ticktime 8",
    # What was on its way out of a delay queue when a node died is sent again after 5 seconds instead of 3 minutes.
    "-rabbit dead_letter_worker_publisher_confirm_timeout 5000",
)  # fmt: skip

# One line for each quorum queue: its name, the node that leads it as the asked node knows, the nodes of its members.
QUORUMS = """
lists:flatten(lists:join(";", [begin
    {{Ra, Recorded}} = amqqueue:get_pid(Q),
    Leader = case ra_leaderboard:lookup_leader(Ra) of {{_, Node}} -> Node; _ -> Recorded end,
    Nodes = [atom_to_list(Node) || Node <- maps:get(nodes, amqqueue:get_type_state(Q))],
    lists:join(" ", [binary_to_list(element(4, amqqueue:get_name(Q))), atom_to_list(Leader) | Nodes])
end || Q <- rabbit_amqqueue:list(<<"{vhost}">>), amqqueue:is_quorum(Q)])).
"""
RUNNING_NODES = """
length(case erlang:function_exported(rabbit_nodes, list_running, 0) of
    true -> rabbit_nodes:list_running();
    false -> rabbit_nodes:all_running()
end).
"""


@dataclass(frozen=True, slots=True)
class Quorum:
    """One quorum queue: the node that leads it, and the nodes that hold it."""

    queue: str
    leader: str
    members: tuple[str, ...]


class Cluster(Broker):
    """A broker of three nodes on one machine. Its URL names all of them; a question goes to one that answers."""

    def __init__(self, size: int = SIZE, *, configuration: str = "") -> None:
        self._mapper = PortMapper()
        self._frozen: set[PrivateBroker] = set()
        names = [new_name() for _ in range(size)]
        known = "".join(f"cluster_formation.classic_config.nodes.{n} = {name}\n" for n, name in enumerate(names, 1))
        cookie = secrets.token_hex(16)
        self.nodes = tuple(
            PrivateBroker(
                configuration=CONFIGURATION + known + configuration,
                member=Member(name=name, mapper=self._mapper, cookie=cookie, emulator=EMULATOR),
            )
            for name in names
        )

    @property
    def url(self) -> str:
        """The address of all nodes: whoever connects takes one that answers."""
        places = ",".join(urlsplit(node.url).netloc.rpartition("@")[2] for node in self.nodes)
        return f"amqp://guest:guest@{places}/"

    def start(self) -> None:
        """Return when every node knows the others; raises BrokerUnavailable."""
        first, *others = self.nodes
        self._mapper.start()
        try:
            # The first to start makes the cluster, the others find it and join.
            first.start()
            with ThreadPoolExecutor(len(self.nodes)) as pool:
                list(pool.map(PrivateBroker.start, others))
            self.await_nodes(len(self.nodes))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every node and remove what they kept; harmless when nothing runs."""
        for node in self.nodes:
            node.stop()
        self._frozen.clear()
        self._mapper.stop()

    def evaluate(self, expression: str) -> str:
        """The value of an Erlang expression in one of the nodes that answer; raises ControlFailed."""
        for node in self.answering():
            return node.evaluate(expression)
        raise ControlFailed("no node of the cluster runs")

    def answering(self) -> list[PrivateBroker]:
        """The nodes that run and are not frozen."""
        return [node for node in self.nodes if node.is_up and node not in self._frozen]

    def node(self, name: str) -> PrivateBroker:
        """The node with this Erlang name."""
        return next(node for node in self.nodes if node.name == name)

    def freeze(self, node: PrivateBroker) -> None:
        """Let a node do nothing, and close nothing: to everybody else it is a black hole."""
        self._frozen.add(node)
        node.freeze_node()

    def thaw(self, node: PrivateBroker) -> None:
        """Let a frozen node go on."""
        node.thaw_node()
        self._frozen.discard(node)

    def quorums(self, vhost: str) -> dict[str, Quorum]:
        """The quorum queues of a virtual host by name."""
        lines = self.evaluate(QUORUMS.format(vhost=vhost)).strip('"[]').split(";")
        rows = [line.split(" ") for line in lines if line]
        return {name: Quorum(name, leader, tuple(sorted(members))) for name, leader, *members in rows}

    def await_nodes(self, count: int) -> None:
        """Return when a node that answers sees so many nodes run, itself included; raises BrokerUnavailable."""
        if not self._has_nodes(count, within=JOIN_LIMIT):
            raise BrokerUnavailable(f"the cluster did not have {count} nodes after {JOIN_LIMIT:.0f} seconds")

    def mend(self, node: PrivateBroker) -> bool:
        """Whether a node that was away is let in again by itself; else it is restarted, as an operator has to.

        The others miss a node that was frozen for long. When it goes on, it hears of that and of their return in one
        moment, and stays beside the cluster with a copy of its own of what there is: RabbitMQ waits for a person.
        """
        by_itself = self._has_nodes(len(self.nodes), within=REJOIN_LIMIT)
        if not by_itself:
            node.kill_node()
            node.start_node()
            self.await_nodes(len(self.nodes))
        return by_itself

    def _has_nodes(self, count: int, *, within: float) -> bool:
        give_up = time.monotonic() + within
        while int(self.evaluate(RUNNING_NODES)) != count:
            if time.monotonic() > give_up:
                return False
            time.sleep(0.1)
        return True

    def close_all_connections(self) -> None:
        """Close every connection of every node that answers."""
        self._everywhere(PrivateBroker.close_all_connections)

    def cut_all_connections(self) -> None:
        """Cut every connection of every node that answers."""
        self._everywhere(PrivateBroker.cut_all_connections)

    def _everywhere(self, do: Callable[[PrivateBroker], None]) -> None:
        for node in self.answering():
            do(node)

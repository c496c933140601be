"""The topology as values: names, arguments and the rounding of waits."""

from datetime import timedelta

import pytest

from service.messaging.declaring import describe
from service.messaging.topology import COME_BACK, SINGLE, Queue, Topology, duration_name

STEPS = tuple(timedelta(seconds=seconds) for seconds in (900, 10, 60, 10, 21_600))
TOPOLOGY = Topology("relay", STEPS)


@pytest.mark.parametrize(
    ("seconds", "name"),
    [(0.25, "250ms"), (1, "1s"), (10, "10s"), (90, "90s"), (60, "1m"), (900, "15m"), (21_600, "6h"), (86_400, "1d")],
)
def test_should_name_a_wait_in_its_largest_exact_unit(seconds: float, name: str) -> None:
    """A wait is written as short as it can be without losing anything."""
    assert duration_name(timedelta(seconds=seconds)) == name


@pytest.mark.parametrize(
    ("seconds", "queue"),
    [
        (0, "relay.delay.10s"),
        (10, "relay.delay.10s"),
        (10.001, "relay.delay.1m"),
        (61, "relay.delay.15m"),
        (21_600, "relay.delay.6h"),
        (999_999, "relay.delay.6h"),
    ],
)
def test_should_round_a_wait_up_to_the_next_delay_queue(seconds: float, queue: str) -> None:
    """A wait is never shorter than asked for, unless it is longer than the longest there is."""
    assert TOPOLOGY.delay_for(timedelta(seconds=seconds)) == queue


def test_should_have_one_delay_queue_per_different_wait() -> None:
    """Waits configured twice share one queue."""
    delays = [queue.name for queue in TOPOLOGY.queues() if ".delay." in queue.name]

    assert delays == ["relay.delay.10s", "relay.delay.1m", "relay.delay.15m", "relay.delay.6h"]


def test_should_have_only_quorum_queues() -> None:
    """Every queue is replicated and durable."""
    assert {queue.arguments["x-queue-type"] for queue in TOPOLOGY.queues()} == {"quorum"}


def test_should_give_every_consumed_queue_a_positive_limit_and_a_dead_letter_target() -> None:
    """No consumed queue relies on a default that differs between versions of the broker, or drops what it gives up."""
    consumed = [queue for queue in TOPOLOGY.queues() if ".delay." not in queue.name and "unclaimed" not in queue.name]

    assert all(_limit(queue) >= 100 for queue in consumed)
    assert all(queue.arguments["x-dead-letter-routing-key"] in _names() for queue in consumed)


def test_should_never_lose_a_dead_letter() -> None:
    """At-least-once dead-lettering has all it needs wherever something is dead-lettered."""
    dead_lettering = [queue for queue in TOPOLOGY.queues() if "x-dead-letter-exchange" in queue.arguments]

    assert len(dead_lettering) == len(TOPOLOGY.queues()) - 1
    assert {queue.arguments["x-dead-letter-strategy"] for queue in dead_lettering} == {"at-least-once"}
    assert {queue.arguments["x-overflow"] for queue in dead_lettering} == {"reject-publish"}


def test_should_let_a_delayed_event_keep_its_own_routing_key() -> None:
    """A delay queue names no dead-letter key: the message's own says where to come back to."""
    delay = next(queue for queue in TOPOLOGY.queues() if queue.name == "relay.delay.15m")

    assert delay.arguments["x-message-ttl"] == 900_000
    assert "x-dead-letter-routing-key" not in delay.arguments


def test_should_park_and_tick_with_a_single_active_consumer() -> None:
    """One worker of the fleet drains a parking queue or reads ticks at a time; no other queue is bound to one."""
    single = {queue.name for queue in TOPOLOGY.queues() if queue.arguments.get("x-single-active-consumer")}

    assert single == {f"relay.{queue}" for queue in SINGLE}


def test_should_have_a_queue_for_every_way_back() -> None:
    """Everything an event may come back to exists before anything is delayed."""
    names = [queue.name for queue in TOPOLOGY.queues()]
    first_delay = next(index for index, name in enumerate(names) if ".delay." in name)

    assert {TOPOLOGY.come_back_key(queue) for queue in COME_BACK} <= set(names[:first_delay])


@pytest.mark.parametrize("queue", ["parked.dume", "dead-letter", "elsewhere", ""])
def test_should_refuse_to_come_back_outside_the_closed_set(queue: str) -> None:
    """No wait can end in a queue that is not worked from."""
    with pytest.raises(ValueError, match="come back"):
        TOPOLOGY.come_back_key(queue)


@pytest.mark.parametrize(
    ("event_type", "queue"),
    [
        ("invoice.deposit.requested.v1", "invoices"),
        ("request.cancellation.requested.v1", "invoices"),
        ("tender.created.v1", "tenders"),
        ("tender", "tenders"),
        ("weather", "unrouted"),
        ("", "unrouted"),
    ],
)
def test_should_know_the_queue_of_a_type(event_type: str, queue: str) -> None:
    """The queue a publisher reaches with a type is known from the type alone."""
    assert TOPOLOGY.origin_by_type(event_type) == queue


@pytest.mark.parametrize("steps", [(), (timedelta(0),)])
def test_should_refuse_to_be_without_waits(steps: tuple[timedelta, ...]) -> None:
    """A relay without any wait, or with one of nothing, could not put anything off."""
    with pytest.raises(ValueError, match="wait"):
        Topology("relay", steps)


def test_should_describe_itself_completely() -> None:
    """The description names every queue, exchange and binding with its arguments."""
    described = describe(Topology("p", (timedelta(seconds=10),)))

    assert {str(queue["name"]) for queue in described["queues"]} >= {"p.invoices", "p.dead-letter", "p.delay.10s"}
    assert {"exchange": "p.events", "queue": "p.tenders", "routing_key": "tender.#"} in described["bindings"]
    assert {"name": "p.results", "type": "topic", "arguments": {"alternate-exchange": "p.unclaimed"}} in described[
        "exchanges"
    ]


def _limit(queue: Queue) -> int:
    limit = queue.arguments["x-delivery-limit"]
    assert isinstance(limit, int)
    return limit


def _names() -> set[str]:
    return {queue.name for queue in TOPOLOGY.queues()}

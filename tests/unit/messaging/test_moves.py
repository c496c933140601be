"""Where an event goes next, as a table: outcome and delivery in, exchange, key and marks out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.core.delivery import Delivery
from service.core.outcome import Completed, Parked, Rejected, RetryLater
from service.messaging.moves import move_of, replay, retry_returned
from service.messaging.topology import Topology

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOPOLOGY = Topology("relay", (timedelta(seconds=10), timedelta(minutes=15)))
DELIVERY = Delivery(
    body=b"{}",
    queue="invoices",
    origin="invoices",
    first_seen=NOW,
    attempt=2,
    turn=5,
    closings=1,
    said=frozenset({"retrying"}),
    state={"flow": "CPP1"},
)


def test_should_move_nothing_that_is_completed() -> None:
    """An answered event ends here."""
    assert move_of(Completed(results=(), reason="done"), DELIVERY, TOPOLOGY) is None


@pytest.mark.parametrize(("counted", "attempt"), [(True, 3), (False, 2)])
def test_should_count_an_attempt_only_when_told(*, counted: bool, attempt: int) -> None:
    """A wait that is nobody's fault uses up no attempt; every move raises the turn."""
    move = move_of(RetryLater(delay=timedelta(seconds=1), reason="busy", counted=counted), DELIVERY, TOPOLOGY)

    assert move is not None
    assert (move.exchange, move.routing_key) == ("relay.delay.10s", "relay.invoices")
    assert (move.marks.attempt, move.marks.turn, move.marks.state) == (attempt, 6, {"flow": "CPP1"})


def test_should_come_back_where_the_outcome_says() -> None:
    """An event sent to tracking belongs there from then on, with what tracking must remember."""
    outcome = RetryLater(
        delay=timedelta(minutes=1), reason="follow", counted=False, queue="tracking", state={"flow": "CPP2"}
    )
    move = move_of(outcome, DELIVERY, TOPOLOGY)

    assert move is not None
    assert (move.exchange, move.routing_key) == ("relay.delay.15m", "relay.tracking")
    assert (move.marks.origin, move.marks.state) == ("tracking", {"flow": "CPP2"})


def test_should_refuse_to_come_back_somewhere_else() -> None:
    """A wait cannot end outside the closed set of queues."""
    outcome = RetryLater(delay=timedelta(minutes=1), reason="follow", counted=False, queue="parked.dume")

    with pytest.raises(ValueError, match="come back"):
        move_of(outcome, DELIVERY, TOPOLOGY)


def test_should_park_without_using_up_an_attempt() -> None:
    """A parked event remembers where it belongs, what was said, and that it closed a gate."""
    outcome = Parked(upstream="dume", reason="maintenance", closings=1, said=frozenset({"maintenance"}))
    move = move_of(outcome, DELIVERY, TOPOLOGY)

    assert move is not None
    assert (move.exchange, move.routing_key) == ("", "relay.parked.dume")
    assert (move.marks.origin, move.marks.attempt, move.marks.closings) == ("invoices", 2, 2)
    assert move.marks.said == {"retrying", "maintenance"}


def test_should_dead_letter_with_a_reason() -> None:
    """A rejected event goes to the dead-letter queue as it is, saying why."""
    move = move_of(Rejected(reason="bad", detail="why"), DELIVERY, TOPOLOGY)

    assert move is not None
    assert (move.exchange, move.routing_key) == ("", "relay.dead-letter")
    assert (move.marks.reason, move.marks.detail, move.marks.state) == ("bad", "why", {"flow": "CPP1"})


@pytest.mark.parametrize(
    ("returns", "given_back_by", "key"),
    [(0, "parked.dume", "relay.parked.dume"), (1, None, "relay.invoices"), (2, "invoices", None), (7, None, None)],
)
def test_should_try_again_twice_what_the_broker_gives_back(
    returns: int, given_back_by: str | None, key: str | None
) -> None:
    """The first two returns go back where they were; from the third on there is no move."""
    move = retry_returned(replace(DELIVERY, returns=returns), given_back_by, "delivery_limit", TOPOLOGY)

    assert (move.routing_key if move else None) == key
    assert move is None or (move.marks.returns, move.marks.turn, move.marks.attempt) == (returns + 1, 5, 2)


def test_should_replay_as_if_it_were_new_but_for_its_turn() -> None:
    """A replay starts counting again; a lower turn would be taken for an old copy and dropped."""
    move = replay(replace(DELIVERY, returns=3, queue="dead-letter"), TOPOLOGY)

    assert (move.routing_key, move.marks.turn) == ("relay.invoices", 5)
    assert (move.marks.attempt, move.marks.returns, move.marks.closings) == (1, 0, 0)

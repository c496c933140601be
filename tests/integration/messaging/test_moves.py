"""Events that wait come back where they should, with the relay's marks and without what would hurt them."""

from datetime import timedelta
from typing import Any

import pytest
from yarl import URL

from service.core.outcome import Completed, Parked, Rejected, RetryLater
from tests.support.bus_rig import DEPOSIT, DONE, Outside, Script, eventually, running_bus

SOON = timedelta(milliseconds=150)


def later(**changes: Any) -> RetryLater:
    """A wait rounded up to the second delay queue."""
    return RetryLater(**{"delay": SOON, "reason": "busy", "counted": True, **changes})


async def test_should_bring_an_event_back_after_its_wait(outside: Outside, amqp_url: str, prefix: str) -> None:
    """The same event comes back to its queue with its attempt and turn counted and its first sight unchanged."""
    script = Script(outcomes=[later(said=frozenset({"retrying"}))])
    async with running_bus(amqp_url, prefix, script):
        await outside.publish(b"event", message_id="m-1", headers={"cloudEvents:id": "e-1"})
        await eventually(lambda: len(script.seen) == 2, "the second delivery")

    first, second = script.seen
    assert (second.body, second.message_id, second.headers) == (first.body, first.message_id, first.headers)
    assert (second.queue, second.attempt, second.turn, second.said) == ("invoices", 2, 1, frozenset({"retrying"}))
    assert second.first_seen == first.first_seen
    assert script.turns == [1]


async def test_should_round_a_wait_up(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A wait longer than the shortest delay queue uses the next longer one."""
    script = Script(outcomes=[later()])
    async with running_bus(amqp_url, prefix, script, queues={"invoices": 1}):
        await outside.publish()
        await eventually(lambda: script.turns, "the move")
        shorter, longer = await outside.depth("delay.100ms"), await outside.depth("delay.400ms")
        await eventually(lambda: len(script.seen) == 2, "the second delivery")

    assert (shorter, longer) == (0, 1)


async def test_should_carry_its_state_through_tracking(outside: Outside, amqp_url: str, prefix: str) -> None:
    """What tracking must remember travels with the event, through parking too, and it comes back to tracking."""
    script = Script(
        outcomes=[
            later(queue="tracking", counted=False, state={"flow": "CPP1"}),
            Parked(upstream="chorus-pro", reason="maintenance", closings=1),
            later(counted=False),
        ]
    )
    async with running_bus(amqp_url, prefix, script) as bus:
        bus.start_queue("parked.chorus-pro", 1)
        await outside.publish()
        await eventually(lambda: len(script.seen) == 4, "the fourth delivery")

    assert [delivery.queue for delivery in script.seen] == ["invoices", "tracking", "parked.chorus-pro", "tracking"]
    assert [delivery.state.get("flow") for delivery in script.seen] == [None, "CPP1", "CPP1", "CPP1"]
    assert (script.seen[3].attempt, script.seen[3].turn, script.seen[3].closings) == (1, 3, 1)


async def test_should_say_why_an_event_was_rejected(outside: Outside, amqp_url: str, prefix: str) -> None:
    """The dead letter is the whole event with its reason in headers of one line each."""
    script = Script(outcomes=[Rejected(reason="invalid_event", detail="first\nsecond" + "x" * 900)])
    async with running_bus(amqp_url, prefix, script):
        await outside.publish(b"event", message_id="m-1")
        message = await outside.wait_for("dead-letter")

    headers = message.header.properties.headers or {}
    assert (message.body, headers["relay-reason"], headers["relay-origin"]) == (b"event", "invalid_event", "invoices")
    assert str(headers["relay-detail"]).startswith("first second")
    assert len(str(headers["relay-detail"])) == 500


async def test_should_copy_only_the_properties_of_the_allow_list(outside: Outside, amqp_url: str, prefix: str) -> None:
    """An expiration, a priority, a user, CC, BCC and foreign headers end here; the event's own attributes stay."""
    script = Script(outcomes=[Rejected(reason="kept", detail="")])
    async with running_bus(amqp_url, prefix, script):
        await outside.publish(
            b"event",
            expiration="60000",
            priority=3,
            user_id=URL(amqp_url).user,
            reply_to="somewhere",
            app_id="shop",
            content_type="application/json",
            correlation_id="c-1",
            delivery_mode=1,
            headers={
                "CC": ["nowhere"],
                "x-anything": 1,
                "secret": "s",
                "cloudEvents:id": "e-1",
                "cloudEvents_source": "/shop",
                "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "tracestate": "shop=1",
            },
        )
        properties = (await outside.wait_for("dead-letter")).header.properties

    assert (properties.expiration, properties.priority, properties.user_id, properties.reply_to) == (None,) * 4
    assert (properties.content_type, properties.correlation_id, properties.delivery_mode) == (
        "application/json",
        "c-1",
        2,
    )
    by_the_broker = {"x-delivery-count"}
    kept = {name for name in properties.headers or {} if not name.startswith("relay-")} - by_the_broker
    assert kept == {"cloudEvents:id", "cloudEvents_source", "traceparent", "tracestate"}


async def test_should_outlive_the_expiration_of_a_publisher(outside: Outside, amqp_url: str, prefix: str) -> None:
    """An event its publisher lets expire in the queue is given back by the broker and worked on all the same."""
    await outside.publish(b"event", expiration="1", message_id="m-1")
    script = Script()
    async with running_bus(amqp_url, prefix, script):
        await eventually(lambda: script.seen, "the delivery")

    assert (script.seen[0].body, script.seen[0].queue) == (b"event", "invoices")


@pytest.mark.parametrize("header", ["CC", "BCC"])
async def test_should_work_on_a_carbon_copy_as_on_an_event(
    outside: Outside, amqp_url: str, prefix: str, header: str
) -> None:
    """A copy routed by CC or BCC is a publisher's event like the other, once in each queue."""
    script = Script(outcomes=[later(), later()])
    async with running_bus(amqp_url, prefix, script):
        await outside.publish(b"event", headers={header: ["tender.created.v1"]}, message_id="m-1")
        await eventually(lambda: len(script.seen) == 4, "both copies, twice")

    assert sorted(delivery.queue for delivery in script.seen) == ["invoices", "invoices", "tenders", "tenders"]


async def test_should_ignore_marks_of_publishers(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Headers only the relay may write are ignored on what came through the exchange of events."""
    forged = {
        "relay-attempt": 99,
        "relay-turn": 99,
        "relay-returns": 3,
        "relay-origin": "tracking",
        "relay-state": '{"flow": "forged"}',
        "x-death": [{"queue": f"{prefix}.invoices", "exchange": "", "count": 1, "reason": "rejected"}],
    }
    script = Script()
    async with running_bus(amqp_url, prefix, script):
        await outside.publish(headers=forged)
        await eventually(lambda: script.seen, "the delivery")

    (seen,) = script.seen
    assert (seen.attempt, seen.turn, seen.returns, seen.origin, seen.state) == (1, 0, 0, "invoices", {})


async def test_should_read_forged_marks_as_nothing_when_an_event_expires(
    outside: Outside, amqp_url: str, prefix: str
) -> None:
    """What the broker moves for a publisher does not become the relay's own by it."""
    await outside.publish(headers={"relay-attempt": 99, "relay-returns": 2}, expiration="1")
    script = Script()
    async with running_bus(amqp_url, prefix, script):
        await eventually(lambda: script.seen, "the delivery")

    assert (script.seen[0].attempt, script.seen[0].returns) == (1, 1)


async def test_should_survive_nonsense_in_trusted_headers(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Marks that cannot be read count as never written."""
    nonsense = {
        "relay-attempt": "many",
        "relay-turn": -4,
        "relay-first-seen": "yesterday",
        "relay-origin": "nowhere",
        "relay-state": "{",
        "relay-said": 7,
    }
    script = Script()
    async with running_bus(amqp_url, prefix, script):
        await outside.publish(headers=nonsense, exchange="", key=f"{prefix}.invoices")
        await eventually(lambda: script.seen, "the delivery")

    (seen,) = script.seen
    assert (seen.attempt, seen.turn, seen.origin, seen.state, seen.said) == (1, 0, "invoices", {}, frozenset())


async def test_should_end_where_nothing_moves(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A completed event is nowhere any more."""
    script = Script(outcomes=[Completed(results=(), reason="overtaken")])
    async with running_bus(amqp_url, prefix, script) as bus:
        await outside.publish(key=DEPOSIT)
        await eventually(lambda: script.seen and bus.in_flight == 0, "the end of the work")

    assert DONE.results == ()
    assert [await outside.depth(queue) for queue in ("invoices", "dead-letter", "returned")] == [0, 0, 0]

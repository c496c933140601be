"""A person looks through what waits, sends back or removes what is meant, and loses nothing by looking."""

import asyncio

import pytest

from service.core.outcome import Completed
from service.messaging.browse import RENEW_AFTER, Browser
from service.messaging.failures import BrokerTrouble
from tests.support.bus_rig import Outside, Script, eventually, running_bus, topology

EVENT = b'{"specversion": "1.0", "id": "%s", "source": "/shop", "type": "tender.created.v1", "data": {}}'


async def put(outside: Outside, prefix: str, queue: str, id: str, **marks: object) -> None:
    """Put an event into a queue as the relay does."""
    headers = {"relay-reason": "invalid_event", "relay-origin": "tenders", "relay-turn": 2, "relay-attempt": 3, **marks}
    await outside.publish(
        EVENT.replace(b"%s", id.encode()),
        exchange="",
        key=f"{prefix}.{queue}",
        message_id=f"m-{id}",
        content_type="application/cloudevents+json",
        headers=headers,
    )


@pytest.mark.parametrize("queue", ["dead-letter", "parked.dume"])
async def test_should_list_what_waits_and_leave_it(outside: Outside, amqp_url: str, prefix: str, queue: str) -> None:
    """A list names the events, oldest first, and why each is there; they are all there afterwards."""
    for id in ("one", "two", "three"):
        await put(outside, prefix, queue, id)
    async with Browser(amqp_url, topology(prefix)) as browser:
        found = await browser.look(queue)

    assert [(kept.id, kept.source, kept.type) for kept in found] == [
        (id, "/shop", "tender.created.v1") for id in ("one", "two", "three")
    ]
    assert {(kept.reason, kept.attempt, kept.turn, kept.origin) for kept in found} == {
        ("invalid_event", 3, 2, "tenders")
    }
    assert await outside.depth(queue) == 3


async def test_should_show_one_by_its_id_or_message_id(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A message is found by the id of its event, or by its own where no event can be read; else there is none."""
    await put(outside, prefix, "dead-letter", "one")
    await outside.publish(b"\xff", exchange="", key=f"{prefix}.dead-letter", message_id="garbage")
    async with Browser(amqp_url, topology(prefix)) as browser:
        shown = [await browser.show("dead-letter", id) for id in ("one", "garbage", "none")]

    assert [kept.body[:1] if kept else None for kept in shown] == [b"{", b"\xff", None]


async def test_should_look_into_an_empty_queue(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Nothing is found at once where nothing is."""
    assert await outside.depth("dead-letter") == 0
    async with Browser(amqp_url, topology(prefix)) as browser:
        assert await browser.look("dead-letter") == []


async def test_should_send_one_back_as_if_it_were_new(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A replayed event goes to its origin with its attempts forgotten and its turn kept; the others stay."""
    for id in ("one", "two"):
        await put(outside, prefix, "dead-letter", id, **{"relay-state": '{"flow": "CPP1"}'})
    async with Browser(amqp_url, topology(prefix)) as browser:
        replayed = await browser.replay("dead-letter", id="two")
    script = Script()
    async with running_bus(amqp_url, prefix, script):
        await eventually(lambda: script.seen, "the replayed event")

    (seen,) = script.seen
    assert [kept.id for kept in replayed] == ["two"]
    assert (seen.queue, seen.message_id, seen.attempt, seen.turn) == ("tenders", "m-two", 1, 2)
    assert seen.state == {"flow": "CPP1"}
    assert await outside.depth("dead-letter") == 1


async def test_should_send_all_back_once(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A replay of everything ends with what was there when it began, even if some come back."""
    for number in range(12):
        await put(outside, prefix, "dead-letter", f"e{number}")
    script = Script()
    async with running_bus(amqp_url, prefix, script), Browser(amqp_url, topology(prefix)) as browser:
        replayed = await browser.replay("dead-letter", rate=200)
        await eventually(lambda: len(script.seen) == 12, "all of them")

    assert len(replayed) == 12
    assert await outside.depth("dead-letter") == 0


async def test_should_remove_only_what_is_named(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Dropping one removes that one and hands it out for a last copy."""
    for id in ("one", "two"):
        await put(outside, prefix, "dead-letter", id)
    async with Browser(amqp_url, topology(prefix)) as browser:
        dropped = await browser.drop("dead-letter", id="one")
        left = await browser.look("dead-letter")

    assert ([kept.id for kept in dropped], [kept.id for kept in left]) == (["one"], ["two"])


async def test_should_not_wear_out_what_it_looks_at(outside: Outside, amqp_url: str, prefix: str) -> None:
    """However often somebody looks at a parked event, the broker never counts it out of its queue."""
    await put(outside, prefix, "parked.dume", "one")
    async with Browser(amqp_url, topology(prefix)) as browser:
        for _ in range(2 * RENEW_AFTER + 10):
            assert len(await browser.look("parked.dume")) == 1
        (kept,) = await browser.look("parked.dume")

    assert (kept.id, kept.reason, kept.attempt, kept.turn) == ("one", "invalid_event", 3, 2)


async def test_should_leave_everything_when_it_is_interrupted(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A replay cut short leaves what it did not confirm where it was."""
    for number in range(5):
        await put(outside, prefix, "dead-letter", f"e{number}")
    async with Browser(amqp_url, topology(prefix)) as browser:
        replaying = asyncio.create_task(browser.replay("dead-letter", rate=0.01))
        while await outside.depth("tenders") == 0:
            await asyncio.wait({replaying}, timeout=0.05)
        replaying.cancel()
        await asyncio.wait({replaying})
    script = Script(outcomes=[Completed(results=(), reason="done")])
    async with running_bus(amqp_url, prefix, script):
        await eventually(lambda: script.seen, "the event replayed first")

    assert [delivery.message_id for delivery in script.seen] == ["m-e0"]
    assert await outside.depth("dead-letter") == 5


async def test_should_say_that_no_broker_answers(free_port: int, prefix: str) -> None:
    """Looking at a broker that is not there is a trouble in one sentence."""
    browser = Browser(f"amqp://guest:guest@127.0.0.1:{free_port}/", topology(prefix), patience=0.5)
    with pytest.raises(BrokerTrouble):
        await browser.__aenter__()

"""When input is bad: each piece is answered with its reason or kept for a person, and nobody else notices."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.builders import deposit, new_number
from tests.support.bad_input import Bad, all_bad
from tests.support.bus import STRUCTURED
from tests.support.scene import Scene

ENOUGH = 200


async def test_should_account_for_two_hundred_bad_messages(scene: Scene) -> None:
    """Every bad message gets its failed result or lies in the dead-letter queue; the good ones among them are done."""
    worker = await scene.start_worker()
    bad, good = all_bad(), [deposit(new_number()) for _ in range(5)]
    for number, one in enumerate(bad):
        await scene.bus.publish_raw(one.body, one.routing_key, **one.properties)
        if number % (len(bad) // len(good)) == 0 and number // (len(bad) // len(good)) < len(good):
            await scene.bus.publish(good[number // (len(bad) // len(good))])
    answered = [one for one in bad if one.is_answered]
    await scene.audit.ended([one.id for one in answered if one.id] + [event["id"] for event in good], limit=120)
    silent = [one for one in bad if not one.is_answered]
    left = await scene.audit.quiet({"dead-letter": len(silent)}, limit=60)

    assert len(bad) >= ENOUGH
    assert left == {"dead-letter": len(silent)}
    assert [said for one in answered if (said := _wrong(scene, one))] == []
    assert {(await scene.bus.terminal(event["id"]))["type"] for event in good} == {"invoice.deposit.done.v1"}
    assert await worker.status("/readyz") == 200
    assert worker.lines(level="error") == []


async def test_should_say_why_a_dead_letter_is_one(scene: Scene) -> None:
    """A dead letter carries its reason, a sentence, and the original bytes."""
    await scene.start_worker()
    await scene.bus.publish_raw(b"not json at all", "invoice.deposit.requested.v1", content_type="text/plain")
    await scene.audit.quiet({"dead-letter": 1})
    letter = await scene.bus.take("dead-letter")

    assert letter is not None
    assert letter.body == b"not json at all"
    assert letter.headers["relay-reason"] == "invalid_event"
    assert "JSON" in str(letter.headers["relay-detail"])


async def test_should_not_be_hurt_by_what_publishers_write_beside_the_event(scene: Scene) -> None:
    """Expiration, copies and forged marks of the relay change nothing: one effect, one answer."""
    await scene.start_worker()
    hurtful: list[dict[str, Any]] = [  # Any: AMQP properties are of many types
        {"expiration": 30.0},
        {"headers": {"CC": ["relay.tracking", "relay.dead-letter"], "BCC": ["relay.delay.300ms"]}},
        {"headers": {"relay-turn": 99, "relay-attempt": 99, "relay-returns": 3, "relay-origin": "dead-letter"}},
        {"headers": {"relay-state": '{"flow_number": "CPP0", "answered_at": "2026-01-01T00:00:00Z"}', "x-death": "x"}},
        {"headers": {"x-delivery-count": 1000, "x-first-death-queue": "relay.invoices"}, "priority": 9},
    ]
    events = [deposit(new_number()) for _ in hurtful]
    for event, properties in zip(events, hurtful, strict=True):
        body = json.dumps(event).encode()
        await scene.bus.publish_raw(body, event["type"], **{"content_type": STRUCTURED, **properties})
    ids = [event["id"] for event in events]
    await scene.audit.ended(ids)

    assert Counter([(await scene.bus.terminal(id))["type"] for id in ids]) == {"invoice.deposit.done.v1": len(ids)}
    assert scene.audit.complaints(ids) == []


def _wrong(scene: Scene, one: Bad) -> str:
    """What is wrong with the answer to a bad message; nothing when it is the one expected."""
    terminal = [result for result in scene.bus.results_of(one.id or "") if result["final"]]
    if len(terminal) != 1 or not terminal[0]["type"].endswith(".failed.v1"):
        return f"{one.name}: {[result['type'] for result in terminal]}"
    said = terminal[0]["data"]
    if said["reason"] not in one.reason.split("|") or said["effect"] != "none" or not said["next_step"]:
        return f"{one.name}: {said['reason']} in place of {one.reason}: {said['detail'][:200]}"
    return ""

"""Publishes thousands of messages over one connection, and counts what became of each."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aio_pika

from tests.support.bus import Bus, Json
from tests.support.hostile.messages import ANSWER, CANARY, EITHER, LETTER, Hostile

FOUND = Path(__file__).parents[3] / "var" / "fuzz"
"""Where a message that did harm is kept, to be looked at and put into the corpus."""

AT_ONCE = 100
LONGEST_SENTENCE = 1_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter: which message it was, why, and whether its bytes are the original ones."""

    id: str
    reason: str
    detail: str
    body: bytes


async def publish(bus: Bus, messages: Sequence[Hostile]) -> None:
    """Publish all, confirmed, a hundred at a time."""
    async with bus._channel() as channel:
        exchange = await channel.get_exchange(f"{bus._prefix}.events", ensure=False)
        for start in range(0, len(messages), AT_ONCE):
            some = [
                exchange.publish(
                    aio_pika.Message(one.body, **_persistent(one)), routing_key=one.routing_key, timeout=60
                )
                for one in messages[start : start + AT_ONCE]
            ]
            await asyncio.gather(*some)


async def letters(bus: Bus) -> list[Letter]:
    """Every dead letter, taken out of its queue."""
    count, found = await bus.depth("dead-letter"), list[Letter]()
    async with bus._channel() as channel:
        queue = await channel.get_queue(f"{bus._prefix}.dead-letter", ensure=False)
        async with queue.iterator(no_ack=True, timeout=60) as waiting:
            while len(found) < count:
                message = await anext(waiting)
                said = {name: str(message.headers.get(f"relay-{name}", "")) for name in ("reason", "detail")}
                found.append(Letter(message.message_id or "", **said, body=message.body))
    return found


def complaints(
    messages: Iterable[Hostile], results: Iterable[Json], found: Iterable[Letter]
) -> Iterator[tuple[Hostile | None, str]]:
    """What is wrong with what became of them: each has one end, the right one, told in a sentence fit to be read."""
    ends = Counter(str(one["causationid"]) for one in {one["id"]: one for one in results if one["final"]}.values())
    dead, said = Counter(letter.id for letter in found), {letter.id: letter for letter in found}
    texts = {str(one["causationid"]): one["data"] for one in results if one["final"]}
    for one in messages:
        answers, lost = ends.pop(one.id, 0), dead.pop(one.id, 0)
        wanted = {ANSWER: [(1, 0)], LETTER: [(0, 1)], EITHER: [(1, 0), (0, 1)]}[one.becomes]
        if (answers, lost) not in wanted:
            yield one, f"{one.kind}: {answers} answers and {lost} dead letters"
        elif answers:
            yield from ((one, f"{one.kind}: {what}") for what in _answer_wrong(texts[one.id]))
        else:
            yield from ((one, f"{one.kind}: {what}") for what in _letter_wrong(said[one.id], one))
    yield from ((None, f"{count} ends of {id!r}, which nobody published") for id, count in (ends + dead).items())


def keep(message: Hostile) -> Path:
    """Write a message to a file, to be published again; gives the file."""
    FOUND.mkdir(parents=True, exist_ok=True)
    path = FOUND / f"{message.id}.json"
    properties = {name: repr(value) for name, value in message.properties.items()}
    kept = {
        "kind": message.kind,
        "routing_key": message.routing_key,
        "properties": properties,
        "body": message.body.hex(),
    }
    path.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return path


def _persistent(one: Hostile) -> dict[str, Any]:  # Any: AMQP properties are of many types
    return {"delivery_mode": aio_pika.DeliveryMode.PERSISTENT, **one.properties}


def _answer_wrong(data: Json) -> Iterator[str]:
    detail = str(data.get("detail", "."))
    yield from _sentence_wrong(detail)
    if data.get("reason") == "invalid_event" and not data.get("next_step"):
        yield "nothing said of what to do"
    if CANARY in json.dumps(data):
        yield f"quotes the message: {detail[:200]}"
    if data.get("reason") == "internal_error":
        yield "an error of the relay's own"


def _letter_wrong(letter: Letter, one: Hostile) -> Iterator[str]:
    yield from _sentence_wrong(letter.detail)
    if not letter.reason:
        yield "a dead letter without its cause"
    if CANARY in letter.detail:
        yield f"quotes the message: {letter.detail[:200]}"
    if letter.body != one.body:
        yield "a dead letter of other bytes"


def _sentence_wrong(detail: str) -> Iterator[str]:
    if not detail or len(detail) > LONGEST_SENTENCE or not detail.isprintable():
        yield f"no sentence to read: {detail[:200]!r}"

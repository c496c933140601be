"""Properties made to hurt cost their own message at most some of its headers, and others nothing."""

import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from aiormq import spec

from service.core.outcome import Rejected
from tests.support.bus_rig import Outside, Script, eventually, running_bus


class Tampered(spec.Basic.Properties):
    """Properties of which some bytes are others on the wire, as only a careless library would send them."""

    __slots__ = ()
    replaced = b""
    by = b""

    def marshal(self) -> bytes:
        """The bytes of the properties, some replaced."""
        return super().marshal().replace(self.replaced, self.by)


def tampered(replaced: bytes, by: bytes, **properties: Any) -> Tampered:
    """Persistent properties on their way to be tampered with."""
    kind = type("TamperedOnce", (Tampered,), {"replaced": replaced, "by": by, "__slots__": ()})
    made: Tampered = kind(delivery_mode=2, **properties)
    return made


MARK = "REPLACE!"
HURTFUL: dict[str, tuple[bytes, bytes, dict[str, Any]]] = {
    "a message id that is not UTF-8": (MARK.encode(), b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe", {"message_id": MARK}),
    "a type that is not UTF-8": (MARK.encode(), b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe", {"message_type": MARK}),
    "a header name that is not UTF-8": (MARK.encode(), b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe", {"headers": {MARK: "x"}}),
    "a header value that is not UTF-8": (
        MARK.encode(),
        b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe",
        {"headers": {"cloudEvents:subject": MARK}},
    ),
    "a time beyond the calendar": (MARK.encode(), struct.pack(">Q", 2**62), {"reply_to": "r", "message_id": MARK}),
    "a header of a time beyond the calendar": (
        b"S" + struct.pack(">I", 8) + MARK.encode(),
        b"T" + struct.pack(">Q", 2**62) + b"\x02nnV",
        {"headers": {"a": MARK}},
    ),
}


@pytest.mark.parametrize("name", HURTFUL)
async def test_should_read_what_can_be_read(outside: Outside, amqp_url: str, prefix: str, name: str) -> None:
    """The message is delivered with what could be read of its properties, moved once, and the next one is delivered."""
    replaced, by, properties = HURTFUL[name]
    script = Script(outcomes=[Rejected(reason="bad", detail="")])
    async with running_bus(amqp_url, prefix, script):
        await outside.publish_as(tampered(replaced, by, **properties), b"hurtful")
        await eventually(lambda: script.seen, "the hurtful message")
        dead = await outside.wait_for("dead-letter")
        await outside.publish(b"next", message_id="m-2")
        await eventually(lambda: len(script.seen) == 2, "the next message")

    assert (dead.body, [delivery.body for delivery in script.seen]) == (b"hurtful", [b"hurtful", b"next"])


async def test_should_read_a_time_in_microseconds(outside: Outside, amqp_url: str, prefix: str) -> None:
    """A timestamp in the wrong unit, far beyond the calendar, does not cut the connection."""
    script = Script()
    when = datetime.fromtimestamp(0x65000000, tz=UTC)
    properties = tampered(struct.pack(">Q", 0x65000000), struct.pack(">Q", 2**61), timestamp=when)
    async with running_bus(amqp_url, prefix, script):
        await outside.publish_as(properties, b"late")
        await eventually(lambda: script.seen, "the message")

    assert script.seen[0].body == b"late"


async def test_should_move_an_event_with_headers_of_every_kind(outside: Outside, amqp_url: str, prefix: str) -> None:
    """Attributes written as numbers, bytes, booleans or times can be copied; tables and lists are no attributes."""
    script = Script(outcomes=[Rejected(reason="bad", detail="")])
    headers = {
        "cloudEvents:number": 2**40,
        "cloudEvents:float": 1.5,
        "cloudEvents:true": True,
        "cloudEvents:bytes": bytearray(b"\xff\xfe"),
        "cloudEvents:nothing": None,
        "cloudEvents:table": {"a": 1},
        "cloudEvents:list": [1],
        "cloudEvents:huge": "x" * 20_000,
    }
    async with running_bus(amqp_url, prefix, script):
        await outside.publish(headers=headers)
        dead = await outside.wait_for("dead-letter")

    attributes = {name for name in dead.header.properties.headers or {} if name.startswith("cloudEvents:")}
    assert attributes == {"cloudEvents:number", "cloudEvents:float", "cloudEvents:true", "cloudEvents:bytes"}
    assert (script.seen[0].headers["cloudEvents:true"], script.seen[0].headers["cloudEvents:bytes"]) == (
        "true",
        b"\xff\xfe",
    )

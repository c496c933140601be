"""Thousands of hostile messages from one seed, each with what must become of it: answer, dead letter, or either."""

# ruff: noqa: E501 - tables of odd values read better wide

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from service.sandbox.samples import make_ubl
from tests.builders import DEPOSIT
from tests.support.bus import SOURCE, STRUCTURED
from tests.support.hostile import archives, json_text, pdf, xml
from tests.support.hostile.files import File

CANARY = "CANARY4815162342"
"""Stands in the data and the files of every message, and must be read nowhere else."""

STATUS = "invoice.status.requested.v1"
TYPES = (DEPOSIT, STATUS, "tender.dume.simplified.requested.v1", "tender.dume.draft.requested.v1",
         "tender.dume.validation.requested.v1", "tender.dume.search.requested.v1", "request.cancellation.requested.v1")  # fmt: skip
ANSWER, LETTER, EITHER = "answer", "letter", "either"

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

Headers = dict[str, Any]  # Any: whatever a table of AMQP may hold


@dataclass(frozen=True, slots=True)
class Hostile:
    """One message. Its AMQP message id names it, and its event id is the same when it has one."""

    id: str
    kind: str
    body: bytes = field(repr=False)
    becomes: str
    routing_key: str = DEPOSIT
    properties: Mapping[str, Any] = field(default_factory=dict)


def messages(count: int, seed: int) -> Iterator[Hostile]:
    """So many messages, always the same for a seed; ids begin with the seed, so that a failure can be made again."""
    chance = random.Random(seed)  # noqa: S311 - made again from its seed
    files = _files(chance)
    for number in range(count):
        make = chance.choices(_MAKERS, _WEIGHTS)[0]
        yield make(f"h{seed}-{number}", chance, files)


def _files(chance: random.Random) -> list[File]:
    """Every trick in two versions, the largest left out: they are tried one by one elsewhere."""
    makers = (xml.all_xml, archives.all_archives, pdf.all_pdfs)
    made = [file for _ in range(2) for make in makers for file in make(chance, CANARY.encode())]
    return [file for file in made if len(file.content) < 100_000 and file.reasons and "" not in file.reasons.split("|")]


def _event(id: str, data: str, *, type: str = DEPOSIT, more: Mapping[str, object] | None = None) -> str:
    known = {"specversion": "1.0", "id": id, "source": SOURCE, "type": type, **(more or {})}
    return json.dumps(known)[:-1] + f', "data": {data}}}'


def _structured(id: str, kind: str, text: str, becomes: str, type: str = DEPOSIT, **properties: Any) -> Hostile:
    body = text.encode(errors="surrogatepass")
    return Hostile(id, kind, body, becomes, type, {"content_type": STRUCTURED, "message_id": id, **properties})


def _file(id: str, chance: random.Random, files: list[File]) -> Hostile:
    """A sound event with a file that is none."""
    file = chance.choice(files)
    said: dict[str, object] = {"name": f"{file.name[:40]}.bin", "content": base64.b64encode(file.content).decode()}
    if chance.random() < 0.2:
        said["sha256"] = hashlib.sha256(file.content).hexdigest()
    return _structured(id, f"file: {file.name}", _event(id, json.dumps({"file": said})), ANSWER)


def _wrong_file(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """A sound invoice whose event lies about it, or whose base64 is none."""
    content = base64.b64encode(make_ubl(f"F-{chance.randrange(10**9)}").replace(b"Valclair", CANARY.encode())).decode()
    wrong = chance.choice((
        {"sha256": "0" * 64}, {"sha256": "x"}, {"content": content[:-1]}, {"content": content + "="}, {"content": "=" + content},
        {"content": content[:40] + "\u00e9" + content[40:]}, {"content": content.replace("A", "-", 1)}, {"content": ["A"]},
        {"content": content, "ref": "s3://a/b"}, {"name": ""}, {"name": "a\u0000b"}, {"name": "x" * 300}, {"content": f" {CANARY} "},
        {"content": "\u0410" + content[1:]}, {"content": content.translate({65: "\uff21"})},
    ))  # fmt: skip
    data: dict[str, object] = {"file": {"name": "x.xml", "content": content, **wrong}}
    if chance.random() < 0.3:
        data = {"file": {"name": "x.xml", "content": content}, "expect": chance.choice((
            {"invoice_number": CANARY[:4]}, {"total_including_tax": "1"}, {"currency": "XXX"}, {"supplier_siret": "1" * 14},
            {"total_including_tax": "1" * 400}, {"total_including_tax": "NaN"}, {"supplier_siret": CANARY}, 5,
        ))}  # fmt: skip
    return _structured(id, "wrong file", _event(id, json.dumps(data)), ANSWER)


def _odd_data(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """A sound envelope around JSON that no program writes."""
    type_, value = chance.choice(TYPES), json_text.odd_value(chance)
    text = _event(id, f'{{"canary": "{CANARY}", "file": {value}, "consultation": {value}, "id": {value}}}', type=type_)
    return _structured(id, "odd data", text, EITHER, type_)


def _odd_attribute(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """One attribute, other than the identity, that is of another kind."""
    name = chance.choice(("specversion", "time", "expirytime", "account", "subject", "correlationid", "businessref", "dataschema",
                          "datacontenttype", "traceparent", "type", "data_base64"))  # fmt: skip
    value: object = chance.choice((
        [], {}, 5, 5.5, True, "", " ", "x" * 300, "x" * 2_000, "\x00", "\x1b[31m", "9999-12-31T23:59:59-24:00", "\u0662\u0660\u0662\u0666-01-01T00:00:00Z",
        "\ufffe", *json_text.ODD, [[[]]], {"a": {"b": []}}, -1, 2**63,
    ))  # fmt: skip
    text = _event(id, f'{{"chorus_pro_id": "{CANARY}"}}', type=STATUS, more={name: value})
    return _structured(id, f"attribute {name}", text, ANSWER, STATUS)


def _no_identity(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """An event that nobody can be told of: its id or its source is none."""
    name = chance.choice(("id", "source"))
    value: object = chance.choice((None, 5, [], {}, "", " ", "x" * 300, "a\x00b", "\x85", "\ufffe", True, 1.5))
    text = _event(id, f'{{"canary": "{CANARY}"}}', more={name: value})
    return _structured(id, f"no {name}", text, LETTER)


def _no_event(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """Bytes that are no event at all."""
    bodies: tuple[bytes, ...] = (
        b"", b"null", b"[]", b'"x"', b"5", b"{}", b"{", CANARY.encode(), chance.randbytes(chance.randrange(1, 4_000)), b"\xff\xfe" + CANARY.encode("utf-16"),
        b"[" * chance.randrange(1, 50_000), b'{"a":' * 3_000, f"<x>{CANARY}</x>".encode(), b"\x1f\x8b" + bytes(40), b"%PDF-1.7", b"\0" * 99,
        json.dumps({"data": CANARY}).encode(), b"[" + _event(id, "{}").encode() + b"]", _event(id, f'{{"a": "{CANARY}"').encode()[:-2],
    )  # fmt: skip
    content_type = chance.choice(
        (STRUCTURED, "application/json", "text/plain", None, "", "\u00e9", "application/cloudevents-batch+json")
    )
    properties = {"content_type": content_type, "message_id": id}
    return Hostile(id, "no event", chance.choice(bodies), LETTER, chance.choice(TYPES), properties)


def _damaged(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """An event some bytes of whose data were changed on the way; what is left of it may be JSON or not."""
    body = bytearray(
        _event(id, json.dumps({"file": {"name": "x.xml", "content": CANARY, "more": ["x"] * 20}})).encode()
    )
    start = body.index(b'"data"') + 9
    for _ in range(chance.randrange(1, 8)):
        body[chance.randrange(start, len(body))] = chance.randrange(256)
    properties = {"content_type": STRUCTURED, "message_id": id}
    return Hostile(id, "damaged", bytes(body), EITHER, DEPOSIT, properties)


def _known(id: str, mark: str, type: str = STATUS) -> Headers:
    attributes = {"id": id, "source": SOURCE, "type": type, "specversion": "1.0"}
    return {f"cloudEvents{mark}{name}": value for name, value in attributes.items()}


def _binary(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """Binary mode with headers that are of another kind, and a body that is wrong: its sender can be told."""
    odd: tuple[Headers, ...] = (
        {"cloudEvents:subject": {"a": {"b": {"c": [1, [2, [3]]]}}}}, {"cloudEvents_subject": [1, "x", None]}, {"cloudEvents:time": NOON},
        {"cloudEvents:time": 5}, {"cloudEvents:account": True}, {"cloudEvents:account": Decimal("1.5")}, {"cloudEvents:subject": bytearray(b"\xff\xfe")},
        {"cloudEvents:businessref": "x" * 9_000}, {"cloudEvents:expirytime": "never"}, {"relay-attempt": 99, "relay-turn": -1, "relay-said": "a,b"},
        {"relay-state": '{"flow_number": "x"}', "relay-origin": "dead-letter"}, {"relay-first-seen": "0001-01-01T00:00:00Z", "relay-returns": 2**40},
        {"x-death": [{"queue": "relay.invoices", "exchange": "", "reason": "expired", "count": 1}]}, {"x-death": "x"}, {"x-death": [5]},
        {"x-delivery-count": 99, "x-first-death-queue": "relay.tracking"}, {f"h{n}": "x" * 90 for n in range(300)}, {"": ""},
        {"cloudEvents:": "x", "cloudEvents_": 5, "cloudEvents:\u00e9": "x"}, {"CC": ["relay.tracking"], "BCC": ["x"]},
    )  # fmt: skip
    headers = _known(id, chance.choice((":", "_"))) | chance.choice(odd)
    bodies = (
        b"",
        b"{",
        CANARY.encode(),
        b"5",
        b"NaN",
        json.dumps({"chorus_pro_id": CANARY}).encode(),
        b"[" * 500,
        b"\xff",
    )
    properties = {"content_type": chance.choice(("application/json", None)), "message_id": id, "headers": headers}
    return Hostile(id, "binary", chance.choice(bodies), ANSWER, STATUS, properties)


def _both_modes(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """Two ids, in two spellings of a header or in header and body: one of them is answered, once."""
    headers = _known(id, ":") | {"cloudEvents_id": id, "cloudevents:SOURCE": SOURCE}
    text = _event(id, f'{{"chorus_pro_id": "{CANARY}"}}', type=STATUS)
    content_type = chance.choice((STRUCTURED, "application/json", "Application/CloudEvents+JSON; charset=utf-8"))
    return _structured(id, "both modes", text, ANSWER, STATUS, headers=headers, content_type=content_type)


def _no_identity_in_headers(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """Binary mode whose id or source is no text: nobody can be told."""
    name = chance.choice(("id", "source"))
    value: object = chance.choice(({"a": 1}, [1], bytearray(b"\xff"), "", "x" * 300, "a\nb", None, NOON))
    headers = _known(id, ":") | {f"cloudEvents:{name}": value}
    properties = {"content_type": "application/json", "message_id": id, "headers": headers}
    return Hostile(id, f"no {name} in headers", b'{"chorus_pro_id": "x"}', LETTER, STATUS, properties)


def _misrouted(id: str, chance: random.Random, _files: list[File]) -> Hostile:
    """Types and routing keys that nobody takes."""
    type_ = chance.choice(
        (
            "x",
            "a" * 250,
            "invoice.deposit.done.v1",
            "Invoice",
            "\u202e.requested.v1",
            "invoice.deposit.requested.v99",
            "..",
            "a b",
        )
    )
    key = chance.choice((type_[:200], DEPOSIT, "nobody.binds.this", "", "#", "*.*", "x" * 250))
    return _structured(id, "misrouted", _event(id, f'{{"canary": "{CANARY}"}}', type=type_), ANSWER, key)


_Maker = Callable[[str, random.Random, list[File]], Hostile]
_SHARES: dict[_Maker, int] = {
    _file: 15, _wrong_file: 8, _odd_data: 15, _odd_attribute: 12, _no_identity: 8, _no_event: 12, _damaged: 8, _binary: 10,
    _both_modes: 3, _no_identity_in_headers: 4, _misrouted: 5,
}  # fmt: skip
_MAKERS, _WEIGHTS = list(_SHARES), list(_SHARES.values())

"""Two hundred ways to publish something wrong, each with what must become of it."""

from __future__ import annotations

import base64
import gzip
import io
import json
import secrets
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from service.sandbox.samples import make_facturx, make_ubl
from tests.builders import DEPOSIT, SIMPLIFIED, new_number
from tests.support.bus import SOURCE, STRUCTURED

BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;">]><x>&c;</x>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'
FILE_TOO_LARGE = 10_000_001
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Bad:
    """One message; `reason` is that of its failed result when somebody can be answered, else of the dead letter."""

    name: str
    body: bytes
    reason: str
    id: str | None = None
    routing_key: str = DEPOSIT
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def is_answered(self) -> bool:
        """Whether its sender can be told."""
        return self.id is not None


def all_bad() -> list[Bad]:
    """Every one of them, with ids of their own."""
    return [*_unreadable(), *_attributes(), *_binary(), *_data(), *_others(), *_files(), *_misrouted()]


def _unreadable() -> Iterator[Bad]:
    """Nobody can be answered: bytes, half JSON, JSON that is no event, events without an identity."""
    bodies: list[bytes] = [
        b"",
        b"\x00\x01\x02",
        b"not json",
        b"{",
        b"[]",
        b"null",
        b"42",
        b'"text"',
        b"{}",
        b"\xff\xfe",
    ]
    bodies += [b"[" * depth + b"]" * depth for depth in (2, 100, 5_000, 50_000)]
    bodies += [b'{"a":' * depth + b"1" + b"}" * depth for depth in (3, 200, 20_000)]
    bodies += [secrets.token_bytes(size) for size in (1, 7, 64, 512, 4096)]
    bodies += [json.dumps({name: "x"}).encode() for name in ("id", "source", "type", "data", "specversion")]
    bodies += [b"\xef\xbb\xbf", b"NaN", b"-", b"tru", b"'single'", "é".encode("latin-1"), b"\r\n\r\n", b" " * 1000]
    for number, body in enumerate(bodies):
        content_type = (STRUCTURED, "application/json", "text/plain", None)[number % 4]
        yield Bad(f"unreadable {number}", body, "invalid_event", properties={"content_type": content_type})


def _each(name: str, *values: object) -> list[dict[str, object]]:
    """One wrong value after the other under one name."""
    return [{name: value} for value in values]


def _attributes() -> Iterator[Bad]:
    """The identity can be read, another attribute is wrong."""
    wrong = _each("specversion", "0.3", "2.0", "", 1, None, [], {"a": 1}, True)
    wrong += _each("time", "yesterday", "2026-13-01T00:00:00Z", "12:00", 7, [], {}, "2026-01-01")
    wrong += _each("expirytime", "never", "2026-02-30T00:00:00Z", 5, [], False)
    wrong += _each("datacontenttype", "text/xml", "application/pdf", 4, [])
    wrong += _each("account", [], {}, True)
    wrong += _each("subject", 5, [], {"a": 1})
    wrong += _each("correlationid", 5.5, [1], {})
    for number, attributes in enumerate(wrong):
        yield _event(
            f"attribute {number} {attributes}", {"consultation": {"id": "X"}}, "invalid_event", more=attributes
        )
    past = {"expirytime": "2020-01-01T00:00:00Z"}
    for number in range(5):
        data = {"consultation": {"id": new_number()}}
        yield _event(f"expired {number}", data, "expired", type=SIMPLIFIED, more=past)


def _binary() -> Iterator[Bad]:
    """Binary mode: the identity is in the headers, the body or another header is wrong."""
    bodies = (b"", b"{", b"not json", b"[]", b"null", b"5", b"\xff", b'{"file": 5}', b"NaN", b"[" * 3000)
    for number, body in enumerate(bodies):
        for mark in (":", "_"):
            id = f"bad-{secrets.token_hex(6)}"
            known = {"id": id, "source": SOURCE, "type": DEPOSIT, "specversion": "1.0"}
            headers = {f"cloudEvents{mark}{name}": value for name, value in known.items()}
            properties = {"content_type": "application/json", "headers": headers}
            yield Bad(f"binary {number} {mark}", body, "invalid_event", id, DEPOSIT, properties)


def _others() -> Iterator[Bad]:
    """Requests of the other types whose data does not fit."""
    values: list[object] = [None, [], 5, "x", {}]
    tenders = ("tender.dume.draft", "tender.dume.validation", "tender.dume.search", "tender.dume.document")
    for type_ in ("invoice.status", *tenders):
        for number, value in enumerate(values):
            yield _event(f"{type_} {number}", value, "invalid_event", type=f"{type_}.requested.v1")
    for number, value in enumerate([*values, {"id": 5}, {"id": ""}, {"id": []}]):
        yield _event(f"cancellation {number}", value, "invalid_event", type="request.cancellation.requested.v1")


def _data() -> Iterator[Bad]:
    """The data does not fit its contract."""
    small = {"name": "x.xml", "content": "AAAA"}
    values: list[object] = [None, [], "x", 5, True, {}, *_each("file", None, [], {}, "x")]
    values += [{"file": {**small, **wrong}} for wrong in _each("name", None, 5, "", [], {})]
    values += [{"file": {**small, **wrong}} for wrong in _each("content", None, 5, [], "***", "AAA", "=", "A===")]
    values += [{"file": {"name": "x.xml"}}, {"file": {**small, "ref": "s3://a/b"}}]
    values += [{"file": small, **wrong} for wrong in _each("format", "pdf", 5, [], {})]
    values += [{"file": small, **wrong} for wrong in _each("expect", 5, [], "x")]
    for number, value in enumerate(values):
        yield _event(f"deposit data {number}", value, "invalid_event")
    tenders: list[object] = [None, [], {}, *_each("consultation", None, {}, {"id": ""})]
    tenders += [{"consultation": wrong} for wrong in _each("id", 5, [], {}, "x" * 300, "a\nb")]
    tenders += [
        {"consultation": {"id": "X", **wrong}} for wrong in _each("lots", 5, "x", [5], [{}], [{"number": None}])
    ]
    tenders += [
        {"consultation": {"id": "X"}, **wrong} for wrong in _each("buyer", 5, [], {}, {"id": "12"}, {"id": None})
    ]
    for number, value in enumerate(tenders):
        yield _event(f"tender data {number}", value, "invalid_event", type=SIMPLIFIED)


def _files() -> Iterator[Bad]:
    """The event is right, the file in it is not."""
    good = make_ubl(new_number())
    pdf = make_facturx(new_number())
    yield from (
        _file("an XML bomb", BOMB, "xml_unsafe"),
        _file("an external entity", EXTERNAL, "xml_unsafe"),
        _file("half an invoice", good[: len(good) // 2], "xml_malformed"),
        _file("another XML", b"<?xml version='1.0'?><letter/>", "unknown_format"),
        _file("an empty file", b"", "file_empty"),
        _file("plain text", b"hello", "unknown_format"),
        _file("a PDF without XML", b"%PDF-1.4\n%%EOF\n", "pdf_malformed"),
        _file("half a PDF", pdf[: len(pdf) // 2], "pdf_malformed", "pdf_without_invoice"),
        _file("a file that is too large", b"<" + b"a" * FILE_TOO_LARGE, "file_too_large"),
        _file("an empty archive", _archive({}), "archive_empty"),
        _file("an archive that leads outside", _archive({"../../etc/x.xml": good}), "archive_unsafe"),
        _file("an archive of rubbish", _archive({"x.xml": b"rubbish"}), "unknown_format"),
        _file("a gzip bomb", gzip.compress(b"\x00" * 60_000_000), "archive_unsafe", "archive_malformed"),
        _file("a truncated archive", _archive({"x.xml": good})[:-40], "archive_malformed"),
        _file("the wrong checksum", good, "checksum_mismatch", sha256="0" * 64),
    )
    yield _event("a reference", {"file": {"name": "x.xml", "ref": "s3://a/b"}}, "document_by_reference_unsupported")
    expectation = {"invoice_number": "ANOTHER"}
    content = base64.b64encode(good).decode()
    yield _event(
        "another number", {"file": {"name": "x.xml", "content": content}, "expect": expectation}, "expectation_not_met"
    )


def _misrouted() -> Iterator[Bad]:
    """Types nobody knows, and routing keys no queue takes."""
    types: tuple[str, ...] = ("nonsense.v1", "invoice.depositt.requested.v1", "tender.dume.requested.v9", "x")
    types += ("request.x.requested.v1",)
    types += ("invoice.deposit.done.v1", "recipient.unknown.requested.v1", "Invoice.Deposit", "a" * 200)
    for type_ in types:
        yield _event(f"type {type_[:40]}", {}, "unsupported_type", type=type_)
    for key in ("", "nobody.binds.this", "x" * 200, "événement.déposé", "invoicedeposit"):
        event = _event(f"routing key {key[:40]}", {}, "unsupported_type", type=SIMPLIFIED)
        yield Bad(event.name, event.body, event.reason, event.id, key, event.properties)


def _event(name: str, data: object, reason: str, *, type: str = DEPOSIT, more: Mapping[str, object] = NOTHING) -> Bad:
    id = f"bad-{secrets.token_hex(6)}"
    event = {"specversion": "1.0", "id": id, "source": SOURCE, "type": type, "data": data, **more}
    return Bad(name, json.dumps(event).encode(), reason, id, type, {"content_type": STRUCTURED})


def _file(name: str, content: bytes, *reasons: str, **more: str) -> Bad:
    file = {"name": "file.bin", "content": base64.b64encode(content).decode(), **more}
    return _event(name, {"file": file}, "|".join(reasons))


def _archive(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()

"""One CloudEvent as received: its attributes, its data, and who it is even when it is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict

from contracts import attributes
from contracts.jsontext import JsonInvalid, digest, parse, parse_base64
from contracts.reasons import Reason

STRUCTURED_CONTENT_TYPE = "application/cloudevents+json"
# A file of 10 MB is 13.4 MB in base64; the rest is room for the other fields and for wrapped lines.
MAX_BODY_BYTES = 20_000_000
# A body beyond the limit is still read up to here, so that its sender can be answered.
_MAX_IDENTIFIED_BYTES = 2 * MAX_BODY_BYTES
_REQUIRED = ("id", "source", "type", "specversion")


class Envelope(BaseModel):
    """The attributes around the data of a request."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    id: str
    source: str
    type: str
    specversion: str = "1.0"
    subject: str | None = None
    time: AwareDatetime | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    account: str | None = None
    correlationid: str | None = None
    businessref: str | None = None
    expirytime: AwareDatetime | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """As much of an event as its answer needs, readable even when the rest of it is wrong."""

    source: str
    id: str
    type: str | None = None
    subject: str | None = None
    correlationid: str | None = None
    businessref: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A well-formed event; the digest is equal for two events that ask for the same thing."""

    envelope: Envelope
    data: object = field(repr=False)
    digest: str


class EnvelopeInvalid(Exception):
    """A message that is not a usable CloudEvent; `identity` is None when nobody can be answered."""

    def __init__(self, reason: Reason, detail: str, identity: Identity | None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.identity = identity


def receive(body: bytes, content_type: str | None, headers: Mapping[str, object]) -> Received:
    """Return the event a message carries, structured or binary mode; raises EnvelopeInvalid and nothing else."""
    in_headers = attributes.from_headers(headers)
    if attributes.media_type(content_type).startswith("application/cloudevents") or not in_headers:
        return _structured(body)
    return _binary(body, content_type, in_headers)


def structured_form(envelope: Envelope, data: object) -> bytes:
    """Return a request as the body of a structured message; `data` is JSON, as Python values."""
    event = envelope.model_dump(mode="json", exclude_none=True)
    return orjson.dumps({**event, "datacontenttype": "application/json", "data": data}, option=orjson.OPT_SORT_KEYS)


def identity_of(envelope: Envelope) -> Identity:
    """Return the part of an envelope that an answer needs."""
    return Identity(
        envelope.source,
        envelope.id,
        envelope.type,
        envelope.subject,
        envelope.correlationid,
        envelope.businessref,
        envelope.account,
    )


def _structured(body: bytes) -> Received:
    if len(body) > _MAX_IDENTIFIED_BYTES:
        raise _too_large(body, None)
    try:
        event = parse(body)
    except JsonInvalid as error:
        raise _invalid(f"The body {error}.", _glimpsed(error.glimpse)) from None
    if not isinstance(event, dict):
        raise _invalid("The body is not a JSON object with the attributes of one CloudEvent.", None)
    good, wrong = attributes.read_all(event)
    _refuse_oversize(body, good)
    envelope = _envelope(good, wrong)
    return _received(envelope, _structured_data(event, envelope), good)


def _structured_data(event: Mapping[str, object], envelope: Envelope) -> object:
    if event.get("data_base64") is None:
        return event.get("data")
    if event.get("data") is not None:
        raise _invalid("The event has both data and data_base64.", identity_of(envelope))
    try:
        return parse_base64(event["data_base64"])
    except JsonInvalid as error:
        raise _invalid(f"data_base64 {error}.", identity_of(envelope)) from None


def _binary(body: bytes, content_type: str | None, in_headers: Mapping[str, object]) -> Received:
    good, wrong = attributes.read_all({"datacontenttype": content_type, **in_headers})
    _refuse_oversize(body, good)
    envelope = _envelope(good, wrong)
    try:
        data = parse(body) if body else None
    except JsonInvalid as error:
        raise _invalid(f"The body {error}.", identity_of(envelope)) from None
    return _received(envelope, data, good)


def _received(envelope: Envelope, data: object, good: Mapping[str, object]) -> Received:
    if not attributes.is_json(envelope.datacontenttype):
        raise _invalid("datacontenttype is not JSON.", _identity(good))
    return Received(envelope, data, digest([envelope.type, envelope.account, data]))


def _envelope(good: Mapping[str, object], wrong: Mapping[str, str]) -> Envelope:
    if not wrong:
        return Envelope.model_validate(good)
    if all(wrong.get(name) == "is missing" for name in _REQUIRED):
        raise _invalid("The message is not a CloudEvent: no id, source, type or specversion.", None)
    raise _invalid("; ".join(f"{name}: {problem}" for name, problem in wrong.items()) + ".", _identity(good))


def _identity(good: Mapping[str, object]) -> Identity | None:
    """Read the identity out of whatever attributes were good."""

    def text(name: str) -> str | None:
        value = good.get(name)
        return value if isinstance(value, str) else None

    source, event_id = text("source"), text("id")
    if source is None or event_id is None:
        return None
    rest = ("type", "subject", "correlationid", "businessref", "account")
    return Identity(source, event_id, *(text(name) for name in rest))


def _glimpsed(event: object) -> Identity | None:
    """Read the identity out of text that is nearly an event."""
    return _identity(attributes.read_all(event)[0]) if isinstance(event, dict) else None


def _refuse_oversize(body: bytes, good: Mapping[str, object]) -> None:
    if len(body) > MAX_BODY_BYTES:
        raise _too_large(body, _identity(good))


def _too_large(body: bytes, identity: Identity | None) -> EnvelopeInvalid:
    detail = f"The event has {len(body)} bytes; the relay takes at most {MAX_BODY_BYTES}."
    return EnvelopeInvalid(Reason.FILE_TOO_LARGE, detail, identity)


def _invalid(detail: str, identity: Identity | None) -> EnvelopeInvalid:
    return EnvelopeInvalid(Reason.INVALID_EVENT, detail, identity)

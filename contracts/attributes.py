"""CloudEvents attributes, read from a structured body or from the headers of a binary message."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.base import one_line

# AMQP short strings (message_id, correlation_id, type, routing key) hold 255 bytes.
MAX_BYTES = 255
MAX_SUBJECT_BYTES = 1024
_EARLIEST, _LATEST = 1970, 9998
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)")
_HEADER = re.compile(r"cloudevents[:_](.+)", re.IGNORECASE)
TRACE_PARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_JSON_TYPE = re.compile(r"(application|text)/([a-z0-9!#$&^_.-]+\+)?json", re.IGNORECASE)


class AttributeInvalid(ValueError):
    """An attribute that breaks its rule; the message says which rule, without the value."""


def from_headers(headers: Mapping[str, object]) -> dict[str, object]:
    """Return the attributes that `cloudEvents:` or `cloudEvents_` headers carry, by lower-case name."""
    found: dict[str, object] = {}
    for name, value in headers.items():
        if match := _HEADER.fullmatch(str(name)):
            found[match[1].lower()] = _decoded(value)
    return found


def media_type(content_type: str | None) -> str:
    """Return the media type in lower case, without its parameters."""
    return (content_type or "").split(";", 1)[0].strip().lower()


def is_json(content_type: str | None) -> bool:
    """Whether a content type names JSON; none at all counts as JSON."""
    name = media_type(content_type)
    return not name or _JSON_TYPE.fullmatch(name) is not None


def exact_text(value: object) -> str:
    """Return a non-empty string of at most 255 bytes; raises AttributeInvalid."""
    if not isinstance(value, str):
        raise AttributeInvalid("is not a string")
    return _checked(value, MAX_BYTES)


def loose_text(value: object) -> str | None:
    """Return a string, None for an absent or empty one; whole numbers are read as text. Raises AttributeInvalid."""
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return exact_text(value)


def subject_text(value: object) -> str | None:
    """Return a subject, which may be longer than other attributes. Raises AttributeInvalid."""
    return _checked(value, MAX_SUBJECT_BYTES) if isinstance(value, str) and value else loose_text(value)


def moment(value: object) -> datetime | None:
    """Return a time with its offset; raises AttributeInvalid. An AMQP timestamp without one is UTC."""
    if value is None or value == "":
        return None
    found = value if isinstance(value, datetime) else _parsed_time(value)
    if not _EARLIEST <= found.year <= _LATEST:
        raise AttributeInvalid("is out of range")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _parsed_time(value: object) -> datetime:
    message = "is not an RFC 3339 time with an offset"
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise AttributeInvalid(message)
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise AttributeInvalid(message) from None


def _checked(value: str, limit: int) -> str:
    if not value.strip():
        raise AttributeInvalid("is empty")
    try:
        size = len(one_line(value).encode())
    except ValueError:
        raise AttributeInvalid("holds control characters") from None
    if size > limit:
        raise AttributeInvalid(f"is longer than {limit} bytes")
    return value


def trace_parent(value: object) -> str | None:
    """Return a W3C trace context; anything else is ignored, as that standard has it, and not passed on."""
    text = _decoded(value)
    return text if isinstance(text, str) and TRACE_PARENT.fullmatch(text) else None


def _decoded(value: object) -> object:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode(errors="surrogateescape")
    return value


@dataclass(frozen=True, slots=True)
class Rule:
    """How one attribute is read, and whether it must be there."""

    read: Callable[[object], object]
    required: bool = False


RULES: Mapping[str, Rule] = {
    "id": Rule(exact_text, required=True),
    "source": Rule(exact_text, required=True),
    "type": Rule(exact_text, required=True),
    "specversion": Rule(exact_text, required=True),
    "subject": Rule(subject_text),
    "time": Rule(moment),
    "datacontenttype": Rule(loose_text),
    "dataschema": Rule(subject_text),
    "account": Rule(loose_text),
    "correlationid": Rule(loose_text),
    "businessref": Rule(loose_text),
    "expirytime": Rule(moment),
    "traceparent": Rule(trace_parent),
}


def read_all(raw: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """Return the attributes that could be read, and a sentence fragment for each that could not."""
    good: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for name, rule in RULES.items():
        if rule.required and raw.get(name) is None:
            wrong[name] = "is missing"
            continue
        try:
            good[name] = rule.read(raw.get(name))
        except AttributeInvalid as error:
            wrong[name] = str(error)
    if good.get("specversion", "1.0") != "1.0":
        wrong["specversion"] = "is not 1.0"
    return good, wrong

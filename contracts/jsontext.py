"""JSON read within bounds and written in one canonical way."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping

import orjson

MAX_DEPTH = 64
# Far above any real request; keeps a hostile body from becoming millions of Python objects.
MAX_VALUES = 200_000
# Text that is refused is still looked into up to here, so that its sender can be answered.
_MAX_VALUES_LOOKED_AT = 5 * MAX_VALUES
_MAX_LENIENT_BYTES = 1_000_000
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


class JsonInvalid(ValueError):
    """Text that is not JSON, or JSON beyond the bounds; the message never repeats the text.

    `glimpse` is what could be read of it all the same, good for finding who sent it and for nothing else.
    """

    def __init__(self, problem: str, glimpse: object = None) -> None:
        super().__init__(problem)
        self.glimpse = glimpse


def parse(text: bytes) -> object:
    """Return the parsed JSON; raises JsonInvalid. NaN, invalid UTF-8, lone surrogates and deep nesting are refused."""
    opened, values = _counted(text)
    if values > _MAX_VALUES_LOOKED_AT:
        raise JsonInvalid(f"has more than {MAX_VALUES} values")
    try:
        parsed = orjson.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise JsonInvalid(f"is not JSON ({_position(error)})", _glimpse(text, values)) from None
    if values > MAX_VALUES:
        raise JsonInvalid(f"has more than {MAX_VALUES} values", parsed)
    if opened > MAX_DEPTH and not _is_shallow(parsed):
        raise JsonInvalid(f"is nested deeper than {MAX_DEPTH} levels", parsed)
    return parsed


def canonical(value: object) -> bytes:
    """Return the same bytes for the same value, whatever the order of its keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(value: object) -> str:
    """Return the sha256, in hexadecimal, of the canonical form of a parsed JSON value."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse_base64(text: object) -> object:
    """Return the JSON inside a base64 string; raises JsonInvalid."""
    message = "is not base64"
    if not isinstance(text, str):
        raise JsonInvalid(message)
    try:
        inner = base64.b64decode(text, validate=True)
    except ValueError:
        raise JsonInvalid(message) from None
    return parse(inner)


def _counted(text: bytes) -> tuple[int, int]:
    """How many objects and lists a text opens and how many values it may hold, strings left aside when it matters."""
    opened = text.count(b"[") + text.count(b"{")
    values = opened + text.count(b",")
    if values <= MAX_VALUES or text.count(b'"') > 2 * MAX_VALUES:
        return opened, values
    bare = _STRING.sub(b"", text)
    opened = bare.count(b"[") + bare.count(b"{")
    return opened, opened + bare.count(b",")


def _glimpse(text: bytes, values: int) -> object:
    """Read leniently what is nearly JSON: NaN, lone surrogates, stray bytes."""
    if len(text) > _MAX_LENIENT_BYTES or values > MAX_VALUES:
        return None
    try:
        # Stray bytes become lone surrogates, which no attribute may hold: they never pass for part of an id.
        return json.loads(text.decode(errors="surrogateescape"))
    except (ValueError, RecursionError):
        return None


def _position(error: orjson.JSONDecodeError) -> str:
    return f"line {error.lineno}, column {error.colno}"


def _is_shallow(parsed: object) -> bool:
    """Walk level by level, without recursion."""
    level = [parsed]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return True
    return False


def _children(value: object) -> list[object]:
    match value:
        case Mapping():
            return list(value.values())
        case list():
            return value
        case _:
            return []

"""JSON read within bounds and written in one canonical way."""

import base64
import hashlib
from collections.abc import Mapping

import orjson

MAX_DEPTH = 64
# Far above any real request; keeps a hostile body from becoming millions of Python objects.
MAX_VALUES = 200_000


class JsonInvalid(ValueError):  # noqa: N818 - the word says what is wrong
    """Text that is not JSON, or JSON beyond the bounds; the message never repeats the text."""


def parse(text: bytes) -> object:
    """Return the parsed JSON; raises JsonInvalid. NaN, invalid UTF-8, lone surrogates and deep nesting are refused."""
    if sum(text.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        raise JsonInvalid(f"has more than {MAX_VALUES} values")
    try:
        parsed = orjson.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise JsonInvalid(f"is not JSON ({_position(error)})") from None
    if not _is_shallow(parsed):
        raise JsonInvalid(f"is nested deeper than {MAX_DEPTH} levels")
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

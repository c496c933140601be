"""Bounds JSON that the State gave and whose fields nobody has published, so that it can be passed on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from service.core.masking import LONGEST, masked

DEEPEST = 16
"""Levels of objects and lists."""
MOST = 5_000
"""Values in all, those of objects and lists included."""
LARGEST = 200_000
"""Characters of all names and texts together."""
LONGEST_NUMBER = 30
"""Digits before or after the point."""


# What a field of this name holds is for nobody, whichever form it has: parts of an account number are not recognised.
_BANK = re.compile(r"iban|bic|rib|swift|.*(?:banque|bancaire|bank|rib_|iban|num(?:ero)?_?compte).*", re.IGNORECASE)
HIDDEN = "…"


@dataclass(slots=True)
class _Rest:
    """How much may still be passed on, and whether something was left out."""

    values: int = MOST
    characters: int = LARGEST
    is_complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What can be passed on; `is_complete` is false when parts of it were too deep, too many or too long."""

    tree: dict[str, object] = field(repr=False)
    is_complete: bool


def passed_on(received: Mapping[str, object]) -> Passed:
    """The same without bank details, documents and what is too much; decimals as strings, what is left out null."""
    rest = _Rest()
    return Passed(tree=_object(received, rest, 1), is_complete=rest.is_complete)


def _value(value: object, rest: _Rest, depth: int) -> object:
    rest.values -= 1
    if rest.values < 0 or rest.characters < 0 or depth > DEEPEST:
        rest.is_complete = False
        return None
    match value:
        case None | bool():
            return value
        case int():
            return _number(value, rest)
        case Mapping():
            return _object(value, rest, depth + 1)
        case list():
            return _list(value, rest, depth + 1)
        case _:
            return _text(_written(value), rest)


def _object(received: Mapping[str, object], rest: _Rest, depth: int) -> dict[str, object]:
    tree: dict[str, object] = {}
    for name, value in received.items():
        if rest.values <= 0:
            rest.is_complete = False
            break
        tree[_text(name, rest)] = HIDDEN if _BANK.fullmatch(name) else _value(value, rest, depth)
    return tree


def _list(received: list[object], rest: _Rest, depth: int) -> list[object]:
    kept: list[object] = []
    for value in received:
        if rest.values <= 0:
            rest.is_complete = False
            break
        kept.append(_value(value, rest, depth))
    return kept


def _number(value: int, rest: _Rest) -> int | str:
    """A number that JSON carries exactly everywhere, else its digits, which may be those of an account."""
    return value if abs(value) < 2**53 else _text(str(value), rest)


def _text(text: str, rest: _Rest) -> str:
    shown = masked(text)
    rest.is_complete = rest.is_complete and len(text) <= LONGEST
    rest.characters -= len(shown)
    return shown


def _written(value: object) -> str:
    """A number in full, unless a few characters of it stand for a billion zeros."""
    is_short = isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < LONGEST_NUMBER
    return format(value, "f") if is_short else str(value)

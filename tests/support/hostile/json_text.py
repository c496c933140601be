"""JSON made to hurt: deep, huge, odd and nearly right, as text that no writer of JSON would produce."""

# ruff: noqa: E501 - tables of odd values read better wide

from __future__ import annotations

import random
from collections.abc import Callable

ODD = (
    "\u202egnp.exe\u202c", "\u2066\u2067\u2069", "a\u0300\u0301\u0302" * 40, "\ufdfa" * 60, "\u0430\u0440\u0440\u04cf\u0435", "\ufeff",
    "\u2028\u2029", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\u1e9e\u0130\u0131", "\uff26\uff0d\uff11", "\U000e0041", "\u00ad\u200b\u2060",
)  # fmt: skip
"""Texts that are text: turned around, invisible, growing when normalised, looking like another."""

BAD = ("\\u0000", "\\ud800", "\\udc00\\ud800", "\\ufffe", "\\u0085", "\\u001b[2J")
"""Escapes for what no attribute may hold."""

NUMBERS = (
    "1e400",
    "-1e400",
    "1" * 400,
    "0." + "1" * 400,
    "1E-999",
    "-0",
    "18446744073709551616",
    "1e" + "9" * 200,
    "007",
    "+1",
    ".5",
    "1.",
)
NOT_JSON = (
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "'a'",
    "{a:1}",
    "[1,]",
    "{,}",
    "/*c*/1",
    "0x10",
    "True",
    "\\u0041",
    "[1 2]",
    '"\t"',
)


def odd_value(chance: random.Random) -> str:
    """One value as JSON text, well-formed or not."""
    make: Callable[[random.Random], str] = chance.choice((_deep, _wide, _number, _text, _twice, _not_json, _long))
    return make(chance)


def _deep(chance: random.Random) -> str:
    depth = chance.choice((10, 63, 64, 65, 200, 900))
    return "[" * depth + "]" * depth if chance.random() < 0.5 else '{"a":' * depth + "1" + "}" * depth


def _wide(chance: random.Random) -> str:
    return "[" + ",".join(["{}"] * chance.randrange(1, 3_000)) + "]"


def _number(chance: random.Random) -> str:
    return chance.choice(NUMBERS)


def _text(chance: random.Random) -> str:
    return '"' + chance.choice((*ODD, *BAD)) * chance.randrange(1, 9) + '"'


def _twice(chance: random.Random) -> str:
    return '{"file":1,"file":' + odd_value(chance) + "}"


def _not_json(chance: random.Random) -> str:
    return chance.choice(NOT_JSON)


def _long(chance: random.Random) -> str:
    return '"' + chance.choice("a,[{\U0001f600") * chance.randrange(1_000, 20_000) + '"'

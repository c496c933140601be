"""Keeps so much of what nobody can know the shape of: few values, short texts, little depth, numbers as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

LONGEST_TEXT = 2_000
LONGEST_NAME = 100
DEEPEST = 6
LARGEST_NUMBER = 2**53 - 1
"""Beyond it, whoever reads JSON with floating numbers sees another one."""

# Quoted, because a name cannot stand in its own definition.
Json: TypeAlias = str | int | bool | list["Json"] | dict[str, "Json"] | None


@dataclass(slots=True, kw_only=True)
class Keeper:
    """Keeps at most `left` values; `whole` tells whether nothing had to go."""

    left: int
    whole: bool = True

    def kept(self, value: object, depth: int = 0) -> Json:
        """The value as far as there is room for it."""
        if depth > DEEPEST or self.left <= 0:
            self.whole = False
            return None
        self.left -= 1
        match value:
            case Mapping():
                return self._object(value, depth)
            case list():
                return self._list(value, depth)
            case None | bool():
                return value
            case int() if abs(value) <= LARGEST_NUMBER:
                return value
            case _:
                return self._text(_written(value), LONGEST_TEXT)

    def _object(self, value: Mapping[object, object], depth: int) -> dict[str, Json]:
        kept: dict[str, Json] = {}
        for name, inner in value.items():
            if self.left <= 0:
                self.whole = False
                break
            kept[self._text(str(name), LONGEST_NAME)] = self.kept(inner, depth + 1)
        return kept

    def _list(self, value: list[object], depth: int) -> list[Json]:
        kept: list[Json] = []
        for inner in value:
            if self.left <= 0:
                self.whole = False
                break
            kept.append(self.kept(inner, depth + 1))
        return kept

    def _text(self, text: str, longest: int) -> str:
        if len(text) <= longest:
            return text
        self.whole = False
        return f"{text[: longest - 1]}…"


def _written(value: object) -> str:
    """A value as text: a decimal without an exponent, unless it is out of all proportion."""
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < LONGEST_NAME:
        return format(value, "f")
    return str(value)

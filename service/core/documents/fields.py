"""Reads single values out of an invoice's tree: `None` rather than a guess when a value has the wrong shape."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from xml.etree.ElementTree import Element

MAX_TEXT: Final = 200
"""Longest value kept. Chorus Pro's longest field read here holds 100 characters."""

SIRET_SCHEMES: Final = frozenset({"0009", "SIRET", "FR:SIRET"})

_SIRET = re.compile(r"[0-9]{14}")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,10})?")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


class Fields:
    """One element of the tree, asked by path; paths use the prefixes of `namespaces`."""

    def __init__(self, element: Element | None, namespaces: Mapping[str, str]) -> None:
        self._element = element
        self._namespaces = dict(namespaces)

    def at(self, path: str) -> Fields:
        """The fields below the first element at `path`; empty when there is none."""
        found = None if self._element is None else self._element.find(path, self._namespaces)
        return Fields(found, self._namespaces)

    def text(self, path: str) -> str | None:
        """The text at the first of the elements at `path` that has a usable one."""
        return next((text for element in self._all(path) if (text := _text(element))), None)

    def amount(self, path: str) -> Decimal | None:
        """The exact decimal at `path`."""
        text = self.text(path)
        return Decimal(text) if text and _AMOUNT.fullmatch(text) else None

    def day(self, path: str) -> date | None:
        """The date at `path`, written `2026-11-23` (a time zone is left aside) or `20261123`."""
        text = self.text(path) or ""
        found = _ISO_DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
        return to_day(*(int(part) for part in found.groups()[:3])) if found else None

    def identifiers(self, *paths: str) -> list[tuple[str, str]]:
        """Scheme (upper case, empty when not stated) and value of every identifier at `paths`, in that order."""
        elements = (element for path in paths for element in self._all(path))
        return [(element.get("schemeID", "").strip().upper(), text) for element in elements if (text := _text(element))]

    def _all(self, path: str) -> Iterable[Element]:
        return () if self._element is None else self._element.findall(path, self._namespaces)


def to_siret(identifiers: Iterable[tuple[str, str]]) -> str | None:
    """The identifier said to be a SIRET and shaped like one, else the first one shaped like one (spaces left out)."""
    shaped = [(scheme, digits) for scheme, value in identifiers if _SIRET.fullmatch(digits := re.sub(r"\s", "", value))]
    return next((digits for scheme, digits in shaped if scheme in SIRET_SCHEMES), shaped[0][1] if shaped else None)


def to_day(year: int, month: int, day: int) -> date | None:
    """The date, or `None` when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _text(element: Element) -> str | None:
    text = (element.text or "").strip()
    return text if 0 < len(text) <= MAX_TEXT else None

"""Compares the labels of essential data with the national schema's closed lists, and spells them as those do."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeVar

from contracts import events
from contracts.base import Incoming

MOST_FOUND: Final = 50
"""Labels that one refusal names; whoever has more wrong begins with these."""
MOST_ALLOWED: Final = 10
LONGEST_SHOWN: Final = 100

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\uff07", "'"))
_OF_EACH: Final = {"environmental_considerations": "environmental_considerations"}
LISTS: Final[Mapping[type[Incoming], Mapping[str, str]]] = MappingProxyType({
    events.Contract: {
        "nature": "contract_natures", "procedure": "contract_procedures", "techniques": "techniques",
        "modalities": "modalities", "price_form": "price_forms", "price_types": "price_types", "ccag": "ccags",
        "grouping": "groupings", "social_considerations": "contract_social_considerations", **_OF_EACH,
    },
    events.Concession: {
        "nature": "concession_natures", "procedure": "concession_procedures",
        "social_considerations": "concession_social_considerations", **_OF_EACH,
    },
    events.PlaceOfExecution: {"code_type": "place_code_types"},
    events.EconomicOperator: {"scheme": "identifier_schemes"},
    events.Subcontract: {"price_variation": "price_variations"},
})  # fmt: skip
"""The list that each field of each part is held against."""

RequestT = TypeVar("RequestT", bound=Incoming)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """A label that is in no list: where it stands, what it is, and what may stand there, the nearest first."""

    field: str
    value: str
    list_name: str
    allowed: tuple[str, ...]


def label_key(text: str) -> str:
    """What two labels have in common that people and programs write differently: composition, apostrophes, blanks."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())


def spelled_as(text: str, allowed: Sequence[str]) -> str | None:
    """The label of a list that this is, as the list spells it; None when it is none of them."""
    wanted = label_key(text)
    return next((label for label in allowed if label_key(label) == wanted), None)


def spelled(request: RequestT, lists: Mapping[str, Sequence[str]]) -> tuple[RequestT, tuple[Unlisted, ...]]:
    """The request with its labels as the lists spell them, and those that are in no list, which stay as they are."""
    walk = _Walk(lists=lists)
    return walk.part(request, "data"), tuple(walk.found)


@dataclass(slots=True, kw_only=True)
class _Walk:
    lists: Mapping[str, Sequence[str]]
    found: list[Unlisted] = field(default_factory=list)

    def part(self, part: RequestT, path: str) -> RequestT:
        names = LISTS.get(type(part), {})
        changed = {}
        for name in type(part).model_fields:
            value = getattr(part, name)
            new = self._value(value, f"{path}.{name}", names.get(name))
            if new is not value:
                changed[name] = new
        return part.model_copy(update=changed) if changed else part

    def _value(self, value: Any, path: str, list_name: str | None) -> Any:  # Any: a field of any part
        if isinstance(value, tuple):
            return tuple(self._value(one, f"{path}.{place}", list_name) for place, one in enumerate(value))
        if isinstance(value, Incoming):
            return self.part(value, path)
        return self._label(value, path, list_name) if list_name is not None and isinstance(value, str) else value

    def _label(self, text: str, path: str, list_name: str) -> str:
        allowed = self.lists[list_name]
        known = spelled_as(text, allowed)
        if known is None and len(self.found) < MOST_FOUND:
            self.found.append(
                Unlisted(field=path, value=text[:LONGEST_SHOWN], list_name=list_name, allowed=_nearest(text, allowed))
            )
        return text if known is None else known


def _nearest(text: str, allowed: Sequence[str]) -> tuple[str, ...]:
    def likeness(label: str) -> float:
        return difflib.SequenceMatcher(None, _plain(label), _plain(text[:LONGEST_SHOWN])).ratio()

    return tuple(sorted(allowed, key=likeness, reverse=True)[:MOST_ALLOWED])


def _plain(text: str) -> str:
    """A label without accents and in lower case: good for telling what is near, too little for telling what is same."""
    decomposed = unicodedata.normalize("NFKD", label_key(text))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()

"""Compares what DUME says of its codes with the mapping, and says what an operator should do about each difference."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.upstream.entries import folded

if TYPE_CHECKING:
    from service.upstream.dume.mapping import DumeMapping
    from service.upstream.dume.reference import Code

CHANGE: Final = "in RELAY_MAPPING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A part of the mapping with the list of codes that belongs to it; `name` None where none does."""

    part: str
    name: str | None


def compared(mapping: DumeMapping) -> tuple[Compared, ...]:
    """The parts of the mapping that have a list of codes, sorted."""
    names = mapping.reference.code_lists
    return tuple(Compared(part=part, name=getattr(names, part)) for part in sorted(type(names).model_fields))


def differences(part: str, rows: Collection[Code], mapping: DumeMapping) -> tuple[str, ...]:
    """Where a list and the mapping differ, sorted, one line each; none when they agree."""
    found = _unread(part, rows, mapping) if part in _READ else ()
    return tuple(sorted({*found, *_unlisted(part, rows, mapping)}))


_READ: Final = ("procedures", "states")
"""Parts that translate what DUME writes; in the others, values of ours become codes that are sent."""


def _unread(part: str, rows: Collection[Code], mapping: DumeMapping) -> Iterator[str]:
    """What DUME may write and the mapping does not know: code or label, of which either may stand in an answer."""
    table: Mapping[str, str] = getattr(mapping, part)
    known = {folded(word): meaning for word, meaning in table.items()}
    for row in rows:
        words = [word for word in (row.code, row.label) if word]
        shown = " or ".join(f'"{word}"' for word in dict.fromkeys(words))
        missing = [word for word in dict.fromkeys(words) if folded(word) not in known]
        meaning = next((known[folded(word)] for word in words if folded(word) in known), None)
        if part == "procedures" and meaning is not None:
            continue  # events name a procedure by its label
        if meaning is None:
            yield f"{part}: DUME writes {shown}, which the mapping does not know: add it under dume.{part} {CHANGE}"
        elif missing:
            added = f'"{missing[0]}": {meaning}'
            yield f"{part}: DUME writes {shown}, known in part: add {added} under dume.{part} {CHANGE}"


def _unlisted(part: str, rows: Collection[Code], mapping: DumeMapping) -> Iterator[str]:
    """What the mapping has and DUME does not list: what is sent is refused, what is read is merely never met."""
    listed = {folded(word) for row in rows for word in (row.code, row.label) if word}
    sent = mapping.sent_states if part == "states" else {} if part in _READ else getattr(mapping, part)
    where = "sent_states" if part == "states" else part
    for code in dict.fromkeys(code for code in sent.values() if folded(code) not in listed):
        names = [ours for ours, other in sent.items() if other == code]
        said, places = " and ".join(names), " and ".join(f"dume.{where}.{ours}" for ours in names)
        yield f'{part}: "{code}" is sent for {said}, and DUME does not list it: correct {places} {CHANGE}'
    told = {folded(code) for code in sent.values()}
    for word in getattr(mapping, part) if part in _READ else ():
        if folded(word) not in listed | told:
            yield f'{part}: the mapping knows "{word}", which DUME does not list: harmless, unless it is misspelt'

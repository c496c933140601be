"""Finds what cannot be right in a mapping whose entries are all there, before anything is sent by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

from service.upstream.entries import Entries, folded

FIELDS: Final = "fields"
OPERATIONS: Final = "operations"
ANSWERS: Final = "answers"
REPLIES: Final = "replies"
"""What a part of a mapping calls its names of fields in requests, its constants, its names of fields in answers, and
how answers are wrapped."""


Pairs = Mapping[tuple[str, str], str]
"""Two entries that are in each other's way, and what they say."""


def unsound(mapping: Entries, packaged: Entries | None, envelope: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, one sentence that names the entry for each.

    `envelope` are the entries that every request of DUME has, with their names. Two entries that the packaged mapping
    sends under one name never meet in one request; any other two might.
    """
    known = dict(_parts(packaged, "")) if packaged is not None else {}
    for path, part in _parts(mapping, ""):
        kind, former = path.rpartition(".")[2], known.get(path)
        yield from _ill_written(path, part, kind)
        if kind == FIELDS:
            known_to_meet = _meeting(former, envelope) if former is not None else {}
            yield from _new(path, _meeting(part, envelope), known_to_meet, "go to one place of a request")
        elif kind == OPERATIONS:
            yield from _new(path, _alike(part), _alike(former) if former is not None else {}, "are one constant")


def _parts(entries: Entries, path: str) -> Iterator[tuple[str, Entries]]:
    """Every part of a mapping by its path, the whole first."""
    yield path, entries
    for name in type(entries).model_fields:
        value = getattr(entries, name)
        if isinstance(value, Entries):
            yield from _parts(value, f"{path}.{name}" if path else name)


def _ill_written(path: str, part: Entries, kind: str) -> Iterator[str]:
    for name in type(part).model_fields:
        value, entry = getattr(part, name), f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            yield from _ill_keyed(entry, value)
            continue
        listed = value if isinstance(value, tuple | frozenset) else (value,)
        check = _wrong_name if kind in {FIELDS, ANSWERS, OPERATIONS, REPLIES} else _wrong_text
        if kind in {ANSWERS, REPLIES} and not listed:
            # Without a word that refuses, every refusal would be taken for success.
            yield f"{entry} has no word to look for"
        for text in sorted(one for one in listed if isinstance(one, str)):
            if (wrong := check(text)) is not None:
                yield f'{entry}: "{text}" {wrong}'


def _ill_keyed(entry: str, table: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with a table of the State's words: an empty one, or two that are one and mean two things."""
    for key, value in table.items():
        texts = (key, value) if isinstance(value, str) else (key,)
        yield from (f'{entry}: "{text}" {wrong}' for text in texts if (wrong := _wrong_text(text)) is not None)
        if isinstance(value, Mapping):
            yield from _ill_keyed(f"{entry}.{key}", value)
    for one, other in combinations(table, 2):
        if folded(one) == folded(other) and table[one] != table[other]:
            yield f'{entry}: "{one}" and "{other}" are one word, and mean {table[one]} and {table[other]}'


def _wrong_text(text: str) -> str | None:
    if not text.strip():
        return "is empty"
    return "has blanks around it" if text != text.strip() else None


def _wrong_name(name: str) -> str | None:
    if not name.strip():
        return "is empty"
    if any(letter.isspace() for letter in name):
        return "has blanks in it"
    return None if all(name.split(".")) else "has a dot with nothing on one side of it"


def _new(path: str, found: Pairs, former: Pairs, how: str) -> Iterator[str]:
    for pair, names in found.items():
        if pair not in former:
            yield f"{path}: {pair[0]} and {pair[1]} {how} ({names})"


def _alike(part: Entries) -> dict[tuple[str, str], str]:
    """Pairs of operations with one constant: one would do what the other is asked for."""
    texts = _texts(part)
    return {(a, b): texts[a] for a, b in combinations(texts, 2) if texts[a].lower() == texts[b].lower()}


def _meeting(part: Entries, envelope: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Pairs of entries of one request of which one would take the place of the other."""
    names, met = _texts(part), dict[tuple[str, str], str]()
    # An entry of the same name takes the place of that of the envelope.
    around = {name: text for name, text in envelope.items() if name not in names}
    for together in type(part).rows():
        met |= _colliding({name: text for name, text in names.items() if name in together})
    for together in type(part).requests():
        met |= _colliding({name: text for name, text in names.items() if name in together} | around)
    return met


def _colliding(names: Mapping[str, str]) -> dict[tuple[str, str], str]:
    return {
        (one, other): f"{names[one]}, {names[other]}"
        for one, other in combinations(names, 2)
        if _collide(names[one], names[other])
    }


def _texts(part: Entries) -> dict[str, str]:
    """The entries of a part that are one text."""
    told = {name: getattr(part, name) for name in type(part).model_fields}
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _collide(one: str, other: str) -> bool:
    """Whether two names are one, or one is an object that the other is a plain value in place of."""
    one, other = one.lower(), other.lower()
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")

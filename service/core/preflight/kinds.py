"""What each kind of rule asks of an invoice: a small closed set, over elements found by path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.preflight.places import Place, missing, places

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from service.core.preflight.rules import Rule

LONGEST_MATCHED = 1000
"""Characters given to a pattern; what is longer is no number and no code."""

_SIRET = re.compile(r"[0-9]{14}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One place where a rule is broken; no text where something is missing."""

    path: str | None
    text: str | None = None
    length: int = 0


def broken(rule: Rule, root: Element, syntax: str) -> Iterator[Broken]:
    """Every place in an invoice where the rule is broken."""
    paths: tuple[str, ...] = getattr(rule.at, syntax)
    if not paths or not _concerns(rule, root, syntax):
        return
    found = [place for path in paths for place in places(root, path, syntax)]
    stated = [place for place in found if place.text]
    match rule.kind:
        case "required":
            if not stated:
                yield Broken(path=missing(root, paths[0], syntax))
        case "absent":
            yield from (Broken(path=place.path, text=place.text) for place in stated)
        case "siret":
            yield from _without_siret(stated, missing(root, paths[0], syntax))
        case "max_bytes" if rule.of == "attachment":
            large = (place for place in found if place.size > (rule.limit or 0))
            yield from (Broken(path=place.path, length=place.size) for place in large)
        case kind if kind in _ASKED:
            asked = _ASKED[kind]
            wrong = (place for place in stated if not asked(rule, place.text))
            yield from (Broken(path=place.path, text=place.text, length=len(place.text)) for place in wrong)
        case _:
            return


def is_iban(text: str) -> bool:
    """Whether a text is an account number of that form with the right check digits."""
    plain = re.sub(r"\s", "", text).upper()
    if not _IBAN.fullmatch(plain):
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _concerns(rule: Rule, root: Element, syntax: str) -> bool:
    if rule.where is None:
        return True
    paths: tuple[str, ...] = getattr(rule.where.at, syntax)
    said = {place.text for path in paths for place in places(root, path, syntax) if place.text}
    return not said or bool(said & rule.where.words)


def _without_siret(stated: list[Place], nowhere: str) -> Iterator[Broken]:
    """One of the identifiers is enough; else the first is named."""
    if any(_SIRET.fullmatch(re.sub(r"\s", "", place.text)) for place in stated):
        return
    first = stated[0] if stated else None
    yield Broken(path=first.path if first else nowhere, text=first.text if first else None)


def _matches(rule: Rule, text: str) -> bool:
    return len(text) <= LONGEST_MATCHED and re.fullmatch(rule.pattern or "", text) is not None


_ASKED: Mapping[str, Callable[[Rule, str], bool]] = {
    "max_length": lambda rule, text: len(text) <= (rule.limit or 0),
    "pattern": _matches,
    "one_of": lambda rule, text: text in rule.allowed,
    "iban": lambda _, text: is_iban(text),
    "file_type": lambda rule, text: text.rpartition(".")[2].upper() in rule.allowed,
}

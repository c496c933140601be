"""Finds elements and attributes of an invoice by path, and says where each stands in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from service.core.documents import cii, ubl
from service.core.documents.safe_xml import SIZE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACES: Final[Mapping[str, Mapping[str, str]]] = {"ubl": ubl.NAMESPACES, "cii": cii.NAMESPACES}
MOST: Final = 100
"""Places looked at for one path; an invoice has a handful."""

_STEP: Final = re.compile(r"([a-z]+):([A-Za-z]+)")
_ATTRIBUTE: Final = re.compile(r"@[A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One element or attribute: where it is, what it says, how many bytes an embedded file has."""

    path: str
    text: str = field(repr=False)
    size: int = 0


def is_path(path: str, syntax: str) -> bool:
    """Whether a path can be followed in this syntax."""
    steps = path.split("/")
    if len(steps) > 1 and _ATTRIBUTE.fullmatch(steps[-1]):
        steps = steps[:-1]
    found = [_STEP.fullmatch(step) for step in steps]
    return all(step is not None and step[1] in NAMESPACES[syntax] for step in found)


def places(root: Element, path: str, syntax: str) -> Iterator[Place]:
    """What stands at a path that counts from the root, in the order of the file."""
    steps, _, attribute = path.partition("/@")
    found = _below(root, _shown(root, syntax), steps.split("/"), NAMESPACES[syntax])
    for _, (element, where) in zip(range(MOST), found, strict=False):
        if not attribute:
            yield Place(path=where, text=(element.text or "").strip(), size=int(element.get(SIZE, "0")))
        elif attribute in element.keys():  # noqa: SIM118 - an element is no mapping
            yield Place(path=f"{where}/@{attribute}", text=element.get(attribute, "").strip())


def missing(root: Element, path: str, syntax: str) -> str:
    """How the place is called where nothing stands."""
    return f"{_shown(root, syntax)}/{path}"


def _below(
    element: Element, where: str, steps: list[str], namespaces: Mapping[str, str]
) -> Iterator[tuple[Element, str]]:
    if not steps:
        yield element, where
        return
    prefix, _, name = steps[0].partition(":")
    children = element.findall(f"{{{namespaces[prefix]}}}{name}")
    for number, child in enumerate(children, start=1):
        index = f"[{number}]" if len(children) > 1 else ""
        yield from _below(child, f"{where}/{steps[0]}{index}", steps[1:], namespaces)


def _shown(root: Element, syntax: str) -> str:
    name = root.tag.rpartition("}")[2]
    return f"/rsm:{name}" if syntax == "cii" else f"/{name}"

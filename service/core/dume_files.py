"""Tells whether a document of a DUME is what it should be, and how its file is called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from service.core.espd import BIDDER_ROOT, ROOT, EspdInvalid, check
from service.core.received_file import file_name, media_type

ROOTS: Final = {"buyer": ROOT, "bidder": BIDDER_ROOT}
_TYPES: Final = {"pdf": "application/pdf", "xml": "application/xml", "html": "text/html", "zip": "application/zip"}
_ENDING: Final = re.compile(r"(?P<stem>.+)\.(?P<ending>[A-Za-z0-9]{1,8})")
_UNUSUAL: Final = re.compile(r"[^A-Za-z0-9._+-]+")
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A file with its name and what it is; `warning` says in a sentence why it is not what it should be."""

    name: str
    media_type: str
    sha256: str
    content: bytes = field(repr=False)
    warning: str | None


def described(content: bytes, *, of: str, form: str, dume_id: str | None) -> Described:
    """A document that was asked for in a form: `pdf`, `xml` or `html`."""
    name = file_name(content, [f"dume-{dume_id}" if dume_id else "dume"])
    return _described(
        name, content, _warning(content, form) or (_unlike(content, ROOTS[of]) if form == "xml" else None)
    )


def described_all(files: Sequence[tuple[str | None, str | None, bytes]]) -> tuple[Described, ...]:
    """The files of a download, each with the name it was given, whose DUME it belongs to, and its content.

    Names are safe on any disk, and no two of them are the same.
    """
    taken: set[str] = set()
    return tuple(_of_download(told, dume_id, content, taken) for told, dume_id, content in files)


def _of_download(told: str | None, dume_id: str | None, content: bytes, taken: set[str]) -> Described:
    stem, ending = _split(told, dume_id, content)
    name = next(name for name in _numbered(stem, ending) if name.lower() not in taken)
    taken.add(name.lower())
    return _described(name, content, _warning(content, ending.lower()))


def _described(name: str, content: bytes, warning: str | None) -> Described:
    digest = hashlib.sha256(content).hexdigest()
    return Described(name=name, media_type=media_type(content), sha256=digest, content=content, warning=warning)


def _split(told: str | None, dume_id: str | None, content: bytes) -> tuple[str, str]:
    safe = _UNUSUAL.sub("_", (told or "").rpartition("/")[2].rpartition("\\")[2]).strip("._")[-_LONGEST:]
    parts = _ENDING.fullmatch(safe)
    if parts is not None:
        return parts["stem"], parts["ending"]
    stem, _, ending = file_name(content, [safe or (f"dume-{dume_id}" if dume_id else "dume")]).rpartition(".")
    return stem, ending


def _numbered(stem: str, ending: str) -> Iterator[str]:
    yield f"{stem}.{ending}"
    number = 2
    while True:
        yield f"{stem}-{number}.{ending}"
        number += 1


def _warning(content: bytes, form: str) -> str | None:
    expected, found = _TYPES.get(form), media_type(content)
    if not content:
        return "The file is empty."
    if expected is None or found == expected:
        return None
    return f"The file should be {expected} and begins like {found}."


def _unlike(content: bytes, root: str) -> str | None:
    try:
        check(content, root)
    except EspdInvalid as error:
        return str(error)
    return None

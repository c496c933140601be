"""Lists the files of a tar.gz in memory, in bounded time, and writes nothing to disk."""

from __future__ import annotations

import gzip
import tarfile
import unicodedata
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Final

from service.core.documents.facts import (
    MAX_ARCHIVE_BYTES,
    MAX_ARCHIVE_MEMBERS,
    MAX_FILE_BYTES,
    DocumentInvalid,
    DocumentProblem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK: Final = tarfile.BLOCKSIZE
_FILES: Final = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE})
_MAX_ENTRIES: Final = 4 * MAX_ARCHIVE_MEMBERS
"""Headers of any kind: each file may bring two of its own (long name, attributes), and there are folders."""
_MAX_NAME: Final = 4_096
_MAX_HEADER: Final = 65_536
"""Bytes of an entry that only says something of the next one: a name, a time, an owner."""
_HEADERS: Final = frozenset({tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE})
_MAX_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name as written there, and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One header and what follows it."""

    name: str
    kind: bytes
    content: bytes = field(repr=False)


def members(content: bytes) -> tuple[Member, ...]:
    """Every file of the archive in its order, folders left out; at least one.

    Raises `DocumentInvalid` (`archive_malformed`, `archive_unsafe`, `archive_empty`, `file_too_large`).
    """
    found: dict[str, Member] = {}
    for entry in _named(_entries(_expand(content))):
        _refuse_unsafe(entry)
        if entry.kind == tarfile.DIRTYPE:
            continue
        if (place := _place(entry.name)) in found:
            raise _unsafe(f"it holds two files named {clip(entry.name)}")
        if len(found) == MAX_ARCHIVE_MEMBERS:
            raise _unsafe(f"it holds more than {MAX_ARCHIVE_MEMBERS} files; send several archives")
        found[place] = Member(entry.name, entry.content)
    if not found:
        raise DocumentInvalid(DocumentProblem.ARCHIVE_EMPTY, "The archive holds no file; put the invoices in it.")
    return tuple(found.values())


def _place(name: str) -> str:
    """Where a file lands on a system that knows neither case nor accents apart."""
    parts = (part for part in name.split("/") if part not in {"", "."})
    return unicodedata.normalize("NFKC", "/".join(parts)).casefold()


def clip(name: str) -> str:
    """A file name fit for a sentence: quoted, one line, at most 80 characters."""
    shown = name if name.isprintable() else name.encode("unicode_escape", "backslashreplace").decode("ascii")
    return f"“{shown}”" if len(shown) <= _MAX_SHOWN else f"“{shown[: _MAX_SHOWN - 1]}…”"


def _expand(content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as stream:
            expanded = stream.read(MAX_ARCHIVE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _malformed("the gzip compression is damaged or cut short") from error
    if len(expanded) > MAX_ARCHIVE_BYTES:
        raise _unsafe(f"it expands to more than {MAX_ARCHIVE_BYTES // 1_000_000} MB; send several archives")
    return expanded


def _entries(expanded: bytes) -> Iterator[_Entry]:
    """Walks the headers itself: `tarfile` can loop for ever or for very long on crafted ones in Python 3.11."""
    offset, count = 0, 0
    while (header := expanded[offset : offset + _BLOCK]).strip(b"\0"):
        count += 1
        if count > _MAX_ENTRIES:
            raise _unsafe("it holds more entries than a flow of invoices does")
        entry = _header(header)
        start, end = offset + _BLOCK, offset + _BLOCK + entry.size
        if entry.size < 0 or end > len(expanded):
            raise _malformed("it is cut short")
        if entry.type in _HEADERS and entry.size > _MAX_HEADER:
            raise _unsafe("one of its extended headers is longer than any name")
        yield _Entry(entry.name, entry.type, expanded[start:end])
        offset = end + -entry.size % _BLOCK
    # Other programs may read on after one empty block: what they would find there, nobody checked here.
    if expanded[offset:].strip(b"\0"):
        raise _unsafe("something follows after its end")


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise _malformed("what is compressed is not a tar archive") from error


def _named(entries: Iterator[_Entry]) -> Iterator[_Entry]:
    """The entries under their long names, which GNU and POSIX put in an entry of its own before the file's."""
    long_name: str | None = None
    for entry in entries:
        if entry.kind == tarfile.GNUTYPE_LONGNAME:
            long_name = entry.content[:_MAX_NAME].partition(b"\0")[0].decode("utf-8", "surrogateescape")
        elif entry.kind == tarfile.XHDTYPE:
            long_name = _posix_path(entry.content) or long_name
        elif entry.kind != tarfile.XGLTYPE:
            yield _Entry(long_name or entry.name, entry.kind, entry.content)
            long_name = None


def _posix_path(records: bytes) -> str | None:
    """The `path` of a POSIX extended header, whose records read `length key=value`."""
    path = None
    while records:
        length, space, _ = records[:20].partition(b" ")
        if not (space and length.isdigit() and len(length) < int(length) <= len(records)):
            raise _malformed("one of its extended headers cannot be read")
        record, records = records[len(length) + 1 : int(length)], records[int(length) :]
        key, _, value = record.rstrip(b"\n").partition(b"=")
        if key in {b"size", b"linkpath"} or key.startswith(b"GNU.sparse"):
            raise _unsafe("one of its extended headers changes what a file is")
        path = value.decode("utf-8", "surrogateescape") if key == b"path" else path
    return path


def _refuse_unsafe(entry: _Entry) -> None:
    if entry.kind != tarfile.DIRTYPE and entry.kind not in _FILES:
        raise _unsafe(f"{clip(entry.name)} is a link, a device or another special entry; put plain files only")
    parts = entry.name.removesuffix("/").split("/")
    if not entry.name or len(entry.name) > _MAX_NAME or not entry.name.isprintable() or "\\" in entry.name:
        raise _unsafe(f"the file name {clip(entry.name)} is not a plain one")
    if ".." in parts or not parts[0] or ":" in parts[0]:
        raise _unsafe(f"the file name {clip(entry.name)} leads out of the archive")
    if len(entry.content) > MAX_FILE_BYTES:
        raise DocumentInvalid(
            DocumentProblem.FILE_TOO_LARGE,
            f"{clip(entry.name)} is larger than {MAX_FILE_BYTES // 1_000_000} MB, which Chorus Pro does not take.",
        )


def _malformed(what: str) -> DocumentInvalid:
    return DocumentInvalid(
        DocumentProblem.ARCHIVE_MALFORMED,
        f"The archive cannot be read: {what}; make it again as a tar.gz.",
    )


def _unsafe(what: str) -> DocumentInvalid:
    return DocumentInvalid(DocumentProblem.ARCHIVE_UNSAFE, f"The archive is refused for safety: {what}.")

"""Reads where the elements of a DUME document stand in its bytes, in bounded time and memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

ROOT: Final = "QualificationApplicationRequest"
"""What a buyer asks: the root of a DUME A."""
BIDDER_ROOT: Final = "QualificationApplicationResponse"
"""What a bidder answers: the root of a DUME OE."""

LARGEST: Final = 10 * 1024 * 1024
DEEPEST: Final = 100
MOST_TAGS: Final = 200_000
"""Of tags, and of attributes; the State's own model has some thousands."""

_KEPT_DEPTH: Final = 5
"""Nothing that is filled lies deeper; what does is read over."""

_CLOSED: Final = (b"/>", b"/\0>\0", b"\0/\0>")


class EspdInvalid(ValueError):
    """The document cannot be taken; the message says why in one sentence and repeats nothing of it."""


@dataclass(slots=True, kw_only=True, eq=False)
class Element:
    """One element: its local name, the offsets of its start tag and of its end tag, and what it says.

    The end of `<empty/>`, which `is_closed` in its start tag, is behind it. `prefixes` are those it declares itself,
    "" for the default namespace.
    """

    name: str
    start: int
    parent: Element | None = field(default=None, repr=False)
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    end: int = 0
    is_closed: bool = False
    children: list[Element] = field(default_factory=list, repr=False)
    pieces: list[str] = field(default_factory=list, repr=False)

    @property
    def text(self) -> str:
        """Its own text, without the blanks around it."""
        return "".join(self.pieces).strip()

    def named(self, name: str) -> Iterator[Element]:
        """Its children of this name, in whatever namespace: versions of the document differ in it."""
        return (child for child in self.children if child.name == name)

    def scope(self) -> dict[str, str]:
        """The namespaces that prefixes stand for inside it."""
        return {**(self.parent.scope() if self.parent else {}), **self.prefixes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The bytes of a document, its root, and the codec that reads and writes a part of them."""

    content: bytes = field(repr=False)
    root: Element
    codec: str


class _Target:
    """Notes where elements begin and end."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.root: Element | None = None
        self.encoding: str | None = None
        self.where: Callable[[], int] = lambda: 0
        self._open: list[Element] = []
        self._depth = 0
        self._is_just_open = False
        self._prefixes: dict[str, str] = {}

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = encoding

    def start_ns(self, prefix: str, uri: str) -> None:
        self._prefixes[prefix or ""] = uri or ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth, self._is_just_open = self._depth + 1, True
        if self._depth > DEEPEST:
            raise EspdInvalid(f"The document is nested deeper than {DEEPEST} elements.")
        prefixes, self._prefixes = self._prefixes, {}
        if self._depth > _KEPT_DEPTH:
            return
        parent = self._open[-1] if self._open else None
        element = Element(
            name=tag.rpartition("}")[2], start=self.where(), parent=parent, attributes=attributes, prefixes=prefixes
        )
        if parent is None:
            self.root = element
        else:
            parent.children.append(element)
        self._open.append(element)

    def end(self, _tag: str) -> None:
        if self._depth <= _KEPT_DEPTH:
            element = self._open.pop()
            element.end = self.where()
            element.is_closed = self._is_just_open and self._content.endswith(_CLOSED, 0, element.end)
        self._depth, self._is_just_open = self._depth - 1, False

    def data(self, text: str) -> None:
        self._is_just_open = False
        if self._depth <= _KEPT_DEPTH:
            self._open[-1].pieces.append(text)


def check(document: bytes, root: str) -> None:
    """Raise EspdInvalid unless it is well-formed, declares nothing unsafe, and is of this root (local name)."""
    read(document, root)


def read(content: bytes, root: str) -> Document:
    """Where everything stands; raises EspdInvalid for what is not safe, not well-formed or of another root."""
    if len(content) > LARGEST:
        raise EspdInvalid(f"The document is larger than {LARGEST} bytes.")
    if max(content.count(b"<"), content.count(b"=")) > MOST_TAGS:
        raise EspdInvalid(f"The document has more than {MOST_TAGS} tags or attributes.")
    target = _Target(content)
    _parse(content, target)
    if target.root is None or target.root.name != root:
        raise EspdInvalid(f"The document is no DUME of this kind: its root is not {root}.")
    return Document(content=content, root=target.root, codec=_codec(content, target.encoding))


def _parse(content: bytes, target: _Target) -> None:
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    parser.parser.XmlDeclHandler = target.declared
    target.where = lambda: parser.parser.CurrentByteIndex
    try:
        parser.feed(content)
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise EspdInvalid(f"The document is not well-formed XML: line {line}, column {column}.") from error
    except DefusedXmlException as error:
        raise EspdInvalid("The document declares a document type or entities, which are never read.") from error
    except EspdInvalid:
        raise
    except (LookupError, ValueError) as error:  # an encoding nobody knows, or one that expat cannot decode
        raise EspdInvalid("The document is in an encoding that cannot be read.") from error


def _codec(content: bytes, declared: str | None) -> str:
    """The codec by which the parser has read it: two bytes a letter tell themselves, else it is declared."""
    if content.startswith(b"\xff\xfe") or content[1:2] == b"\0":
        return "utf-16-le"
    if content.startswith((b"\xfe\xff", b"\0")):
        return "utf-16-be"
    return declared or "utf-8"

"""Parses untrusted XML in bounded time and memory, and keeps only what stands above the invoice lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from service.core.documents.allowance import Allowance
from service.core.documents.facts import DocumentInvalid, DocumentProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_DEPTH: Final = 64
"""Levels of nesting. The deepest element of UBL and CII sits at about a dozen; extensions add a few."""

MAX_TOKEN: Final = 262_144
"""Bytes of one tag with its attributes, or of one comment; text may be longer, embedded attachments are text."""

MAX_HEADER_ELEMENTS: Final = 20_000
"""Elements kept in memory. An invoice has one or two hundred outside its lines."""

DROPPED: Final = frozenset(
    {
        "InvoiceLine",
        "CreditNoteLine",
        "IncludedSupplyChainTradeLineItem",
        "UBLExtensions",
    },
)
"""Elements read by nobody here and large: lines, signatures."""

EMPTIED: Final = frozenset({"EmbeddedDocumentBinaryObject", "AttachmentBinaryObject"})
"""Embedded attachments, of which only name and size are kept."""

SIZE: Final = "{urn:piste-relay:size}bytes"
"""Attribute put on an emptied element: how many bytes its base64 stands for, line breaks apart."""

_CHUNK: Final = 65_536


class _RootFound(Exception):
    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


class _RootTarget:
    """Stops at the first element."""

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        raise _RootFound(tag)

    def close(self) -> None:
        """End of a file without any element: the parser has complained before."""


class _HeaderTarget:
    """Builds the tree without what hangs below the dropped elements, and counts everything."""

    def __init__(self, allowance: Allowance) -> None:
        self._tree = TreeBuilder()
        self._allowance = allowance
        self._depth = 0
        self._kept = 0
        self._dropped_at: int | None = None
        self._characters: int | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        is_within = self._allowance.take_elements(1 + len(attributes))
        if self._depth > MAX_DEPTH or self._kept > MAX_HEADER_ELEMENTS or not is_within:
            raise _unsafe("it nests deeper or has more elements than any invoice does")
        if self._dropped_at is not None:
            return
        name = tag.rpartition("}")[2]
        if name not in DROPPED:
            self._kept += 1 + len(attributes)
            self._tree.start(tag, attributes)
        if name in DROPPED or name in EMPTIED:
            self._dropped_at = self._depth
            self._characters = 0 if name in EMPTIED else None

    def end(self, tag: str) -> None:
        if self._dropped_at is None:
            self._tree.end(tag)
        elif self._dropped_at == self._depth:
            if self._characters is not None:
                self._tree.end(tag).set(SIZE, str(self._characters * 3 // 4))
            self._dropped_at = self._characters = None
        self._depth -= 1

    def data(self, text: str) -> None:
        if self._dropped_at is None:
            self._tree.data(text)
        elif self._characters is not None:
            self._characters += len(text) - text.count("\n")

    def close(self) -> Element:
        return self._tree.close()


def parse_header(content: bytes, allowance: Allowance | None = None) -> Element:
    """The tree above the invoice lines. Raises `DocumentInvalid` (`xml_malformed`, `xml_unsafe`)."""
    root = _parse(content, _HeaderTarget(allowance or Allowance()))
    if not isinstance(root, Element):
        raise _malformed("it has no element")
    return root


def root_tag(content: bytes) -> str:
    """The root element as `{namespace}name`, without reading the rest. Raises like `parse_header`."""
    try:
        _parse(content, _RootTarget())
    except _RootFound as found:
        return found.tag
    raise _malformed("it has no element")


def _parse(content: bytes, target: object) -> object:
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        for start in range(0, len(content), _CHUNK):
            parser.feed(content[start : start + _CHUNK])
            # What the parser holds back is one unfinished tag or comment: expat has no bound of its own for it.
            if start - parser.parser.CurrentByteIndex > MAX_TOKEN:
                raise _unsafe("one of its tags or comments is longer than any in an invoice")
        return parser.close()
    except ParseError as error:
        line, column = error.position
        raise _malformed(f"line {line}, column {column}") from error
    except DefusedXmlException as error:
        raise _unsafe("it declares a document type, an entity or an external reference") from error
    except (LookupError, ValueError) as error:  # an encoding nobody knows, or one that expat cannot decode
        raise _malformed("its encoding cannot be read") from error


def _malformed(where: str) -> DocumentInvalid:
    return DocumentInvalid(
        DocumentProblem.XML_MALFORMED,
        f"The XML cannot be parsed ({where}); export the invoice again and check that the file is complete.",
    )


def _unsafe(what: str) -> DocumentInvalid:
    return DocumentInvalid(
        DocumentProblem.XML_UNSAFE,
        f"The XML is refused for safety: {what}; invoices need none of it, remove it.",
    )

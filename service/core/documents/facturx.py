"""Takes the invoice's XML out of a Factur-X PDF, in bounded memory and time."""

from __future__ import annotations

import logging
import struct
import zlib
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from pypdf import apply_configuration
from pypdf.errors import DependencyError, DeprecationError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from service.core.documents.facts import MAX_FILE_BYTES, DocumentInvalid, DocumentProblem
from service.core.documents.pdf import BoundedReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf.generic import PdfObject

    from service.core.documents.allowance import Allowance

INVOICE_NAMES: Final = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""Names of the embedded invoice, in order of preference: Factur-X, then ZUGFeRD 2.0, then its German profile."""

MAX_EMBEDDED: Final = 1_000
"""Embedded files, and nodes of the tree that names them. Invoices carry a handful."""

MAX_COPIES: Final = 4
"""Streams looked into under the invoice's name: the tree and the associated files may each have one or two."""

MAX_STRUCTURE_BYTES: Final = 2_000_000
"""One decompressed stream of the PDF's own structure; the embedded invoice may have the size of a file."""

BROKEN_PDF: Final = (
    *(PyPdfError, DependencyError, DeprecationError, zlib.error, struct.error),
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError),
    *(RuntimeError, TypeError, ValueError),
)
"""pypdf warns that a broken file may raise anything; RuntimeError includes endless recursion."""


def embedded_invoice(content: bytes, allowance: Allowance) -> bytes:
    """The XML embedded in the PDF. Raises `DocumentInvalid` (`pdf_malformed`, `pdf_without_invoice`)."""
    try:
        found = _find(content, allowance)
    except BROKEN_PDF as error:
        raise _malformed(
            "it is damaged, encrypted or cut short; export it again, without a password"
            if allowance.has_pdf_work
            else "it asks for more work than any invoice does; export it again"
        ) from error
    if found is None:
        raise DocumentInvalid(
            DocumentProblem.PDF_WITHOUT_INVOICE,
            f"The PDF embeds no invoice ({INVOICE_NAMES[0]}); export it as Factur-X, or deposit the XML itself.",
        )
    return found


def _find(content: bytes, allowance: Allowance) -> bytes | None:
    # The library warns of each repair, with what it read: no log may quote an invoice, or grow with what is in one.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with _decoding_at_most(MAX_STRUCTURE_BYTES):
        reader = BoundedReader(content, allowance)
        catalog = reader.trailer["/Root"].get_object()
        if not isinstance(catalog, DictionaryObject):
            raise TypeError(type(catalog).__name__)
        named: dict[str, dict[int, StreamObject]] = {}
        for name, stream in _embedded_files(catalog):
            named.setdefault(name, {})[id(stream)] = stream
    found = next((name for name in INVOICE_NAMES if name in named), None)
    return None if found is None else _only_one(reader, found, list(named[found].values()))


def _only_one(reader: BoundedReader, name: str, streams: list[StreamObject]) -> bytes:
    """The one content of files of this name; copies are fine, but of two contents nobody knows which is deposited."""
    if len(streams) <= MAX_COPIES:
        with _decoding_at_most(MAX_FILE_BYTES):
            contents = {reader.decoded(stream) for stream in streams}
        if len(contents) == 1:
            return contents.pop()
    raise _malformed(f"it embeds several different files named {name}, and readers would disagree; keep one")


def _decoding_at_most(length: int) -> AbstractContextManager[object]:
    return apply_configuration(
        maximum_declared_stream_length=MAX_FILE_BYTES,
        zlib_maximum_output_length=length,
        zlib_maximum_recovery_input_length=0,
        lzw_maximum_output_length=length,
        run_length_maximum_output_length=length,
        stream_decoding_work_maximum_length=2 * length,
        stream_filters_maximum_length=4,
        jbig2dec_binary=None,
    )


def _embedded_files(catalog: DictionaryObject) -> Iterator[tuple[str, StreamObject]]:
    """Those of the name tree and the associated files: PDF/A-3 asks for both, some programs write one of them."""
    names = _resolved(catalog.get("/Names"))
    if isinstance(names, DictionaryObject):
        yield from _tree(names.get("/EmbeddedFiles"))
    associated = _resolved(catalog.get("/AF"))
    for entry in associated[:MAX_EMBEDDED] if isinstance(associated, ArrayObject) else ():
        yield from _file(None, entry)


def _tree(root: PdfObject | None) -> Iterator[tuple[str, StreamObject]]:
    """The files of a name tree, level by level; a tree that bites its own tail or never ends is cut."""
    nodes, files = [root], 0
    for node in nodes:
        found = _resolved(node)
        if not isinstance(found, DictionaryObject):
            continue
        kids, names = _resolved(found.get("/Kids")), _resolved(found.get("/Names"))
        if isinstance(kids, ArrayObject):
            nodes += kids[: MAX_EMBEDDED - len(nodes)]
        pairs = names[: 2 * (MAX_EMBEDDED - files)] if isinstance(names, ArrayObject) else []
        files += len(pairs) // 2
        for name, file in zip(pairs[::2], pairs[1::2], strict=False):
            yield from _file(name, file)


def _file(listed_as: PdfObject | None, entry: PdfObject) -> Iterator[tuple[str, StreamObject]]:
    """Every stream of a file under every name that it goes by."""
    file = _resolved(entry)
    if not isinstance(file, DictionaryObject):
        return
    embedded = _resolved(file.get("/EF"))
    if not isinstance(embedded, DictionaryObject):
        return
    written: list[object] = [_resolved(name) for name in (listed_as, file.get("/UF"), file.get("/F"))]
    names = {name.strip().lower() for name in written if isinstance(name, str)}
    streams = [_resolved(embedded.get(key)) for key in ("/UF", "/F")]
    for name in sorted(names):
        yield from ((name, stream) for stream in streams if isinstance(stream, StreamObject))


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return None if value is None else value.get_object()


def _malformed(why: str) -> DocumentInvalid:
    return DocumentInvalid(DocumentProblem.PDF_MALFORMED, f"The PDF cannot be read: {why}.")

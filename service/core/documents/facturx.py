"""Takes the invoice's XML out of a Factur-X PDF, in bounded memory."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Final

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, DeprecationError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, EmbeddedFile, NullObject

from service.core.documents.facts import MAX_FILE_BYTES, DocumentInvalid, DocumentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

INVOICE_NAMES: Final = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""Names of the embedded invoice, in order of preference: Factur-X, then ZUGFeRD 2.0, then its German profile."""

BROKEN_PDF: Final = (
    *(PyPdfError, DependencyError, DeprecationError, zlib.error, struct.error),
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError),
    *(RuntimeError, TypeError, ValueError),
)
"""pypdf warns that a broken file may raise anything; RuntimeError includes endless recursion."""


def embedded_invoice(content: bytes) -> bytes:
    """The XML embedded in the PDF. Raises `DocumentInvalid` (`pdf_malformed`, `pdf_without_invoice`)."""
    try:
        found = _find(content)
    except BROKEN_PDF as error:
        raise DocumentInvalid(
            DocumentProblem.PDF_MALFORMED,
            "The PDF cannot be read: it is damaged, encrypted or cut short; export it again, without a password.",
        ) from error
    if found is None:
        raise DocumentInvalid(
            DocumentProblem.PDF_WITHOUT_INVOICE,
            f"The PDF embeds no invoice ({INVOICE_NAMES[0]}); export it as Factur-X, or deposit the XML itself.",
        )
    return found


def _find(content: bytes) -> bytes | None:
    with apply_configuration(
        maximum_declared_stream_length=MAX_FILE_BYTES,
        zlib_maximum_output_length=MAX_FILE_BYTES,
        zlib_maximum_recovery_input_length=0,
        lzw_maximum_output_length=MAX_FILE_BYTES,
        run_length_maximum_output_length=MAX_FILE_BYTES,
        stream_decoding_work_maximum_length=4 * MAX_FILE_BYTES,
        stream_filters_maximum_length=4,
        jbig2dec_binary=None,
    ):
        reader = PdfReader(BytesIO(content), root_object_recovery_limit=1_000, xref_stream_maximum_entries=200_000)
        catalog = reader.trailer["/Root"].get_object()
        if not isinstance(catalog, DictionaryObject):
            raise TypeError(type(catalog).__name__)
        named = {name: file for file in _embedded_files(reader, catalog) for name in _names(file)}
        return next((named[name].content for name in INVOICE_NAMES if name in named), None)


def _embedded_files(reader: PdfReader, catalog: DictionaryObject) -> Iterator[EmbeddedFile]:
    """The name tree first, then the associated files: where they disagree, the latter are what PDF/A-3 asks for."""
    yield from reader.attachment_list
    associated = catalog.get("/AF", NullObject()).get_object()
    for entry in associated if isinstance(associated, ArrayObject) else ():
        file = entry.get_object()
        if isinstance(file, DictionaryObject) and "/EF" in file:
            yield EmbeddedFile("", file)


def _names(file: EmbeddedFile) -> Iterator[str]:
    for name in (file.name, file.alternative_name):
        if isinstance(name, str):
            yield name.strip().lower()

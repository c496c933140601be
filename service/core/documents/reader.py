"""Decides what an invoice file is, and reads the facts of every invoice in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from service.core.documents import archive, cii, ubl
from service.core.documents.allowance import Allowance
from service.core.documents.facts import (
    ARCHIVE,
    MAX_FILE_BYTES,
    Archive,
    Document,
    DocumentInvalid,
    DocumentProblem,
    InvoiceFacts,
    Syntax,
)
from service.core.documents.facturx import embedded_invoice
from service.core.documents.safe_xml import parse_header, root_tag
from service.core.documents.stated import to_facts

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from service.core.documents.archive import Member
    from service.core.documents.stated import Stated

_ROOTS: Final[dict[str, tuple[Syntax, Callable[[Element], Stated]]]] = {
    ubl.INVOICE_ROOT: (Syntax.UBL, ubl.read_ubl),
    ubl.CREDIT_NOTE_ROOT: (Syntax.UBL, ubl.read_ubl),
    cii.ROOT: (Syntax.CII, cii.read_cii),
}
_DECLARED: Final[dict[Syntax | Archive, str]] = {
    Syntax.UBL: "ubl",
    Syntax.CII: "cii",
    Syntax.FACTURX: "factur-x",
    ARCHIVE: "archive",
}
Examine = Callable[["Element", InvoiceFacts], object]
"""Looks at one invoice while its file is read; the tree is gone afterwards."""

_GZIP: Final = b"\x1f\x8b"
_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1_024
"""Readers look for a PDF's signature this far: some programs write a line before it."""
_XML_STARTS: Final = (b"<", b"\0<", b"\0\0\0<")
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read(
    content: bytes, *, name: str = "", declared: str | None = None, examine: Examine = lambda _root, _facts: None
) -> Document:
    """The document in `content`, read whole and nothing kept.

    `name` only serves the sentences; `declared` is what the sender says it is (`ubl`, `cii`, `factur-x`, `archive`).
    `examine` is shown each invoice: what stands above its lines, and its facts.
    Raises `DocumentInvalid`, for any bytes and nothing else. Takes up to some seconds on hostile input: not for a
    thread that others wait for.
    """
    try:
        return _read(content, declared, examine)
    except DocumentInvalid as problem:
        raise _named(problem, name) from problem


def recognise(content: bytes) -> Syntax | Archive:
    """What the file is by its first bytes and root element; the rest may still be wrong. Raises `DocumentInvalid`."""
    _refuse_size(content)
    start = content[:_PDF_WITHIN]
    if start.startswith(_GZIP):
        return ARCHIVE
    if _is_xml(start):
        return _reader_of(root_tag(content))[0]
    if _PDF in start:
        return Syntax.FACTURX
    raise _unknown("it is neither XML, nor a PDF, nor a tar.gz archive")


def _read(content: bytes, declared: str | None, examine: Examine) -> Document:
    found = recognise(content)
    if declared is not None and declared != _DECLARED[found]:
        raise DocumentInvalid(
            DocumentProblem.FORMAT_MISMATCH,
            f"The file was declared {archive.clip(declared)} but is “{_DECLARED[found]}”; correct one of them.",
        )
    if found == ARCHIVE:
        allowance = Allowance()
        invoices = tuple(_of_member(member, allowance, examine) for member in archive.members(content))
        return Document(_common_syntax(invoices), _refuse_duplicates(invoices), is_archive=True)
    root, facts = _invoice(content, found, Allowance())
    examine(root, facts)
    return Document(found, (facts,), is_archive=False)


def _invoice(content: bytes, syntax: Syntax, allowance: Allowance) -> tuple[Element, InvoiceFacts]:
    root = parse_header(embedded_invoice(content, allowance) if syntax is Syntax.FACTURX else content, allowance)
    if syntax is Syntax.FACTURX and root.tag != cii.ROOT:
        raise DocumentInvalid(
            DocumentProblem.PDF_WITHOUT_INVOICE,
            "The XML embedded in the PDF is not a CII D16B invoice; export it as Factur-X 1.0.",
        )
    _, reader = _reader_of(root.tag)
    return root, to_facts(reader(root), syntax)


def _of_member(member: Member, allowance: Allowance, examine: Examine) -> InvoiceFacts:
    try:
        root, stated = _invoice(member.content, _no_archive(recognise(member.content)), allowance)
    except DocumentInvalid as problem:
        raise _named(problem, member.name) from problem
    facts = dataclasses.replace(stated, member=member.name)
    examine(root, facts)
    return facts


def _no_archive(found: Syntax | Archive) -> Syntax:
    if found == ARCHIVE:
        raise DocumentInvalid(DocumentProblem.ARCHIVE_UNSAFE, "An archive inside the archive is not opened.")
    return found


def _common_syntax(invoices: tuple[InvoiceFacts, ...]) -> Syntax:
    syntaxes = {invoice.syntax: invoice.member for invoice in invoices}
    if len(syntaxes) > 1:
        found = ", ".join(f"{_DECLARED[syntax]} in {archive.clip(member or '')}" for syntax, member in syntaxes.items())
        raise DocumentInvalid(
            DocumentProblem.ARCHIVE_MIXED_FORMATS,
            f"The archive mixes formats ({found}); Chorus Pro takes one per flow, send one archive for each.",
        )
    return invoices[0].syntax


def _refuse_duplicates(invoices: tuple[InvoiceFacts, ...]) -> tuple[InvoiceFacts, ...]:
    seen: dict[tuple[str, str], str | None] = {}
    for invoice in invoices:
        key = (invoice.supplier_id, invoice.number)
        if key in seen:
            raise DocumentInvalid(
                DocumentProblem.DUPLICATE_NUMBER_IN_FILE,
                f"Number {invoice.number} of supplier {invoice.supplier_id} stands in two files of the archive "
                f"({archive.clip(seen[key] or '')} and {archive.clip(invoice.member or '')}); keep one.",
            )
        seen[key] = invoice.member
    return invoices


def _refuse_size(content: bytes) -> None:
    if not content:
        raise DocumentInvalid(DocumentProblem.FILE_EMPTY, "The file is empty.")
    if len(content) > MAX_FILE_BYTES:
        raise DocumentInvalid(
            DocumentProblem.FILE_TOO_LARGE,
            f"The file has {len(content)} bytes and Chorus Pro takes {MAX_FILE_BYTES}; "
            "make attachments smaller, or send several archives.",
        )


def _is_xml(start: bytes) -> bool:
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    return start.lstrip().startswith(_XML_STARTS)


def _reader_of(tag: str) -> tuple[Syntax, Callable[[Element], Stated]]:
    if tag not in _ROOTS:
        raise _unknown(f"its root element {archive.clip(tag)} is none of UBL 2.1 Invoice, CreditNote and CII D16B")
    return _ROOTS[tag]


def _unknown(why: str) -> DocumentInvalid:
    return DocumentInvalid(
        DocumentProblem.UNKNOWN_FORMAT,
        f"The file is no invoice format Chorus Pro takes: {why}; send UBL, CII, Factur-X, or a tar.gz of them.",
    )


def _named(problem: DocumentInvalid, name: str) -> DocumentInvalid:
    return DocumentInvalid(problem.reason, f"{archive.clip(name)}: {problem.detail}") if name else problem

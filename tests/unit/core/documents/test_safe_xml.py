"""Hostile XML ends in a reason, soon."""

from __future__ import annotations

import pytest

from service.core.documents import DocumentInvalid, DocumentProblem, read
from service.core.documents.safe_xml import MAX_DEPTH, MAX_HEADER_ELEMENTS, parse_header
from service.sandbox.samples import make_ubl

pytestmark = pytest.mark.unit

UBL = make_ubl("F-1")


def with_doctype(doctype: str, reference: str = "") -> bytes:
    head, _, rest = UBL.decode().partition("?>")
    return f"{head}?>{doctype}{rest}".replace(">F-1<", f">{reference}<").encode()


LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)
UNSAFE = {
    "billion laughs": with_doctype(LAUGHS, "&j;"),
    "quadratic": with_doctype(f'<!DOCTYPE a [<!ENTITY a "{"x" * 50_000}">]>', "&a;" * 50_000),
    "external entity": with_doctype('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "&x;"),
    "external DTD": with_doctype('<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/invoice.dtd">'),
    "parameter entity": with_doctype('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]>'),
    "harmless DTD": with_doctype("<!DOCTYPE Invoice>"),
    "UTF-16 laughs": with_doctype(LAUGHS).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "deep": UBL.replace(b"</Invoice>", b"<a>" * 100_000),
    "wide": UBL.replace(b"</Invoice>", b"<a/>" * (MAX_HEADER_ELEMENTS + 1) + b"</Invoice>"),
    "deep in a line": UBL.replace(b"<cac:Item>", b"<cac:Item>" + b"<a>" * MAX_DEPTH),
}
MALFORMED = {
    "two roots": UBL + b"<a/>",
    "undefined entity": UBL.replace(b"F-1", b"&x;"),
    "unknown encoding": UBL.replace(b"UTF-8", b"EBCDIC-KLINGON"),
    "multi-byte encoding": UBL.replace(b"UTF-8", b"SHIFT_JIS"),
    "wrong encoding": UBL.replace(b"F-1", b"F-\xe9"),
    "NUL": UBL.replace(b"F-1", b"F\0"),
    "only a comment": b"<!-- -->",
    "a lone bracket": b"<",
}


@pytest.mark.parametrize("content", UNSAFE.values(), ids=UNSAFE.keys())
def test_should_refuse_unsafe_xml(content: bytes) -> None:
    """Document types, entities, external references and giant structures are refused, none resolved."""
    with pytest.raises(DocumentInvalid) as raised:
        read(content)

    assert raised.value.reason == DocumentProblem.XML_UNSAFE


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
def test_should_refuse_malformed_xml(content: bytes) -> None:
    """What no parser can read is malformed, whatever the parser's own error is."""
    with pytest.raises(DocumentInvalid) as raised:
        read(content)

    assert raised.value.reason == DocumentProblem.XML_MALFORMED


def test_should_keep_nothing_of_lines_and_attachments() -> None:
    """Lines and embedded files are parsed but not kept, so that memory follows the header alone."""
    attachment = b"<cbc:EmbeddedDocumentBinaryObject>" + b"QUJD" * 100 + b"</cbc:EmbeddedDocumentBinaryObject>"
    root = parse_header(UBL.replace(b"</Invoice>", attachment + b"<cbc:Note>after</cbc:Note></Invoice>"))

    kept = "".join(root.itertext())

    assert ("QUJD" in kept, "Entretien" in kept, "after" in kept) == (False, False, True)

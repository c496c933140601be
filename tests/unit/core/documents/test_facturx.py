"""PDF files, with and without an invoice inside."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, NameObject

from service.core.documents import DocumentInvalid, DocumentProblem, read
from service.sandbox.samples import make_cii, make_facturx, make_ubl

pytestmark = pytest.mark.unit

FACTURX = make_facturx("F-1")


def pdf(*files: tuple[str, bytes], password: str | None = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for name, content in files:
        writer.add_attachment(name, content)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    return written(writer)


def associated(content: bytes) -> bytes:
    """A PDF that lists the invoice among its associated files and nowhere else."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    file = writer.add_attachment("factur-x.xml", content)
    writer.root_object[NameObject("/AF")] = ArrayObject([writer._add_object(file.pdf_object)])
    del writer.root_object["/Names"]
    return written(writer)


def compressed(content: bytes) -> bytes:
    """A PDF whose embedded invoice is deflated."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    file = writer.add_attachment("factur-x.xml", b"")
    file.pdf_object["/EF"][NameObject("/F")] = writer._add_object(stream(content).flate_encode())  # type: ignore[index]
    return written(writer)


def stream(content: bytes) -> DecodedStreamObject:
    found = DecodedStreamObject()
    found.set_data(content)
    return found


def written(writer: PdfWriter) -> bytes:
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


BAD = {
    "no invoice": (pdf(), DocumentProblem.PDF_WITHOUT_INVOICE),
    "another attachment": (pdf(("notes.xml", make_cii("F-1"))), DocumentProblem.PDF_WITHOUT_INVOICE),
    "UBL inside": (pdf(("factur-x.xml", make_ubl("F-1"))), DocumentProblem.PDF_WITHOUT_INVOICE),
    "broken XML inside": (pdf(("factur-x.xml", make_cii("F-1")[:-9])), DocumentProblem.XML_MALFORMED),
    "DTD inside": (pdf(("factur-x.xml", b"<!DOCTYPE a><a/>")), DocumentProblem.XML_UNSAFE),
    "encrypted": (pdf(("factur-x.xml", make_cii("F-1")), password="x"), DocumentProblem.PDF_MALFORMED),
    "signature only": (b"%PDF-1.7\n", DocumentProblem.PDF_MALFORMED),
    "cut": (FACTURX[: len(FACTURX) // 2], DocumentProblem.PDF_MALFORMED),
    "without its end": (FACTURX[:-600], DocumentProblem.PDF_MALFORMED),
    "expands beyond bounds": (compressed(b" " * 40_000_000), DocumentProblem.PDF_MALFORMED),
    "endless nesting": (b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000, DocumentProblem.PDF_MALFORMED),
}


@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=BAD.keys())
def test_should_give_one_reason_for_a_bad_pdf(content: bytes, reason: DocumentProblem) -> None:
    """A PDF that cannot be read is told from one that carries no invoice."""
    with pytest.raises(DocumentInvalid) as raised:
        read(content)

    assert raised.value.reason == reason


@pytest.mark.parametrize("name", ["factur-x.xml", "Factur-X.xml", "zugferd-invoice.xml", "xrechnung.xml"])
def test_should_find_the_invoice_under_each_of_its_names(name: str) -> None:
    """Factur-X and its German siblings name the embedded file differently."""
    content = pdf(("notes.xml", b"<a/>"), (name, make_cii("F-9")))

    assert [facts.number for facts in read(content).invoices] == ["F-9"]


def test_should_find_an_invoice_that_is_only_an_associated_file() -> None:
    """Some programs list the XML as an associated file and leave the name tree out."""
    content = associated(make_cii("F-9"))

    assert [facts.number for facts in read(content).invoices] == ["F-9"]


def test_should_accept_a_line_before_the_signature() -> None:
    """PDF readers look for the signature in the first kilobyte, and so does the relay."""
    assert read(b"junk\n" + FACTURX).invoices[0].number == "F-1"


def test_should_read_a_compressed_invoice() -> None:
    """Most programs deflate what they embed."""
    assert [facts.number for facts in read(compressed(make_cii("F-9"))).invoices] == ["F-9"]

"""Sample files are the same each time, and are what they say."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfReader

from service.sandbox.samples import make_archive, make_cii, make_facturx, make_ubl

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("make", [make_ubl, make_cii, make_facturx])
def test_should_make_the_same_bytes_from_the_same_words(make: Callable[..., bytes]) -> None:
    """A sample carries no clock and no chance."""
    assert make("F-1", total="99.90") == make("F-1", total="99.90")


def test_should_make_the_same_archive_from_the_same_files() -> None:
    """Neither does an archive."""
    files = [("1.xml", make_ubl("F-1")), ("2.xml", make_ubl("F-2"))]

    assert make_archive(files) == make_archive(files)


def test_should_make_an_archive_any_tar_program_reads() -> None:
    """The archive lists with the standard library."""
    with tarfile.open(fileobj=BytesIO(make_archive([("1.xml", b"one")])), mode="r:gz") as archive:
        assert [(member.name, member.size) for member in archive] == [("1.xml", 3)]


def test_should_show_the_invoice_on_the_page() -> None:
    """Whoever opens the PDF reads the number and the total."""
    text = PdfReader(BytesIO(make_facturx("F-7 (bis)", total="60.00"))).pages[0].extract_text()

    assert ("F-7 (bis)" in text, "60.00 EUR" in text) == (True, True)


def test_should_embed_the_invoice_as_factur_x_asks() -> None:
    """The XML is an associated file with its relationship and its type."""
    (file,) = PdfReader(BytesIO(make_facturx("F-7"))).attachment_list

    assert (file.alternative_name, file.associated_file_relationship, file.subtype, file.content) == (
        "factur-x.xml",
        "/Data",
        "/text/xml",
        make_cii("F-7"),
    )


def test_should_write_any_text_as_xml() -> None:
    """A number with markup in it stays a number."""
    assert b"<cbc:ID>F&lt;1&amp;2</cbc:ID>" in make_ubl("F<1&2")

"""Documents of DUMEs are told for what they are, and named so that any disk takes them."""

from __future__ import annotations

import pytest

from service.core.dume_files import described, described_all
from service.core.espd import BIDDER_ROOT, ROOT
from service.sandbox.simulator import dume_document as documents

pytestmark = pytest.mark.unit

BLANK = documents.blank()
PDF = documents.to_pdf(BLANK)
HTML = documents.to_html(BLANK)


@pytest.mark.parametrize(
    ("content", "form", "name", "kind"),
    [
        (PDF, "pdf", "dume-k7p2x9qd.pdf", "application/pdf"),
        (BLANK, "xml", "dume-k7p2x9qd.xml", "application/xml"),
        (b"\xff\xfe" + f"<{ROOT}/>".encode("utf-16-le"), "xml", "dume-k7p2x9qd.xml", "application/xml"),
        (HTML, "html", "dume-k7p2x9qd.html", "text/html"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<HTML lang="fr">', "html", "dume-k7p2x9qd.html", "text/html"),
    ],
)
def test_should_describe_what_was_asked_for(content: bytes, form: str, name: str, kind: str) -> None:
    """By its bytes, without a warning."""
    file = described(content, of="buyer", form=form, dume_id="k7p2x9qd")

    assert (file.name, file.media_type, file.warning) == (name, kind, None)


@pytest.mark.parametrize(
    ("content", "of", "form", "warning"),
    [
        (BLANK, "buyer", "pdf", "should be application/pdf and begins like application/xml"),
        (PDF, "buyer", "xml", "should be application/xml and begins like application/pdf"),
        (BLANK, "bidder", "xml", f"root is not {BIDDER_ROOT}"),
        (b"<a>", "buyer", "xml", "not well-formed"),
        (b"<!DOCTYPE a><a/>", "buyer", "xml", "declares"),
        (b"\0\1", "buyer", "html", "begins like application/octet-stream"),
        (b"", "buyer", "pdf", "is empty"),
    ],
)
def test_should_warn_of_what_is_something_else(content: bytes, of: str, form: str, warning: str) -> None:
    """It is handed over all the same, with a sentence that says what is odd."""
    file = described(content, of=of, form=form, dume_id=None)

    assert warning in (file.warning or "")
    assert file.name.startswith("dume.")


def test_should_name_the_files_of_a_download_apart() -> None:
    """Names that were given stay as far as a disk takes them; no two are alike, whatever their case."""
    given = [
        ("Kbis.pdf", "a", PDF),
        ("kbis.PDF", "b", PDF),
        ("../../etc/passwd", None, b"x"),
        ("C:\\Temp\\mémoire technique.docx", None, b"PK\3\4"),
        (None, "aaaaaaaa", BLANK),
        (None, "aaaaaaaa", BLANK),
        ("...", None, PDF),
        ("x" * 300 + ".pdf", None, PDF),
    ]

    assert [file.name for file in described_all(given)] == [
        "Kbis.pdf",
        "kbis-2.PDF",
        "passwd.bin",
        "m_moire_technique.docx",
        "dume-aaaaaaaa.xml",
        "dume-aaaaaaaa-2.xml",
        "dume.pdf",
        "x" * 96 + ".pdf",
    ]


def test_should_warn_of_a_file_that_is_not_what_its_name_says() -> None:
    """As far as its ending says something."""
    warnings = [
        file.warning for file in described_all([("a.pdf", None, BLANK), ("b.zip", None, b"x"), ("c.doc", None, b"x")])
    ]

    assert [bool(warning) for warning in warnings] == [True, True, False]

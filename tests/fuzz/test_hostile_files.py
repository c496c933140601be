"""However a file is built, reading it ends soon: what a whole flow may cost is counted, not only what a file may."""

from __future__ import annotations

import gzip
import random
import tarfile
from time import thread_time

import pytest

from service.core.documents import DocumentInvalid, DocumentProblem, read
from service.core.documents.allowance import MAX_ELEMENTS
from service.sandbox.samples import make_archive, make_cii, make_ubl
from tests.support.hostile import archives, pdf, xml
from tests.support.hostile.files import File

SOON = 20.0
"""Seconds of this thread's own time, several times what it takes: a slow machine is no failure, an hour is."""

UBL = make_ubl("F-1")
CHANCE = random.Random(7)  # noqa: S311 - the same tricks every time
TRICKS = [*xml.all_xml(CHANCE), *archives.all_archives(CHANCE), *pdf.all_pdfs(CHANCE)]


def reason(content: bytes) -> str:
    """Why a file is refused, in time; empty when it is taken."""
    began = thread_time()
    try:
        read(content)
    except DocumentInvalid as problem:
        return str(problem.reason)
    finally:
        assert thread_time() - began < SOON
    return ""


@pytest.mark.parametrize("file", TRICKS, ids=lambda file: file.name)
def test_should_answer_every_trick_with_its_reason(file: File) -> None:
    """Each trick that is known is refused for what it is, or read past, and soon."""
    assert reason(file.content) in file.reasons.split("|")


def test_should_count_elements_over_all_files_of_an_archive() -> None:
    """A few kilobytes that expand to many small invoices cost no more than one file may."""
    half = MAX_ELEMENTS // 2

    assert reason(archives.long_lines(3, half)) == DocumentProblem.XML_UNSAFE


def test_should_count_the_work_of_all_pdfs_of_an_archive() -> None:
    """Nor do many PDFs that are each just small enough."""
    slow = pdf.missing(900, 100_000)

    assert reason(make_archive([(f"{n}.pdf", slow) for n in range(40)])).startswith("pdf_")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(archives.endless_header(3_000_000), id="extended header of records without end"),
        pytest.param(pdf.overlapping(6_000, 60_000), id="objects that overlap in one stream"),
        pytest.param(pdf.missing(900, 9_000_000), id="objects that are nowhere in a long file"),
        pytest.param(pdf.plain({1: b" " * 9_000_000 + b"<<>>"}), id="blanks before an object"),
        pytest.param(pdf.plain({1: b"<</A " + b"[]" * 4_000_000 + b">>"}), id="values without end"),
    ],
)
def test_should_give_up_soon(content: bytes) -> None:
    """What would take minutes or hours is refused in seconds."""
    assert reason(content) != ""


def test_should_log_nothing_of_a_broken_pdf(caplog: pytest.LogCaptureFixture) -> None:
    """The library that reads PDFs would quote them, line after line."""
    reason(pdf.plain({1: b"<</Names<</EmbeddedFiles(FR7699999000010000000000123)>>/A " + b"<<" * 200 + b">>"}))

    assert caplog.text == ""


def test_should_see_nothing_behind_the_end_of_an_archive() -> None:
    """Other programs read on after one empty block: an invoice there would be deposited unseen."""
    first, second = archives.entry("1.xml", UBL), archives.entry("2.xml", make_ubl("F-2"))

    assert reason(archives.tar_gz(first, b"\0" * 512, second)) == DocumentProblem.ARCHIVE_UNSAFE


@pytest.mark.parametrize("other", ["./1.xml", "1.XML", ".//1.xml"])
def test_should_know_one_file_by_two_names(other: str) -> None:
    """Two names that end in one place would leave one of two invoices."""
    content = archives.tar_gz(archives.entry("1.xml", UBL), archives.entry(other, make_ubl("F-2")))

    assert reason(content) == DocumentProblem.ARCHIVE_UNSAFE


def test_should_deposit_no_pdf_in_which_readers_may_find_different_invoices() -> None:
    """Two different files under the invoice's name: what the relay reads may not be what the State reads."""
    one, other = (pdf.stream(b"", make_cii("F-1", total=total)) for total in ("1200.00", "9900.00"))
    names = b"(factur-x.xml)3 0 R(factur-x.xml)<</EF<</F 5 0 R>>/F(factur-x.xml)>>"

    assert reason(pdf.embedding(one, other, names=names)) == DocumentProblem.PDF_MALFORMED
    assert reason(pdf.embedding(one, one, names=names)) == ""


def test_should_find_an_invoice_deeper_in_the_tree_of_names() -> None:
    """Programs that embed much put the names on further levels."""
    tree = {1: b"<</Type/Catalog/Names<</EmbeddedFiles 2 0 R>>>>", 2: b"<</Kids[5 0 R]>>", 5: b"<</Kids[6 0 R]>>"}
    file = {3: b"<</EF<</F 4 0 R>>/F(factur-x.xml)>>", 4: pdf.stream(b"", make_cii("F-9"))}

    (facts,) = read(pdf.plain(tree | file | {6: b"<</Names[(factur-x.xml)3 0 R]>>"})).invoices

    assert facts.number == "F-9"


def test_should_read_what_stands_in_an_object_stream() -> None:
    """Most programs put the catalog and the file's dictionary into one."""
    catalog = b"<</Type/Catalog/Names<</EmbeddedFiles<</Names[(factur-x.xml)3 0 R]>>>>>>"
    index = b"1 0 3 %d " % len(catalog)
    inside = catalog + b"<</EF<</F 4 0 R>>/F(factur-x.xml)>>"
    holder = pdf.stream(b"/Type/ObjStm/N 2/First %d" % len(index), index + inside)

    (facts,) = read(pdf.packed({2: holder, 4: pdf.stream(b"", make_cii("F-9"))}, {1: 2, 3: 2})).invoices

    assert facts.number == "F-9"


def test_should_take_long_text_and_refuse_long_tags() -> None:
    """An embedded attachment is text of megabytes; a tag of that size is nobody's invoice."""
    attachment = b"<cbc:Note>" + b"QUJD" * 500_000 + b"</cbc:Note>"
    tag = b"<a " + b" ".join(b'a%d=""' % number for number in range(200_000)) + b"/>"

    assert (reason(xml.inside(UBL, attachment)), reason(xml.inside(UBL, tag))) == ("", DocumentProblem.XML_UNSAFE)


def test_should_read_an_archive_whose_headers_are_of_usual_length() -> None:
    """Times, owners and long names in extended headers are no trick."""
    record = b"30 mtime=1764000000.123456789\n"
    content = archives.tar_gz(archives.entry("x", record * 100, tarfile.XHDTYPE), archives.entry("1.xml", UBL))

    assert len(gzip.decompress(content)) > 3_000
    assert reason(content) == ""

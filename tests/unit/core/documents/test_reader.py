"""What a file is, what it says, and the one reason given when it cannot be sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from service.core.documents import ARCHIVE, MAX_FILE_BYTES, DocumentInvalid, DocumentProblem, Syntax, read, recognise
from service.sandbox.samples import RECIPIENT, SUPPLIER, make_archive, make_cii, make_facturx, make_ubl

pytestmark = pytest.mark.unit

GOOD = [
    ("ubl", make_ubl, Syntax.UBL),
    ("cii", make_cii, Syntax.CII),
    ("factur-x", make_facturx, Syntax.FACTURX),
]
MAKERS = pytest.mark.parametrize(("declared", "make", "syntax"), GOOD, ids=[name for name, _, _ in GOOD])
MAKE = pytest.mark.parametrize("make", [make for _, make, _ in GOOD], ids=[name for name, _, _ in GOOD])
UBL = make_ubl("F-1")
CII = make_cii("F-1")


def problem(content: bytes, *, declared: str | None = None, name: str = "") -> DocumentInvalid:
    with pytest.raises(DocumentInvalid) as raised:
        read(content, declared=declared, name=name)
    return raised.value


@MAKERS
def test_should_read_the_same_facts_from_each_syntax(declared: str, make: Callable[..., bytes], syntax: Syntax) -> None:
    """The three syntaxes state the same facts, and the declared format agrees with what the file is."""
    content = make(
        "F-2026/7",
        issued_on=date(2026, 2, 28),
        total="1234.56",
        currency="CHF",
        commitment="BC-42",
        service="VOIRIE",
        framework="A9",
        payment_means="58",
    )

    document = read(content, declared=declared)

    (facts,) = document.invoices
    assert (document.syntax, facts.syntax, document.is_archive, facts.member) == (syntax, syntax, False, None)
    assert (facts.number, facts.kind) == ("F-2026/7", "invoice")
    assert (facts.supplier_siret, facts.supplier_id, facts.recipient_siret) == (SUPPLIER, SUPPLIER, RECIPIENT)
    assert (facts.issued_on, facts.currency) == (date(2026, 2, 28), "CHF")
    assert (facts.total_including_tax, facts.amount_due) == (Decimal("1234.56"), Decimal("1234.56"))
    assert (facts.service_code, facts.commitment_number) == ("VOIRIE", "BC-42")
    assert (facts.framework, facts.payment_means) == ("A9", "58")


@MAKERS
def test_should_tell_a_credit_note_from_an_invoice(declared: str, make: Callable[..., bytes], syntax: Syntax) -> None:
    """A credit note goes under the same syntax as an invoice, and its kind says so."""
    document = read(make("A-1", credit_note=True), declared=declared)

    assert [(facts.kind, facts.syntax) for facts in document.invoices] == [("credit_note", syntax)]


@MAKE
def test_should_leave_out_what_the_file_does_not_say(make: Callable[..., bytes]) -> None:
    """A value that the file does not state is None, not an empty text."""
    (facts,) = read(make("F-1", payment_means=None)).invoices

    assert (facts.service_code, facts.commitment_number, facts.payment_means) == (None, None, None)


@pytest.mark.parametrize(("make", "syntax"), [(make, syntax) for _, make, syntax in GOOD])
def test_should_recognise_a_file_without_being_told(make: Callable[..., bytes], syntax: Syntax) -> None:
    """The first bytes and the root element are enough."""
    assert recognise(make("F-1")) == syntax


def test_should_recognise_an_archive_whatever_is_in_it() -> None:
    """A tar.gz is an archive before anybody looks inside."""
    assert recognise(make_archive([])) == ARCHIVE


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252"])
def test_should_read_any_usual_encoding(encoding: str) -> None:
    """UTF-16 with or without its mark, UTF-8 with one, and the eight-bit ones that declare themselves."""
    declaration = encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    content = make_ubl("F-é").decode().replace("UTF-8", declaration).encode(encoding)

    assert [facts.number for facts in read(content).invoices] == ["F-é"]


def test_should_read_an_archive_in_its_order() -> None:
    """Each invoice of an archive says which file it came from; the flow has one syntax."""
    document = read(make_archive([("b/2.xml", make_ubl("F-2")), ("a.xml", make_ubl("F-1"))]), declared="archive")

    assert (document.syntax, document.is_archive) == (Syntax.UBL, True)
    assert [(facts.member, facts.number) for facts in document.invoices] == [("b/2.xml", "F-2"), ("a.xml", "F-1")]


def test_should_allow_one_number_for_two_suppliers() -> None:
    """Chorus Pro's uniqueness is per supplier."""
    other = make_ubl("F-1", supplier="99933344400012")

    assert len(read(make_archive([("1.xml", UBL), ("2.xml", other)])).invoices) == 2


BAD = {
    "nothing": (b"", DocumentProblem.FILE_EMPTY),
    "one byte too many": (b"<" * (MAX_FILE_BYTES + 1), DocumentProblem.FILE_TOO_LARGE),
    "plain text": (b"Bonjour", DocumentProblem.UNKNOWN_FORMAT),
    "zip": (b"PK\x03\x04" + b"\0" * 60, DocumentProblem.UNKNOWN_FORMAT),
    "another XML": (b"<html/>", DocumentProblem.UNKNOWN_FORMAT),
    "an order": (UBL.replace(b"Invoice", b"Order"), DocumentProblem.UNKNOWN_FORMAT),
    "right name, no namespace": (b"<Invoice/>", DocumentProblem.UNKNOWN_FORMAT),
    "cut XML": (UBL[:-20], DocumentProblem.XML_MALFORMED),
    "no number": (UBL.replace(b"<cbc:ID>F-1</cbc:ID>", b""), DocumentProblem.INVOICE_NUMBER_MISSING),
    "blank number": (CII.replace(b">F-1<", b"> \n<"), DocumentProblem.INVOICE_NUMBER_MISSING),
    "endless number": (make_cii("9" * 150), DocumentProblem.INVOICE_NUMBER_MISSING),
    "no supplier": (UBL.replace(b"AccountingSupplierParty", b"SellerSupplierParty"), DocumentProblem.SUPPLIER_MISSING),
    "no seller": (CII.replace(b"SellerTradeParty", b"ShipFromTradeParty"), DocumentProblem.SUPPLIER_MISSING),
    "mixed": (make_archive([("1.xml", UBL), ("2.xml", make_cii("F-2"))]), DocumentProblem.ARCHIVE_MIXED_FORMATS),
    "twice": (make_archive([("1.xml", UBL), ("2.xml", UBL)]), DocumentProblem.DUPLICATE_NUMBER_IN_FILE),
    "empty member": (make_archive([("1.xml", b"")]), DocumentProblem.FILE_EMPTY),
    "nested archive": (make_archive([("1.tar.gz", make_archive([("1.xml", UBL)]))]), DocumentProblem.ARCHIVE_UNSAFE),
}


@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=BAD.keys())
def test_should_give_one_reason_for_a_bad_file(content: bytes, reason: DocumentProblem) -> None:
    """Each kind of bad file has its own reason, and the sentence says something."""
    found = problem(content)

    assert (found.reason, len(found.detail) > 15) == (reason, True)


@pytest.mark.parametrize("declared", ["ubl", "cii", "factur-x", "archive", "pdf"])
def test_should_refuse_a_file_that_is_not_what_was_declared(declared: str) -> None:
    """A declared format that the file contradicts is refused, never silently corrected."""
    content = make_cii("F-1") if declared != "cii" else UBL

    assert problem(content, declared=declared).reason == DocumentProblem.FORMAT_MISMATCH


def test_should_name_the_file_and_the_member_in_the_sentence() -> None:
    """Whoever reads the sentence knows which file to correct."""
    found = problem(make_archive([("lot/7.xml", UBL[:-20])]), name="novembre.tar.gz")

    assert found.detail.startswith("“novembre.tar.gz”: “lot/7.xml”: The XML cannot be parsed (line ")


def test_should_not_quote_the_content_of_a_bad_file() -> None:
    """Bank details in a damaged invoice do not reach the sentence."""
    found = problem(UBL[:-20].replace(b"Valclair", b"FR7699999000010000000000123"))

    assert "FR76" not in str(found)

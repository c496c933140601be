"""Requests are read tolerantly, and their errors never repeat them."""

import base64
from decimal import Decimal

import pytest
from pydantic import ValidationError

from contracts.base import Incoming
from contracts.events import (
    Buyer,
    Consultation,
    Expectation,
    InvoiceDepositRequested,
    InvoiceFile,
    InvoiceStatusRequested,
    RequestCancellationRequested,
    TenderDumeDraftRequested,
    TenderDumeSearchRequested,
    TenderDumeSimplifiedRequested,
    TenderDumeValidationRequested,
    data_invalid,
)

_SECRET = base64.b64encode(b"secret invoice").decode()


def _problem(model: type[Incoming], data: object) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return data_invalid(caught.value)


@pytest.mark.parametrize("content", [_SECRET, f"{_SECRET[:4]}\r\n{_SECRET[4:]}\n", f" {_SECRET} "])
def test_should_decode_the_file(content: str) -> None:
    """Base64 may be wrapped, as common tools do."""
    assert InvoiceFile.model_validate({"name": "a.xml", "content": content}).decoded() == b"secret invoice"


@pytest.mark.parametrize("content", ["A", "AA", "A*==", "AAAA=", "AA==AA==", "é", "-_-_", 5, ["AAAA"], {}])
def test_should_name_the_path_of_what_is_not_base64(content: object) -> None:
    """The requester learns which field is wrong."""
    problem = _problem(InvoiceDepositRequested, {"file": {"name": "a.xml", "content": content}})

    assert problem == "data.file.content: is not base64."


def test_should_leave_an_empty_file_to_the_reader_of_files() -> None:
    """No content is well-formed base64 of nothing."""
    assert InvoiceFile.model_validate({"name": "a.xml", "content": ""}).decoded() == b""


def test_should_write_the_content_back_as_base64() -> None:
    """A request can be written again from its model."""
    file = InvoiceFile.model_validate({"name": "a.xml", "content": _SECRET})

    assert file.model_dump(mode="json")["content"] == _SECRET


def test_should_never_show_the_content() -> None:
    """Neither the repr nor an error holds any of the file."""
    file = {"name": "a.xml", "content": _SECRET, "ref": "s3://bucket/a.xml"}
    with pytest.raises(ValidationError) as caught:
        InvoiceDepositRequested.model_validate({"file": file})
    shown = repr(InvoiceFile.model_validate({"name": "a.xml", "content": _SECRET}))

    for text in (shown, str(caught.value), data_invalid(caught.value)):
        assert "secret" not in text
        assert _SECRET not in text


@pytest.mark.parametrize("file", [{"name": "a"}, {"name": "a", "content": "", "ref": "s3://b/a"}])
def test_should_want_the_content_or_a_reference(file: dict[str, str]) -> None:
    """Exactly one of them says what the file is."""
    assert _problem(InvoiceDepositRequested, {"file": file}) == "data.file: takes exactly one of content and ref."


def test_should_raise_when_a_referenced_file_is_decoded() -> None:
    """Nothing is made up for a file that is elsewhere."""
    with pytest.raises(ValueError, match="by reference"):
        InvoiceFile.model_validate({"name": "a", "ref": "s3://b/a"}).decoded()


def test_should_read_expectations_however_people_write_them() -> None:
    """Blanks in a SIRET, small letters in a currency and numbers for amounts are understood."""
    read = Expectation.model_validate(
        {"supplier_siret": "999 000 123 00018", "currency": "eur", "total_including_tax": 1200.5}
    )

    assert (read.supplier_siret, read.currency, read.total_including_tax) == (
        "99900012300018",
        "EUR",
        Decimal("1200.5"),
    )


@pytest.mark.parametrize("amount", ["", "abc", "1,5", "1e3", "NaN", "Infinity", True, [], "1" * 16, "1_000", "\u0663"])
def test_should_refuse_as_amount(amount: object) -> None:
    """An amount is a plain decimal."""
    problem = _problem(Expectation, {"total_including_tax": amount})

    assert problem == 'data.total_including_tax: is not a decimal amount such as "1200.00".'


@pytest.mark.parametrize(
    ("model", "data", "expected"),
    [
        (InvoiceDepositRequested, None, "data: is not an object."),
        (InvoiceDepositRequested, [], "data: is not an object."),
        (InvoiceDepositRequested, "text", "data: is not an object."),
        (InvoiceDepositRequested, {}, "data.file: is missing."),
        (InvoiceDepositRequested, {"file": []}, "data.file: is not an object."),
        (InvoiceDepositRequested, {"file": {"name": 5, "ref": "r"}}, "data.file.name: is not a string."),
        (InvoiceStatusRequested, {}, "data: takes chorus_pro_id or invoice_number."),
        (InvoiceStatusRequested, {"chorus_pro_id": "x"}, "data.chorus_pro_id: is not a whole number."),
        (InvoiceStatusRequested, {"invoice_number": "a\u0000"}, "data.invoice_number: holds control characters."),
        (TenderDumeSimplifiedRequested, {"consultation": {}}, "data.consultation.id: is missing."),
        (
            TenderDumeSimplifiedRequested,
            {"consultation": {"id": "1", "lots": {}}},
            "data.consultation.lots: is not a list.",
        ),
        (
            TenderDumeSimplifiedRequested,
            {"consultation": {"id": "1", "lots": [{"number": "2"}, {"number": " 2"}]}},
            "data.consultation.lots: names a lot more than once.",
        ),
        (
            TenderDumeSimplifiedRequested,
            {"consultation": {"id": "1", "bids_due": "2026-12-18T12:00:00"}},
            "data.consultation.bids_due: has no time zone offset.",
        ),
        (TenderDumeSearchRequested, {}, "data: takes consultation_id, consultation or buyer."),
        (Buyer, {"id": "123"}, "data: a SIRET has 14 digits."),
        (Buyer, {"id": "\u0661" * 14}, "data: a SIRET has 14 digits."),
        (Buyer, {"id": "1", "scheme": "ridet"}, "data: an identifier of the scheme ridet has 9 to 10 characters."),
    ],
)
def test_should_say_what_is_wrong(model: type[Incoming], data: object, expected: str) -> None:
    """One sentence names the field and its problem."""
    assert _problem(model, data) == expected


def test_should_not_list_problems_without_end() -> None:
    """A sentence stays readable however much is wrong."""
    problem = _problem(Consultation, {"id": "1", "lots": [{}] * 50})

    assert problem.endswith("; and 45 more.")


def test_should_not_repeat_long_values() -> None:
    """No error text grows with what it complains about."""
    problem = _problem(InvoiceDepositRequested, {"file": {"name": "n" * 5000, "ref": "r"}, "format": "f" * 5000})

    assert "nnnn" not in problem
    assert "ffff" not in problem


def test_should_ignore_fields_it_does_not_know() -> None:
    """A newer requester is understood."""
    read = RequestCancellationRequested.model_validate({"id": "e-1", "new": {"field": 1}})

    assert read.model_dump() == {"id": "e-1", "source": None}


def test_should_fold_a_title_onto_one_line() -> None:
    """Titles are often pasted with their line breaks."""
    assert Consultation.model_validate({"id": "1", "title": " Bancs\n et  tables "}).title == "Bancs et tables"


def test_should_not_start_a_draft_from_two_places() -> None:
    """A draft is new, from another DUME, or over an existing one."""
    data = {"consultation": {"id": "1"}, "from_dume_id": "k7p2x9qd", "dume_id": "k7p2x9qe"}

    assert _problem(TenderDumeDraftRequested, data) == "data: takes at most one of from_dume_id and dume_id."


@pytest.mark.parametrize(
    ("given", "expected"),
    [({"consultation_id": "A"}, "A"), ({"consultation": {"id": "B"}}, "B"), ({}, None)],
)
def test_should_find_the_consultation_whichever_way_it_is_given(given: dict[str, object], expected: str | None) -> None:
    """Both spellings mean the same."""
    read = TenderDumeValidationRequested.model_validate({"dume_id": "k7p2x9qd", **given})

    assert read.consultation_key == expected

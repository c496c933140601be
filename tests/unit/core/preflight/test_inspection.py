"""Every rule finds what it is for, in either syntax, and says where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.results import Finding
from service.core.documents import read
from service.core.documents.safe_xml import MAX_HEADER_ELEMENTS
from service.core.preflight import Examiner, Inspection, Level, is_forbidden
from service.core.preflight.inspection import MOST_FINDINGS, MOST_OF_A_RULE
from service.core.preflight.kinds import is_iban
from service.preflight import packaged_rules
from service.sandbox.samples import make_archive, make_cii, make_facturx, make_ubl

pytestmark = pytest.mark.unit

RULES = packaged_rules()
IBAN = "FR76 9999 9999 9999 9999 9999 999"
Make = Callable[..., bytes]


def found_in(content: bytes, mode: Level = "enforce") -> tuple[Finding, ...]:
    """What is found in a file."""
    examiner = Examiner(Inspection(rules=RULES, mode=mode))
    read(content, examine=examiner.invoice)
    examiner.file(len(content))
    return examiner.findings


def shown(content: bytes) -> list[tuple[str, str | None, str | None]]:
    """Rule, the end of the path, and value of each finding."""
    return [(one.rule, (one.path or "").rpartition("/")[2], one.value) for one in found_in(content)]


def with_account(account: str) -> bytes:
    """A UBL invoice to be paid to this account."""
    tag = b"</cbc:PaymentMeansCode>"
    payee = f"<cac:PayeeFinancialAccount><cbc:ID>{account}</cbc:ID></cac:PayeeFinancialAccount>"
    return make_ubl("F-1").replace(tag, tag + payee.encode())


def with_attachment(name: str, content: bytes = b"QUJD") -> bytes:
    """A UBL invoice with an embedded file."""
    embedded = (
        b"<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>"
        b'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="' + name.encode() + b'">'
        + content + b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )  # fmt: skip
    return make_ubl("F-1").replace(b"<cac:AccountingSupplierParty>", embedded + b"<cac:AccountingSupplierParty>")


@pytest.mark.parametrize("make", [make_ubl, make_cii, make_facturx])
def test_should_find_nothing_in_a_good_invoice(make: Make) -> None:
    """The samples, which the simulated State takes, break no rule."""
    assert found_in(make("F-1", service="S-1", commitment="E-1")) == ()


@pytest.mark.parametrize("make", [make_ubl, make_cii, make_facturx])
@pytest.mark.parametrize(
    ("facts", "rule", "value"),
    [
        ({"number": "F-2026-0142-LOT-NORD-1"}, "invoice_number_too_long", "F-2026-0142-LOT-NORD-1"),
        ({"number": "F.1"}, "invoice_number_characters", "F.1"),
        ({"number": "Fé"}, "invoice_number_characters", "Fé"),
        ({"framework": "M1"}, "framework_unknown", "M1"),
        ({"framework": "A26"}, "framework_unknown", "A26"),
        ({"payment_means": None}, "payment_means_missing", None),
        ({"payment_means": "57"}, "payment_means_unknown", "57"),
        ({"payment_means": "1"}, "payment_means_unknown", "1"),
        ({"credit_note": True}, "payment_means_in_credit_note", "30"),
        ({"supplier": "999111222"}, "supplier_siret", "999111222"),
        ({"recipient": "999000128"}, "recipient_siret", "999000128"),
        ({"service": "S" * 101}, "service_code_too_long", "S" * 100),
        ({"commitment": "E" * 51}, "commitment_number_too_long", "E" * 51),
        ({"currency": "euro"}, "currency_code", "euro"),
    ],
)
def test_should_find_what_breaks_a_rule(make: Make, facts: dict[str, Any], rule: str, value: str | None) -> None:
    """One wrong value gives one finding, with its path and its value."""
    (finding,) = found_in(make(**{"number": "F-1", **facts}))

    assert (finding.rule, finding.value) == (rule, value)
    assert (finding.path or "").startswith(("/Invoice/", "/CreditNote/", "/rsm:CrossIndustryInvoice/"))


def test_should_give_everything_in_one_go() -> None:
    """A file that is wrong in many ways is corrected once."""
    content = make_cii("F.2026.0142.LOT.NORD.1", framework="M1", payment_means=None, supplier="999111222")

    assert [one.rule for one in found_in(content)] == [
        "invoice_number_too_long",
        "invoice_number_characters",
        "framework_unknown",
        "payment_means_missing",
        "supplier_siret",
    ]


def test_should_ask_no_siret_of_a_supplier_abroad() -> None:
    """A supplier of another country has another identifier."""
    content = make_ubl("F-1", supplier="BE0999111222").replace(b"Code>FR<", b"Code>BE<", 1)

    assert found_in(content) == ()


def test_should_count_which_of_several_elements_it_was() -> None:
    """The second of two payment means is named as such."""
    second = b"<cac:PaymentMeans><cbc:PaymentMeansCode>XX</cbc:PaymentMeansCode></cac:PaymentMeans><cac:TaxTotal>"
    (finding,) = found_in(make_ubl("F-1").replace(b"<cac:TaxTotal>", second, 1))

    assert finding.path == "/Invoice/cac:PaymentMeans[2]/cbc:PaymentMeansCode"


def test_should_never_show_a_bank_account() -> None:
    """A wrong account number is pointed at, and not repeated."""
    (finding,) = found_in(with_account("FR00 1234 5678 9012 3456 7890 123"))

    assert (finding.rule, finding.severity, finding.value) == ("bank_account_not_iban", "warning", None)
    assert finding.path == "/Invoice/cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"
    assert "1234" not in finding.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GB82 WEST 1234 5698 7654 32", True),
        ("gb82west12345698765432", True),
        ("GB83 WEST 1234 5698 7654 32", False),
        ("30001007941234567890185", False),
        ("", False),
    ],
)
def test_should_know_an_iban(text: str, expected: object) -> None:
    """Form and check digits decide."""
    assert is_iban(text) is expected


def test_should_look_at_attachments_without_keeping_them() -> None:
    """Name, type and size of an embedded file are checked."""
    assert shown(with_attachment("plan.pdf")) == []
    assert shown(with_attachment("plan.exe")) == [("attachment_type", "@filename", "plan.exe")]
    assert shown(with_attachment("p" * 50 + ".pdf")) == [("attachment_name_too_long", "@filename", "p" * 50 + ".pdf")]


def test_should_measure_attachments() -> None:
    """The size is that of the file, not of its base64, line breaks apart."""
    rules = RULES.model_copy(
        update={"rules": {"small": RULES.rules["attachment_too_large"].model_copy(update={"limit": 5})}}
    )
    examiner = Examiner(Inspection(rules=rules, mode="enforce"))
    for content in (b"QUJD\nQQ==", b"QUJDQUJD\n"):
        read(with_attachment("a.pdf", content), examine=examiner.invoice)

    assert [one.message for one in examiner.findings] == [
        "An attachment has 6 bytes, Chorus Pro takes 5; make it smaller."
    ] * len(examiner.findings)
    assert len(examiner.findings) == 2


def test_should_say_which_file_of_an_archive_it_was() -> None:
    """Each finding names its invoice and its file."""
    content = make_archive([("good.xml", make_ubl("F-1")), ("bad.xml", make_ubl("F.2"))])
    (finding,) = found_in(content)

    assert (finding.invoice_number, finding.file) == ("F.2", "bad.xml")


def test_should_never_lose_an_error_among_warnings() -> None:
    """However many warnings come before it, the one error of a large archive forbids the deposit."""
    warned = [(f"{number}.xml", make_ubl(f"F-{number}", credit_note=True, currency="eur")) for number in range(300)]
    found = found_in(make_archive([*warned, ("bad.xml", make_ubl("F.1"))]))

    assert (len(found), found[0].rule, is_forbidden(found)) == (MOST_FINDINGS, "invoice_number_characters", True)


@pytest.mark.parametrize(("mode", "severities"), [("off", []), ("warn", ["warning"]), ("enforce", ["error"])])
def test_should_be_as_strict_as_the_account_wants(mode: Level, severities: list[str]) -> None:
    """A sure rule forbids, only warns, or is not looked at."""
    found = found_in(make_ubl("F.1"), mode)

    assert [one.severity for one in found] == severities
    assert is_forbidden(found) is (mode == "enforce")


def test_should_show_on_one_line_what_was_written_on_several() -> None:
    """What a file says comes back short and printable."""
    (finding,) = found_in(make_ubl("F-1", currency="e\nu" + "\u202e" * 3))

    assert finding.value is not None
    assert finding.value.isprintable()


def test_should_end_with_a_hostile_file() -> None:
    """Thousands of wrong elements give a few findings, soon."""
    wrong = b"<cbc:Note>" + b"n" * 2001 + b"</cbc:Note>"
    one = make_ubl("F-1").replace(b"<cbc:BuyerRef", b"").replace(b"<cbc:Doc", wrong * 1000 + b"<cbc:Doc", 1)
    wide = make_ubl("F-1").replace(b"</Invoice>", b"<a/>" * (MAX_HEADER_ELEMENTS - 200) + b"</Invoice>")
    many = make_archive([(f"{n}.xml", make_ubl(f"F.{n}", framework="M1")) for n in range(300)])

    assert [len(found_in(content)) for content in (one, wide, many)] == [MOST_OF_A_RULE, 0, MOST_FINDINGS]

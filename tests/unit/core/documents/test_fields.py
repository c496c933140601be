"""Single values: the right shape or nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from service.core.documents import read
from service.core.documents.fields import to_siret
from service.sandbox.samples import SUPPLIER, make_cii, make_ubl

pytestmark = pytest.mark.unit

SIRETS = [
    ([], None),
    ([("", "99911122200017")], "99911122200017"),
    ([("0002", "999111222")], None),
    ([("0002", "99911122200017")], "99911122200017"),
    ([("", "11111111111111"), ("0009", "99911122200017")], "99911122200017"),
    ([("SIRET", "999 111 222 00017")], "99911122200017"),
    ([("0009", "9991112220001")], None),
    ([("0009", "٩٩٩١١١٢٢٢٠٠٠١٧")], None),
    ([("VA", "FR99999111222")], None),
]


@pytest.mark.parametrize(("identifiers", "siret"), SIRETS)
def test_should_pick_the_siret(identifiers: list[tuple[str, str]], siret: str | None) -> None:
    """Fourteen ASCII digits said to be a SIRET, else fourteen digits, and no check digit asked for."""
    assert to_siret(identifiers) == siret


def test_should_find_the_siret_in_the_legal_registration() -> None:
    """A supplier without a party identification is known by its legal one."""
    content = make_ubl("F-1").replace(b'<cbc:ID schemeID="0009">99911122200017</cbc:ID>', b"")
    content = content.replace(b">999111222<", b">99911122200017<")

    (facts,) = read(content).invoices

    assert facts.supplier_siret == SUPPLIER


def test_should_keep_the_identifier_of_a_foreign_supplier() -> None:
    """A supplier established abroad has an identifier but no SIRET."""
    content = make_cii("F-1").replace(b'schemeID="0009">99911122200017', b'schemeID="0088">BE-0999')

    (facts,) = read(content).invoices

    assert (facts.supplier_siret, facts.supplier_id) == (None, "BE-0999")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (b"2026-02-28", date(2026, 2, 28)),
        (b"2026-02-28+01:00", date(2026, 2, 28)),
        (b"2026-02-30", None),
        (b"28/02/2026", None),
        (b"0000-01-01", None),
    ],
)
def test_should_read_a_date_or_nothing(written: bytes, day: date | None) -> None:
    """A day that does not exist, or another way of writing, is no date."""
    (facts,) = read(make_ubl("F-1").replace(b"<cbc:IssueDate>2026-11-23", b"<cbc:IssueDate>" + written)).invoices

    assert facts.issued_on == day


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (b"1200", Decimal(1200)),
        (b" -0.10\n", Decimal("-0.10")),
        (b"1e9", None),
        (b"NaN", None),
        (b"1 200,00", None),
        (b"9" * 60, None),
    ],
)
def test_should_read_an_exact_amount_or_nothing(written: bytes, amount: Decimal | None) -> None:
    """Amounts are exact decimals; anything a schema would refuse is left out."""
    content = make_ubl("F-1").replace(b'TaxInclusiveAmount currencyID="EUR">1200.00', b"TaxInclusiveAmount>" + written)

    (facts,) = read(content).invoices

    assert facts.total_including_tax == amount

"""Whether an invoice that a search shows fits what was asked for, where the State does not check it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracts.events import InvoiceSearchRequested
from service.core.listed import CHECKS, ListedInvoice, fits

ONE = ListedInvoice(
    chorus_pro_id=1,
    number="F-1 ",
    kind="invoice",
    supplier_siret="999 111 222 00017",
    recipient_siret="99900012800010",
    validator_sirets=("99941414100013", "99941414200011"),
    issued_on=date(2026, 11, 20),
    deposited_on=date(2026, 11, 23),
    total_including_tax=Decimal("120.00"),
    status_code="SUSPENDUE",
    status_since=datetime(2026, 11, 23, 9, tzinfo=UTC),
    downloaded=True,
)
NAMELESS = ListedInvoice(chorus_pro_id=2, number=None, kind="credit_note")


def asked(**criteria: Any) -> InvoiceSearchRequested:  # Any: criteria of every kind
    """A request by these criteria."""
    return InvoiceSearchRequested.model_validate({"role": criteria.pop("role", "supplier"), **criteria})


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, True),
        ({"invoice_number": "F-1"}, True),
        ({"invoice_number": "F-11"}, False),
        ({"supplier_siret": "99911122200017"}, True),
        ({"supplier_siret": "99911122200025"}, False),
        ({"validator_siret": "99941414200011", "role": "validator"}, True),
        ({"validator_siret": "99911122200017", "role": "validator"}, False),
        ({"type": "credit_note"}, False),
        ({"issued_from": "2026-11-20", "issued_until": "2026-11-20"}, True),
        ({"issued_from": "2026-11-21"}, False),
        ({"deposited_until": "2026-11-22"}, False),
        ({"status_changed_from": "2026-11-23T10:00:00+01:00"}, True),
        ({"status_changed_from": "2026-11-23T10:00:01+01:00"}, False),
        ({"total_including_tax_min": "120.00", "total_including_tax_max": "120.00"}, True),
        ({"total_including_tax_max": "119.99"}, False),
        ({"downloaded": True, "role": "recipient"}, True),
        ({"downloaded": False, "role": "recipient"}, False),
    ],
)
def test_should_fit_what_was_asked_for(criteria: dict[str, Any], expected: bool) -> None:  # noqa: FBT001  # a column of the table
    """Bounds are included, identifiers are compared without their spaces."""
    assert fits(asked(**criteria), ONE, frozenset(CHECKS)) is expected


@pytest.mark.parametrize(
    "criteria",
    [
        {"supplier_siret": "99911122200017"},
        {"issued_from": "2026-11-21"},
        {"total_excluding_tax_min": 1},
        {"commitment_number": "BC-1"},
    ],
)
def test_should_not_hold_against_it_what_is_not_told(criteria: dict[str, Any]) -> None:
    """A search that leaves a value out leaves the invoice in: it asked the State for no more than that."""
    assert fits(asked(**criteria), NAMELESS, frozenset(CHECKS))


def test_should_leave_the_rest_to_the_state() -> None:
    """Only the named criteria are looked at."""
    other = replace(ONE, kind="credit_note")

    assert fits(asked(type="invoice", invoice_number="F-1"), other, frozenset({"invoice_number"}))

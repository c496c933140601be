"""Account numbers in messages of the State."""

from __future__ import annotations

import pytest

from service.core.masking import masked

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IBAN FR7630006000011234567890189 inconnu", "IBAN FR76… inconnu"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189 inconnu", "IBAN FR76… inconnu"),
        ("compte fr7630006000011234567890189.", "compte fr76…."),
        ("DE89370400440532013000", "DE89…"),
        ("RIB 30006 00001 12345678901 89 clos", "RIB 30006… clos"),
        ("RIB 30006000011234567890189", "RIB 30006…"),
        ("GDP_MSG_11.022", "GDP_MSG_11.022"),
        ("Facture F-2026-000123 du fournisseur 99900012800010", "Facture F-2026-000123 du fournisseur 99900012800010"),
        ("Flux CPP0011117000000000425977", "Flux CPP0011117000000000425977"),
        ("", ""),
    ],
)
def test_should_mask_account_numbers_and_nothing_else(text: str, expected: str) -> None:
    """Numbers of invoices, flows and companies stay readable."""
    assert masked(text) == expected

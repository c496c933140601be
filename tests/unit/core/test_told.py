"""What the State tells in fields of its own is passed on, within bounds and without what is nobody's business."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from service.core.masking import LONGEST
from service.core.told import DEEPEST, LARGEST, MOST, passed_on

pytestmark = pytest.mark.unit


def test_should_pass_on_what_was_received() -> None:
    """Objects, lists, words and numbers stay as they are; decimals are written out."""
    received: dict[str, Any] = {
        "siret": "99900045800037",
        "effectif": 12,
        "actif": True,
        "radie": None,
        "adresse": {"ville": "EXEMPLEVILLE"},
        "chiffres": [{"annee": 2025, "montant": Decimal("512000.50")}],
    }
    passed = passed_on(received)

    assert passed.is_complete
    assert passed.tree == {**received, "chiffres": [{"annee": 2025, "montant": "512000.50"}]}


@pytest.mark.parametrize(
    "received",
    [
        {"iban": "FR7699999000010123456789A71"},
        {"note": "IBAN FR76 9999 9000 0101 2345 6789 A71"},
        {"coordonneesBancaires": {"codeGuichet": "01234", "numeroCompte": 1234567895}},
        {"compte": {"numero_compte": 1234567895}},
        {"RIB": ["99999", "00001", "01234567895", "71"]},
    ],
)
def test_should_hide_bank_details(received: dict[str, Any]) -> None:
    """By what a text looks like, and by the name of its field."""
    shown = str(passed_on(received).tree)

    assert "01234567" not in shown
    assert "1234567895" not in shown
    assert "2345 6789" not in shown


def test_should_hide_what_is_a_document() -> None:
    """A run of letters without a blank is none of the words a person reads."""
    assert passed_on({"kbis": "QUJD" * 100}).tree == {"kbis": "…"}


def _nested(levels: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"end": 1}
    for _ in range(levels):
        tree = {"in": tree}
    return tree


@pytest.mark.parametrize(
    "received",
    [
        _nested(DEEPEST + 1),
        {"list": list(range(MOST + 1))},
        {str(number): 1 for number in range(MOST + 1)},
        {"text": "un mot " * LONGEST},
        {"texts": ["un mot " * (LONGEST // 10)] * (LARGEST // LONGEST * 2)},
    ],
    ids=["deep", "long list", "many fields", "long text", "many texts"],
)
def test_should_say_when_it_leaves_something_out(received: dict[str, Any]) -> None:
    """However much the State says, a result stays within bounds."""
    passed = passed_on(received)

    assert not passed.is_complete
    assert len(str(passed.tree)) < 2 * LARGEST


def test_should_write_out_no_number_that_stands_for_a_billion_zeros() -> None:
    """A few characters of JSON are not blown up."""
    assert len(str(passed_on({"montant": Decimal("1e999999")}).tree)) < 100


def test_should_keep_every_digit_of_a_large_number() -> None:
    """Readers of JSON round what has more than fifteen digits."""
    assert passed_on({"id": 2**60}).tree == {"id": str(2**60)}

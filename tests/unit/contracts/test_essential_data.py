"""Requests about essential data are read tolerantly, and what cannot be served is named by its path."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.events import (
    TenderEssentialDataPublicationRequested,
    TenderEssentialDataSearchRequested,
    TenderEssentialDataUpdateRequested,
    data_invalid,
)
from tests.support.essential_data import concession, contract

BUYER = {"id": "99900012800010"}
DAYS = {"published_from": "2026-01-01", "published_until": "2026-01-31"}


def wrong(model: type[Any], data: dict[str, Any]) -> str:
    """The sentence about data that do not fit."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return data_invalid(caught.value)


def test_should_read_what_people_paste() -> None:
    """A title on two lines, an amount as a number, a field nobody knows."""
    data = {"buyer": BUYER, "contract": contract(object="Toiture\n d'école", amount=5, unknown=1)}
    asked = TenderEssentialDataPublicationRequested.model_validate(data)

    assert (asked.subject.object, asked.kind, str(asked.contract.amount if asked.contract else "")) == (
        "Toiture d'école",
        "contract",
        "5",
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "takes exactly one of contract and concession"),
        ({"contract": contract(), "concession": concession()}, "takes exactly one of contract and concession"),
        ({"contract": contract(), "buyer": {"id": "987654321", "scheme": "tahiti"}}, "by its SIRET"),
        ({"contract": contract(id="M" * 17)}, "data.contract.id: is longer than 16 characters"),
        ({"contract": contract(object="O" * 1001)}, "data.contract.object: is longer than 1000 characters"),
        ({"contract": contract(cpv="123")}, "data.contract.cpv: is not a CPV code"),
        ({"contract": contract(notified_on="hier")}, "data.contract.notified_on: is not a date"),
        ({"contract": contract(amount="-1")}, "data.contract.amount: is too small"),
        ({"contract": contract(amount="12345678901234.56")}, "data.contract.amount: has more than 15 digits"),
        ({"contract": contract(advance_rate="1.5")}, "data.contract.advance_rate: is too large"),
        ({"contract": contract(holders=[{"id": "123"}])}, "data.contract.holders.0: a SIRET has 14 digits"),
        ({"contract": contract(further={str(n): 1 for n in range(101)})}, "data.contract.further: has 101 fields"),
    ],
)
def test_should_name_what_is_wrong_with_a_publication(data: dict[str, Any], said: str) -> None:
    """One sentence with the path of each wrong field."""
    assert said in wrong(TenderEssentialDataPublicationRequested, {"buyer": BUYER, **data})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "says nothing to change"),
        ({"contract": contract(), "execution": [{"investment": "1"}]}, "of a contract and of a concession at once"),
        ({"kind": "concession", "subcontracts": []}, "says nothing to change"),
        ({"kind": "concession", "contract": contract()}, "is of kind concession and speaks of a contract"),
        ({"modifications": [{"number": 0}]}, "data.modifications.0.number: is too small"),
    ],
)
def test_should_name_what_is_wrong_with_an_update(data: dict[str, Any], said: str) -> None:
    """An update says something, about one kind."""
    assert said in wrong(TenderEssentialDataUpdateRequested, {"reference": "AIFEDUME-a1b2c3d4", **data})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "takes published_from and published_until"),
        ({"published_from": "2026-01-01"}, "takes published_from and published_until"),
        ({"version": 1, "reference": "AIFEDUME-a1b2c3d4"}, "takes published_from and published_until"),
        ({"id": "M-1", "published_until": "2026-01-01"}, "takes published_from and published_until"),
        ({"published_from": "2026-02-01", "published_until": "2026-01-01"}, "published_from is beyond published_until"),
        ({**DAYS, "version": 3}, "data.version: is none of 1 or 2"),
        ({**DAYS, "limit": 10_001}, "data.limit: is too large"),
    ],
)
def test_should_name_what_is_wrong_with_a_search(data: dict[str, Any], said: str) -> None:
    """A search is bounded by days, or by what it names."""
    assert said in wrong(TenderEssentialDataSearchRequested, data)


@pytest.mark.parametrize("data", [DAYS, {"reference": "AIFEDUME-a1b2c3d4"}, {"id": "M-1"}, {**DAYS, "version": 1}])
def test_should_take_a_bounded_search(data: dict[str, Any]) -> None:
    """By days, or without days by reference or id."""
    assert TenderEssentialDataSearchRequested.model_validate(data).limit == 10_000

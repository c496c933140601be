"""Identifiers that cannot be right are found wherever they stand in a request."""

from __future__ import annotations

from typing import Literal

import pytest

from contracts.base import Incoming
from contracts.events import Buyer, TenderDumeSearchRequested
from service.core.identifiers import PLATFORM_SCHEMES, doubtful, problem

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("scheme", "identifier"),
    [
        ("siret", "99900012800010"),
        pytest.param("siret", "35600000000048", id="head office of La Poste, by Luhn"),
        pytest.param("siret", "35600000049837", id="a post office, by the sum of its digits"),
        ("vat", "BE0999999922"),
        ("vat", "DE999999995"),
        ("non_eu", "CHEntreprise fict"),
        ("ridet", "0999999001"),
        ("ridet", "099999001"),
        ("tahiti", "A12345001"),
        pytest.param("another", "anything", id="a scheme nothing is known of"),
    ],
)
def test_should_find_nothing_wrong(scheme: str, identifier: str) -> None:
    """Each scheme by its own rule."""
    assert problem(identifier, scheme) is None


@pytest.mark.parametrize(
    ("scheme", "identifier", "told"),
    [
        ("siret", "99900012800011", "is not a SIRET: its check digits are wrong"),
        pytest.param("siret", "99900018200010", "is not a SIRET", id="two digits changed places"),
        pytest.param("siret", "35600000000002", "is not a SIRET", id="no post office"),
        ("vat", "BE0999999923", "is not a VAT number"),
        ("vat", "XX123456789", "is not a VAT number"),
        ("non_eu", "1Entreprise", "two letters of a country"),
        ("ridet", "09999990A1", "nine or ten digits"),
        ("tahiti", "AB2345001", "is not a Tahiti number"),
    ],
)
def test_should_say_what_is_wrong(scheme: str, identifier: str, told: str) -> None:
    """In words, and without the identifier itself."""
    said = problem(identifier, scheme)

    assert said is not None
    assert told in said
    assert identifier not in said


def test_should_know_the_scheme_of_every_type_of_platform() -> None:
    """The types are those of DUME."""
    assert [problem("99900012800011", PLATFORM_SCHEMES[kind]) is not None for kind in "12345"] == [True] * 5


class Bidder(Incoming):
    """A bidder as another request might name it."""

    id: str
    scheme: Literal["siret", "vat"] = "siret"


class Company(Incoming):
    """A company named by its SIRET alone."""

    siret: str


class Bids(Incoming):
    """A request with identifiers at every depth."""

    buyer: Buyer | None = None
    bidders: tuple[Bidder, ...] = ()
    operator_siret: str | None = None
    company: Company | None = None


def test_should_look_everywhere_in_a_request() -> None:
    """A request that is new to the relay needs nothing for it but fields of this kind."""
    wrong = "99900012800011"
    request = Bids(
        buyer=Buyer(id=wrong),
        bidders=(Bidder(id="99900012800010"), Bidder(id="BE0999999923", scheme="vat")),
        operator_siret=wrong,
        company=Company(siret=wrong),
    )

    assert [one.field for one in doubtful(request)] == ["buyer.id", "bidders.1.id", "company.siret", "operator_siret"]


def test_should_find_nothing_in_a_request_that_names_nobody() -> None:
    """Other identifiers are none of its business."""
    assert doubtful(TenderDumeSearchRequested(consultation_id="99900012800011")) == ()

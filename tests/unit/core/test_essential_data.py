"""What the State shows is ours when everything that it tells agrees with what was sent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from contracts.events import Concession, Contract, Modification, TenderEssentialDataSearchRequested
from contracts.results import EssentialDataListed, ModificationListed, OperatorListed, PlaceListed
from service.core.essential_data import agree, fits, shows_all, shows_each
from tests.support.essential_data import HOLDER, concession, contract

SENT = Contract.model_validate(contract(id="M-1"))
FOUND = EssentialDataListed(
    reference="AIFEDUME-aaaaaaaa",
    kind="contract",
    id="M-1",
    buyer_id="99900012800010",
    object="Maintenance d\u2019un réseau imaginaire",
    amount=Decimal("182000.5"),
    notified_on=date(2026, 10, 28),
    nature="Marché",
    procedure="Procédure adaptée",
    cpv="50312600-4",
    holders=(OperatorListed(id="999 000 458 00037"),),
)
OTHERS = {
    "object": "Autre objet",
    "amount": Decimal(1),
    "notified_on": date(2026, 10, 29),
    "holders": (OperatorListed(id="99900078900019"),),
}


def modification(**values: object) -> Modification:
    """A modification as the pipeline reads it."""
    return Modification.model_validate(values)


def test_should_know_its_own() -> None:
    """Apostrophes and blanks apart, all agrees."""
    assert agree(SENT, FOUND)


@pytest.mark.parametrize("name", OTHERS)
def test_should_not_take_over_what_differs(name: str) -> None:
    """One value that is told and is another makes it somebody else's."""
    assert not agree(SENT, FOUND.model_copy(update={name: OTHERS[name]}))


@pytest.mark.parametrize("name", ["amount", "notified_on", "holders"])
def test_should_not_compare_what_is_not_told(name: str) -> None:
    """As far as shown."""
    assert agree(SENT, FOUND.model_copy(update={name: () if name == "holders" else None}))


def test_should_not_know_its_own_without_an_object() -> None:
    """Without its object nothing tells it from another."""
    assert not agree(SENT, FOUND.model_copy(update={"object": None}))


def test_should_compare_concessions_by_their_own_values() -> None:
    """Signed, worth and concessionaires."""
    sent = Concession.model_validate(concession())
    found = EssentialDataListed(object=sent.object, signed_on=sent.signed_on, total_value=sent.total_value)

    assert agree(sent, found)
    assert not agree(sent, found.model_copy(update={"total_value": Decimal(5)}))


def test_should_find_every_modification() -> None:
    """By number, with all that was sent of it."""
    sent = (modification(number=1, amount="5"), modification(number=2))
    shown = FOUND.model_copy(update={"modifications": (ModificationListed(number=1, amount=Decimal("5.00")),)})
    more = shown.model_copy(update={"modifications": (*shown.modifications, ModificationListed(number=2))})

    assert (shows_each(sent, shown), shows_each(sent, more), shows_each((), FOUND)) == (False, True, True)
    assert not shows_each((modification(number=1, amount="6"),), shown)
    assert not shows_each((modification(number=1, duration_months=5),), shown)


WHOLE = FOUND.model_copy(
    update={
        "holders": (OperatorListed(id=HOLDER),),
        "techniques": ("Sans objet",),
        "place": PlaceListed(code="99999", code_type="Code commune"),
    }
)


def test_should_take_for_done_only_what_is_shown_whole() -> None:
    """Everything that was sent, as it was sent."""
    assert shows_all(SENT, WHOLE)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": None},
        {"cpv": "45000000"},
        {"techniques": ()},
        {"place": None},
        {"holders": ()},
        {"procedure": "Dialogue compétitif"},
    ],
)
def test_should_not_take_for_done_what_is_not_shown(changes: dict[str, object]) -> None:
    """What is not told, or is another, proves nothing."""
    assert not shows_all(SENT, WHOLE.model_copy(update=changes))


def test_should_not_take_for_done_what_no_search_shows() -> None:
    """Further fields have no word of ours in an answer."""
    assert not shows_all(SENT.model_copy(update={"further": {"x": 1}}), WHOLE)


@pytest.mark.parametrize(
    ("criterion", "does"),
    [
        ({"id": "M-1"}, True),
        ({"id": "M-2"}, False),
        ({"reference": "AIFEDUME-bbbbbbbb"}, False),
        ({"kind": "concession"}, False),
        ({"buyer_id": "99900045600014"}, False),
        ({"cpv": "50312600"}, True),
        ({"nature": "Marché "}, True),
        ({"procedure": "Dialogue compétitif"}, False),
        ({"holder_id": HOLDER}, True),
        ({"holder_id": "99900078900019"}, False),
    ],
)
def test_should_hold_criteria_against_what_is_told(criterion: dict[str, str], *, does: bool) -> None:
    """Whatever the State heeds, nothing else is told as found; a row that does not tell is not held back."""
    days = {"published_from": "2026-01-01", "published_until": "2026-01-02"}
    asked = TenderEssentialDataSearchRequested.model_validate({**days, **criterion})

    assert (fits(asked, FOUND), fits(asked, EssentialDataListed())) == (does, True)

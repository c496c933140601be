"""Labels are compared as people write them, sent as the schema spells them, and explained where they are in no list."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import TenderEssentialDataPublicationRequested
from service.core.labels import LISTS, MOST_ALLOWED, MOST_FOUND, label_key, spelled, spelled_as
from service.upstream import load_mapping
from tests.support.essential_data import contract

LISTS_OF_SCHEMA = load_mapping().dume.essential_data.lists.model_dump()
EVERY_LABEL = sorted({label for labels in LISTS_OF_SCHEMA.values() for label in labels})


def asked(**changes: object) -> TenderEssentialDataPublicationRequested:
    """A publication as the pipeline reads it."""
    data = {"buyer": {"id": "99900012800010"}, "contract": contract(**changes)}
    return TenderEssentialDataPublicationRequested.model_validate(data)


@given(
    label=st.sampled_from(EVERY_LABEL),
    form=st.sampled_from(["NFC", "NFD"]),
    apostrophe=st.sampled_from("'\u2019\u02bc"),
)
def test_should_know_a_label_however_it_is_composed(label: str, form: str, apostrophe: str) -> None:
    """Composed or not, with any apostrophe and more blanks, it comes out as the schema spells it."""
    written = unicodedata.normalize(form, f" {label.replace(chr(39), apostrophe).replace(' ', '  ')} ")  # type: ignore[arg-type]  # one of two forms

    assert spelled_as(written, EVERY_LABEL) == label


@pytest.mark.parametrize("written", ["procédure adaptée", "Procedure adaptée", "Procédure", ""])
def test_should_not_guess(written: str) -> None:
    """Case, accents and parts make another label."""
    assert spelled_as(written, EVERY_LABEL) is None


def test_should_hold_each_field_against_a_list_that_is_there() -> None:
    """Every list that is named is one of the mapping, and each of those is used."""
    named = {name for fields in LISTS.values() for name in fields.values()}

    assert named == set(LISTS_OF_SCHEMA)


def test_should_leave_a_request_as_it_is_when_all_is_well() -> None:
    """Nothing to respell, nothing copied."""
    request = asked()

    assert spelled(request, LISTS_OF_SCHEMA) == (request, ())


def test_should_say_where_and_what_comes_near() -> None:
    """Path, the value shortened, and the allowed ones with the nearest first."""
    _, (one, two) = spelled(
        asked(procedure="Appel d\u2019offre ouvert" + " " * 300, holders=[{"id": "1", "scheme": "SIREN"}]),
        LISTS_OF_SCHEMA,
    )

    assert (one.field, one.list_name, one.allowed[0], len(one.value) <= 100) == (
        "data.contract.procedure",
        "contract_procedures",
        "Appel d'offres ouvert",
        True,
    )
    assert (two.field, two.allowed[0]) == ("data.contract.holders.0.scheme", "SIRET")


def test_should_bound_what_it_says() -> None:
    """A request with a hundred wrong labels is told of the first of them."""
    long_lists = {name: tuple(f"{name} {number}" for number in range(50)) for name in LISTS_OF_SCHEMA}
    _, found = spelled(asked(techniques=[f"Magie {number}" for number in range(100)]), long_lists)

    assert (len(found), {len(one.allowed) for one in found}) == (MOST_FOUND, {MOST_ALLOWED})


def test_should_take_labels_an_operator_adds() -> None:
    """The lists are the mapping's."""
    more = {**LISTS_OF_SCHEMA, "contract_procedures": (*LISTS_OF_SCHEMA["contract_procedures"], "Procédure à venir")}
    request, found = spelled(asked(procedure="Procédure à  venir"), more)

    assert found == ()
    assert request.subject.procedure == "Procédure à venir"
    assert label_key(request.subject.procedure) == request.subject.procedure

"""What DUME says of its codes is compared with the mapping, and each difference says what to do."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from service.sandbox.simulator.dume_reference import CODE_LISTS
from service.upstream import load_mapping
from service.upstream.dume.comparison import compared, differences
from service.upstream.dume.reference import Code

pytestmark = pytest.mark.unit
DUME = load_mapping().dume
STATES = tuple(Code(code=code, label=label) for code, label in CODE_LISTS["STATUT_DUME"].items())


def found(part: str, rows: Collection[Code]) -> tuple[str, ...]:
    """Every difference, shortened by what each ends with."""
    return tuple(text.replace("in RELAY_MAPPING", "IN") for text in differences(part, rows, DUME))


def test_should_find_nothing_where_both_agree() -> None:
    """The lists of the simulator are those of the packaged mapping."""
    parts = compared(DUME)
    rows = {
        one.part: [Code(code=code, label=label) for code, label in CODE_LISTS[one.name or ""].items()] for one in parts
    }

    assert [one.part for one in parts] == ["contract_types", "formats", "id_types", "procedures", "states"]
    assert {part: differences(part, listed, DUME) for part, listed in rows.items()} == dict.fromkeys(rows, ())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(
            Code(code="05", label="expiré"),
            'states: DUME writes "05" or "expiré", which the mapping does not know: add it under dume.states IN',
            id="an unknown state",
        ),
        pytest.param(
            Code(code="01", label="BROUILLON"),
            'states: DUME writes "01" or "BROUILLON", known in part: add "01": draft under dume.states IN',
            id="the code of a known word",
        ),
        pytest.param(
            Code(code="annulé", label=None),
            'states: DUME writes "annulé", which the mapping does not know: add it under dume.states IN',
            id="a word alone",
        ),
    ],
)
def test_should_name_a_state_the_mapping_does_not_know(row: Code, told: str) -> None:
    """Such a state would be `unknown` in results: the line says what to write where."""
    assert found("states", (*STATES, row)) == (told,)


def test_should_name_what_is_sent_and_not_listed() -> None:
    """DUME would refuse it; what it merely never says is told as harmless."""
    told = found("states", [Code(code="04", label="supprimé"), Code(code="publié", label=None)])

    assert told == (
        'states: "brouillon" is sent for draft, and DUME does not list it: correct dume.sent_states.draft IN',
        (
            'states: "validé" is sent for validated and replacement, and DUME does not list it: correct'
            " dume.sent_states.validated and dume.sent_states.replacement IN"
        ),
        'states: the mapping knows "remplacé", which DUME does not list: harmless, unless it is misspelt',
    )


def test_should_compare_codes_that_are_only_sent() -> None:
    """A list may be longer than what events can say, and not shorter."""
    rows = [Code(code="TRAVAUX", label=None), Code(code="SERVICES", label=None), Code(code="CONCESSION", label=None)]

    (told,) = found("contract_types", rows)

    assert told.startswith('contract_types: "FOURNITURES" is sent for supplies, and DUME does not list it')

"""Where a DUME serves, and which of those that a search shows are in its way."""

from __future__ import annotations

import pytest

from contracts.words import DumeState
from service.core.entry import PART
from service.handlers.dume_place import Place, ShownDume, in_the_way, told_apart

pytestmark = pytest.mark.unit

BUYER = "99900012800010"


def place(*lots: str) -> Place:
    return Place(consultation_id="C-1", buyer_id=BUYER, lots=frozenset(lots))


def dume(dume_id: str, state: DumeState, *lots: str) -> ShownDume:
    return ShownDume(dume_id=dume_id, state=state, state_code=state, lots=frozenset(lots))


def test_should_have_a_key_for_each_lot() -> None:
    """Requests for other lots of the consultation are not in each other's way."""
    assert place("2", "1").keys == (
        f"consultation C-1, buyer {BUYER}{PART}lot 1",
        f"consultation C-1, buyer {BUYER}{PART}lot 2",
    )


def test_should_have_one_key_for_a_whole_consultation() -> None:
    """Without lots, a DUME serves all of them."""
    assert place().keys == (f"consultation C-1, buyer {BUYER}{PART}",)


@pytest.mark.parametrize(
    ("wanted", "there", "overlap"),
    [
        (("1",), ("1",), True),
        (("1",), ("2",), False),
        (("1", "2"), ("2", "3"), True),
        ((), ("1",), True),
        (("1",), (), True),
        ((), (), True),
    ],
)
def test_should_know_what_overlaps(wanted: tuple[str, ...], there: tuple[str, ...], *, overlap: bool) -> None:
    """A common lot, or one that serves all lots."""
    assert place(*wanted).overlaps(frozenset(there)) is overlap


def test_should_leave_out_what_serves_no_more() -> None:
    """Replaced and deleted ones are in nobody's way; a state that nobody knows is."""
    dumes = [dume(f"dume{number}", state, "1") for number, state in enumerate(DumeState)]
    found = [one.state for one in in_the_way(dumes, place("1"))]

    assert found == [DumeState.DRAFT, DumeState.VALIDATED, DumeState.PUBLISHED, DumeState.UNKNOWN]


def test_should_leave_out_what_is_named() -> None:
    """The one that is replaced is not in the way of the one that replaces it."""
    dumes = [dume(f"dume{lot}", DumeState.DRAFT, lot) for lot in "12"]
    found = [one.dume_id for one in in_the_way(dumes, place(), besides="dume1")]

    assert found == ["dume2"]


@pytest.mark.parametrize(
    ("wanted", "found", "kind"),
    [
        (place("1"), dume("a", DumeState.DRAFT, "1"), "ours"),
        (place("1", "2"), dume("a", DumeState.DRAFT, "2", "1"), "ours"),
        (place(), dume("a", DumeState.DRAFT), "ours"),
        (place("1"), dume("a", DumeState.DRAFT), "unclear"),
        (place(), dume("a", DumeState.DRAFT, "1"), "unclear"),
        (place("1"), dume("a", DumeState.DRAFT, "1", "2"), "others"),
        (place("1"), dume("a", DumeState.VALIDATED, "1"), "others"),
        (place("1"), dume("a", DumeState.VALIDATED), "others"),
        (place("1"), dume("a", DumeState.UNKNOWN, "1"), "unclear"),
        (place("1"), dume("a", DumeState.UNKNOWN, "1", "2"), "others"),
        (place("1"), dume("b", DumeState.DRAFT, "1"), "others"),
    ],
)
def test_should_tell_its_own_from_others(wanted: Place, found: ShownDume, kind: str) -> None:
    """The very lots and a fitting state; what the State leaves open stays open, what another made is another's."""
    witnesses = told_apart([found], wanted, made_by_others={"b"}, states={DumeState.DRAFT})
    sorted_out = {"ours": witnesses.ours, "unclear": witnesses.unclear, "others": witnesses.others}

    assert [name for name, dumes in sorted_out.items() if dumes] == [kind]

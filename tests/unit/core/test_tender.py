"""What brings DUME to the state that a fact about a consultation calls for."""

from __future__ import annotations

import pytest

from contracts.words import DumeState
from service.core.tender import Action, Brought, Difference, Fact, action_for, brought_by, wish

pytestmark = pytest.mark.unit

SAME = Difference(in_content=False, in_metadata=False)
METADATA = Difference(in_content=False, in_metadata=True)
CONTENT = Difference(in_content=True, in_metadata=True)


@pytest.mark.parametrize(
    ("fact", "state", "difference", "action"),
    [
        ("created", None, CONTENT, Action.CREATED),
        ("updated", None, CONTENT, Action.CREATED),
        ("published", None, CONTENT, Action.CREATED),
        ("cancelled", None, CONTENT, Action.NONE),
        ("created", DumeState.DRAFT, CONTENT, Action.CHANGED),
        ("updated", DumeState.DRAFT, CONTENT, Action.CHANGED),
        ("updated", DumeState.DRAFT, METADATA, Action.CHANGED),
        ("updated", DumeState.DRAFT, SAME, Action.NONE),
        ("updated", DumeState.UNKNOWN, CONTENT, Action.CHANGED),
        ("published", DumeState.DRAFT, SAME, Action.VALIDATED),
        ("published", DumeState.DRAFT, CONTENT, Action.VALIDATED),
        ("published", DumeState.UNKNOWN, CONTENT, Action.VALIDATED),
        ("cancelled", DumeState.DRAFT, SAME, Action.DELETED),
        ("updated", DumeState.VALIDATED, METADATA, Action.METADATA_UPDATED),
        ("updated", DumeState.PUBLISHED, METADATA, Action.METADATA_UPDATED),
        ("updated", DumeState.VALIDATED, CONTENT, Action.REPLACED),
        ("published", DumeState.VALIDATED, SAME, Action.NONE),
        ("published", DumeState.VALIDATED, METADATA, Action.METADATA_UPDATED),
        ("published", DumeState.PUBLISHED, CONTENT, Action.REPLACED),
        ("cancelled", DumeState.PUBLISHED, SAME, Action.DELETED),
        ("cancelled", DumeState.VALIDATED, CONTENT, Action.DELETED),
    ],
)
def test_should_do_the_one_thing_that_is_called_for(
    fact: Fact, state: DumeState | None, difference: Difference, action: Action
) -> None:
    """Each fact, in each state of the DUME."""
    wished = wish(fact, 3, simplified=False, brought=None)

    assert wished is not None
    assert action_for(wished, state, difference) is action


@pytest.mark.parametrize("fact", ["created", "updated", "cancelled"])
def test_should_do_nothing_about_what_a_later_revision_overtook(fact: Fact) -> None:
    """Facts may arrive in any order, and an older one must not take anything back."""
    assert wish(fact, 2, simplified=False, brought=Brought(revision=3)) is None


def test_should_still_validate_when_the_publication_comes_after_a_later_update() -> None:
    """That a consultation was published stays true: else bidders would wait for a DUME for ever."""
    wished = wish("published", 2, simplified=False, brought=Brought(revision=3))

    assert wished is not None
    assert action_for(wished, DumeState.DRAFT, CONTENT) is Action.VALIDATED


@pytest.mark.parametrize("state", [None, DumeState.VALIDATED, DumeState.PUBLISHED])
def test_should_make_nothing_of_a_publication_that_comes_late(state: DumeState | None) -> None:
    """What it says of the consultation is out of date by then."""
    wished = wish("published", 2, simplified=False, brought=Brought(revision=3))

    assert wished is not None
    assert action_for(wished, state, CONTENT) is Action.NONE


@pytest.mark.parametrize(
    "brought", [Brought(revision=3, is_published=True), Brought(revision=3, is_cancelled=True)], ids=["done", "over"]
)
def test_should_ignore_a_late_publication_of_what_is_published_or_over(brought: Brought) -> None:
    """There is nothing left to do for it."""
    assert wish("published", 2, simplified=False, brought=brought) is None


def test_should_keep_a_published_consultation_validated_when_it_changes() -> None:
    """A DUME made anew, because somebody deleted it, must not leave bidders without one."""
    wished = wish("updated", 4, simplified=False, brought=Brought(revision=3, is_published=True))

    assert wished is not None
    assert wished.wants_validated


def test_should_begin_anew_after_a_cancellation() -> None:
    """A consultation that is taken up again starts as a draft."""
    wished = wish("created", 4, simplified=False, brought=Brought(revision=3, is_published=True, is_cancelled=True))

    assert wished is not None
    assert not wished.wants_validated


def test_should_take_a_fact_of_the_same_revision() -> None:
    """Told twice under two ids, it leads to the same state."""
    assert wish("updated", 3, simplified=False, brought=Brought(revision=3)) is not None


def test_should_remember_the_highest_revision() -> None:
    """Whatever order the answers come in."""
    answers: list[dict[str, object]] = [
        {"revision": 5, "is_published": True, "described": "b"},
        {"revision": 2},
        {"dume_id": "k7p2x9qd"},
    ]

    assert brought_by(answers) == Brought(revision=5, is_published=True, described="b")


def test_should_know_nothing_without_facts() -> None:
    """Answers about single DUMEs have no revision."""
    assert brought_by([{"dume_id": "k7p2x9qd"}]) is None

"""What is news, which part of time is asked for, and how far that brings a feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.core.feed import Change, FeedPlan, Shown, Step, Window, changes, is_news, mark_after, step
from service.core.invoices import FoundInvoice

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
PLAN = FeedPlan(
    interval=timedelta(minutes=15),
    overlap=timedelta(hours=1),
    first_window=timedelta(days=1),
    retention=timedelta(days=400),
    smallest=timedelta(seconds=10),
    lease=120.0,
)


def at(minutes: float, code: str, comment: str | None = None) -> Step:
    """A step so many minutes after the beginning."""
    return step(code, NOW + timedelta(minutes=minutes), comment)


DEPOSITED, AVAILABLE, SUSPENDED, PAID = at(0, "DEPOSEE"), at(1, "A"), at(2, "SUSPENDUE"), at(3, "MISE_EN_PAIEMENT")
LIFE = (DEPOSITED, AVAILABLE, SUSPENDED, PAID)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, [None, "DEPOSEE", "A", "SUSPENDUE"]),
        (DEPOSITED, ["DEPOSEE", "A", "SUSPENDUE"]),
        (SUSPENDED, ["SUSPENDUE"]),
        (PAID, []),
    ],
)
def test_should_tell_what_came_after_what_was_told(told: Step | None, expected: list[str | None]) -> None:
    """Also what came and went between two looks; each with the status before it."""
    found = changes(PAID, LIFE, told, LONG_AGO)

    assert [change.previous for change in found] == expected
    assert [change.step for change in found] == list(LIFE[len(LIFE) - len(expected) :])


def test_should_not_tell_what_was_before_the_beginning() -> None:
    """An invoice nobody told of before: only what happened since the feed began."""
    found = changes(PAID, LIFE, None, NOW + timedelta(minutes=2))

    assert found == (Change(step=SUSPENDED, previous="A"), Change(step=PAID, previous="SUSPENDUE"))


def test_should_tell_the_present_step_without_a_history() -> None:
    """What came before is then what was told last, or not known."""
    assert changes(PAID, (), AVAILABLE, LONG_AGO) == (Change(step=PAID, previous="A"),)
    assert changes(PAID, (), None, LONG_AGO) == (Change(step=PAID, previous=None),)


def test_should_tell_what_the_history_does_not_know_yet() -> None:
    """The search may be ahead of the history."""
    assert changes(PAID, LIFE[:3], AVAILABLE, LONG_AGO)[-1] == Change(step=PAID, previous="SUSPENDUE")


def test_should_not_tell_again_what_the_index_still_shows() -> None:
    """The history may be ahead of the search: what the search catches up with later is no news."""
    assert not is_news(SUSPENDED, PAID, LONG_AGO)
    assert changes(SUSPENDED, LIFE, AVAILABLE, LONG_AGO)[-1].step == PAID


@pytest.mark.parametrize(
    ("told", "shown", "expected"),
    [
        ("2026-10-25T00:50:00+00:00", "2026-10-25T00:10:00+00:00", True),
        ("2026-10-25T01:05:00+00:00", "2026-10-25T00:10:00+00:00", True),
        ("2026-10-25T01:30:00+00:00", "2026-10-25T00:10:00+00:00", False),
        ("2026-10-24T00:50:00+00:00", "2026-10-24T00:10:00+00:00", False),
        ("2027-03-28T01:10:00+00:00", "2027-03-28T00:50:00+00:00", False),
    ],
)
def test_should_ask_what_is_later_in_the_hour_that_is_there_twice(told: str, shown: str, *, expected: bool) -> None:
    """Ten past two without an offset may be after ten to three: the history knows the order."""
    before, after = step("SUSPENDUE", datetime.fromisoformat(told)), step("COMPLETEE", datetime.fromisoformat(shown))

    assert is_news(after, before, LONG_AGO) is expected
    assert [one.step for one in changes(after, (DEPOSITED, before, after), before, LONG_AGO)] == [after]
    assert changes(after, (DEPOSITED, after, before), before, LONG_AGO) == ()


def test_should_take_two_spellings_of_one_moment_for_one() -> None:
    """The search writes fractions of seconds where the history writes none, or rounds them up."""
    later = Step(code=PAID.code, since=PAID.since and PAID.since + timedelta(seconds=1))

    assert not is_news(later, PAID, LONG_AGO)
    assert changes(later, LIFE, PAID, LONG_AGO) == ()
    assert step("A", NOW + timedelta(milliseconds=900)) == step("A", NOW)


def test_should_tell_the_same_status_again_when_it_comes_again() -> None:
    """Suspended, completed, suspended again: three changes."""
    life = (SUSPENDED, at(3, "COMPLETEE"), at(4, "SUSPENDUE"))

    assert [one.step for one in changes(life[-1], life, SUSPENDED, LONG_AGO)] == list(life[1:])


def test_should_tell_once_of_a_status_without_a_date() -> None:
    """A search that gives no date: the code alone decides."""
    undated = step("MANDATEE", None)

    assert changes(undated, (), None, LONG_AGO) == (Change(step=undated, previous=None),)
    assert not is_news(undated, undated, LONG_AGO)
    assert changes(undated, (DEPOSITED, at(1, "MANDATEE")), at(1, "MANDATEE"), LONG_AGO) == ()


def test_should_tell_a_step_once_that_the_history_gives_no_date() -> None:
    """Under the date the search gives it, and not again when other steps follow."""
    undated = (DEPOSITED, step("A", None), step("SUSPENDUE", None))
    later = (*undated, PAID)

    assert [one.step for one in changes(SUSPENDED, undated, DEPOSITED, LONG_AGO)] == [step("A", None), SUSPENDED]
    assert [one.step for one in changes(PAID, later, SUSPENDED, LONG_AGO)] == [PAID]


def test_should_take_the_comment_from_the_search_where_the_history_has_none() -> None:
    """What was said is not lost."""
    shown = at(3, "MISE_EN_PAIEMENT", "Bordereau 12")

    assert changes(shown, LIFE, SUSPENDED, LONG_AGO)[0].step.comment == "Bordereau 12"


def test_should_see_no_step_where_the_search_tells_no_status() -> None:
    """Nothing can be said of it."""
    invoice = FoundInvoice(
        chorus_pro_id=1,
        number="F-1",
        kind="invoice",
        supplier_siret=None,
        recipient_siret=None,
        issued_on=None,
        deposited_on=None,
        total_including_tax=None,
        currency=None,
        status_code=None,
    )

    assert Shown(invoice=invoice).step is None


def test_should_look_back_behind_what_was_seen() -> None:
    """By the overlap, without an end: what changes while it is read does not leave it."""
    assert PLAN.window(NOW) == Window(since=NOW - timedelta(hours=1), until=None)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([], NOW),
        ([NOW - timedelta(hours=1), None], NOW),
        ([NOW + timedelta(minutes=5)], NOW + timedelta(minutes=5)),
        ([NOW + timedelta(days=400)], NOW + timedelta(hours=1)),
    ],
    ids=["nothing", "older", "newer", "from the future"],
)
def test_should_come_as_far_as_the_dates_of_the_state(seen: list[datetime | None], expected: datetime) -> None:
    """Never back, never by our clock alone, and never into a future the State may write by mistake."""
    assert mark_after(NOW, seen, NOW + timedelta(hours=1)) == expected


def test_should_not_come_further_by_a_clock_that_is_ahead() -> None:
    """A clock that jumps by a year leaves nothing out: the window still begins where the State's dates end."""
    assert mark_after(NOW, [NOW - timedelta(minutes=1)], NOW + timedelta(days=365)) == NOW


def test_should_divide_a_window_until_it_is_seconds() -> None:
    """Halves meet, the later one goes on as the whole did; the smallest is not divided."""
    window = Window(since=NOW)
    first, second = window.halves(NOW + timedelta(hours=2)) or (window, window)

    assert first == Window(since=NOW, until=NOW + timedelta(hours=1))
    assert second == Window(since=NOW + timedelta(hours=1), until=None)
    assert Window(since=NOW, until=NOW + timedelta(seconds=3)).halves(NOW) is None


@pytest.mark.parametrize(
    ("began", "mark", "expected"),
    [
        (1000, 1, NOW - timedelta(days=400)),
        (1, 0, NOW - timedelta(days=1)),
        # It stood still for longer than the ledger remembers: what happened meanwhile was never told.
        (1000, 450, NOW - timedelta(days=450) + timedelta(seconds=1)),
        (420, 450, NOW - timedelta(days=420)),
    ],
    ids=["what was forgotten", "what was before", "what happened meanwhile", "a mark from before"],
)
def test_should_tell_nothing_that_was_forgotten_and_everything_that_was_not_told(
    began: int, mark: int, expected: datetime
) -> None:
    """Where nothing is remembered of an invoice its dates decide, by days before now."""
    assert PLAN.floor(NOW - timedelta(days=began), NOW - timedelta(days=mark), NOW) == expected

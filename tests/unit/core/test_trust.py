"""The ledger is lost at the first failure, tried with patience, and relied on after a trial."""

import pytest

from service.core.trust import (
    EVERY,
    FIRST_WAIT,
    LONGEST_REST,
    LONGEST_WAIT,
    TRIAL,
    Reliance,
    Trust,
)

START = Reliance()
LOST = START.failed(100.0)
TRIED = LOST.answered(110.0)


def relapsed(times: int) -> Reliance:
    """A ledger that answers questions and fails at work, again and again."""
    reliance = LOST
    for number in range(times):
        reliance = reliance.answered(110.0 + number).failed(110.5 + number)
    return reliance


def test_should_be_lost_at_the_first_failure() -> None:
    """Work that failed, or a question: both stop everything, and it is asked again soon."""
    assert [START.failed(100.0), START.unanswered(100.0)] == [LOST, LOST]
    assert (LOST.trust, LOST.may_work, LOST.since, LOST.wait) == (Trust.LOST, False, 100.0, FIRST_WAIT)


def test_should_learn_nothing_from_what_else_fails_meanwhile() -> None:
    """Everything in hand fails at once; that neither says more nor makes the wait longer."""
    assert LOST.failed(101.0) == LOST


def test_should_ask_ever_more_rarely_and_never_too_rarely() -> None:
    """Each question that fails doubles the wait, up to the longest."""
    waits, reliance = [], LOST
    for _ in range(7):
        waits.append(reliance.wait)
        reliance = reliance.unanswered(101.0)

    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, LONGEST_WAIT, LONGEST_WAIT]


def test_should_take_work_again_on_trial() -> None:
    """An answer ends the standstill; relied on it is only after a while without a failure."""
    tried, early, late = TRIED, TRIED.answered(110.0 + TRIAL - 0.1), TRIED.answered(110.0 + TRIAL)

    assert [one.trust for one in (tried, early, late)] == [Trust.TRIED, Trust.TRIED, Trust.USABLE]
    assert (tried.may_work, late.wait, late.since) == (True, EVERY, 100.0)


def test_should_ask_twice_during_a_trial_at_least() -> None:
    """So that a ledger without work to do is relied on after two answers, not after one."""
    assert TRIED.wait < TRIAL


@pytest.mark.parametrize(("times", "rest"), [(1, 2.0), (2, 4.0), (3, 8.0), (6, LONGEST_REST), (5000, LONGEST_REST)])
def test_should_leave_alone_what_answers_and_fails_at_work(times: int, rest: float) -> None:
    """As on a nearly full disk: after each relapse it is left alone for longer, and it was lost at the beginning."""
    reliance = relapsed(times)

    assert (reliance.trust, reliance.wait, reliance.since) == (Trust.LOST, rest, 100.0)


def test_should_not_rest_less_because_a_question_fails_after_a_relapse() -> None:
    """The longer of the two waits counts."""
    assert relapsed(3).unanswered(120.0).wait == 8.0


def test_should_forget_relapses_once_it_is_relied_on() -> None:
    """The next loss is a new one."""
    usable = relapsed(4).answered(130.0).answered(130.0 + TRIAL)

    assert usable.failed(140.0) == Reliance(trust=Trust.LOST, since=140.0, wait=FIRST_WAIT)


def test_should_not_mind_answers_while_all_is_well() -> None:
    """Nothing changes."""
    assert START.answered(1.0) == START

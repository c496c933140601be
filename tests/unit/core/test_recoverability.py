"""The policy as a table: an error and the situation it met lead to one outcome."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.errors import (
    AccountRejected,
    AnswerLost,
    AnswerUnreadable,
    CallFacts,
    CredentialsRejected,
    EventInvalid,
    FenceLost,
    GateClosed,
    KeyBusy,
    LedgerUnavailable,
    NotSubscribed,
    RequestRejected,
    SubjectBusy,
    Throttled,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)
from service.core.outcome import Parked, RetryLater
from service.core.recoverability import GiveUp, Reached, RetryPolicy, Situation, recover

STEPS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=15))
POLICY = RetryPolicy(steps=STEPS, doubt_wait=timedelta(minutes=20), account_wait=timedelta(hours=6))
FACTS = CallFacts(upstream="chorus-pro", operation="deposerFluxFacture")
UNTIL = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

UNSENT = Situation(attempt=1, closings=0, age=timedelta(0), reached=Reached.UNSENT, repeatable=False, gate_closed=False)
MAYBE = replace(UNSENT, reached=Reached.MAYBE_SENT, age=timedelta(hours=2))
ANSWERED = replace(UNSENT, reached=Reached.ANSWERED, age=timedelta(minutes=8))

UPSTREAM_FAILURES: list[UpstreamFailure] = [
    Unreachable(FACTS, "refused"),
    Unavailable(FACTS, "503"),
    AnswerLost(FACTS, "time-out"),
    AnswerUnreadable(FACTS, "fields"),
    NotSubscribed(FACTS, "403"),
    RequestRejected(FACTS, "413"),
]
ERRORS: list[Exception] = [
    *UPSTREAM_FAILURES,
    GateClosed(FACTS, "unavailable", UNTIL),
    CredentialsRejected(FACTS, "invalid_client"),
    AccountRejected(FACTS, "password", account="default"),
    Throttled(FACTS, "429", retry_after=5),
    EventInvalid("expired", "too late"),
    FenceLost("taken"),
    SubjectBusy("busy"),
    KeyBusy("busy"),
    LedgerUnavailable("full"),
    RuntimeError("a mistake of ours"),
]


def waits(outcome: object) -> tuple[timedelta, str, bool]:
    """Delay, reason and whether it counts."""
    assert isinstance(outcome, RetryLater), outcome
    return outcome.delay, outcome.reason, outcome.counted


@pytest.mark.parametrize("situation", [UNSENT, MAYBE, ANSWERED], ids=lambda s: s.reached)
@pytest.mark.parametrize(
    ("error", "delay", "reason"),
    [
        (FenceLost("x"), STEPS[0], "taken_over"),
        (SubjectBusy("x"), STEPS[0], "subject_busy"),
        (LedgerUnavailable("x"), STEPS[0], "ledger_unavailable"),
        (AccountRejected(FACTS, "x", account="a"), timedelta(hours=6), "account_rejected"),
        (Throttled(FACTS, "x", retry_after=0), STEPS[0], "throttled"),
        (Throttled(FACTS, "x", retry_after=90), timedelta(seconds=90), "throttled"),
    ],
)
def test_should_wait_without_counting_for_what_is_not_the_events_fault(
    error: Exception, delay: timedelta, reason: str, situation: Situation
) -> None:
    """However far the event came, and however often it was tried."""
    outcome = recover(error, replace(situation, attempt=50), POLICY)

    assert waits(outcome) == (delay, reason, False)


def test_should_wait_ever_longer_for_another_request_about_the_same() -> None:
    """It may be a person's to decide, and whoever waits asks the State each time what it is about."""
    outcome = recover(KeyBusy("x"), replace(UNSENT, attempt=50, age=timedelta(minutes=20)), POLICY)

    assert waits(outcome) == (timedelta(minutes=5), "key_busy", False)


@pytest.mark.parametrize("situation", [UNSENT, MAYBE, ANSWERED], ids=lambda s: s.reached)
def test_should_park_behind_a_closed_gate_until_it_says(situation: Situation) -> None:
    """No attempt is used up, and the event did not close the gate."""
    outcome = recover(GateClosed(FACTS, "announced", UNTIL), situation, POLICY)

    assert isinstance(outcome, Parked)
    assert (outcome.upstream, outcome.reason, outcome.until, outcome.closings) == (
        "chorus-pro",
        "maintenance",
        UNTIL,
        0,
    )


@pytest.mark.parametrize("error", UPSTREAM_FAILURES, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("situation", [UNSENT, MAYBE, ANSWERED], ids=lambda s: s.reached)
def test_should_park_what_failed_while_its_gate_is_closed(error: UpstreamFailure, situation: Situation) -> None:
    """And count that its failure closed a gate."""
    outcome = recover(error, replace(situation, gate_closed=True, until=UNTIL), POLICY)

    assert isinstance(outcome, Parked)
    assert (outcome.until, outcome.closings) == (UNTIL, 1)


def test_should_not_suspect_an_event_of_rejected_credentials() -> None:
    """The credentials are the relay's: the event is parked, and its closings stay as they are."""
    outcome = recover(CredentialsRejected(FACTS, "invalid_client"), replace(UNSENT, gate_closed=True), POLICY)

    assert isinstance(outcome, Parked)
    assert outcome.closings == 0


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unreachable(FACTS, "x"), "upstream_error"),
        (Unavailable(FACTS, "x"), "upstream_error"),
        (NotSubscribed(FACTS, "x"), "upstream_error"),
        (RequestRejected(FACTS, "x"), "upstream_error"),
        (AnswerUnreadable(FACTS, "x"), "upstream_answer_unreadable"),
        (RuntimeError("x"), "internal_error"),
    ],
)
@pytest.mark.parametrize(("attempt", "delay"), list(enumerate(STEPS, start=1)))
def test_should_count_the_attempts_of_what_was_not_sent(
    error: Exception, reason: str, attempt: int, delay: timedelta
) -> None:
    """Each attempt waits its own step."""
    outcome = recover(error, replace(UNSENT, attempt=attempt), POLICY)

    assert waits(outcome) == (delay, reason, True)


def test_should_give_up_what_was_not_sent_once_its_attempts_are_used_up() -> None:
    """One attempt more than there are steps, and the reason is that of the last failure."""
    outcome = recover(Unreachable(FACTS, "refused"), replace(UNSENT, attempt=len(STEPS) + 1), POLICY)

    assert isinstance(outcome, GiveUp)
    assert outcome.reason == "upstream_error"


def test_should_give_up_an_invalid_event_at_once() -> None:
    """Trying again would not make it valid."""
    outcome = recover(EventInvalid("expired", "too late"), UNSENT, POLICY)

    assert outcome == GiveUp(reason="expired", detail="too late")


@pytest.mark.parametrize(
    ("situation", "delay", "reason"),
    [
        (MAYBE, timedelta(minutes=20), "in_doubt"),
        (replace(MAYBE, repeatable=True, age=timedelta(0)), STEPS[0], "in_doubt"),
        (replace(MAYBE, repeatable=True, age=timedelta(minutes=8)), timedelta(minutes=2), "in_doubt"),
        (replace(MAYBE, repeatable=True, age=timedelta(days=9)), STEPS[-1], "in_doubt"),
        (ANSWERED, timedelta(minutes=2), "following"),
        (replace(ANSWERED, age=timedelta(days=9)), STEPS[-1], "following"),
    ],
)
def test_should_wait_as_long_as_the_situation_asks(situation: Situation, delay: timedelta, reason: str) -> None:
    """Doubt waits for its look; what may be repeated or only followed waits longer the older it is."""
    outcome = recover(AnswerLost(FACTS, "time-out"), situation, POLICY)

    assert waits(outcome) == (delay, reason, False)


@given(
    error=st.sampled_from(ERRORS),
    situation=st.builds(
        Situation,
        attempt=st.integers(1, 10_000),
        closings=st.integers(0, 10_000),
        age=st.timedeltas(timedelta(0), timedelta(days=4000)),
        reached=st.sampled_from([Reached.MAYBE_SENT, Reached.ANSWERED]),
        repeatable=st.booleans(),
        gate_closed=st.booleans(),
    ),
)
def test_should_never_give_up_or_count_what_may_have_been_sent(error: Exception, situation: Situation) -> None:
    """Neither time nor count ends an event that the State may have."""
    outcome = recover(error, situation, POLICY)

    assert isinstance(outcome, Parked) or (isinstance(outcome, RetryLater) and not outcome.counted)


def test_should_not_repeat_the_text_of_a_mistake_of_ours() -> None:
    """A foreign exception may quote a body or a secret: only its kind is told."""
    outcome = recover(RuntimeError("password=hunter2"), UNSENT, POLICY)

    assert isinstance(outcome, RetryLater)
    assert outcome.detail == "RuntimeError"

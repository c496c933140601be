"""A gate closes on evidence, lets one probe through at a time, and opens when that one came back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.gate import (
    EVIDENCE_KEPT,
    LONGEST_BACKOFF,
    PROBE_KEPT,
    Gate,
    Gates,
    Position,
    Scope,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INTERVAL = timedelta(seconds=30)
UPSTREAM = Scope(upstream="chorus-pro")
OPERATION = Scope(upstream="chorus-pro", operation="deposerFluxFacture")


def closed(scope: Scope = UPSTREAM, until: datetime | None = None) -> Gate:
    """A gate closed just now."""
    return Gate(scope=scope).closed("unavailable", NOW, INTERVAL, until)


def gates(*them: Gate) -> Gates:
    """The gates of a process, some of them not open."""
    kept = Gates(interval=INTERVAL)
    for gate in them:
        kept.put(gate)
    return kept


def admits(kept: Gates, event: str, operation: str = "deposerFluxFacture", upstream: str = "chorus-pro") -> bool:
    """Whether `event` may call."""
    return kept.admit(upstream, operation, event) is None


def test_should_admit_everything_while_nothing_was_said() -> None:
    """A gate nobody spoke of is open."""
    kept = gates()

    assert (admits(kept, "e-1"), kept.is_paused("chorus-pro"), tuple(kept)) == (True, False, ())


def test_should_close_one_upstream_and_leave_the_other_alone() -> None:
    """Maintenance of one is not maintenance of both."""
    kept = gates(closed())

    assert (admits(kept, "e-1"), admits(kept, "e-2", "creerDumeSimple", "dume")) == (False, True)


def test_should_close_one_operation_and_leave_the_others_alone() -> None:
    """Where only one operation fails, the rest goes on."""
    kept = gates(closed(OPERATION))

    assert (admits(kept, "e-1"), admits(kept, "e-2", "consulterCRDetaille")) == (False, True)


def test_should_let_one_event_probe_and_nobody_else() -> None:
    """The first that asks is the probe, for all its calls."""
    kept = gates(closed().probing(NOW))

    asked = [admits(kept, event) for event in ("e-1", "e-2", "e-1", "e-3")]

    assert asked == [True, False, True, False]


def test_should_take_no_probe_of_one_gate_when_another_says_no() -> None:
    """An event stopped by its operation's gate must not hold up the upstream's."""
    kept = gates(closed().probing(NOW), closed(OPERATION))

    admits(kept, "e-1")

    assert kept.gate(UPSTREAM).probe is None


def test_should_let_the_next_event_probe_after_one_that_called_nothing() -> None:
    """A probe given back is free for whoever asks next."""
    kept = gates(closed().probing(NOW))
    admits(kept, "e-1")

    kept.release("e-1", NOW)

    assert admits(kept, "e-2") is True


def test_should_name_the_gates_an_event_probes() -> None:
    """Those its end decides about."""
    kept = gates(closed().probing(NOW), closed(OPERATION).probing(NOW))
    admits(kept, "e-1")

    assert {gate.scope for gate in kept.probed_by("e-1")} == {UPSTREAM, OPERATION}
    assert kept.probed_by("e-2") == ()


def test_should_forget_an_open_gate() -> None:
    """What is open takes no room and stops nothing."""
    kept = gates(closed())

    kept.put(Gate(scope=UPSTREAM))

    assert (tuple(kept), admits(kept, "e-1"), kept.is_closed("chorus-pro")) == ((), True, False)


def test_should_be_due_when_its_time_has_come() -> None:
    """Not before its interval, or the end that was announced."""
    until = NOW + timedelta(hours=3)
    kept = gates(closed(), closed(OPERATION, until))

    due = [[gate.scope for gate in kept.due(NOW + after)] for after in (INTERVAL / 2, INTERVAL, timedelta(hours=3))]

    assert due == [[], [UPSTREAM], [UPSTREAM, OPERATION]]


def test_should_keep_the_beginning_of_a_pause_through_its_relapses() -> None:
    """One pause, however often it was probed."""
    later = NOW + timedelta(hours=1)

    again = closed().probing(later).closed("unavailable", later, INTERVAL)

    assert (again.since, again.relapses, again.probe) == (NOW, 1, None)


def test_should_try_a_postponed_gate_after_the_interval_and_forget_the_announced_end() -> None:
    """An announced end that passed says nothing about the next."""
    later = NOW + timedelta(hours=3)

    postponed = closed(until=later).postponed(later, INTERVAL)

    assert (postponed.probe_at, postponed.until, postponed.since) == (later + INTERVAL, None, NOW)


@given(relapses=st.integers(0, 5000), interval=st.timedeltas(timedelta(milliseconds=1), timedelta(days=2)))
def test_should_double_the_wait_up_to_a_bound(relapses: int, interval: timedelta) -> None:
    """However long an upstream keeps failing: never longer than the longest back-off, or the interval itself."""
    before = Gate(scope=UPSTREAM, position=Position.PROBING, since=NOW, relapses=relapses)

    again = before.closed("unavailable", NOW, interval)

    doubled = interval.total_seconds() * 2 ** min(relapses + 1, 40)
    bound = max(LONGEST_BACKOFF, interval)
    assert again.probe_at == NOW + (bound if doubled >= bound.total_seconds() else interval * 2 ** (relapses + 1))


def test_should_need_different_events_to_close_an_operation() -> None:
    """Three of them, within the time evidence is kept."""
    kept = gates()

    must_close = [kept.failed(OPERATION, event, NOW) for event in ("e-1", "e-2", "e-3")]

    assert must_close == [False, False, True]


@given(times=st.lists(st.timedeltas(timedelta(0), timedelta(days=1)), max_size=50))
def test_should_never_close_for_one_poisonous_event(times: list[timedelta]) -> None:
    """The same event failing for ever is its own problem."""
    kept = gates()

    must_close = [kept.failed(OPERATION, "poison", NOW + after) for after in sorted(times)]

    assert not any(must_close)


@given(gaps=st.lists(st.timedeltas(EVIDENCE_KEPT / 2 + timedelta(seconds=1), timedelta(days=1)), max_size=20))
def test_should_forget_old_evidence(gaps: list[timedelta]) -> None:
    """Failures spread over a day do not add up, whatever events they are of."""
    kept, now, must_close = gates(), NOW, []

    for number, gap in enumerate(gaps):
        now += gap
        must_close.append(kept.failed(OPERATION, f"e-{number}", now))

    assert not any(must_close)


def test_should_forget_the_evidence_of_an_operation_that_answers() -> None:
    """An answer proves that it works."""
    kept = gates()
    kept.failed(OPERATION, "e-1", NOW)
    kept.failed(OPERATION, "e-2", NOW)

    kept.answered("chorus-pro", "deposerFluxFacture")

    assert kept.failed(OPERATION, "e-3", NOW) is False


def test_should_ask_for_new_evidence_once_it_is_open_again() -> None:
    """What closed it the last time does not close it again by itself."""
    kept = gates()
    for event in ("e-1", "e-2", "e-3"):
        kept.failed(OPERATION, event, NOW)

    kept.put(closed(OPERATION))
    kept.put(Gate(scope=OPERATION))

    assert kept.failed(OPERATION, "e-4", NOW) is False


@pytest.mark.parametrize(
    ("probe", "after", "expected"),
    [
        (None, 2 * INTERVAL, False),
        (None, 2 * INTERVAL + timedelta(seconds=1), True),
        ("e-1", 2 * INTERVAL + timedelta(seconds=1), False),
        ("e-1", 2 * INTERVAL + PROBE_KEPT, False),
        ("e-1", 2 * INTERVAL + PROBE_KEPT + timedelta(seconds=1), True),
    ],
)
def test_should_not_wait_for_ever_for_a_probe(probe: str | None, after: timedelta, *, expected: bool) -> None:
    """A probing gate nobody tries, or whose probe went another way, may open."""
    kept = gates(closed().probing(NOW))
    if probe is not None:
        admits(kept, probe)

    assert bool(kept.idle(NOW + after)) is expected

"""Announced maintenance is read from what people write, and known to be on or not."""

from datetime import UTC, datetime

import pytest

from service.core.calendar import CalendarInvalid, active, parse

NOW = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        '[{"upstream": "chorus-pro", "from": "2026-11-29T22:00:00+01:00", "to": "2026-11-30T02:00:00+01:00"}]',
        '{"windows": [{"upstream": "cpro", "start": "2026-11-29T21:00:00Z", "end": "2026-11-30T01:00:00Z"}]}',
        "- upstream: Chorus-Pro\n  from: 2026-11-29 22:00\n  until: 2026-11-30 02:00\n",
        "windows:\n- {upstream: chorus_pro, from: 2026-11-29T22:00:00, to: 2026-11-30T02:00:00}\n",
    ],
)
def test_should_read_the_same_window_from_every_spelling(text: str) -> None:
    """JSON or YAML, a list or a list under `windows`; a time without offset is one of Paris."""
    (window,) = parse(text)

    assert (window.upstream, window.start, window.end) == (
        "chorus-pro",
        datetime(2026, 11, 29, 21, tzinfo=UTC),
        datetime(2026, 11, 30, 1, tzinfo=UTC),
    )


def test_should_take_days_as_whole_days_of_paris() -> None:
    """A day alone lasts from its midnight to the next one."""
    (window,) = parse("- {upstream: dume, from: 2026-11-29, to: 2026-11-29}")

    assert (window.start, window.end) == (
        datetime(2026, 11, 28, 23, tzinfo=UTC),
        datetime(2026, 11, 29, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", "windows:", "# nothing planned\n"])
def test_should_read_an_empty_calendar_as_no_window(text: str) -> None:
    """Nothing announced is nothing wrong."""
    assert parse(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("windows: [", "neither JSON nor YAML"),
        ("just words", "must be a list"),
        ("[1]", "Window 1"),
        ("- {upstream: tax, from: 2026-01-01, to: 2026-01-02}", "must name chorus-pro, dume or all"),
        ("- {from: 2026-01-01}", "needs `to`"),
        ("- {from: tomorrow, to: 2026-01-02}", "needs `from`"),
        ("- {from: 2026-01-03, to: 2026-01-02}", "ends before"),
        (
            "- {from: 2026-01-01, to: 2026-01-02}\n- {from: '2026-13-01', to: 2026-12-02}",
            "Window 2 of the calendar needs `from`",
        ),
    ],
)
def test_should_say_in_one_sentence_what_is_wrong(text: str, expected: str) -> None:
    """Whoever wrote the calendar learns where to look."""
    with pytest.raises(CalendarInvalid, match=expected) as caught:
        parse(text)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("upstream", "now", "expected"),
    [
        ("dume", datetime(2026, 1, 1, 10, tzinfo=UTC), 12),
        ("dume", datetime(2026, 1, 1, 12, tzinfo=UTC), 14),
        ("chorus-pro", datetime(2026, 1, 1, 10, tzinfo=UTC), None),
        ("chorus-pro", datetime(2026, 1, 1, 11, tzinfo=UTC), 14),
        ("dume", datetime(2026, 1, 1, 14, tzinfo=UTC), None),
    ],
)
def test_should_find_the_window_that_keeps_an_upstream_away_longest(
    upstream: str, now: datetime, expected: int | None
) -> None:
    """A window covers its start and not its end, and `all` covers every upstream."""
    windows = parse(
        "- {upstream: dume, from: '2026-01-01T09:00Z', to: '2026-01-01T12:00Z'}\n"
        "- {upstream: all, from: '2026-01-01T11:00Z', to: '2026-01-01T14:00Z'}\n"
    )
    window = active(windows, upstream, now)

    assert (window.end.hour if window else None) == expected

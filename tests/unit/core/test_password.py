"""The end of a technical password: as Chorus Pro shows it, else counted from the day it was changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from service.core.password import PasswordEnd, password_end

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MONTH = 30 * DAY


@pytest.mark.parametrize(
    ("told", "changed", "expected"),
    [
        ((), None, None),
        ((NOW + 5 * DAY,), None, PasswordEnd(at=NOW + 5 * DAY, is_told=True)),
        ((NOW + 9 * DAY, NOW + 5 * DAY), None, PasswordEnd(at=NOW + 5 * DAY, is_told=True)),
        # What has passed is the password of another account: this one was just taken.
        ((NOW - DAY, NOW + 5 * DAY), None, PasswordEnd(at=NOW + 5 * DAY, is_told=True)),
        ((NOW - 9 * DAY, NOW - DAY), None, PasswordEnd(at=NOW - DAY, is_told=True)),
        ((), date(2026, 1, 1), PasswordEnd(at=datetime(2027, 3, 1, tzinfo=UTC), is_told=False)),
        ((NOW + 5 * DAY,), date(2026, 1, 1), PasswordEnd(at=NOW + 5 * DAY, is_told=True)),
    ],
)
def test_should_find_the_end_that_counts(
    told: tuple[datetime, ...], changed: date | None, expected: PasswordEnd | None
) -> None:
    """The next end shown, else 424 days after the change, else nobody knows."""
    assert password_end(told, changed, NOW) == expected


@pytest.mark.parametrize(
    ("left", "is_near", "days"),
    [(31 * DAY, False, 31), (MONTH, True, 30), (timedelta(hours=5), True, 0), (-DAY / 2, True, -1)],
)
def test_should_warn_from_a_month_ahead(left: timedelta, days: int, *, is_near: bool) -> None:
    """And go on once it has expired."""
    end = PasswordEnd(at=NOW + left, is_told=True)

    assert (end.is_near(NOW, MONTH), end.days_left(NOW)) == (is_near, days)

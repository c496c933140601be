"""The forms in which the State writes dates, amounts and lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from service.upstream.forms import PARIS, to_amount, to_day, to_list, to_moment

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=PARIS)),
        ("2026-11-23 09:14", datetime(2026, 11, 23, 9, 14, tzinfo=PARIS)),
        ("2026-11-23T09:14:02.118+01:00", datetime(2026, 11, 23, 8, 14, 2, 118000, tzinfo=UTC)),
        ("2026-09-14T22:57:02+02:00", datetime(2026, 9, 14, 20, 57, 2, tzinfo=UTC)),
        ("2026-11-23T08:00:00.000Z", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23T08:00:00.000+0100", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("23/11/2026", datetime(2026, 11, 23, tzinfo=PARIS)),
        (1795420800000, datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (-1795420800000, datetime(1913, 2, 8, 16, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("demain", None),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_should_read_every_form_of_a_date(text: object, expected: datetime | None) -> None:
    """Without an offset it is Paris time; what is no date is nothing."""
    assert to_moment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2026-11-22T23:30:00Z", date(2026, 11, 23)),
        ("2026-07-31T22:00:00+00:00", date(2026, 8, 1)),
        ("2026-11-23 00:00", date(2026, 11, 23)),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        (None, None),
    ],
)
def test_should_give_the_day_in_paris(text: object, expected: date | None) -> None:
    """Midnight in Paris is written as the evening before in universal time."""
    assert to_day(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1200.00"), Decimal(1200)),
        (1200, Decimal(1200)),
        (0.1, Decimal("0.1")),
        ("1200.50", Decimal("1200.5")),
        ("NaN", None),
        ("douze", None),
        (None, None),
        (True, None),
    ],
)
def test_should_read_amounts_exactly(value: object, expected: Decimal | None) -> None:
    """A number, or a number in a string; nothing else."""
    assert to_amount(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(None, []), ("", []), ({"a": 1}, [{"a": 1}]), ([{"a": 1}], [{"a": 1}]), ([], [])]
)
def test_should_read_one_object_as_a_list(value: object, expected: object) -> None:
    """Lists come as a list, as a single object, or not at all."""
    assert to_list(value) == expected

"""Bounds of a search as Paris writes them: nothing falls between them when the clocks change."""

from datetime import UTC, datetime

import pytest

from service.upstream.chorus_pro.changes import au, du

NOW = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "lower", "upper"),
    [
        ("2026-07-01T10:00:00+00:00", "2026-07-01T12:00:00", "2026-07-01T12:00:00"),
        ("2026-11-24T10:00:00.900+00:00", "2026-11-24T11:00:00", "2026-11-24T11:00:00"),
        # 02:30 is there twice in that night: the bounds go an hour apart.
        ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00", "2026-10-25T02:30:00"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25T02:30:00", "2026-10-25T03:30:00"),
        ("2026-10-25T02:30:00+00:00", "2026-10-25T03:30:00", "2026-10-25T03:30:00"),
        # 02:30 is not there at all.
        ("2026-03-29T00:59:59+00:00", "2026-03-29T01:59:59", "2026-03-29T01:59:59"),
        ("2026-03-29T01:00:00+00:00", "2026-03-29T03:00:00", "2026-03-29T03:00:00"),
    ],
)
def test_should_write_the_time_of_paris(moment: str, lower: str, upper: str) -> None:
    """Without an offset; where an hour is ambiguous, the window is rather too large."""
    assert (du(datetime.fromisoformat(moment)), au(datetime.fromisoformat(moment), NOW)) == (lower, upper)


def test_should_end_with_a_time_where_it_goes_on() -> None:
    """The upper bound needs one; the end of tomorrow in Paris leaves out nothing, even by a clock that is late."""
    assert au(None, NOW) == "2026-11-25T23:59:59"
    assert au(None, datetime(2026, 11, 24, 23, 30, tzinfo=UTC)) == "2026-11-26T23:59:59"

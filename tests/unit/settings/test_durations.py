"""Durations are read and written the way people write them."""

from datetime import timedelta

import pytest

from service.settings.durations import to_amount, to_steps, to_text


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [("30", "s", 30.0), ("30s", "s", 30.0), ("1.5m", "s", 90.0), ("400", "d", 400.0), ("48h", "d", 2.0), (7, "s", 7.0)],
)
def test_should_read_a_plain_number_in_the_unit_of_the_setting(text: object, unit: str, expected: float) -> None:
    """A number counts in the setting's unit, and a written unit wins."""
    assert to_amount(text, unit) == expected


@pytest.mark.parametrize("text", ["", "soon", "-1", "1e9", "10 x", "99999d", True, None, "٣s"])
def test_should_refuse_what_is_no_duration(text: object) -> None:
    """What cannot be read is an error, not a guess."""
    with pytest.raises(ValueError, match=r"number|longer"):
        to_amount(text, "s")


def test_should_keep_the_order_of_waits() -> None:
    """A list of waits stays in the order it was written."""
    assert to_steps("10s, 1m,15m,6h") == tuple(timedelta(seconds=s) for s in (10, 60, 900, 21600))


@pytest.mark.parametrize("text", ["", ",", "10s,,x", "0s", "0.01s", 5])
def test_should_refuse_a_list_that_is_empty_or_holds_no_wait(text: object) -> None:
    """Each wait takes time, and there is at least one."""
    with pytest.raises(ValueError, match=r"duration|wait|number"):
        to_steps(text)


@pytest.mark.parametrize("text", ["10s", "1m", "15m", "6h", "2d", "0.5s", "90s"])
def test_should_write_a_wait_in_its_largest_exact_unit(text: str) -> None:
    """What is written reads back as the same wait."""
    assert to_text(to_steps(text)[0]) == text

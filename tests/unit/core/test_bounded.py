"""Of what nobody can know the shape of, only so much is passed on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service.core.bounded import DEEPEST, LONGEST_TEXT, Json, Keeper

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"a": [1, None, True, "text"]}, {"a": [1, None, True, "text"]}),
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E+999999"), "1E+999999"),
        (2**53, str(2**53)),
        (-7, -7),
    ],
)
def test_should_keep_small_values_as_they_are(value: object, kept: Json) -> None:
    """Numbers that JSON readers would round become text."""
    keeper = Keeper(left=10)

    assert (keeper.kept(value), keeper.whole) == (kept, True)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(list(range(100)), id="many values"),
        pytest.param({str(number): number for number in range(100)}, id="many names"),
        pytest.param("x" * (LONGEST_TEXT + 1), id="a long text"),
        pytest.param({"x" * 101: 1}, id="a long name"),
        pytest.param([[[[[[[[1]]]]]]]], id="great depth"),
    ],
)
def test_should_cut_what_is_too_much_and_say_so(value: object) -> None:
    """However large an answer is, the result stays small."""
    keeper = Keeper(left=20)
    kept = keeper.kept(value)

    assert keeper.whole is False
    assert len(str(kept)) < LONGEST_TEXT + 20 * (DEEPEST + 5)

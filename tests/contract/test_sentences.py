"""What a requester reads of a wrong request: which field, what is wrong, what to do, and nothing of its content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import contracts
from contracts.base import sentence
from contracts.events import data_invalid
from contracts.reason_table import REASONS
from contracts.reasons import Reason
from contracts.registry import REQUESTS
from contracts.results import failed

pytestmark = pytest.mark.contract

EXAMPLES = Path(contracts.__file__).parent / "examples"
CANARY = "FR7699999000010000000000123"
LONGEST = 1_000
WRONG: tuple[Any, ...] = (  # Any: JSON
    None, 5, -1.5, True, [], {}, "", " ", CANARY, CANARY * 1_000, [CANARY] * 2_000, {CANARY: CANARY}, [[CANARY]],
    f"{CANARY}\x00", "\u202e",
    "\ufffe", "\ud7ff", 10**30, "1e5", "2026-02-30", "٢", "NaN",
)  # fmt: skip
JARGON = (
    "input should",
    "string should",
    "value should",
    "pattern",
    "tuple",
    "dictionary",
    "valid list",
    "items after",
)


def wrong_requests() -> Iterator[tuple[str, str, Any]]:
    """Each example with each of its fields replaced, one at a time, by each of what it should not be."""
    for name in REQUESTS:
        example = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
        for path in _paths(example["data"]):
            yield from ((name, ".".join(map(str, path)), _replaced(example["data"], path, value)) for value in WRONG)


def test_should_name_the_field_and_say_what_is_wrong_in_words() -> None:
    """Every wrong field of every request gets a sentence with its path, in no library's language."""
    said = [(name, path, text) for name, path, data in wrong_requests() if (text := _refusal(name, data))]

    assert len(said) > 300
    assert [one for one in said if not one[2].startswith("data")] == []
    assert [one for one in said if any(word in one[2].lower() for word in JARGON)] == []


def test_should_never_quote_what_is_wrong() -> None:
    """No sentence repeats a value, or is longer than a sentence, or holds what cannot be seen."""
    said = [text for name, _, data in wrong_requests() if (text := _refusal(name, data))]

    assert [text for text in said if CANARY in text or not text.isprintable() or len(text) > LONGEST] == []


@given(st.text(max_size=3_000))
@settings(deadline=None, database=None, max_examples=200)
def test_should_print_any_detail_on_one_bounded_line(text: str) -> None:
    """Whatever a detail is made of, what is published can be read and does not turn a line around."""
    shown = failed(Reason.INVALID_EVENT, text).detail

    assert len(shown) <= LONGEST
    assert shown.isprintable()
    assert sentence(shown) == shown


@pytest.mark.parametrize("reason", [row.reason for row in REASONS.values() if row.ending == "failed"])
def test_should_say_what_to_do(reason: Reason) -> None:
    """Each failure comes with its next step."""
    assert failed(reason, "Detail.").next_step.endswith(".")


def _paths(value: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the fields of an example are, the whole of it included."""
    yield above
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inside:
        yield from _paths(child, (*above, key))


def _replaced(value: Any, path: tuple[str | int, ...], by: object) -> object:  # Any: JSON
    if not path:
        return by
    copy = value.copy()
    copy[path[0]] = _replaced(value[path[0]], path[1:], by)
    return copy


def _refusal(name: str, data: object) -> str:
    """The sentence for data that does not fit; empty when it does."""
    try:
        REQUESTS[name].model_validate(data)
    except ValidationError as error:
        return data_invalid(error)
    return ""

"""One sentence for data that does not fit its contract, without repeating the data."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_SHOWN = 5
_LONGEST = 120
_PATTERNS = {
    "^[0-9]{14}$": "is not 14 digits",
    "^[A-Z]{3}$": "is not a currency of three letters such as EUR",
    "^[A-Za-z0-9]{6,16}$": "is not 6 to 16 letters and digits",
    "^[0-9]{8}(-[0-9])?$": "is not a CPV code of eight digits, or of eight and one such as 45000000-7",
    "^[A-Za-z0-9 _/+-]{1,20}$": "is not 1 to 20 letters, digits, blanks or - + _ /",
    "^[A-Za-z0-9_]{1,30}$": "is not 1 to 30 letters, digits or _",
    "^[a-z]{2,3}$": "is not a code of two or three letters such as fr",
    "^[0-9a-f]{64}$": "is not a sha256 of 64 hexadecimal digits",
}
_WORDS = {
    "missing": "is missing",
    "string_type": "is not a string",
    "int_type": "is not a whole number",
    "int_parsing": "is not a whole number",
    "model_type": "is not an object",
    "model_attributes_type": "is not an object",
    "tuple_type": "is not a list",
    "timezone_aware": "has no time zone offset",
    "date_type": "is not a date such as 2026-11-23",
    "date_parsing": "is not a date such as 2026-11-23",
    "date_from_datetime_parsing": "is not a date such as 2026-11-23",
    "date_from_datetime_inexact": "is not a date such as 2026-11-23",
    "decimal_max_digits": "has more than 15 digits",
    "decimal_whole_digits": "has more than 9 digits before its decimals",
    "decimal_max_places": "has more than 6 decimals",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    "greater_than": "is too small",
    "greater_than_equal": "is too small",
    "less_than": "is too large",
    "less_than_equal": "is too large",
    "int_from_float": "is not a whole number",
    "int_parsing_size": "is too large",
    "datetime_type": "is not a time with its offset such as 2026-11-23T09:00:00+01:00",
}
_TIME = ("datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid")


def data_invalid(error: ValidationError) -> str:
    """Return one sentence naming each wrong field and what is wrong with it, never its value."""
    problems = error.errors(include_url=False, include_input=False)
    shown = [_problem(problem) for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        shown.append(f"and {len(problems) - _SHOWN} more")
    return "; ".join(shown) + "."


def _problem(problem: ErrorDetails) -> str:
    path = ".".join(["data", *(str(part)[:40] for part in problem["loc"])])
    return f"{path}: {_words(problem['type'], problem['msg'], problem.get('ctx', {}))}"


def _words(kind: str, message: str, limits: Mapping[str, object]) -> str:
    """What is wrong, in words for whoever wrote the field; the library's own where they will do."""
    if kind == "string_pattern_mismatch" and (words := _PATTERNS.get(str(limits.get("pattern")))):
        return words
    if kind in {"string_too_long", "too_long"} and "max_length" in limits:
        return f"is longer than {limits['max_length']} characters"
    if kind == "literal_error":
        return f"is none of {limits['expected']}"
    if kind in _TIME:
        return _WORDS["datetime_type"]
    words = _WORDS.get(kind) or message.removeprefix("Value error, ")
    return f"{words[:1].lower()}{words[1:_LONGEST]}"

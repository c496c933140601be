"""One sentence for data that does not fit its contract, without repeating the data."""

from pydantic import ValidationError

_SHOWN = 5
_LONGEST = 120
_WORDS = {
    "missing": "is missing",
    "string_type": "is not a string",
    "int_type": "is not a whole number",
    "int_parsing": "is not a whole number",
    "model_type": "is not an object",
    "model_attributes_type": "is not an object",
    "tuple_type": "is not a list",
    "timezone_aware": "has no time zone offset",
}


def data_invalid(error: ValidationError) -> str:
    """Return one sentence naming each wrong field and what is wrong with it, never its value."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    shown = [_problem(problem["loc"], problem["type"], problem["msg"]) for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        shown.append(f"and {len(problems) - _SHOWN} more")
    return "; ".join(shown) + "."


def _problem(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    path = ".".join(["data", *(str(part)[:40] for part in loc)])
    words = _WORDS.get(kind) or message.removeprefix("Value error, ")
    return f"{path}: {words[:1].lower()}{words[1:_LONGEST]}"

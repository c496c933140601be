"""The two kinds of message, tolerant in and strict out, and the field types they share."""

import binascii
import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

# Control characters, surrogates and noncharacters: CloudEvents allows none of them, and XML cannot hold them.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_FORBIDDEN_CHARACTERS = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")
_LONGEST_SENTENCE = 1_000
# Longer texts are refused as they are: folding takes many times their memory.
_LONGEST_FOLDED = 10_000
_BLANKS = b" \t\r\n\v\f"
_AMOUNT_PATTERN = r"-?[0-9]{1,15}(\.[0-9]{1,9})?"
_AMOUNT = re.compile(_AMOUNT_PATTERN)
_CENT = Decimal("0.01")
_CENT_EXPONENT = -2
_BASE64_GROUP = 4


def _not_required(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Tell the JSON Schema which fields a result may leave out."""
    optional = {name for base in model.__mro__ for name in vars(base).get("optional_fields", ())}
    schema["required"] = [name for name in schema.get("required", []) if name not in optional]


class Incoming(BaseModel):
    """The data of a request: frozen, unknown fields ignored, values never repeated in error texts."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True)


class Outgoing(BaseModel):
    """The data of a result: frozen, and a field that is not in the contract is an error."""

    # Fields left out of the message when they are None; every other field is always there, null when unknown.
    optional_fields: ClassVar[frozenset[str]] = frozenset()

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_serialization_defaults_required=True,
        json_schema_extra=_not_required,
    )


def is_none(value: object) -> bool:
    """Whether an optional field is left out of the published message."""
    return value is None


def one_line(text: str) -> str:
    """Return the text unchanged; raises ValueError when it holds control characters or lone surrogates."""
    if _FORBIDDEN_CHARACTERS.search(text):
        raise ValueError("holds control characters")
    return text


def sentence(text: str) -> str:
    """Return a text as people may be shown it: nothing invisible, nothing that turns the line around, bounded."""
    if len(text) > _LONGEST_SENTENCE:
        text = f"{text[: _LONGEST_SENTENCE - 1]}…"
    return text if text.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in text)


def at_most(count: int) -> BeforeValidator:
    """Refuse a list longer than this before its entries are looked at: each wrong one would cost an error."""

    def check(value: object) -> object:
        if isinstance(value, list | tuple) and len(value) > count:
            raise ValueError(f"has {len(value)} entries, at most {count} are taken")
        return value

    return BeforeValidator(check)


def _to_decimal(value: object) -> Decimal:
    """Read an amount written as a string, or tolerantly as a number."""
    text = format(value, "f") if isinstance(value, Decimal) else value
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text.strip()):
        raise ValueError('is not a decimal amount such as "1200.00"')
    return Decimal(text.strip())


def amount_text(amount: Decimal) -> str:
    """Write an amount with at least two decimals and no exponent."""
    exponent = amount.as_tuple().exponent
    return format(amount.quantize(_CENT) if isinstance(exponent, int) and exponent > _CENT_EXPONENT else amount, "f")


def _to_bytes(value: object) -> bytes:
    """Decode base64 strictly, line breaks apart: common tools wrap their output."""
    if isinstance(value, bytes):
        return value
    message = "is not base64"
    if not isinstance(value, str):
        raise ValueError(message)  # noqa: TRY004 - pydantic turns ValueError into an error of the field
    try:
        text = value.encode("ascii").translate(None, _BLANKS)
    except UnicodeEncodeError:
        raise ValueError(message) from None
    # The strict mode of the library lets a surplus "=" pass after whole groups.
    if len(text) % _BASE64_GROUP:
        raise ValueError(message)
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise ValueError(message) from None


def _to_lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _to_upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _without_spaces(value: object) -> object:
    """Drop the blanks people put between the groups of a SIRET."""
    return "".join(value.split()) if isinstance(value, str) and len(value) <= _LONGEST_FOLDED else value


def _on_one_line(value: object) -> object:
    """Fold line breaks and runs of blanks: titles are often pasted."""
    return " ".join(value.split()) if isinstance(value, str) and len(value) <= _LONGEST_FOLDED else value


LOWER = BeforeValidator(_to_lower)

Text = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(one_line)]
Title = Annotated[str, BeforeValidator(_on_one_line), Field(min_length=1, max_length=1000), AfterValidator(one_line)]
Remark = Annotated[str, BeforeValidator(_on_one_line), Field(min_length=1, max_length=2000), AfterValidator(one_line)]
Siret = Annotated[str, BeforeValidator(_without_spaces), Field(pattern=r"^[0-9]{14}$")]
Currency = Annotated[str, BeforeValidator(_to_upper), Field(pattern=r"^[A-Z]{3}$")]
DumeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{6,16}$")]
Cpv = Annotated[str, Field(pattern=r"^[0-9]{8}(-[0-9])?$")]
Sha256 = Annotated[str, LOWER, Field(pattern=r"^[0-9a-f]{64}$")]
Amount = Annotated[
    Decimal,
    BeforeValidator(_to_decimal),
    PlainSerializer(amount_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^{_AMOUNT_PATTERN}$", "examples": ["1200.00"]}),
]
Base64 = Annotated[
    bytes,
    BeforeValidator(_to_bytes),
    PlainSerializer(
        lambda value: binascii.b2a_base64(value, newline=False).decode(), return_type=str, when_used="json"
    ),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]

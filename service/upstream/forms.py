"""The forms in which the State writes dates, lists and amounts, each read into one type."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict

PARIS = ZoneInfo("Europe/Paris")
_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%d/%m/%Y %H:%M")

EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)

ItemT = TypeVar("ItemT")


class Sent(BaseModel):
    """What is sent: a field that is not in the model is an error, and one that is None is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class Received(BaseModel):
    """What is received: unknown fields are ignored, numbers are read as text where text is expected."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        populate_by_name=True,
        coerce_numbers_to_str=True,
    )


def to_moment(value: object) -> datetime | None:
    """Read a date with or without time and offset, Paris time unless it says otherwise; None when it is none.

    The first and the last day there is stand for none: not every zone has them, and whoever converts them fails.
    """
    if isinstance(value, datetime):
        found: datetime | None = value
    elif isinstance(value, int) and not isinstance(value, bool):
        found = _from_milliseconds(value)
    elif isinstance(value, str):
        found = _from_text(value.strip())
    else:
        return None
    if found is None:
        return None
    moment = found if found.tzinfo else found.replace(tzinfo=PARIS)
    return moment if EARLIEST < moment < LATEST else None


def to_day(value: object) -> date | None:
    """Read the day in Paris of a date in any of its forms; None when it is none."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    moment = to_moment(value)
    return None if moment is None else moment.astimezone(PARIS).date()


def to_list(value: object) -> object:
    """Read an object as a list of one, and nothing as an empty list."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list | tuple) else [value]


def to_amount(value: object) -> Decimal | None:
    """Read an amount exactly; None when there is none or it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _from_text(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=PARIS)
        except ValueError:
            continue
    return None


def _from_milliseconds(value: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


Day = Annotated[date | None, BeforeValidator(to_day)]
Moment = Annotated[datetime | None, BeforeValidator(to_moment)]
Amount = Annotated[Decimal | None, BeforeValidator(to_amount)]
Listed = Annotated[tuple[ItemT, ...], BeforeValidator(to_list)]
"""A list that may come as one object, or not at all."""

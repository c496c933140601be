"""Reads requests and writes values the way Chorus Pro does: its envelope, its three forms of dates, its paging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
FOUND: Final = "TRA_MSG_00.000"
DONE: Final = "GCU_MSG_01_000"
NOTHING_FOUND: Final = "TRA_MSG_00.015"
DEFAULT_PAGE: Final = 10
DEFAULT_MOST: Final = 200
_LARGEST: Final = 2**63 - 1

Body = Mapping[str, Any]  # Any: JSON that a client sent, of any shape
Reply = dict[str, object]


class Refused(Exception):
    """The operation says no for a business reason."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class FieldMissing(Exception):
    """A required field is missing or of a wrong type; Chorus Pro answers 400 without a body."""


class TooLarge(Exception):
    """What is asked for is more than is given at once; Chorus Pro answers 413."""


def said(text: str, **fields: object) -> Reply:
    """A positive answer."""
    return {"codeRetour": 0, "libelle": text, **fields}


def text_of(body: Body, name: str) -> str:
    """A required text; raises FieldMissing."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise FieldMissing(name)
    return value.strip()


def optional_text_of(body: Body, name: str) -> str | None:
    """A text; None when it is not there or empty; raises FieldMissing when it is something else."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise FieldMissing(name)
    return value or None


def number_of(body: Body, name: str) -> int | None:
    """A number, also written as text; None when it is not there; raises FieldMissing when it is none."""
    value = body.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise FieldMissing(name)
    try:
        number = int(value)
    except ValueError as error:
        raise FieldMissing(name) from error
    if abs(number) > _LARGEST:
        raise FieldMissing(name)
    return number


def object_of(body: Body, name: str) -> Body:
    """An object inside the request, empty when it is not there."""
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def list_of(body: Body, name: str) -> Sequence[object]:
    """A list inside the request; one value counts as a list of one."""
    value = body.get(name)
    if value is None or value == "":
        return ()
    return value if isinstance(value, list) else (value,)


def moment_of(body: Body, name: str) -> datetime | None:
    """A date with or without time, Paris time unless it says otherwise; raises FieldMissing when it is none."""
    value = body.get(name)
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(PARIS) if moment.tzinfo else moment.replace(tzinfo=PARIS)
    except (ValueError, OverflowError) as error:
        raise FieldMissing(name) from error


def precise(moment: datetime) -> str:
    """The form with milliseconds and offset."""
    return moment.astimezone(PARIS).isoformat(timespec="milliseconds")


def rounded(moment: datetime) -> str:
    """The form with seconds and offset."""
    return moment.astimezone(PARIS).isoformat(timespec="seconds")


def to_the_minute(moment: datetime) -> str:
    """The form with a blank and without an offset."""
    return f"{moment.astimezone(PARIS):%Y-%m-%d %H:%M}"


def day(moment: datetime) -> date:
    """The day it is in Paris."""
    return moment.astimezone(PARIS).date()


def is_within(value: datetime, *, start: datetime | None, end: datetime | None) -> bool:
    """Whether a moment lies in a period, both ends included."""
    return (start is None or value >= start) and (end is None or value <= end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The part of a list that was asked for. Without a maximum a search ends at 200 results."""

    number: int = 1
    size: int = DEFAULT_PAGE
    most: int = DEFAULT_MOST

    @classmethod
    def of(cls, asked: Body, suffix: str = "") -> Page:
        """Read the paging object of a request; some carry the name of their list at the end of each field."""
        return cls(
            number=max(1, number_of(asked, f"pageResultatDemandee{suffix}") or 1),
            size=max(1, number_of(asked, f"nbResultatsParPage{suffix}") or DEFAULT_PAGE),
            most=max(1, number_of(asked, "nbResultatsMaximum") or DEFAULT_MOST),
        )

    def cut(self, rows: Sequence[Reply]) -> list[Reply]:
        """The rows of this page."""
        start = (self.number - 1) * self.size
        return list(rows[: self.most][start : start + self.size])

    def numbers(self, rows: Sequence[Reply]) -> dict[str, int | None]:
        """What is said about the whole."""
        total = min(len(rows), self.most)
        return {
            "pageCourante": self.number,
            "pages": -(-total // self.size),
            "nbResultatsParPage": self.size,
            "total": total,
        }

"""Reads essential data as DUME shows them, in either of two forms, into one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

from contracts.results import (
    EssentialDataListed,
    ExecutionYearListed,
    ModificationListed,
    OperatorListed,
    PlaceListed,
    TariffListed,
)
from service.upstream.dume.wire import NotInAnswer, first
from service.upstream.forms import to_amount, to_day, to_list

if TYPE_CHECKING:
    from datetime import date

    from service.upstream.dume.essential_data_names import EssentialDataMapping

_CPV_DIGITS = 8
_LARGEST = Decimal(10) ** 15
_FINEST = -9
_DEEPEST = 8
"""Objects in objects that only hold a list; what is deeper is none of the schema."""
_YES, _NO = frozenset({"true", "oui", "1"}), frozenset({"false", "non", "0"})
_TEXTS = (
    "reference", "id", "buyer_id", "buyer_name", "consultation_id", "consultation_reference", "lot_number", "object",
    "nature", "procedure", "framework_agreement_id", "price_form", "grouping", "ccag",
)  # fmt: skip
_LABELS = ("techniques", "modalities", "price_types", "social_considerations", "environmental_considerations")
_DAYS = ("published_on", "notified_on", "signed_on", "execution_starts_on")
_AMOUNTS = ("amount", "total_value", "public_subsidies", "advance_rate", "eu_origin", "france_origin")
_FLAGS = ("innovative", "advance_granted", "subcontracting_declared")
_COUNTS = ("duration_months", "offers_received")

Row = Mapping[str, object]
PartT = TypeVar("PartT")


def rows_of(answer: Row, mapping: EssentialDataMapping) -> list[Row]:
    """The rows of an answer as they are; raises NotInAnswer when there is something else in their place."""
    listed = to_list(first(answer, mapping.answers.listed))
    if not isinstance(listed, list) or not all(isinstance(row, Mapping) for row in listed):
        raise NotInAnswer("a list of essential data that is none")
    return listed


def listed(row: Row, mapping: EssentialDataMapping) -> EssentialDataListed:
    """One row in our words."""
    return _Reading(places=tuple(_places(_folded(row), mapping.answers.places)), mapping=mapping).listed()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One object and those inside it that hold its values, the names of all of them in lower case."""

    places: tuple[Row, ...]
    mapping: EssentialDataMapping

    def listed(self) -> EssentialDataListed:
        values: dict[str, object] = {
            "kind": self._kind(),
            "cpv": self._cpv(),
            "place": self._place(),
            "holders": self._operators("holders"),
            "modifications": tuple(self._each("modifications", _Reading._modification)),
            "execution": tuple(self._each("execution", _Reading._year)),
        }
        values |= {name: self._text(name) for name in _TEXTS}
        values |= {name: tuple(_words(self._value(name))) for name in _LABELS}
        values |= {name: self._day(name) for name in _DAYS}
        values |= {name: self._amount(name) for name in _AMOUNTS}
        values |= {name: _flag(self._value(name)) for name in _FLAGS}
        values |= {name: _count(self._value(name)) for name in _COUNTS}
        return EssentialDataListed.model_validate(values)

    def _modification(self) -> ModificationListed:
        return ModificationListed(
            number=_count(self._value("modification_number")),
            notified_on=self._day("modification_notified_on"),
            signed_on=self._day("modification_signed_on"),
            published_on=self._day("modification_published_on"),
            duration_months=_count(self._value("duration_months")),
            amount=self._amount("amount"),
            total_value=self._amount("total_value"),
            holders=self._operators("holders"),
        )

    def _year(self) -> ExecutionYearListed:
        return ExecutionYearListed(
            published_on=self._day("execution_published_on"),
            investment=self._amount("execution_investment"),
            tariffs=tuple(self._each("execution_tariffs", _Reading._tariff)),
        )

    def _tariff(self) -> TariffListed:
        return TariffListed(name=self._text("tariff_name"), amount=self._amount("tariff_amount"))

    def _operator(self) -> OperatorListed | None:
        id = self._text("operator_id")
        if id is None:
            return None
        return OperatorListed(id=id, scheme=self._text("operator_scheme"), name=self._text("operator_name"))

    def _operators(self, entry: str) -> tuple[OperatorListed, ...]:
        return tuple(one for one in self._each(entry, _Reading._operator) if one is not None)

    def _each(self, entry: str, read: Callable[[_Reading], PartT]) -> Iterator[PartT]:
        for item in _objects(self._value(entry)):
            yield read(_Reading(places=(_folded(item),), mapping=self.mapping))

    def _kind(self) -> Literal["contract", "concession"] | None:
        kinds, answers = self.mapping.kinds, self.mapping.answers
        code = (self._text("kind") or "").upper()
        if code in {kinds.contract.upper(), kinds.concession.upper()}:
            return "contract" if code == kinds.contract.upper() else "concession"
        if self._first(answers.contract_part) is not None:
            return "contract"
        return "concession" if self._first(answers.concession_part) is not None else None

    def _cpv(self) -> str | None:
        """Eight digits, whose first may have been lost where they came as a number."""
        value = self._value("cpv")
        return str(value).zfill(_CPV_DIGITS) if isinstance(value, int) else _text(value)

    def _place(self) -> PlaceListed | None:
        code, kind, name = self._text("place_code"), self._text("place_code_type"), self._text("place_name")
        return PlaceListed(code=code, code_type=kind, name=name) if code or kind or name else None

    def _value(self, entry: str) -> object:
        return self._first(getattr(self.mapping.answers, entry))

    def _first(self, names: tuple[str, ...]) -> object:
        found = (_inside(place, name.lower()) for name in names for place in self.places)
        return next((value for value in found if value not in (None, "")), None)

    def _text(self, entry: str) -> str | None:
        return _text(self._value(entry))

    def _day(self, entry: str) -> date | None:
        return to_day(self._value(entry))

    def _amount(self, entry: str) -> Decimal | None:
        return _amount(self._value(entry))


def _places(row: Row, names: tuple[str, ...]) -> Iterator[Row]:
    """The row and the objects in it that hold its values, however deep they are in each other."""
    yield row
    for name in names:
        inner = _inside(row, name.lower())
        if isinstance(inner, Mapping):
            yield from _places(_folded(inner), tuple(other for other in names if other != name))


def _folded(row: Row) -> Row:
    """An object with its names in lower case, once: every value of it is looked for under several names."""
    return {name.lower(): value for name, value in row.items()}


def _inside(place: Row, name: str) -> object:
    """What stands under a name; dots go into objects."""
    first_part, _, rest = name.partition(".")
    value = place.get(first_part)
    if not rest or value is None:
        return value
    return _inside(_folded(value), rest) if isinstance(value, Mapping) else None


def _objects(value: object, depth: int = _DEEPEST) -> Iterator[Row]:
    """The objects of a list, of a single one, or of either inside objects that only hold it."""
    if isinstance(value, list) and depth:
        for item in value:
            yield from _objects(item, depth - 1)
    elif isinstance(value, Mapping):
        inner = next(iter(value.values())) if len(value) == 1 else None
        if isinstance(inner, Mapping | list) and depth:
            yield from _objects(inner, depth - 1)
        else:
            yield value


def _words(value: object, depth: int = _DEEPEST) -> Iterator[str]:
    """The words of a list, of a single one, or of either inside an object that only holds it."""
    if isinstance(value, Mapping | list):
        for inner in (value.values() if isinstance(value, Mapping) else value) if depth else ():
            yield from _words(inner, depth - 1)
    elif (text := _text(value)) is not None:
        yield text


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    return str(value).strip() or None


def _amount(value: object) -> Decimal | None:
    """An amount of at most fifteen digits before its point; what is larger or finer is none that people pay."""
    amount = to_amount(value)
    if amount is None or abs(amount) >= _LARGEST:
        return None
    exponent = amount.as_tuple().exponent
    return amount if isinstance(exponent, int) and exponent >= _FINEST else round(amount, -_FINEST)


def _count(value: object) -> int | None:
    amount = _amount(value)
    return None if amount is None else int(amount)


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    word = (_text(value) or "").lower()
    return True if word in _YES else False if word in _NO else None

"""Decides whether the identifiers of buyers, bidders and platforms can be right: check digits, and their form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel
from stdnum.eu import vat
from stdnum.fr import siret

from contracts.reasons import Reason
from contracts.results import FieldWarning, Warned
from service.core.draft import Draft
from service.core.errors import EventInvalid

Mode = Literal["off", "warn", "refuse"]

_RIDET = re.compile(r"[0-9]{9,10}")
_TAHITI = re.compile(r"[A-Z0-9][0-9]{8}", re.IGNORECASE)
_NON_EU = re.compile(r"[A-Z]{2}\S.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    holds: Callable[[str], object]
    problem: str


# The check digits of SIRET (La Poste has its own) and VAT numbers are official; the forms of the others are inferred.
_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        "siret": _Rule(holds=siret.is_valid, problem="is not a SIRET: its check digits are wrong"),
        "vat": _Rule(holds=vat.is_valid, problem="is not a VAT number as a country of the EU writes it"),
        "non_eu": _Rule(holds=_NON_EU.fullmatch, problem="does not begin with the two letters of a country"),
        "ridet": _Rule(holds=_RIDET.fullmatch, problem="is not a RIDET: nine or ten digits"),
        "tahiti": _Rule(holds=_TAHITI.fullmatch, problem="is not a Tahiti number: a letter or digit, and eight digits"),
    }
)

PLATFORM_SCHEMES: Mapping[str, str] = MappingProxyType(
    {"1": "siret", "2": "vat", "3": "non_eu", "4": "ridet", "5": "tahiti"}
)
"""The scheme of an identifier by the type that DUME gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """An identifier that cannot be right: the field of the request, and what is wrong with it."""

    field: str
    problem: str

    def __str__(self) -> str:
        return f"{self.field} {self.problem}"


def problem(identifier: str, scheme: str) -> str | None:
    """What is wrong with an identifier of a scheme; None when nothing is, or nothing is known of the scheme."""
    rule = _RULES.get(scheme)
    return None if rule is None or rule.holds(identifier) else rule.problem


def doubtful(request: BaseModel) -> tuple[Doubtful, ...]:
    """Every identifier of a request that cannot be right, wherever it stands: beside a scheme, or in a SIRET field."""
    return tuple(_looked_through(request, ""))


def _looked_through(value: object, path: str) -> Iterator[Doubtful]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _looked_through(getattr(value, name), f"{path}.{name}" if path else name)
        yield from _identified(value, path)
    elif isinstance(value, tuple | list):
        for number, inner in enumerate(value):
            yield from _looked_through(inner, f"{path}.{number}")


def _identified(value: BaseModel, path: str) -> Iterator[Doubtful]:
    told = {name: inner for name in type(value).model_fields if isinstance(inner := getattr(value, name), str)}
    schemes = {name: "siret" for name in told if name.endswith("siret")}
    if "id" in told and "scheme" in told:
        schemes["id"] = told["scheme"]
    for name, scheme in schemes.items():
        wrong = problem(told[name], scheme)
        if wrong is not None:
            yield Doubtful(field=f"{path}.{name}" if path else name, problem=wrong)


def refusal(found: tuple[Doubtful, ...]) -> EventInvalid:
    """The end of a request that is refused for them."""
    return EventInvalid(Reason.INVALID_EVENT, "; ".join(f"data.{one}" for one in found) + ".")


def warned(draft: Draft, found: tuple[Doubtful, ...]) -> Draft:
    """A result with what was let pass, where its contract has a place for it."""
    if not found or not isinstance(draft.data, Warned):
        return draft
    warnings = tuple(FieldWarning(field=one.field, message=str(one)) for one in found)
    return replace(draft, data=draft.data.model_copy(update={"warnings": warnings}))

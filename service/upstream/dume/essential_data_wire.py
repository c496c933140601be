"""Builds what DUME takes as essential data, by the names of the mapping alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from contracts.events import Contract
from service.core.errors import EventInvalid
from service.upstream.dume.wire import nested

if TYPE_CHECKING:
    from contracts.base import Incoming
    from contracts.events import (
        AwardedConsultation,
        Buyer,
        Concession,
        EconomicOperator,
        ExecutionYear,
        TenderEssentialDataPublicationRequested,
        TenderEssentialDataUpdateRequested,
    )
    from service.core.sweep import Slice
    from service.upstream.dume.essential_data_names import EssentialDataMapping
    from service.upstream.dume.operations import DumeRequest
    from service.upstream.dume.wire import Wire

PART = "essential_data"
_PLACED = frozenset({"place", "holders", "concessionaires", "contractor", "tariffs", "further"})
"""Fields that do not go out as one value under a name of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Criteria of a search beside days and labels."""

    reference: str | None = None
    id: str | None = None
    buyer_id: str | None = None
    holder_id: str | None = None
    cpv: str | None = None
    nature: str | None = None
    procedure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EssentialDataWire:
    """Requests about essential data; raises EventInvalid when one cannot be built."""

    wire: Wire

    @property
    def mapping(self) -> EssentialDataMapping:
        """What DUME calls things there."""
        return self.wire.mapping.essential_data

    def publication(self, asked: TenderEssentialDataPublicationRequested) -> DumeRequest:
        """Essential data to publish."""
        who = "buyer" if asked.kind == "contract" else "conceding_authority"
        own = {
            "kind": getattr(self.mapping.kinds, asked.kind),
            who: asked.buyer.id,
            **self._subject(asked.subject),
            **_of_consultation(asked.consultation),
        }
        data = _with_further(self._nested(own), asked.subject.further, f"data.{asked.kind}.further")
        return self._request(self.mapping.operations.publish, {**self.wire.asking(asked.buyer), "inside": data})

    def update(self, asked: TenderEssentialDataUpdateRequested) -> DumeRequest:
        """What is new of essential data that DUME has."""
        kind, subject = asked.told_kind, asked.contract or asked.concession
        own = {
            "kind": getattr(self.mapping.kinds, kind) if kind else None,
            **(self._subject(subject) if subject else {}),
            "modifications": self._listed(asked.modifications, "modification", "data.modifications"),
            "subcontracts": self._listed(asked.subcontracts, "subcontract", "data.subcontracts"),
            "subcontract_changes": self._listed(
                asked.subcontract_changes, "subcontract_change", "data.subcontract_changes"
            ),
            "execution": self._years(asked.execution),
        }
        data = self._nested(own)
        if subject is not None:
            data = _with_further(data, subject.further, f"data.{kind}.further")
        data = _with_further(data, asked.further, "data.further")
        values = {**self.wire.asking(asked.buyer), "reference": asked.reference, "inside": data}
        return self._request(self.mapping.operations.update, values)

    def search(self, part: Slice, named: Named, asker: Buyer | None) -> DumeRequest:
        """A search by any criterion, in the name of the buyer that asks, else of the requester."""
        is_concession = part.kind == "concession"
        values = {
            **self.wire.asking(asker, must=False),
            **self._days(part),
            "searched_reference": named.reference,
            "searched_id": named.id,
            "searched_kind": getattr(self.mapping.kinds, part.kind) if part.kind else None,
            "searched_nature": part.nature or named.nature,
            "searched_procedure": part.procedure or named.procedure,
            "searched_cpv": named.cpv,
            "searched_authority" if is_concession else "searched_buyer": named.buyer_id,
            "searched_concessionaire" if is_concession else "searched_holder": named.holder_id,
        }
        return self._request(self.mapping.operations.search, values)

    def search_v1(self, part: Slice) -> DumeRequest:
        """A search by days in the older form."""
        values = {**self.wire.asking(None, must=False), **self._days(part)}
        return self._request(self.mapping.operations.search_v1, values)

    def _days(self, part: Slice) -> dict[str, object]:
        until = part.until
        if until is not None and not self.mapping.last_day_included and until < date.max:
            until += timedelta(days=1)
        return {"published_from": _plain(part.since), "published_until": _plain(until)}

    def _subject(self, subject: Contract | Concession) -> dict[str, object]:
        """The values of a contract or a concession, by the entries they go under."""
        values = _values(subject)
        if isinstance(subject, Contract):
            place = subject.place
            values |= {"place_code": place.code, "place_code_type": place.code_type} if place else {}
            return {**values, "holders": self._operators(subject.holders, "holder")}
        return {**values, "concessionaires": self._operators(subject.concessionaires, "concessionaire")}

    def _operators(self, operators: Iterable[EconomicOperator], word: str) -> list[object]:
        return [self._nested({f"{word}_id": one.id, f"{word}_scheme": one.scheme}) for one in operators]

    def _listed(self, parts: Iterable[Incoming], word: str, path: str) -> list[object]:
        """What followed a contract: each part an object with names of its own."""
        return [self._part(part, word, f"{path}.{place}.further") for place, part in enumerate(parts)]

    def _part(self, part: Any, word: str, path: str) -> dict[str, object]:  # Any: any of the parts that follow
        values = {f"{word}_{name}": value for name, value in _values(part).items()}
        if holders := getattr(part, "holders", ()):
            values[f"{word}_holders"] = self._operators(holders, "holder")
        if contractor := getattr(part, "contractor", None):
            values |= {f"{word}_contractor_id": contractor.id, f"{word}_contractor_scheme": contractor.scheme}
        return self._inside(values, f"{word}_number", part.further, path)

    def _years(self, years: Iterable[ExecutionYear]) -> list[object]:
        listed: list[object] = []
        for place, year in enumerate(years):
            tariffs = [self._nested({"tariff_name": one.name, "tariff_amount": one.amount}) for one in year.tariffs]
            values = {f"execution_{name}": value for name, value in _values(year).items()}
            values["execution_tariffs"] = tariffs
            listed.append(self._inside(values, "execution_investment", year.further, f"data.execution.{place}.further"))
        return listed

    def _inside(
        self, values: Mapping[str, object], beside: str, further: Mapping[str, object], path: str
    ) -> dict[str, object]:
        """A part with its further fields in the object that holds the entry `beside` them."""
        parents = getattr(self.mapping.fields, beside).split(".")[:-1]
        wrapped: dict[str, object] = dict(further)
        for parent in reversed(parents):
            wrapped = {parent: wrapped}
        return _with_further(self._nested(values), wrapped if further else {}, path)

    def _nested(self, values: Mapping[str, object]) -> dict[str, object]:
        fields, left_out = self.mapping.fields, self.wire.mapping.left_out
        return nested({
            getattr(fields, entry): _plain(value)
            for entry, value in values.items()
            if value not in (None, [], ()) and f"{PART}.{entry}" not in left_out
        })  # fmt: skip

    def _request(self, operation: str, values: Mapping[str, object]) -> DumeRequest:
        return self.wire.request(operation, values, names=self.mapping.fields, part=PART)


def _of_consultation(consultation: AwardedConsultation | None) -> dict[str, object]:
    if consultation is None:
        return {}
    return {
        "consultation_id": consultation.id,
        "consultation_reference": consultation.reference,
        "lot_number": consultation.lot_number,
    }


def _values(part: Incoming) -> dict[str, object]:
    """The fields that go out as one value, by their own names."""
    return {name: getattr(part, name) for name in type(part).model_fields if name not in _PLACED}


def _plain(value: object) -> object:
    """A value as JSON has it: the schema's amounts are numbers, and keep all their digits as such up to fifteen."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return value


def _with_further(own: dict[str, object], further: Mapping[str, object], path: str) -> dict[str, object]:
    """Both together; raises EventInvalid where further fields would say something else than the request's own."""
    merged = dict(own)
    for name, value in further.items():
        present = merged.get(name)
        if isinstance(present, dict) and isinstance(value, Mapping):
            merged[name] = _with_further(present, value, f"{path}.{name[:40]}")
        elif name in merged:
            raise EventInvalid("invalid_event", f"{path}.{name[:40]} has a word of its own: use that one.")
        else:
            merged[name] = value
    return merged

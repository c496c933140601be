"""Hands in, corrects and finds the essential data of contracts and concessions at DUME."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.labels import spelled, spelled_as
from service.core.masking import masked
from service.core.sweep import DAYS_ALONE, Kind, Labels, Slice
from service.upstream.dume.caller import Caller, unreadable
from service.upstream.dume.essential_data_operations import PUBLISH, SEARCH, SEARCH_V1, UPDATE
from service.upstream.dume.essential_data_rows import listed, rows_of
from service.upstream.dume.essential_data_wire import EssentialDataWire, Named
from service.upstream.dume.wire import NotInAnswer
from service.upstream.interpret import messages
from service.upstream.operation import Refusal

if TYPE_CHECKING:
    from contracts.events import (
        Buyer,
        TenderEssentialDataPublicationRequested,
        TenderEssentialDataSearchRequested,
        TenderEssentialDataUpdateRequested,
    )
    from contracts.results import EssentialDataListed
    from service.core.labels import RequestT, Unlisted
    from service.upstream.dume.essential_data_names import EssentialDataMapping
    from service.upstream.dume.operations import DumeAnswer

MOST_NOTICES, LONGEST_NOTICE = 10, 500
"""Notices may travel in a header of a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Essential data that DUME took; `reference` None when it did not tell it."""

    reference: str | None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """An update that DUME took; `changed` None when it did not say whether anything was changed."""

    changed: bool | None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one search shows; `is_cut`: as many rows as it shows at most."""

    rows: tuple[EssentialDataListed, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EssentialData:
    """The operations on essential data. Each raises an UpstreamFailure when no usable answer came."""

    caller: Caller

    @property
    def mapping(self) -> EssentialDataMapping:
        """What DUME calls things there, and what is known of how it behaves."""
        return self.caller.wire.mapping.essential_data

    @property
    def wire(self) -> EssentialDataWire:
        """What builds the requests."""
        return EssentialDataWire(wire=self.caller.wire)

    def spelled(self, request: RequestT) -> tuple[RequestT, tuple[Unlisted, ...]]:
        """The request with its labels as the national schema spells them, and those it does not know."""
        return spelled(request, self.mapping.lists.model_dump())

    async def publish(self, asked: TenderEssentialDataPublicationRequested) -> Published | Refusal:
        """Hand in essential data. Not safe to repeat: nothing tells the second from the first."""
        answer = await self.caller.call(PUBLISH, self.wire.publication(asked))
        if isinstance(answer, Refusal):
            return answer
        reference = self.caller.wire.read_text(answer.fields, self.mapping.answers.reference)
        return Published(reference=reference, notices=_notices(answer))

    async def update(self, asked: TenderEssentialDataUpdateRequested) -> Updated | Refusal:
        """Say what is new of essential data that DUME has."""
        answer = await self.caller.call(UPDATE, self.wire.update(asked))
        if isinstance(answer, Refusal):
            return answer
        said = tuple((_of(one, "code"), _of(one, "message")) for one in messages(answer.fields))
        return Updated(changed=self.mapping.was_changed(said), notices=_notices(answer))

    async def named(self, *, kind: Kind, buyer: Buyer, id: str) -> tuple[EssentialDataListed, ...] | Refusal:
        """Return what is shown of the contract or concession that this buyer gave this id."""
        shown = await self.show(Slice(kind=kind), Named(buyer_id=buyer.id, id=id), asker=buyer)
        if isinstance(shown, Refusal):
            return shown
        # A criterion that is not heeded would show the contracts of others as ours.
        return tuple(row for row in shown.rows if row.id == id and row.buyer_id in {None, buyer.id})

    async def referenced(self, reference: str, asker: Buyer | None = None) -> tuple[EssentialDataListed, ...] | Refusal:
        """Return every version that is shown under this reference."""
        shown = await self.show(Slice(), Named(reference=reference), asker=asker)
        return shown if isinstance(shown, Refusal) else tuple(row for row in shown.rows if row.reference == reference)

    async def show(self, part: Slice, named: Named, *, version: int = 2, asker: Buyer | None = None) -> Shown | Refusal:
        """Make one search."""
        operation, request = SEARCH, self.wire.search(part, named, asker)
        if version == 1:
            operation, request = SEARCH_V1, self.wire.search_v1(part)
        answer = await self.caller.call(operation, request)
        if isinstance(answer, Refusal):
            is_empty = answer.code in self.caller.wire.mapping.nothing_found
            return Shown(rows=(), is_cut=False) if is_empty else answer
        try:
            rows = rows_of(answer.fields, self.mapping)
        except NotInAnswer as error:
            raise unreadable(operation, str(error)) from error
        shown = tuple(listed(row, self.mapping) for row in rows)
        return Shown(rows=shown, is_cut=len(rows) >= self.mapping.most_rows)

    def labels(self, asked: TenderEssentialDataSearchRequested) -> Labels:
        """By which labels a search can be narrowed; the older one takes days alone."""
        if asked.version == 1:
            return DAYS_ALONE
        lists = self.mapping.lists
        return Labels(
            natures={"contract": lists.contract_natures, "concession": lists.concession_natures},
            procedures={"contract": lists.contract_procedures, "concession": lists.concession_procedures},
        )

    def criteria(self, asked: TenderEssentialDataSearchRequested) -> Named:
        """What a search names besides days, its labels as the schema spells them where it knows them."""
        lists = self.mapping.lists
        natures = (*lists.contract_natures, *lists.concession_natures)
        procedures = (*lists.contract_procedures, *lists.concession_procedures)
        return Named(
            reference=asked.reference,
            id=asked.id,
            buyer_id=asked.buyer_id,
            holder_id=asked.holder_id,
            cpv=asked.cpv,
            nature=_known(asked.nature, natures),
            procedure=_known(asked.procedure, procedures),
        )


def _known(label: str | None, allowed: Sequence[str]) -> str | None:
    """A label as the schema spells it; one that it does not know may be of older data, and is asked for as it is."""
    return label and (spelled_as(label, allowed) or label)


def _notices(answer: DumeAnswer) -> tuple[str, ...]:
    said = (_of(one, "message") or _of(one, "code") for one in messages(answer.fields))
    return tuple(masked(text)[:LONGEST_NOTICE] for text in said if text)[:MOST_NOTICES]


def _of(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    return "" if value is None else str(value)

"""Talks to DUME about the bids of companies, and about companies, on behalf of one event."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contracts.events import Bidder
from service.core.masking import masked
from service.upstream.dume import bidder_operations as operations
from service.upstream.dume.caller import Caller, unreadable
from service.upstream.dume.found import FoundDume, read_found
from service.upstream.dume.wire import NotInAnswer, first
from service.upstream.interpret import messages
from service.upstream.operation import Refusal

if TYPE_CHECKING:
    from contracts.events import Consultation
    from service.upstream.dume.bidder_names import BidderNames
    from service.upstream.dume.caller import DumeOperation
    from service.upstream.dume.operations import DumeAnswer, DumeRequest

PART = "bidders"
MOST_MESSAGES = 20
"""Messages of one answer that are passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message beside an answer; account numbers are masked."""

    code: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The DUME of a bidder as the State makes it; None when only messages came. `dume_id` where it is kept there."""

    document: bytes | None = field(repr=False)
    said: tuple[Said, ...]
    dume_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCompany:
    """What the State tells of a company, in its own words; nothing when it knows nothing now."""

    fields: Mapping[str, object] = field(repr=False)
    name: str | None
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A DUME that is given either by its identifier or as a document."""

    dume_id: str | None
    document: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidders:
    """The operations a handler may use. Each raises an UpstreamFailure when no usable answer came."""

    caller: Caller

    @property
    def names(self) -> BidderNames:
        """What DUME calls things here."""
        return self.caller.wire.mapping.bidders

    async def merge_with_company(self, buyer: Chosen, bidder: Bidder, *, unpublished: bool) -> Merged | Refusal:
        """Fill the DUME of a buyer with what is known of a company."""
        values = {
            **self._asking(bidder),
            "buyer_dume_id": buyer.dume_id,
            "buyer_document": _encoded(buyer.document),
            "bidder": bidder.id,
            "data_kind": self._kind(unpublished=unpublished),
        }
        return await self._merged(
            operations.MERGE_WITH_COMPANY, self._request(self.names.operations.merge_with_company, values)
        )

    async def merge(self, buyer: Chosen, bid: Chosen, bidder: Bidder | None) -> Merged | Refusal:
        """Fill the DUME of a buyer with an earlier one of a bidder."""
        values = {
            **self._asking(bidder),
            "merged_buyer_dume_id": buyer.dume_id,
            "merged_buyer_document": _encoded(buyer.document),
            "merged_bid_dume_id": bid.dume_id,
            "merged_bid_document": _encoded(bid.document),
        }
        return await self._merged(operations.MERGE, self._request(self.names.operations.merge, values))

    async def save(
        self, document: bytes, consultation: Consultation, bidder: Bidder, dume_id: str | None
    ) -> str | Refusal:
        """Keep a document as a new DUME, or over `dume_id`, which alone is safe to repeat; returns the identifier."""
        values = {
            **self._asking(bidder),
            "consultation_id": consultation.id,
            "saved_lots": self.caller.wire.consultation_fields(consultation)["lots"],
            "saved_dume_id": dume_id,
            "saved_document": _encoded(document),
            "saved_bidder": bidder.id,
        }
        operation = operations.SAVE_BID if dume_id is None else operations.SAVE_BID_OVER
        answer = await self.caller.call(operation, self._request(self.names.operations.save, values))
        if isinstance(answer, Refusal):
            return answer
        return self._identifier(operation, answer, dume_id)

    async def create(self, bidder: Bidder, *, unpublished: bool) -> Merged | Refusal:
        """Make a DUME of what is known of a company. Not safe to repeat: each call makes one."""
        values = {
            **self._asking(bidder),
            "created_bidder": bidder.id,
            "created_data_kind": self._kind(unpublished=unpublished),
        }
        operation = operations.CREATE_BID
        answer = await self.caller.call(operation, self._request(self.names.operations.create, values))
        if isinstance(answer, Refusal):
            return answer
        dume_id, document = self._identifier(operation, answer, None), None
        with suppress(NotInAnswer):  # it was made all the same
            document = self._document(answer)
        return Merged(document=document, said=_said(answer), dume_id=dume_id)

    async def search(self, *, consultation_id: str | None, bidder: Bidder | None) -> tuple[FoundDume, ...] | Refusal:
        """Return the DUMEs of bidders for a consultation, of one bidder, or both."""
        wire = self.caller.wire
        values = {
            **self._asking(bidder, must=False),
            "consultation_id": consultation_id,
            "searched_bidder": bidder.id if bidder else None,
        }
        operation = operations.SEARCH_BIDS
        answer = await self.caller.call(operation, self._request(self.names.operations.search, values))
        if isinstance(answer, Refusal):
            return () if answer.code in wire.mapping.nothing_found else answer
        return read_found(wire, operation, answer, consultation_id)

    async def company(self, siret: str, *, unpublished: bool) -> KnownCompany | Refusal:
        """Return what is known of a company."""
        values = {
            **self._asking(Bidder.model_construct(id=siret, name=None, scheme="siret")),
            "company": siret,
            "company_data_kind": self._kind(unpublished=unpublished),
        }
        answer = await self.caller.call(operations.COMPANY, self._request(self.names.operations.company, values))
        if isinstance(answer, Refusal):
            return answer
        found = first(answer.fields, self.names.answers.company)
        fields = found if isinstance(found, Mapping) else {}
        name = self.caller.wire.read_text(fields, self.names.answers.company_name)
        return KnownCompany(fields=fields, name=masked(name) if name else None, said=_said(answer))

    def _asking(self, bidder: Bidder | None, *, must: bool = True) -> dict[str, object]:
        return self.caller.wire.asking(bidder if self.names.asked_by == "bidder" else None, must=must)

    def _kind(self, *, unpublished: bool) -> str:
        return self.names.data_kinds.unpublished if unpublished else self.names.data_kinds.published

    def _request(self, constant: str, values: Mapping[str, object]) -> DumeRequest:
        return self.caller.wire.request(constant, values, names=self.names.fields, part=PART)

    async def _merged(self, operation: DumeOperation, request: DumeRequest) -> Merged | Refusal:
        answer = await self.caller.call(operation, request)
        if isinstance(answer, Refusal):
            return answer
        said = _said(answer)
        try:
            document = self._document(answer)
        except NotInAnswer as error:
            raise unreadable(operation, str(error)) from error
        if document is None and not said:
            raise unreadable(operation, "neither a document nor a message")
        return Merged(document=document, said=said)

    def _document(self, answer: DumeAnswer) -> bytes | None:
        """The document of an answer, None when there is none; raises NotInAnswer for one that is garbled."""
        names = self.names.answers.document
        if self.caller.wire.read_text(answer.fields, names) is None:
            return None
        return self.caller.wire.read_document(answer.fields, names)

    def _identifier(self, operation: DumeOperation, answer: DumeAnswer, known: str | None) -> str:
        dume_id = self.caller.wire.read_text(answer.fields, self.caller.wire.mapping.answers.dume_id) or known
        if dume_id is None:
            # It was made all the same: this is doubt, not failure.
            raise unreadable(operation, "an answer without the identifier of the DUME")
        return dume_id


def _encoded(document: bytes | None) -> str | None:
    return base64.b64encode(document).decode() if document is not None else None


def _said(answer: DumeAnswer) -> tuple[Said, ...]:
    """The messages of an answer that is no refusal."""
    return tuple(
        Said(code=str(one["code"])[:100] if one.get("code") else None, text=masked(str(one.get("message") or "")))
        for one in messages(answer.fields)[:MOST_MESSAGES]
    )

"""Hands over the document of a DUME, or those of bids with all that belongs to them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from contracts.base import sentence
from contracts.events import TenderDumeDocumentRequested
from contracts.reasons import Reason
from contracts.results import (
    DumeFile,
    DumeMetadata,
    DumeValueTold,
    TenderDumeDocumentRefused,
    TenderDumeDocumentReported,
)
from contracts.words import DumeState, Upstream
from service.core.draft import Draft
from service.core.dume_files import ROOTS, Described, described, described_all
from service.core.errors import EventInvalid
from service.core.espd import EspdInvalid, check
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.dume.documents import Metadata, Oversized


class HandOverDume(Read[TenderDumeDocumentRequested]):
    """`tender.dume.document.requested.v1`."""

    model: ClassVar[type[TenderDumeDocumentRequested]] = TenderDumeDocumentRequested
    upstream: ClassVar[str] = Upstream.DUME

    async def handle(self, request: TenderDumeDocumentRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Fetch it, and describe each file beside its content."""
        if request.bid_dume_ids is not None:
            return await _bids(request, request.bid_dume_ids, calls)
        return await _document(request, calls)


async def _document(request: TenderDumeDocumentRequested, calls: Calls) -> tuple[Draft, ...]:
    if request.xml is not None:
        await asyncio.to_thread(_check, request.xml, request.of)
    got = await calls.dume.documents.formatted(
        request.of, request.format, dume_id=request.dume_id, document=request.xml, requester=request.requester
    )
    if isinstance(got, Refusal):
        return (_refused(got, request),)
    if isinstance(got, Oversized):
        raise EventInvalid(Reason.DOCUMENT_TOO_LARGE, _too_large("The document is", got))
    dume_id = got.dume_id or request.dume_id
    file = None
    if got.content is not None:
        file = await asyncio.to_thread(described, got.content, of=request.of, form=request.format, dume_id=dume_id)
    reported = TenderDumeDocumentReported(
        of=request.of,
        format=request.format,
        dume_id=dume_id,
        state=DumeState(calls.dume.state_of(got.state_code)) if got.state_code is not None else None,
        state_code=got.state_code,
        metadata=_metadata(got.metadata),
        file=_file(file, dume_id) if file else None,
    )
    return (Draft(type="tender.dume.document.reported.v1", data=reported),)


async def _bids(request: TenderDumeDocumentRequested, dume_ids: Sequence[str], calls: Calls) -> tuple[Draft, ...]:
    wanted = tuple(dict.fromkeys(dume_ids))
    got = await calls.dume.documents.with_attachments(wanted, requester=request.requester)
    if isinstance(got, Refusal):
        return (_refused(got, request),)
    if isinstance(got, Oversized):
        what = "The files of this bid are" if len(wanted) == 1 else f"The files of {len(wanted)} bids are together"
        raise EventInvalid(Reason.DOCUMENT_TOO_LARGE, _too_large(what, got))
    # With one bid, whose files they are is clear without being told.
    owner = wanted[0] if len(wanted) == 1 else None
    owners = [one.dume_id or owner for one in got]
    files = [(one.name, whose, one.content) for one, whose in zip(got, owners, strict=True)]
    told = await asyncio.to_thread(described_all, files)
    reported = TenderDumeDocumentReported(
        of="bidder",
        format=None,
        bid_dume_ids=wanted,
        files=tuple(_file(file, whose) for file, whose in zip(told, owners, strict=True)),
    )
    return (Draft(type="tender.dume.document.reported.v1", data=reported),)


def _check(document: bytes, of: str) -> None:
    try:
        check(document, ROOTS[of])
    except EspdInvalid as error:
        raise EventInvalid(Reason.INVALID_EVENT, f"data.xml: {error}") from error


def _file(file: Described, dume_id: str | None) -> DumeFile:
    return DumeFile(
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        sha256=file.sha256,
        content=file.content,
        dume_id=dume_id,
        warning=file.warning,
    )


def _metadata(said: Metadata | None) -> DumeMetadata | None:
    if said is None:
        return None
    return DumeMetadata(
        consultation_id=said.consultation_id,
        consultation_reference=said.consultation_reference,
        lot_numbers=said.lot_numbers,
        told=tuple(DumeValueTold(name_code=sentence(name), upstream_text=sentence(text)) for name, text in said.told),
    )


def _too_large(what: str, oversized: Oversized) -> str:
    more = "documents by reference are not part of this version"
    return f"{what} larger than the {oversized.most} bytes of a result; {more}."


def _refused(refusal: Refusal, request: TenderDumeDocumentRequested) -> Draft:
    data = TenderDumeDocumentRefused(
        reason=refusal.reason,
        code=refusal.code,
        upstream_text=refusal.text or None,
        of="bidder" if request.bid_dume_ids is not None else request.of,
        dume_id=request.dume_id,
        bid_dume_ids=request.bid_dume_ids or (),
    )
    return Draft(type="tender.dume.document.refused.v1", data=data)

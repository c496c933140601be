"""Makes the DUME of a bidder out of that of a buyer, filled with company data or with an earlier DUME."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from contracts.events import TenderBidMergeRequested
from contracts.reasons import Reason
from contracts.results import CompanyData, Notice, TenderBidMergeRefused, TenderBidMergeReported
from contracts.words import Upstream
from service.core.bid_document import ROOT as BID_ROOT
from service.core.draft import Draft
from service.core.errors import AnswerOversized, EventInvalid
from service.core.espd import ROOT as BUYER_ROOT
from service.handlers import bid_results as results
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.dume.bidders import Bidders, Chosen, Merged


class MergeBid(Read[TenderBidMergeRequested]):
    """`tender.bid.merge.requested.v1`. It never fails for want of company data: it says that there is none."""

    model: ClassVar[type[TenderBidMergeRequested]] = TenderBidMergeRequested
    upstream: ClassVar[str] = Upstream.DUME

    async def handle(self, request: TenderBidMergeRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Merge, and say what of the company is in it."""
        await asyncio.to_thread(_check, request)
        bidders = calls.dume.bidders
        try:
            merged = await _merged(request, bidders)
        except AnswerOversized as error:
            raise EventInvalid(Reason.DOCUMENT_TOO_LARGE, results.TOO_LARGE) from error
        if isinstance(merged, Refusal):
            if not request.has_bid and results.is_without_company(merged, bidders):
                return (_reported(request, None, "missing", results.notice_of(merged)),)
            return (_refused(request, merged, bidders),)
        company = None if request.has_bid else await results.company_data(merged.document, merged.said, bidders)
        return (_reported(request, merged.document, company, results.notices(merged.said)),)


def _check(request: TenderBidMergeRequested) -> None:
    for name, document, root in (
        ("buyer_document", request.buyer_document, BUYER_ROOT),
        ("bid_document", request.bid_document, BID_ROOT),
    ):
        if document is not None:
            results.check_document(name, document, root)


async def _merged(request: TenderBidMergeRequested, bidders: Bidders) -> Merged | Refusal:
    buyer = Chosen(dume_id=request.buyer_dume_id, document=request.buyer_document)
    if request.has_bid or request.bidder is None:
        bid = Chosen(dume_id=request.bid_dume_id, document=request.bid_document)
        return await bidders.merge(buyer, bid, request.bidder)
    return await bidders.merge_with_company(buyer, request.bidder, unpublished=request.unpublished_data)


def _reported(
    request: TenderBidMergeRequested, document: bytes | None, company: CompanyData | None, notices: tuple[Notice, ...]
) -> Draft:
    data = TenderBidMergeReported(
        document=document,
        company_data=company,
        notices=notices,
        buyer_dume_id=request.buyer_dume_id,
        bid_dume_id=request.bid_dume_id,
    )
    return Draft(type="tender.bid.merge.reported.v1", data=data)


def _refused(request: TenderBidMergeRequested, refusal: Refusal, bidders: Bidders) -> Draft:
    not_published = refusal.code in bidders.names.not_published
    data = TenderBidMergeRefused(
        reason=Reason.DUME_NOT_PUBLISHED if not_published else refusal.reason,
        code=refusal.code,
        upstream_text=refusal.text,
        buyer_dume_id=request.buyer_dume_id,
        bid_dume_id=request.bid_dume_id,
    )
    return Draft(type="tender.bid.merge.refused.v1", data=data)

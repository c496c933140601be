"""Finds the DUMEs of buyers or of bidders: those of a consultation, of one buyer or bidder, or both."""

from __future__ import annotations

from typing import ClassVar

from contracts.events import TenderDumeSearchRequested
from contracts.reasons import Reason
from contracts.results import TenderDumeSearchPage, TenderDumeSearchRefused, TenderDumeSearchReported
from contracts.words import Upstream
from service.core.draft import Draft
from service.handlers import dume_results as results
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.dume import FoundDume

PAGE = 100
"""DUMEs in one `tender.dume.search.page`."""


class SearchDume(Read[TenderDumeSearchRequested]):
    """`tender.dume.search.requested.v1`."""

    model: ClassVar[type[TenderDumeSearchRequested]] = TenderDumeSearchRequested
    upstream: ClassVar[str] = Upstream.DUME

    async def handle(self, request: TenderDumeSearchRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Search, and report page by page, then as a whole."""
        found = await _found(request, calls)
        if isinstance(found, Refusal):
            return (_refused(found, request),)
        wanted = request.lot_number
        dumes = tuple(results.shown(dume, calls.dume) for dume in found if wanted in (None, dume.lot_number))
        pages = tuple(
            Draft(
                type="tender.dume.search.page.v1",
                data=TenderDumeSearchPage(page=number, dumes=dumes[start : start + PAGE]),
                kind="page",
                discriminator=str(number),
            )
            for number, start in enumerate(range(0, len(dumes), PAGE), start=1)
        )
        reported = TenderDumeSearchReported(total=len(dumes), dumes=dumes)
        return (*pages, Draft(type="tender.dume.search.reported.v1", data=reported))


async def _found(request: TenderDumeSearchRequested, calls: Calls) -> tuple[FoundDume, ...] | Refusal:
    if request.of == "bidder":
        return await calls.dume.bidders.search(consultation_id=request.consultation_key, bidder=request.bidder)
    buyer_id = request.buyer.id if request.buyer else None
    return await calls.dume.search(consultation_id=request.consultation_key, buyer_id=buyer_id)


def _refused(refusal: Refusal, request: TenderDumeSearchRequested) -> Draft:
    data = TenderDumeSearchRefused(
        reason=Reason.UPSTREAM_REFUSED,
        code=refusal.code,
        upstream_text=refusal.text,
        consultation_id=request.consultation_key,
    )
    return Draft(type="tender.dume.search.refused.v1", data=data)

"""Tells what the State knows of a company, and that it knows nothing while the service behind it is down."""

from __future__ import annotations

from typing import ClassVar

from contracts.events import TenderCompanyLookupRequested
from contracts.results import CompanyData, Notice, TenderCompanyLookupRefused, TenderCompanyLookupReported
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.told import passed_on
from service.handlers import bid_results as results
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.dume.bidders import KnownCompany


class LookUpCompany(Read[TenderCompanyLookupRequested]):
    """`tender.company.lookup.requested.v1`."""

    model: ClassVar[type[TenderCompanyLookupRequested]] = TenderCompanyLookupRequested
    upstream: ClassVar[str] = Upstream.DUME

    async def handle(self, request: TenderCompanyLookupRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Ask once, and pass everything on."""
        bidders = calls.dume.bidders
        known = await bidders.company(request.siret, unpublished=request.unpublished_data)
        if not isinstance(known, Refusal):
            return (_reported(request, known),)
        if results.is_without_company(known, bidders):
            return (_nothing(request, "missing", results.notice_of(known)),)
        data = TenderCompanyLookupRefused(
            reason=known.reason, code=known.code, upstream_text=known.text, siret=request.siret
        )
        return (Draft(type="tender.company.lookup.refused.v1", data=data),)


def _reported(request: TenderCompanyLookupRequested, known: KnownCompany) -> Draft:
    said = results.notices(known.said)
    if not known.fields:
        return _nothing(request, "missing", said)
    details = passed_on(known.fields)
    data = TenderCompanyLookupReported(
        siret=request.siret,
        name=known.name,
        company_data="included",
        details=details.tree,
        details_complete=details.is_complete,
        notices=said,
    )
    return Draft(type="tender.company.lookup.reported.v1", data=data)


def _nothing(request: TenderCompanyLookupRequested, company: CompanyData, notices: tuple[Notice, ...]) -> Draft:
    data = TenderCompanyLookupReported(
        siret=request.siret, company_data=company, details_complete=True, notices=notices
    )
    return Draft(type="tender.company.lookup.reported.v1", data=data)

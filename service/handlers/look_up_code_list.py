"""Tells the values of a list of codes of DUME, the lists there are, or the labels of the document."""

from __future__ import annotations

from typing import ClassVar, Literal

from contracts.events import TenderCodelistLookupRequested
from contracts.reasons import Reason
from contracts.results import (
    CodeListed,
    TenderCodelistLookupPage,
    TenderCodelistLookupRefused,
    TenderCodelistLookupReported,
)
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.errors import EventInvalid
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.dume.reference import Code, Codes, Reference, TooMuch
from service.upstream.dume.remembered import Told

PAGE = 100
"""Codes in one `tender.codelist.lookup.page`."""

What = Literal["code_lists", "values", "labels"]


class LookUpCodeList(Read[TenderCodelistLookupRequested]):
    """`tender.codelist.lookup.requested.v1`."""

    model: ClassVar[type[TenderCodelistLookupRequested]] = TenderCodelistLookupRequested
    upstream: ClassVar[str] = Upstream.DUME

    async def handle(self, request: TenderCodelistLookupRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Ask, unless it is remembered, and report page by page, then how much it was."""
        try:
            told = await _asked(request, calls.dume.reference)
        except TooMuch as error:
            raise EventInvalid(Reason.ANSWER_TOO_LARGE, str(error)) from error
        if isinstance(told, Refusal):
            return (_refused(told, request),)
        rows = told.value.rows
        pages = tuple(
            _page(number, rows[start : start + PAGE]) for number, start in enumerate(range(0, len(rows), PAGE), start=1)
        )
        return (*pages, _reported(told, request, len(pages)))


async def _asked(request: TenderCodelistLookupRequested, reference: Reference) -> Told[Codes] | Refusal:
    if request.labels:
        return await reference.labels(request.language, request.buyer)
    if request.code_list is None:
        return await reference.code_lists(request.buyer)
    return await reference.values(request.code_list, request.buyer)


def _page(number: int, rows: tuple[Code, ...]) -> Draft:
    data = TenderCodelistLookupPage(
        page=number, codes=tuple(CodeListed(code=row.code, label=row.label) for row in rows)
    )
    return Draft(type="tender.codelist.lookup.page.v1", data=data, kind="page", discriminator=str(number))


def _reported(told: Told[Codes], request: TenderCodelistLookupRequested, pages: int) -> Draft:
    data = TenderCodelistLookupReported(
        what=_what(request),
        code_list=request.code_list,
        language=request.language,
        total=told.value.total,
        pages=pages,
        complete=len(told.value.rows) == told.value.total,
        as_of=told.as_of,
        cached=told.cached,
    )
    return Draft(type="tender.codelist.lookup.reported.v1", data=data)


def _what(request: TenderCodelistLookupRequested) -> What:
    if request.labels:
        return "labels"
    return "code_lists" if request.code_list is None else "values"


def _refused(refusal: Refusal, request: TenderCodelistLookupRequested) -> Draft:
    data = TenderCodelistLookupRefused(
        reason=refusal.reason,
        code=refusal.code,
        upstream_text=refusal.text,
        code_list=request.code_list,
        language=request.language,
    )
    return Draft(type="tender.codelist.lookup.refused.v1", data=data)

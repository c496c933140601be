"""Finds published essential data, split into as many calls as it takes, and reports them page by page."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import ClassVar

from contracts.events import TenderEssentialDataSearchRequested
from contracts.results import (
    EssentialDataListed,
    PublicationDays,
    TenderEssentialDataSearchPage,
    TenderEssentialDataSearchRefused,
    TenderEssentialDataSearchReported,
)
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.essential_data import fits
from service.core.sweep import KINDS, Slice, Sweep
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.dume.essential_data_wire import Named

PAGE = 100
"""Rows in one `tender.essential_data.search.page`."""

MOST_CALLS = 200
"""Calls of one search: what is left then is told as not read to its end."""

FAMILY = "tender.essential_data.search"


class SearchEssentialData(Read[TenderEssentialDataSearchRequested]):
    """`tender.essential_data.search.requested.v1`."""

    model: ClassVar[type[TenderEssentialDataSearchRequested]] = TenderEssentialDataSearchRequested
    upstream: ClassVar[str] = Upstream.DUME

    async def handle(
        self, request: TenderEssentialDataSearchRequested, event: Event, calls: Calls
    ) -> tuple[Draft, ...]:
        """Search to the end as far as the State shows it, and report page by page, then how much it was."""
        swept = await _swept(request, calls)
        if isinstance(swept, Refusal):
            return (_refused(swept),)
        rows, unread = swept.rows, swept.unread
        pages = tuple(
            _page(number, rows[start : start + PAGE]) for number, start in enumerate(range(0, len(rows), PAGE), start=1)
        )
        reported = TenderEssentialDataSearchReported(
            total=len(rows),
            pages=len(pages),
            complete=not unread,
            incomplete=_days(unread),
            narrowed=_days(swept.narrowed),
        )
        return (*pages, Draft(type=f"{FAMILY}.reported.v1", data=reported))


async def _swept(request: TenderEssentialDataSearchRequested, calls: Calls) -> Sweep[EssentialDataListed] | Refusal:
    data = calls.dume.essential_data
    named = data.criteria(request)
    sweep: Sweep[EssentialDataListed] = Sweep(
        _first(request, named), data.labels(request), most_calls=MOST_CALLS, limit=request.limit
    )
    while (part := sweep.next()) is not None:
        shown = await data.show(part, named, version=request.version)
        if not isinstance(shown, Refusal):
            rows: dict[Hashable, EssentialDataListed] = {_key(row): row for row in shown.rows if fits(request, row)}
            sweep.take(part, rows, is_cut=shown.is_cut)
        elif sweep.calls == 1:
            return shown
        else:
            sweep.skip(part)  # what the whole was not refused for, a part may be
    return sweep


def _first(request: TenderEssentialDataSearchRequested, named: Named) -> tuple[Slice, ...]:
    """What is asked first: whom it is about is named differently for contracts and for concessions."""
    days = Slice(since=request.published_from, until=request.published_until)
    kinds = (request.kind,) if request.kind else KINDS if request.buyer_id or request.holder_id else (None,)
    if request.version == 1:
        return (days,)
    return tuple(
        Slice(since=days.since, until=days.until, kind=kind, nature=named.nature, procedure=named.procedure)
        for kind in kinds
    )


def _days(slices: tuple[Slice, ...]) -> tuple[PublicationDays, ...]:
    return tuple(PublicationDays(published_from=one.since, published_until=one.until) for one in slices)


def _key(row: EssentialDataListed) -> bytes:
    """By which a row is the same: all it says, since each version under one reference is a row of its own."""
    return hashlib.blake2b(row.model_dump_json().encode(), digest_size=16).digest()


def _page(number: int, rows: tuple[EssentialDataListed, ...]) -> Draft:
    data = TenderEssentialDataSearchPage(page=number, essential_data=rows)
    return Draft(type=f"{FAMILY}.page.v1", data=data, kind="page", discriminator=str(number))


def _refused(refusal: Refusal) -> Draft:
    data = TenderEssentialDataSearchRefused(reason=refusal.reason, code=refusal.code, upstream_text=refusal.text)
    return Draft(type=f"{FAMILY}.refused.v1", data=data)

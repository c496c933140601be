"""Says what became of a bid in the words of a bidder's platform."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from contracts.reasons import Reason
from contracts.results import CompanyData, Notice
from service.core.bid_document import company_data_in
from service.core.errors import EventInvalid
from service.core.espd import EspdInvalid, check
from service.core.question import Number, Screen
from service.upstream import Refusal
from service.upstream.dume.bidders import Bidders, Said

TOO_LARGE = "The merged DUME is larger than a result may hold; documents by reference are not part of this version."


def screen(deed: str, number: Number | None) -> Screen:
    """Where a person sees what became of it."""
    place = "your bidding platform, or Service DUME (dume.chorus-pro.gouv.fr): the DUMEs of this bidder"
    return Screen(deed=deed, place=place, number=number)


def check_document(name: str, document: bytes, root: str) -> None:
    """Raise EventInvalid unless a document of the request is safe, well-formed, and of the right kind."""
    try:
        check(document, root)
    except EspdInvalid as error:
        raise EventInvalid(Reason.INVALID_EVENT, f"data.{name}: {error}") from error


async def company_data(document: bytes | None, said: Iterable[Said], bidders: Bidders) -> CompanyData:
    """Whether data of the company came: as the State says by a code that is known, else as the document shows."""
    if any(one.code in bidders.names.company_missing for one in said):
        return "missing"
    return await asyncio.to_thread(company_data_in, document)


def is_without_company(refusal: Refusal, bidders: Bidders) -> bool:
    """Whether the State refuses for want of company data alone, which is an answer and no refusal of the request."""
    return refusal.code in bidders.names.company_missing


def notices(said: Iterable[Said]) -> tuple[Notice, ...]:
    """What the State said beside its answer."""
    return tuple(Notice(code=one.code, upstream_text=one.text) for one in said)


def notice_of(refusal: Refusal) -> tuple[Notice, ...]:
    """A refusal that counts as a notice."""
    return (Notice(code=refusal.code, upstream_text=refusal.text),)

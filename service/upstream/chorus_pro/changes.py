"""Reads which invoices came to another status in a part of time, for their supplier or their recipient."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from contracts.changes import FeedRole
from service.core.errors import AnswerLost, AnswerUnreadable, CallFacts, NotSubscribed, RequestRejected
from service.core.feed import Shown, Step, Window, step
from service.core.masking import masked
from service.upstream.chorus_pro import models
from service.upstream.chorus_pro.answers import to_found
from service.upstream.chorus_pro.search_models import ListedRow
from service.upstream.forms import PARIS, Listed, Received, Sent
from service.upstream.operation import Doubt, Operation, Refusal
from service.upstream.paging import PAGE_SIZE, Page, Pages, SearchEndless

if TYPE_CHECKING:
    from service.upstream.chorus_pro import ChorusPro

MOST = 10_000
"""Invoices one search is asked for at most; what has more is divided by time."""

ABOUT_ONE = (AnswerLost, AnswerUnreadable, NotSubscribed, RequestRejected)
"""Failures that may be about one invoice, which must not hold up the others for ever."""

AMBIGUOUS = timedelta(hours=1)
"""The hour that is there twice when the clocks are set back."""


class ChangedPage(Sent):
    """Which part of a search is wanted. Nothing sorts by the date of a change, so numbers give the pages an order."""

    page: int = Field(alias="pageResultatDemandee")
    size: int = Field(default=PAGE_SIZE, alias="nbResultatsParPage")
    most: int = Field(default=MOST, alias="nbResultatsMaximum")
    column: str = Field(default="NumeroFacture", alias="triColonne")
    direction: str = Field(default="Ascendant", alias="triSens")


class ChangedSearch(Sent):
    """The bounds of a search by the date of the present status, as Paris writes them."""

    since: str = Field(alias="periodeDateHeureEtatCourantDu")
    until: str = Field(alias="periodeDateHeureEtatCourantAu")


class SentSearch(ChangedSearch):
    """rechercherFactureParFournisseur."""

    page: ChangedPage = Field(alias="rechercheFactureParFournisseur")


class ReceivedSearch(ChangedSearch):
    """rechercherFactureRecipiendaire."""

    page: ChangedPage = Field(alias="paramRecherche")


class ChangedRow(ListedRow):
    """One invoice as searches list it, with what was said of its present status; a draft may have no number yet."""

    comment: str | None = Field(default=None, alias="commentaireEtatCourant")


class SentFound(Received):
    """One page for a supplier."""

    paging: models.Paging | None = Field(default=None, alias="parametresRetour")
    invoices: Listed[ChangedRow] = Field(default=(), alias="listeFactures")


class ReceivedFound(Received):
    """One page for a recipient; its numbers stand beside it."""

    pages: int | None = None
    size: int | None = Field(default=None, alias="nbResultatsParPage")
    total: int | None = None
    invoices: Listed[ChangedRow] = Field(default=(), alias="listeFactures")


SENT = Operation(
    name="rechercherFactureParFournisseur",
    upstream="chorus-pro",
    api="factures",
    path="/rechercher/fournisseur",
    request=SentSearch,
    answer=SentFound,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    purpose="changes",
    does="finds the invoices of a supplier whose status changed",
)
RECEIVED = Operation(
    name="rechercherFactureRecipiendaire",
    upstream="chorus-pro",
    api="factures",
    path="/rechercher/recipiendaire",
    request=ReceivedSearch,
    answer=ReceivedFound,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    purpose="changes",
    does="finds the invoices of a recipient whose status changed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One page of what changed.

    `is_too_much`: the search has more invoices than it tells. `has_gap`: less came so far than was announced;
    `is_short`: as much came in the end, but some of it twice.
    """

    shown: tuple[Shown, ...]
    is_too_much: bool = False
    has_gap: bool = False
    is_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed for one account in one role; raises an UpstreamFailure when no usable answer came.

    `most` is how many invoices one search is asked for.
    """

    chorus_pro: ChorusPro
    role: FeedRole
    most: int = MOST

    async def in_window(self, window: Window, now: datetime) -> AsyncGenerator[Part, None]:
        """Yield page after page to the end."""
        pages, seen = Pages[ChangedRow](key=lambda row: row.chorus_pro_id, most=self.most // PAGE_SIZE + 1), 0

        async def fetch(number: int) -> Page[ChangedRow]:
            return await self._page(window, number, now)

        try:
            async for page in pages.each(fetch):
                seen += len(page.rows)
                shown = tuple(_shown(row) for row in page.rows if row.number)
                is_too_much = max(seen, page.total or 0) >= self.most
                yield Part(shown=shown, is_too_much=is_too_much, has_gap=pages.has_gap, is_short=pages.is_short)
        except SearchEndless:
            # Pages smaller than was asked for: there is more than fits into as many as a search has.
            yield Part(shown=(), is_too_much=True)

    def gap(self) -> AnswerUnreadable:
        """What is wrong with a search that did not bring all it announced."""
        return AnswerUnreadable(
            CallFacts(upstream=SENT.upstream, operation=self._operation), "pages of the search are missing"
        )

    async def history(self, invoice_id: int, *, lenient: bool) -> tuple[Step, ...]:
        """Every status an invoice went through, oldest first; nothing where the State does not tell this account.

        `lenient`: nothing, too, where only this question fails.
        """
        try:
            history = await self.chorus_pro.history(invoice_id)
        except ABOUT_ONE:
            if not lenient:
                raise
            return ()
        if isinstance(history, Refusal):
            return ()
        return tuple(step(passed.code, passed.at, _masked(passed.comment)) for passed in history.statuses)

    @property
    def _operation(self) -> str:
        return (SENT if self.role is FeedRole.SUPPLIER else RECEIVED).name

    async def _page(self, window: Window, number: int, now: datetime) -> Page[ChangedRow]:
        since, until, page = du(window.since), au(window.until, now), ChangedPage(page=number, most=self.most)
        if self.role is FeedRole.SUPPLIER:
            sent = await self.chorus_pro.search(SENT, SentSearch(since=since, until=until, page=page))
            paging = (sent and sent.paging) or models.Paging()
            return Page(rows=sent.invoices if sent else (), pages=paging.pages, total=paging.total, size=paging.size)
        found = await self.chorus_pro.search(RECEIVED, ReceivedSearch(since=since, until=until, page=page))
        if found is None:
            return Page(rows=())
        return Page(rows=found.invoices, pages=found.pages, total=found.total, size=found.size)


def du(moment: datetime) -> str:
    """The lower bound of a window; an hour earlier where the hour is there twice, so that nothing falls between."""
    local = moment.astimezone(PARIS)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        local = (moment - AMBIGUOUS).astimezone(PARIS)
    return f"{local:%Y-%m-%dT%H:%M:%S}"


def au(moment: datetime | None, now: datetime) -> str:
    """The upper bound of a window, with the time it needs; the end of tomorrow where the window goes on."""
    if moment is None:
        return f"{(now + timedelta(days=1)).astimezone(PARIS):%Y-%m-%d}T23:59:59"
    local = moment.astimezone(PARIS)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        local = (moment + AMBIGUOUS).astimezone(PARIS)
    return f"{local:%Y-%m-%dT%H:%M:%S}"


def _shown(row: ChangedRow) -> Shown:
    return Shown(invoice=to_found(row), comment=_masked(row.comment))


def _masked(text: str | None) -> str | None:
    return masked(text) if text else None


__all__ = ["Changes", "Part"]

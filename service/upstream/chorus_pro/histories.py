"""Reads everything that happened to an invoice: statuses, events and actions, all pages of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeVar

from service.core.errors import AnswerUnreadable, CallFacts, RequestRejected
from service.core.invoices import FoundInvoice
from service.core.masking import masked
from service.upstream.chorus_pro import history_models as models
from service.upstream.chorus_pro import read_operations as operations
from service.upstream.chorus_pro.answers import StatusPassed, oldest_first, to_detailed
from service.upstream.chorus_pro.models import InvoiceAsked, InvoiceFound
from service.upstream.chorus_pro.operations import INVOICE_DETAIL, INVOICE_HISTORY
from service.upstream.operation import Operation, Refusal
from service.upstream.paging import PAGE_SIZE, Page, RowT, SearchEndless, read_all

if TYPE_CHECKING:
    from service.upstream.chorus_pro import ChorusPro

_DETAILS: Mapping[str, Operation[InvoiceAsked, InvoiceFound]] = MappingProxyType({
    "supplier": INVOICE_DETAIL,
    "recipient": operations.DETAIL_FOR_RECIPIENT,
    "validator": operations.DETAIL_FOR_VALIDATOR,
})  # fmt: skip

RowT_co = TypeVar("RowT_co", covariant=True)


class _Rows(Protocol[RowT_co]):
    """One page of one of the lists."""

    @property
    def rows(self) -> tuple[RowT_co, ...]: ...
    @property
    def pages(self) -> int | None: ...
    @property
    def total(self) -> int | None: ...
    @property
    def size(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPassed:
    """Something that happened to an invoice besides its statuses."""

    label: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionTaken:
    """What somebody did with an invoice on the portal."""

    code: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeHistory:
    """The life of one invoice, oldest first; whoever acted is left out."""

    chorus_pro_id: int
    number: str | None
    status_code: str | None
    deposit_mode_code: str | None
    statuses: tuple[StatusPassed, ...]
    events: tuple[EventPassed, ...]
    actions: tuple[ActionTaken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """What one account can read about single invoices. Each raises an UpstreamFailure when no usable answer came."""

    chorus_pro: ChorusPro

    async def whole(self, invoice_id: int) -> WholeHistory | Refusal:
        """Return everything that happened to an invoice; each page is asked for once, for all three lists."""
        first = await self._asked(invoice_id, 1)
        if isinstance(first, Refusal):
            return first
        pages = _Pages(ask=lambda number: self._asked(invoice_id, number), known={1: first})
        statuses = await pages.all(lambda page: page.statuses or models.StatusRows(), _status_key)
        events = await pages.all(lambda page: page.events or models.EventRows(), _event_key)
        actions = await pages.all(lambda page: page.actions or models.ActionRows(), _action_key)
        return WholeHistory(
            chorus_pro_id=first.invoice_id or invoice_id,
            number=first.number,
            status_code=first.status,
            deposit_mode_code=first.mode,
            statuses=tuple(
                StatusPassed(code=row.code, at=row.at, comment=_masked(row.comment)) for row in oldest_first(statuses)
            ),
            events=tuple(EventPassed(label=masked(row.label), at=row.at) for row in oldest_first(events) if row.label),
            actions=tuple(ActionTaken(code=row.code, at=row.at) for row in oldest_first(actions) if row.code),
        )

    async def detail(self, role: str, invoice_id: int) -> FoundInvoice | Refusal:
        """Return one invoice as this role sees it."""
        answer = await self.chorus_pro.call(_DETAILS[role], InvoiceAsked(invoice_id=invoice_id))
        return answer if isinstance(answer, Refusal) else to_detailed(answer.invoice)

    async def _asked(self, invoice_id: int, page: int) -> models.HistoryFound | Refusal:
        return await self.chorus_pro.call(
            INVOICE_HISTORY,
            models.HistoryAsked(
                invoice_id=invoice_id,
                most=models.MOST,
                statuses=models.HistoryPage(page=page, size=PAGE_SIZE),
                events=models.EventPage(page=page, size=PAGE_SIZE),
                actions=models.ActionPage(page=page, size=PAGE_SIZE),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """The pages of a history, each asked for once."""

    ask: Callable[[int], Awaitable[models.HistoryFound | Refusal]]
    known: dict[int, models.HistoryFound] = field(default_factory=dict)

    async def all(
        self, part: Callable[[models.HistoryFound], _Rows[RowT]], key: Callable[[RowT], Hashable]
    ) -> tuple[RowT, ...]:
        """Return every row of one of the lists."""

        async def fetch(number: int) -> Page[RowT]:
            listed = part(await self._page(number))
            return Page(rows=listed.rows, pages=listed.pages, total=listed.total, size=listed.size)

        try:
            return await read_all(fetch, key)
        except SearchEndless as error:
            raise AnswerUnreadable(_FACTS, str(error)) from error

    async def _page(self, number: int) -> models.HistoryFound:
        if number not in self.known:
            answer = await self.ask(number)
            if isinstance(answer, Refusal):
                raise RequestRejected(_FACTS, f"a later page of the history is refused: {answer.text}")
            self.known[number] = answer
        return self.known[number]


_FACTS = CallFacts(upstream=INVOICE_HISTORY.upstream, operation=INVOICE_HISTORY.name)


def _status_key(row: models.StatusRow) -> Hashable:
    return row.id, row.code, row.at


def _event_key(row: models.EventRow) -> Hashable:
    return row.id, row.label, row.at


def _action_key(row: models.ActionRow) -> Hashable:
    return row.id, row.code, row.at


def _masked(text: str | None) -> str | None:
    return masked(text) if text else None


__all__ = ["ActionTaken", "EventPassed", "Histories", "WholeHistory"]

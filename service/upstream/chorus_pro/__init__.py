"""Talks to Chorus Pro on behalf of one event, with one technical account."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from service.core.errors import AnswerUnreadable, CallFacts, NotSubscribed, RequestRejected
from service.core.invoices import FoundInvoice
from service.steady import NEVER
from service.upstream.chorus_pro import history_models, models, operations
from service.upstream.chorus_pro.answers import (
    Deposited,
    FlowReport,
    InvoiceError,
    InvoiceHistory,
    StatusPassed,
    TechnicalError,
    oldest_first,
    to_detailed,
    to_found,
    to_report,
)
from service.upstream.chorus_pro.operations import SUPPLIER_STRUCTURES
from service.upstream.chorus_pro.supplier import Supplier
from service.upstream.client import Client
from service.upstream.forms import PARIS
from service.upstream.operation import AnswerT, Operation, Refusal, RequestT
from service.upstream.paging import PAGE_SIZE, Page, RowT, SearchEndless, read_all
from service.upstream.values import TechnicalAccount

OwnStructures = Operation[models.Nothing, models.StructuresFound]
LONGEST_NAME = 200
STRUCTURES_KEPT = 600.0
"""Seconds for which the structures of an account are remembered."""


@dataclass(slots=True, kw_only=True)
class Structures:
    """What each technical account, by its login, may issue for, by SIRET; None when Chorus Pro would not say."""

    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, Mapping[str, int] | None]] = field(default_factory=dict)

    def get(self, account: str) -> tuple[Mapping[str, int] | None] | None:
        """Return what is remembered, in a tuple of one, or None when nothing recent is."""
        until, known = self._known.get(account, (0.0, None))
        return (known,) if self.clock() < until else None

    def forget(self, account: str) -> None:
        """Ask anew next time."""
        self._known.pop(account, None)

    def put(self, account: str, known: Mapping[str, int] | None) -> None:
        """Remember for a while."""
        self._known[account] = (self.clock() + STRUCTURES_KEPT, known)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChorusPro:
    """The operations a handler may use. Each raises an UpstreamFailure when no usable answer came."""

    client: Client
    account: TechnicalAccount
    event: str
    structures: Structures
    nothing_found: frozenset[str]
    until: float = NEVER

    async def deposit(self, *, content_base64: str, name: str, syntax: str) -> Deposited | Refusal:
        """Hand in a file. Not safe to repeat: after a failure that was `sent`, look for its invoices first."""
        request = models.FlowToDeposit(content=content_base64, name=_short(name), syntax=syntax)
        answer = await self._call(operations.DEPOSIT_FLOW, request)
        if isinstance(answer, Refusal):
            return answer
        today = datetime.now(UTC).astimezone(PARIS).date()
        return Deposited(flow_number=answer.flow_number, deposited_on=answer.deposited_on or today)

    async def flow_report(self, flow_number: str) -> FlowReport:
        """Return where a flow stands; a refusal means that Chorus Pro does not know it yet."""
        answer = await self._call(operations.FLOW_REPORT, models.FlowAsked(flow_number=flow_number))
        return FlowReport(known=False, refusal=answer) if isinstance(answer, Refusal) else to_report(answer)

    async def invoices_of_flow(self, flow_number: str) -> tuple[FoundInvoice, ...]:
        """Return every invoice that a flow has brought, none while it is pending."""
        return await self._search(flow_number=flow_number)

    async def invoices_numbered(self, number: str, supplier_siret: str | None) -> tuple[FoundInvoice, ...]:
        """Return the invoices of this supplier (of any, when not known) with this number; a pending flow shows none."""
        found = await self._search(number=number, supplier_id=await self.structure_id(supplier_siret))
        return tuple(
            invoice
            for invoice in found
            if invoice.number.strip() == number.strip()
            and (not supplier_siret or _plain(invoice.supplier_siret) == _plain(supplier_siret))
        )

    async def structure_id(self, siret: str | None, operation: OwnStructures = SUPPLIER_STRUCTURES) -> int | None:
        """Return what Chorus Pro calls a structure of this account; None when it is none, or it would not say."""
        known = await self._structures(operation) if siret else None
        return (known or {}).get(_plain(siret))

    async def sees_supplier(self, supplier_siret: str) -> bool | None:
        """Whether this account can see the invoices of that supplier; None when Chorus Pro would not say."""
        known = await self._structures()
        if known is not None and _plain(supplier_siret) not in known:
            # A supplier attached a minute ago would pass for one nobody can see: ask again before saying so.
            self.structures.forget(self.account.login)
            known = await self._structures()
        return None if known is None else _plain(supplier_siret) in known

    @property
    def supplier(self) -> Supplier:
        """What a supplier does besides depositing, for the same event."""
        return Supplier(chorus_pro=self)

    async def supplier_id(self, siret: str) -> int | None:
        """Chorus Pro's own number of a supplier this account may issue for; raises when it would not say."""
        seen = await self.sees_supplier(siret)
        if seen is None:
            raise RequestRejected(
                _facts(operations.SUPPLIER_STRUCTURES), "the list of the account's suppliers is refused"
            )
        return (await self._structures() or {}).get(_plain(siret)) if seen else None

    async def call(self, operation: Operation[RequestT, AnswerT], request: RequestT) -> AnswerT | Refusal:
        """Make one call for this event."""
        return await self._call(operation, request)

    async def history(self, invoice_id: int) -> InvoiceHistory | Refusal:
        """Return the statuses an invoice went through, oldest first."""
        first = await self._history_page(invoice_id, 1)
        if isinstance(first, Refusal):
            return first

        async def fetch(number: int) -> Page[history_models.StatusRow]:
            page = first if number == 1 else await self._history_page(invoice_id, number)
            if isinstance(page, Refusal):
                self._refused(operations.INVOICE_HISTORY, page)
            rows = page.statuses or history_models.StatusRows()
            return Page(rows=rows.rows, pages=rows.pages, total=rows.total, size=rows.size)

        rows = await self._all(operations.INVOICE_HISTORY, fetch, lambda row: (row.id, row.code, row.at))
        return InvoiceHistory(
            chorus_pro_id=first.invoice_id or invoice_id,
            number=first.number,
            status_code=first.status,
            statuses=tuple(StatusPassed(code=row.code, at=row.at, comment=row.comment) for row in oldest_first(rows)),
        )

    async def invoice(self, invoice_id: int) -> FoundInvoice | Refusal:
        """Return one invoice by the number Chorus Pro gave it."""
        answer = await self._call(operations.INVOICE_DETAIL, models.InvoiceAsked(invoice_id=invoice_id))
        return answer if isinstance(answer, Refusal) else to_detailed(answer.invoice)

    async def search(self, operation: Operation[RequestT, AnswerT], request: RequestT) -> AnswerT | None:
        """Return one page of a search; None when it found nothing."""
        answer = await self._call(operation, request)
        if not isinstance(answer, Refusal):
            return answer
        if answer.code not in self.nothing_found:
            self._refused(operation, answer)
        return None

    async def _call(self, operation: Operation[RequestT, AnswerT], request: RequestT) -> AnswerT | Refusal:
        return await self.client.call(operation, request, event=self.event, account=self.account, until=self.until)

    async def _search(
        self, *, flow_number: str | None = None, number: str | None = None, supplier_id: int | None = None
    ) -> tuple[FoundInvoice, ...]:
        async def fetch(page: int) -> Page[models.InvoiceRow]:
            wanted = models.SearchPage(page=page, size=PAGE_SIZE)
            search = models.InvoiceSearch(page=wanted, flow_number=flow_number, number=number, supplier_id=supplier_id)
            answer = await self.search(operations.SEARCH_INVOICES, search)
            if answer is None:
                return Page(rows=())
            paging = answer.paging or models.Paging()
            return Page(rows=answer.invoices, pages=paging.pages, total=paging.total, size=paging.size)

        rows = await self._all(operations.SEARCH_INVOICES, fetch, lambda row: row.chorus_pro_id)
        return tuple(to_found(row) for row in rows)

    async def _all(
        self,
        operation: Operation[RequestT, AnswerT],
        fetch: Callable[[int], Awaitable[Page[RowT]]],
        key: Callable[[RowT], Hashable],
    ) -> tuple[RowT, ...]:
        try:
            return await read_all(fetch, key)
        except SearchEndless as error:
            raise AnswerUnreadable(_facts(operation), str(error)) from error

    async def _history_page(self, invoice_id: int, page: int) -> history_models.HistoryFound | Refusal:
        wanted = history_models.HistoryPage(page=page, size=PAGE_SIZE)
        asked = history_models.HistoryAsked(invoice_id=invoice_id, most=history_models.MOST, statuses=wanted)
        return await self._call(operations.INVOICE_HISTORY, asked)

    async def _structures(self, operation: OwnStructures = SUPPLIER_STRUCTURES) -> Mapping[str, int] | None:
        """The structures of the account by SIRET; None when this side question is refused, which harms nobody."""
        login = self.account.login
        key = login if operation is SUPPLIER_STRUCTURES else f"{login} {operation.name}"
        remembered = self.structures.get(key)
        if remembered is not None:
            return remembered[0]
        known: Mapping[str, int] | None = None
        try:
            answer = await self._call(operation, models.Nothing())
        except (NotSubscribed, RequestRejected, AnswerUnreadable):
            answer = None
        if isinstance(answer, models.StructuresFound):
            known = {_plain(row.identifier): row.id for row in answer.structures if row.identifier}
        self.structures.put(key, known)
        return known

    def _refused(self, operation: Operation[RequestT, AnswerT], refusal: Refusal) -> NoReturn:
        """A look-up that is refused is no result, and must not pass for an empty one."""
        facts = CallFacts(
            upstream=operation.upstream,
            operation=operation.name,
            http_status=refusal.http_status,
            code=refusal.code,
            correlation_id=refusal.correlation_id,
        )
        raise RequestRejected(facts, f"the search is refused: {refusal.text}")


def _facts(operation: Operation[RequestT, AnswerT]) -> CallFacts:
    return CallFacts(upstream=operation.upstream, operation=operation.name)


def _short(name: str) -> str:
    """A file name that Chorus Pro takes, its ending kept."""
    ending = name[name.rfind(".") :][-10:] if "." in name else ""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending)] + ending


def _plain(identifier: str | None) -> str:
    return "".join((identifier or "").split())


__all__ = [
    "ChorusPro",
    "Deposited",
    "FlowReport",
    "FoundInvoice",
    "InvoiceError",
    "InvoiceHistory",
    "StatusPassed",
    "Structures",
    "TechnicalError",
]

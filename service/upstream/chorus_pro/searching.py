"""Searches invoices in every role, page after page to the end, with the criteria each operation takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contracts.events import InvoiceSearchRequested
from service.core.listed import ListedInvoice, fits
from service.upstream.chorus_pro import search_models as models
from service.upstream.chorus_pro.operations import SUPPLIER_STRUCTURES
from service.upstream.chorus_pro.reference_operations import RECIPIENT_STRUCTURES
from service.upstream.chorus_pro.search_ways import MOST, PAYMENT_REQUESTS, WAYS
from service.upstream.operation import Refusal
from service.upstream.paging import Page, Pages, SearchEndless

if TYPE_CHECKING:
    from service.upstream.chorus_pro import ChorusPro

_ALWAYS_CHECKED = frozenset(
    {"invoice_number", "supplier_siret", "recipient_siret", "validator_siret", "status_changed"}
)
"""Exact here, whatever a search makes of a number; and searches know structures by numbers of Chorus Pro's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a search found; not complete when there may be more than was asked for or than the State shows."""

    invoices: tuple[ListedInvoice, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Searches:
    """The searches of one account. Each raises an UpstreamFailure when no usable answer came.

    `unbounded_most` is how many results a search shows that takes no maximum. `serves` says of a supplier's SIRET
    whether its invoices are the account's, which leaves out what else its login may see as a supplier.
    """

    chorus_pro: ChorusPro
    unbounded_most: int
    serves: Callable[[str | None], bool] = lambda _: True

    async def find(self, request: InvoiceSearchRequested) -> Listed | Refusal:
        """Return the invoices that fit, at most as many as are wanted, in the order the State gave."""
        way = WAYS.get((request.role, request.scope), PAYMENT_REQUESTS)
        own_id = await self._own_id(request) if way is not PAYMENT_REQUESTS else None
        reading = _Reading(request=request, checked=way.untaken | _ALWAYS_CHECKED, serves=self.serves)

        async def fetch(number: int) -> Page[models.ListedRow]:
            answer = await self.chorus_pro.call(way.operation, way.asked(request, number, own_id))
            if not isinstance(answer, Refusal):
                numbers = answer.numbers
                return Page(rows=answer.rows, pages=numbers.pages, total=numbers.total, size=numbers.size)
            if answer.code not in self.chorus_pro.nothing_found:
                reading.refusal = answer
            return Page(rows=())

        try:
            async for page in reading.pages.each(fetch) if way.has_pages else _only(fetch):
                reading.take(page)
                if reading.is_enough:
                    break
        except SearchEndless:
            # More pages than a search has: whatever there is, it was not read to its end.
            reading.is_endless = True
        return reading.refusal or reading.listed(MOST if way.takes_maximum else self.unbounded_most)

    async def _own_id(self, request: InvoiceSearchRequested) -> int | None:
        """What Chorus Pro calls the structure in whose name the account searches, where one is named and it says so."""
        match request.role:
            case "supplier":
                return await self.chorus_pro.structure_id(request.supplier_siret, SUPPLIER_STRUCTURES)
            case "recipient":
                return await self.chorus_pro.structure_id(request.recipient_siret, RECIPIENT_STRUCTURES)
            case _:
                return None

    async def numbered(
        self, role: str, number: str, supplier_siret: str | None, recipient_siret: str | None = None
    ) -> tuple[ListedInvoice, ...] | Refusal:
        """Return the invoices with this number, of this supplier, for this recipient, or of and for any."""
        criteria = {"invoice_number": number, "supplier_siret": supplier_siret, "recipient_siret": recipient_siret}
        request = InvoiceSearchRequested.model_validate({"role": role, **criteria})
        found = await self.find(request)
        return found if isinstance(found, Refusal) else found.invoices


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What one search has brought so far."""

    request: InvoiceSearchRequested
    checked: frozenset[str]
    serves: Callable[[str | None], bool]
    pages: Pages[models.ListedRow] = field(default_factory=lambda: Pages(key=_id_of))
    seen: set[int] = field(default_factory=set)
    found: list[ListedInvoice] = field(default_factory=list)
    total: int = 0
    is_endless: bool = False
    refusal: Refusal | None = None

    @property
    def is_enough(self) -> bool:
        """Whether more was found than is wanted."""
        return len(self.found) > self.request.limit

    def take(self, page: Page[models.ListedRow]) -> None:
        """Add what is new on a page, and fits."""
        self.total = max(self.total, page.total or 0)
        for row in page.rows:
            if row.chorus_pro_id not in self.seen:
                self.seen.add(row.chorus_pro_id)
                one = to_listed(row)
                is_ours = self.request.role != "supplier" or self.serves(one.supplier_siret)
                if is_ours and fits(self.request, one, self.checked):
                    self.found.append(one)

    def listed(self, most: int) -> Listed:
        """The result of a search that shows `most` results at most."""
        is_cut = self.is_enough or self.is_endless or self.pages.has_gap
        complete = not is_cut and self.total <= len(self.seen) < most
        return Listed(invoices=tuple(self.found[: self.request.limit]), complete=complete)


async def _only(fetch: Callable[[int], Awaitable[Page[models.ListedRow]]]) -> AsyncIterator[Page[models.ListedRow]]:
    """The one page of a search without pages."""
    yield await fetch(1)


def to_listed(row: models.ListedRow) -> ListedInvoice:
    """Translate one row of any search."""
    return ListedInvoice(
        chorus_pro_id=row.chorus_pro_id,
        number=row.number,
        kind="credit_note" if row.type == "AVOIR" else "invoice",
        supplier_siret=row.supplier,
        recipient_siret=row.recipient,
        service_code=row.service,
        validator_sirets=tuple(one for one in (row.validator, row.second_validator) if one),
        issued_on=row.issued_on,
        deposited_on=row.deposited_on,
        total_including_tax=row.total,
        total_excluding_tax=row.net,
        amount_due=row.due,
        currency=row.currency,
        status_code=row.status,
        status_since=row.status_since,
        contract_number=row.contract_number,
        commitment_number=row.commitment_number,
        flow_number=row.flow_number,
        downloaded=row.downloaded,
    )


def _id_of(row: models.ListedRow) -> int:
    return row.chorus_pro_id


__all__ = ["Listed", "Searches"]

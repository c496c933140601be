"""What Chorus Pro is asked for a recipient or a validator: to find an invoice, and to take a decision about it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from service.core.errors import AnswerUnreadable, CallFacts
from service.core.invoices import FoundInvoice
from service.core.masking import masked
from service.upstream.chorus_pro import decision_models as models
from service.upstream.chorus_pro import decision_operations as operations
from service.upstream.chorus_pro import search_models
from service.upstream.chorus_pro.answers import to_found
from service.upstream.chorus_pro.models import Nothing, Paging
from service.upstream.chorus_pro.read_operations import SEARCH_AS_RECIPIENT, SEARCH_AS_VALIDATOR
from service.upstream.chorus_pro.search_models import ListedRow
from service.upstream.chorus_pro.search_ways import MOST
from service.upstream.chorus_pro.structure_models import AttachmentPage, AttachmentRow, AttachmentSearch
from service.upstream.chorus_pro.structure_operations import LIST_ATTACHMENTS
from service.upstream.operation import Operation, Refusal
from service.upstream.paging import PAGE_SIZE, Page, RowT, SearchEndless, read_all

if TYPE_CHECKING:
    from service.upstream.chorus_pro import ChorusPro


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What Chorus Pro answers to a decision; what it does not say is None."""

    number: str | None = None
    status_code: str | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedReason:
    """A reason for which a validator may refuse."""

    code: str
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The operations of recipients and validators. Each raises an UpstreamFailure when no usable answer came."""

    chorus_pro: ChorusPro

    async def received(self, number: str, supplier_siret: str) -> tuple[FoundInvoice, ...]:
        """Return the received invoices with this number of this supplier."""

        def asked(page: int) -> search_models.RecipientSearch:
            wanted = search_models.BoundedPage(page=page, size=PAGE_SIZE, most=MOST)
            return search_models.RecipientSearch(number=number, page=wanted)

        rows: tuple[ListedRow, ...] = await self._rows(SEARCH_AS_RECIPIENT, asked, _id_of)
        return _of_supplier(rows, number, supplier_siret)

    async def to_validate(self, number: str, supplier_siret: str) -> tuple[FoundInvoice, ...]:
        """Return the invoices of this account's validators with this number of this supplier."""

        def asked(page: int) -> search_models.ValidatorSearch:
            wanted = search_models.PlainPage(page=page, size=PAGE_SIZE)
            return search_models.ValidatorSearch(number=number, page=wanted)

        rows: tuple[ListedRow, ...] = await self._rows(SEARCH_AS_VALIDATOR, asked, _id_of)
        return _of_supplier(rows, number, supplier_siret)

    async def set_status(self, request: models.StatusToSet) -> Decided | Refusal:
        """Set the status of a received invoice. Not safe to repeat: look at its history first."""
        answer = await self.chorus_pro.call(operations.SET_STATUS, request)
        return answer if isinstance(answer, Refusal) else _decided(answer)

    async def validate(self, request: models.ToValidate) -> Decided | Refusal:
        """Validate an invoice, or refuse it. Not safe to repeat: look at its history first."""
        answer = await self.chorus_pro.call(operations.VALIDATE, request)
        return answer if isinstance(answer, Refusal) else _decided(answer)

    async def correct_validator(self, invoice_id: int, validator_siret: str) -> Decided | Refusal:
        """Give an invoice another validator. Not safe to repeat: look at its history first."""
        request = models.ValidatorToSet(invoice_id=invoice_id, identifier=validator_siret)
        answer = await self.chorus_pro.call(operations.CORRECT_VALIDATOR, request)
        return answer if isinstance(answer, Refusal) else Decided()

    async def next_statuses(self, status_code: str) -> tuple[str, ...] | Refusal:
        """Return the statuses that a recipient may set from this one."""
        answer = await self.chorus_pro.call(operations.NEXT_STATUSES, models.StatusAsked(status=status_code))
        return answer if isinstance(answer, Refusal) else tuple(row.code for row in answer.rows if row.code)

    async def refusal_reasons(self, framework: str | None = None) -> tuple[OfferedReason, ...] | Refusal:
        """Return the reasons for which a validator may refuse, for one invoicing framework or for any."""
        answer = await self.chorus_pro.call(operations.REFUSAL_REASONS, models.ReasonsAsked(framework=framework))
        if isinstance(answer, Refusal):
            return answer
        return tuple(
            OfferedReason(code=row.code, label=masked(row.label) if row.label else None)
            for row in answer.rows
            if row.code
        )

    async def visible_statuses(self) -> tuple[str, ...] | Refusal:
        """Return the statuses in which a validator sees an invoice."""
        answer = await self.chorus_pro.call(operations.VISIBLE_STATUSES, Nothing())
        return answer if isinstance(answer, Refusal) else tuple(row.code for row in answer.rows if row.code)

    async def attachments(self) -> tuple[AttachmentRow, ...]:
        """Return the structures to which the account is attached."""

        def asked(page: int) -> AttachmentSearch:
            return AttachmentSearch(page=AttachmentPage(page=page, size=PAGE_SIZE))

        return await self._rows(LIST_ATTACHMENTS, asked, lambda row: row.id)

    async def _rows(
        self,
        operation: Operation[Any, Any],  # Any: each search has models of its own
        asked: Callable[[int], Any],  # Any: the same
        key: Callable[[RowT], Hashable],
    ) -> tuple[RowT, ...]:
        async def fetch(number: int) -> Page[RowT]:
            answer = await self.chorus_pro.search(operation, asked(number))
            if answer is None:
                return Page(rows=())
            paging = (answer.numbers if isinstance(answer, search_models.Listing) else answer.paging) or Paging()
            return Page(rows=answer.rows, pages=paging.pages, total=paging.total, size=paging.size)

        try:
            return await read_all(fetch, key)
        except SearchEndless as error:
            raise AnswerUnreadable(
                CallFacts(upstream=operation.upstream, operation=operation.name), str(error)
            ) from error


def _id_of(row: ListedRow) -> Hashable:
    return row.chorus_pro_id


def _of_supplier(rows: tuple[ListedRow, ...], number: str, supplier_siret: str) -> tuple[FoundInvoice, ...]:
    """Those that are meant, whatever else a search by number brings."""
    found = (to_found(row) for row in rows)
    return tuple(
        one
        for one in found
        if one.number.strip() == number.strip() and "".join((one.supplier_siret or "").split()) == supplier_siret
    )


def _decided(answer: models.StatusSet) -> Decided:
    return Decided(number=answer.number, status_code=answer.status, decided_on=answer.decided_on)


__all__ = ["Decided", "Decisions", "OfferedReason"]

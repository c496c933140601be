"""What handlers get from Chorus Pro: values in our own words, without its envelopes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from service.core.invoices import FoundInvoice, Kind
from service.core.masking import masked

if TYPE_CHECKING:
    from service.upstream.chorus_pro.models import FlowState, InvoiceDetail, InvoiceRow
    from service.upstream.chorus_pro.search_models import ListedRow
    from service.upstream.operation import Refusal


class Dated(Protocol):
    """A line of a history."""

    @property
    def at(self) -> datetime | None:
        """When it happened."""


DatedT = TypeVar("DatedT", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited:
    """Chorus Pro has the file; whether it takes the invoices is said later, by the report of the flow."""

    flow_number: str
    deposited_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceError:
    """Why one invoice of a flow was not taken; `text` as Chorus Pro wrote it, empty when it wrote nothing."""

    number: str
    supplier: str | None
    recipient: str | None
    text: str

    @property
    def messages(self) -> tuple[str, ...]:
        """The messages that stand in one text, each on its own."""
        return tuple(part.strip() for part in self.text.split("|") if part.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalError:
    """What is wrong with the file itself."""

    code: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReport:
    """Where a flow stands. `known` is False just after a deposit, and `refusal` then says what was answered."""

    known: bool
    state: str | None = None
    since: datetime | None = None
    invoice_errors: tuple[InvoiceError, ...] = ()
    technical_errors: tuple[TechnicalError, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPassed:
    """One status an invoice went through."""

    code: str
    at: datetime | None
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceHistory:
    """The life of one invoice, oldest status first."""

    chorus_pro_id: int
    number: str | None
    status_code: str | None
    statuses: tuple[StatusPassed, ...]


def oldest_first(rows: Sequence[DatedT]) -> tuple[DatedT, ...]:
    """The lines of a history in the order they happened, whichever way round they came; those without a date stay put.

    Lines are not sorted by date: in the hour that is there twice the State's order knows more than its dates.
    """
    dates = [row.at for row in rows if row.at is not None]
    return tuple(reversed(rows)) if dates and dates[0] > dates[-1] else tuple(rows)


def to_report(state: FlowState) -> FlowReport:
    """Translate the answer of consulterCRDetaille."""
    return FlowReport(
        known=state.state is not None,
        state=state.state,
        since=state.since,
        invoice_errors=tuple(
            InvoiceError(number=row.number, supplier=row.supplier, recipient=row.recipient, text=masked(row.text or ""))
            for row in state.invoices
            if row.number
        ),
        technical_errors=(
            *(TechnicalError(code=row.code, text=masked(row.text or row.kind or "")) for row in state.file),
            # What names no invoice is about the file.
            *(TechnicalError(code=None, text=masked(row.text or "")) for row in state.invoices if not row.number),
        ),
    )


def to_found(row: InvoiceRow | ListedRow) -> FoundInvoice:
    """Translate one row of a search."""
    return FoundInvoice(
        chorus_pro_id=row.chorus_pro_id,
        number=row.number or "",
        kind=_kind(row.type),
        supplier_siret=row.supplier,
        recipient_siret=row.recipient,
        issued_on=row.issued_on,
        deposited_on=row.deposited_on,
        total_including_tax=row.total,
        currency=row.currency,
        status_code=row.status,
        status_since=row.status_since,
        flow_number=row.flow_number,
    )


def to_detailed(detail: InvoiceDetail) -> FoundInvoice:
    """Translate the detail of one invoice; it names neither its flow nor the time of its status."""
    references, totals = detail.references, detail.totals
    return FoundInvoice(
        chorus_pro_id=detail.chorus_pro_id,
        number=detail.number,
        kind=_kind(references.type if references else None),
        supplier_siret=detail.supplier.supplier if detail.supplier else None,
        recipient_siret=detail.recipient.recipient if detail.recipient else None,
        issued_on=references.issued_on if references else None,
        deposited_on=references.deposited_on if references else None,
        total_including_tax=totals.total if totals else None,
        currency=references.currency if references else None,
        status_code=detail.status,
    )


def _kind(code: str | None) -> Kind:
    return "credit_note" if code == "AVOIR" else "invoice"

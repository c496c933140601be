"""Compares what was sent with what Chorus Pro shows, and decides how a deposit ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

from service.core.documents import InvoiceFacts

Kind = Literal["invoice", "credit_note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInvoice:
    """An invoice as Chorus Pro shows it; absent values are None."""

    chorus_pro_id: int
    number: str
    kind: Kind
    supplier_siret: str | None
    recipient_siret: str | None
    issued_on: date | None
    deposited_on: date | None
    total_including_tax: Decimal | None
    currency: str | None
    status_code: str | None
    status_since: datetime | None = None
    flow_number: str | None = None


def natural_key(supplier: str | None, number: str) -> str:
    """What the ledger calls an invoice: its supplier and its number."""
    return f"{supplier} {number}"


class Stated(Protocol):
    """An invoice as it was sent, in a file or as data; absent values are None."""

    @property
    def number(self) -> str:
        """The number its supplier gave it."""

    @property
    def supplier_siret(self) -> str | None:
        """Whose invoice it is."""

    @property
    def supplier_id(self) -> str:
        """The same as it was written."""

    @property
    def recipient_siret(self) -> str | None:
        """Where it goes."""

    @property
    def issued_on(self) -> date | None:
        """The date it bears."""

    @property
    def currency(self) -> str | None:
        """What its amounts are in."""

    @property
    def total_including_tax(self) -> Decimal | None:
        """What it comes to."""


class FlowEnd(StrEnum):
    """What a flow's state means for the relay, whatever its French name."""

    PENDING = "pending"
    STUCK = "stuck"
    INCIDENT = "incident"
    INTEGRATED = "integrated"
    PARTIAL = "partial"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where each invoice of a file ended: found upstream, refused (number → French text), or not shown yet."""

    found: Mapping[str, FoundInvoice]
    refused: Mapping[str, str]
    missing: tuple[str, ...]


class Agreement(StrEnum):
    """Whether an invoice that is shown is the one that was sent."""

    SAME = "same"
    OTHER = "other"
    UNTOLD = "untold"
    """All that is shown agrees, and the total is not shown."""


def compared(sent: Stated, found: FoundInvoice) -> Agreement:
    """Whether number, supplier, recipient, date, currency and total are those that were sent.

    A value that one side does not tell is not compared, except the total: without it the rest proves nothing.
    """
    pairs = (
        (sent.supplier_siret or sent.supplier_id, found.supplier_siret),
        (sent.recipient_siret, found.recipient_siret),
        (sent.issued_on, found.issued_on),
        (sent.currency, found.currency),
    )
    same = all(ours is None or theirs is None or ours == theirs for ours, theirs in pairs)
    if not same or sent.number.strip() != found.number.strip():
        return Agreement.OTHER
    return _compared_totals(sent.total_including_tax, found.total_including_tax)


def agree(sent: Stated, found: FoundInvoice) -> bool:
    """Whether an invoice that is shown is the one that was sent, and shows its total."""
    return compared(sent, found) is Agreement.SAME


def _compared_totals(sent: Decimal | None, found: Decimal | None) -> Agreement:
    """Totals without their sign: a credit note is shown with either."""
    if found is None:
        return Agreement.SAME if sent is None else Agreement.UNTOLD
    return Agreement.SAME if sent is not None and abs(sent) == abs(found) else Agreement.OTHER


def filled(row: FoundInvoice, detail: FoundInvoice) -> FoundInvoice:
    """An invoice as a search lists it, with what only the invoice itself shows."""
    shown = {field.name: getattr(row, field.name) for field in fields(row)}
    return replace(detail, **{name: value for name, value in shown.items() if value is not None})


def account_for(
    sent: Sequence[InvoiceFacts], found: Iterable[FoundInvoice], errors: Mapping[str, str], end: FlowEnd
) -> Account:
    """Where each invoice of the file stands once its flow has reached `end`."""
    by_number = {invoice.number.strip(): invoice for invoice in found}
    texts = {number.strip(): text for number, text in errors.items()}
    shown = {facts.number: by_number[facts.number.strip()] for facts in sent if facts.number.strip() in by_number}
    rest = [facts.number for facts in sent if facts.number not in shown]
    if end is FlowEnd.REJECTED:
        return Account(found=shown, refused={n: texts.get(n.strip(), "") for n in rest}, missing=())
    refused = {number: texts[number.strip()] for number in rest if number.strip() in texts}
    return Account(found=shown, refused=refused, missing=tuple(n for n in rest if n not in refused))

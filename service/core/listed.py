"""Tells whether an invoice that a search shows is one of those asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from contracts.events import InvoiceSearchRequested
    from service.core.invoices import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedInvoice:
    """An invoice as searches list it; what a search does not tell is None."""

    chorus_pro_id: int
    number: str | None
    kind: Kind
    supplier_siret: str | None = None
    recipient_siret: str | None = None
    service_code: str | None = None
    validator_sirets: tuple[str, ...] = ()
    issued_on: date | None = None
    deposited_on: date | None = None
    total_including_tax: Decimal | None = None
    total_excluding_tax: Decimal | None = None
    amount_due: Decimal | None = None
    currency: str | None = None
    status_code: str | None = None
    status_since: datetime | None = None
    contract_number: str | None = None
    commitment_number: str | None = None
    flow_number: str | None = None
    downloaded: bool | None = None


class _Ordered(Protocol):
    def __le__(self, other: Any, /) -> bool: ...  # Any: dates, moments and amounts, each with its own kind


_Told = TypeVar("_Told", bound=_Ordered)
Check = Callable[["InvoiceSearchRequested", ListedInvoice], bool]


def _within(value: _Told | None, least: _Told | None, most: _Told | None) -> bool:
    """Whether a value lies between bounds that are included; one that is not told is not held against an invoice."""
    return value is None or ((least is None or least <= value) and (most is None or value <= most))


def _same(told: str | None, wanted: str | None) -> bool:
    return wanted is None or told is None or _plain(told) == _plain(wanted)


def _plain(text: str) -> str:
    return "".join(text.split())


CHECKS: Mapping[str, Check] = MappingProxyType({
    "invoice_number": lambda asked, one: asked.invoice_number in {None, (one.number or "").strip()},
    "supplier_siret": lambda asked, one: _same(one.supplier_siret, asked.supplier_siret),
    "recipient_siret": lambda asked, one: _same(one.recipient_siret, asked.recipient_siret),
    "validator_siret": lambda asked, one: asked.validator_siret in {None, *map(_plain, one.validator_sirets)},
    "type": lambda asked, one: asked.type in {None, one.kind},
    "statuses": lambda asked, one: not asked.statuses or one.status_code in asked.status_codes,
    "issued": lambda asked, one: _within(one.issued_on, asked.issued_from, asked.issued_until),
    "deposited": lambda asked, one: _within(one.deposited_on, asked.deposited_from, asked.deposited_until),
    "status_changed": lambda asked, one: _within(
        one.status_since, asked.status_changed_from, asked.status_changed_until
    ),
    "total_including_tax": lambda asked, one: _within(
        one.total_including_tax, asked.total_including_tax_min, asked.total_including_tax_max
    ),
    "total_excluding_tax": lambda asked, one: _within(
        one.total_excluding_tax, asked.total_excluding_tax_min, asked.total_excluding_tax_max
    ),
    "amount_due": lambda asked, one: _within(one.amount_due, asked.amount_due_min, asked.amount_due_max),
    "contract_number": lambda asked, one: _same(one.contract_number, asked.contract_number),
    "commitment_number": lambda asked, one: _same(one.commitment_number, asked.commitment_number),
    "downloaded": lambda asked, one: asked.downloaded is None or one.downloaded in {None, asked.downloaded},
})  # fmt: skip
"""How each criterion is checked on what a search shows, for the searches that do not take it."""


def fits(asked: InvoiceSearchRequested, one: ListedInvoice, criteria: frozenset[str]) -> bool:
    """Whether an invoice fits these criteria, the others having been left to the State."""
    return all(CHECKS[name](asked, one) for name in criteria)

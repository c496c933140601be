"""Puts many invoices there at once, as if a company had sent them over the last days."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from service.core.documents import InvoiceFacts, Syntax
from service.sandbox.sample_xml import RECIPIENT, SUPPLIER
from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.integration import LONGEST_NUMBER
from service.sandbox.simulator.invoices import Invoice

MOST: Final = 20_000
_DIGITS: Final = 5
_WITHOUT_TAX: Final = Decimal(10)
_WITH_TAX: Final = Decimal(12)


class Stock(BaseModel):
    """How many invoices, whose, and over how many days. Numbers go up from 1, totals by 12 euros."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(ge=1, le=MOST)
    supplier: str = Field(default=SUPPLIER, pattern=r"^\d{14}$")
    recipient: str = Field(default=RECIPIENT, pattern=r"^\d{14}$")
    start: str = Field(default="STOCK-", pattern=r"^[A-Za-z0-9 \-+_/]*$", max_length=LONGEST_NUMBER - _DIGITS)
    """What each number begins with."""
    days: int = Field(default=30, ge=1, le=3_650)


def put(chorus_pro: ChorusPro, stock: Stock) -> list[Invoice]:
    """The invoices, oldest first; raises ValueError when a party is unknown or a number was used."""
    now, parties = chorus_pro.advance(), chorus_pro.parties
    supplier, recipient = parties.of_siret(stock.supplier), parties.recipient(stock.recipient)
    if supplier is None or recipient is None:
        who = stock.supplier if supplier is None else stock.recipient
        raise ValueError(f"nobody here has the SIRET {who}; add it to an account or to the recipients first")
    numbers = [f"{stock.start}{place:0{_DIGITS}}" for place in range(1, stock.count + 1)]
    if used := next((number for number in numbers if chorus_pro.is_taken(stock.supplier, number)), None):
        raise ValueError(f"supplier {stock.supplier} used the number {used} already")
    apart, sample, put_there = timedelta(days=stock.days) / stock.count, _sample(stock), []
    for place, number in enumerate(numbers, start=1):
        at = now - apart * (stock.count - place + 1)
        total = place * _WITH_TAX
        facts = dataclasses.replace(
            sample, number=number, issued_on=wire.day(at), total_including_tax=total, amount_due=total
        )
        invoice = chorus_pro.take(facts, supplier, recipient, at)
        invoice.stated_net = place * _WITHOUT_TAX
        put_there.append(invoice)
    return put_there


def _sample(stock: Stock) -> InvoiceFacts:
    return InvoiceFacts(
        number="",
        kind="invoice",
        supplier_siret=stock.supplier,
        supplier_id=stock.supplier,
        recipient_siret=stock.recipient,
        issued_on=None,
        currency="EUR",
        total_including_tax=None,
        amount_due=None,
        service_code=None,
        commitment_number=None,
        framework="A1",
        payment_means="30",
        syntax=Syntax.UBL,
    )

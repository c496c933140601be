"""Turns what one invoice states, in either syntax, into facts, or says what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.core.documents.facts import DocumentInvalid, DocumentProblem, InvoiceFacts, Syntax
from service.core.documents.fields import to_siret

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

CREDIT_NOTE_CODES: Final = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"},
)
"""Type codes (BT-3) that mean a credit note: those of EN 16931, and 502 and 503 that France adds."""

MAX_NUMBER: Final = 100
"""Beyond this it is no invoice number. Chorus Pro's own bound (20) is its to apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the header of one invoice states, as read; `supplier` and `recipient` are (scheme, value) identifiers."""

    number: str | None
    is_credit_note: bool
    supplier: list[tuple[str, str]]
    recipient: list[tuple[str, str]]
    issued_on: date | None
    currency: str | None
    total_including_tax: Decimal | None
    amount_due: Decimal | None
    service_code: str | None
    commitment_number: str | None
    framework: str | None
    payment_means: str | None


def to_facts(stated: Stated, syntax: Syntax) -> InvoiceFacts:
    """The facts of one invoice. Raises `DocumentInvalid` when it names no number or no supplier."""
    if stated.number is None or len(stated.number) > MAX_NUMBER:
        raise DocumentInvalid(
            DocumentProblem.INVOICE_NUMBER_MISSING,
            "The invoice has no usable number (BT-1); give it one of at most 20 characters.",
        )
    if not stated.supplier:
        raise DocumentInvalid(
            DocumentProblem.SUPPLIER_MISSING,
            f"Invoice {stated.number} does not identify its supplier; give the seller's SIRET (BT-29 or BT-30).",
        )
    siret = to_siret(stated.supplier)
    return InvoiceFacts(
        number=stated.number,
        kind="credit_note" if stated.is_credit_note else "invoice",
        supplier_siret=siret,
        supplier_id=siret or stated.supplier[0][1],
        recipient_siret=to_siret(stated.recipient),
        issued_on=stated.issued_on,
        currency=stated.currency,
        total_including_tax=stated.total_including_tax,
        amount_due=stated.amount_due,
        service_code=stated.service_code,
        commitment_number=stated.commitment_number,
        framework=stated.framework,
        payment_means=stated.payment_means,
        syntax=syntax,
    )

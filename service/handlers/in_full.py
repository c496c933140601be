"""Looks at the invoice itself where a search leaves only its total out, before it is said whose it is."""

from __future__ import annotations

from collections.abc import Iterable

from service.core.errors import AnswerUnreadable, CallFacts
from service.core.invoices import Agreement, FoundInvoice, Stated, compared, filled
from service.handlers.base import Calls
from service.upstream import CHORUS_PRO, Refusal

WITHOUT_TOTAL = "Chorus Pro shows {number} without its total, so nobody knows whether it is what was sent."


async def in_full(sent: Stated, found: Iterable[FoundInvoice], calls: Calls) -> tuple[FoundInvoice, ...]:
    """The same invoices, each with its total if that is shown anywhere and decides."""
    return tuple([await _in_full(one, calls) if _is_untold(sent, one) else one for one in found])


def best(sent: Stated, found: tuple[FoundInvoice, ...]) -> FoundInvoice:
    """Of several with one number the one that was sent, or may be."""
    nearest = (Agreement.SAME, Agreement.UNTOLD, Agreement.OTHER)
    return min(found, key=lambda one: nearest.index(compared(sent, one)))


def untold(sent: Stated, found: FoundInvoice) -> str | None:
    """Why nobody can tell whether an invoice is the one that was sent; None when it can be told."""
    return WITHOUT_TOTAL.format(number=found.number) if _is_untold(sent, found) else None


def undecided(operation: str, detail: str) -> AnswerUnreadable:
    """What leaves a write in doubt, to be looked for again and asked about."""
    return AnswerUnreadable(CallFacts(upstream=CHORUS_PRO, operation=operation), detail)


def _is_untold(sent: Stated, found: FoundInvoice) -> bool:
    return compared(sent, found) is Agreement.UNTOLD


async def _in_full(row: FoundInvoice, calls: Calls) -> FoundInvoice:
    detail = await calls.chorus_pro.invoice(row.chorus_pro_id)
    return row if isinstance(detail, Refusal) else filled(row, detail)

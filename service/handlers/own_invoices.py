"""Says which invoices are an account's to look at and to act on, whatever else its login may see at Chorus Pro."""

from __future__ import annotations

from typing import Final

from service.handlers.base import Calls
from service.upstream import Refusal
from service.upstream.chorus_pro.histories import Histories
from service.upstream.chorus_pro.searching import Searches

SUPPLIER: Final = "supplier"


def searches(calls: Calls) -> Searches:
    """Return the searches for invoices, which leave out what another account sent; raises AccountRejected."""
    most = calls.upstreams.mapping.chorus_pro.unbounded_most
    return Searches(chorus_pro=calls.chorus_pro, unbounded_most=most, serves=calls.may_tell_of)


def check_named(role: str, supplier_siret: str | None, calls: Calls) -> None:
    """Raise EventInvalid when an account asks, as a supplier, about invoices of a supplier that is not its own."""
    if role == SUPPLIER and supplier_siret is not None:
        calls.check_supplier(supplier_siret)


async def sees(role: str, invoice_id: int, calls: Calls) -> bool:
    """Whether an invoice named by its id alone is the account's: whoever received it sees it, whoever sent it."""
    if calls.may_tell_of(None):
        return True  # an account that lists no suppliers sees all its login does
    shown = await Histories(chorus_pro=calls.chorus_pro).detail(role, invoice_id)
    return not isinstance(shown, Refusal) and (role != SUPPLIER or calls.may_tell_of(shown.supplier_siret))

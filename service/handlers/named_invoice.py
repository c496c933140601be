"""Finds the invoices that requests name, keeps where they stood before the call, and sees what happened since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from contracts.events import InvoiceNamed
from contracts.reasons import Reason
from service.core.invoices import FoundInvoice, natural_key
from service.handlers.base import Calls
from service.handlers.supplier_reasons import Objection
from service.upstream import Refusal
from service.upstream.chorus_pro import StatusPassed

INVOICE = "invoice"
"""Under which an invoice is kept in the notes of a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInvoice:
    """An invoice as Chorus Pro has it; `passed` is how many statuses it had gone through before the call."""

    chorus_pro_id: int
    invoice_number: str | None
    supplier_siret: str | None
    passed: int | None = None

    @property
    def identity(self) -> dict[str, Any]:  # Any: fields of whatever result it goes into
        """What every result says of it."""
        return {name: value for name, value in asdict(self).items() if name != "passed"}


def key_of(named: InvoiceNamed) -> str:
    """The natural key of an invoice as it is named."""
    if named.chorus_pro_id is not None:
        return _by_id(named.chorus_pro_id)
    return natural_key(named.supplier_siret, named.invoice_number or "")


def _by_id(id: int) -> str:
    """The name that every other name of an invoice leads to."""
    return f"invoice {id}"


def keys_of(named: InvoiceNamed) -> tuple[str, ...]:
    """The natural keys of an invoice, under each of its names that is given: another request may know but one."""
    siret, number = named.supplier_siret, named.invoice_number
    by_number = (natural_key(siret, number),) if siret is not None and number is not None else ()
    return tuple(dict.fromkeys((key_of(named), *by_number)))


def identity_of(named: InvoiceNamed) -> dict[str, Any]:  # Any: fields of whatever result it goes into
    """What a refusal says of it: the invoice as it was named."""
    return named.model_dump(include={"chorus_pro_id", "invoice_number", "supplier_siret"})


async def find(named: InvoiceNamed, status_code: str, calls: Calls) -> KnownInvoice | Objection:
    """The invoice that is meant, of several with its number the only one in this status; or why it is not clear."""
    if named.chorus_pro_id is not None:
        return await _with_id(named, named.chorus_pro_id, calls) or not_found((key_of(named),))
    shown = await shown_as(named.invoice_number or "", named.supplier_siret or "", calls)
    if not shown:
        return not_found((key_of(named),))
    fitting = shown if len(shown) == 1 else [one for one in shown if one.status_code == status_code]
    if len(fitting) != 1:
        return _ambiguous(key_of(named), len(shown))
    (found,) = fitting
    return KnownInvoice(
        chorus_pro_id=found.chorus_pro_id, invoice_number=found.number, supplier_siret=found.supplier_siret
    )


def check_named(invoices: Iterable[InvoiceNamed], calls: Calls) -> None:
    """Raise EventInvalid when the account may not send for a supplier that is named."""
    for one in invoices:
        if one.supplier_siret is not None:
            calls.check_supplier(one.supplier_siret)


async def _with_id(named: InvoiceNamed, id: int, calls: Calls) -> KnownInvoice | None:
    """The invoice with this identifier; whose it is is asked where the account may not send for everybody."""
    if calls.accounts.get(calls.account).suppliers:
        standing = await calls.chorus_pro.supplier.standing(id)
        if isinstance(standing, Refusal) or not calls.may_tell_of(standing.supplier_siret):
            return None
        return KnownInvoice(chorus_pro_id=id, invoice_number=standing.number, supplier_siret=standing.supplier_siret)
    return KnownInvoice(chorus_pro_id=id, invoice_number=named.invoice_number, supplier_siret=named.supplier_siret)


async def shown_as(number: str, supplier_siret: str, calls: Calls) -> tuple[FoundInvoice, ...]:
    """The invoices of this number and supplier, without what was never handed in."""
    drafts = calls.upstreams.mapping.chorus_pro.drafts
    found = await calls.chorus_pro.invoices_numbered(number, supplier_siret)
    return tuple(one for one in found if one.status_code not in drafts)


async def standing_before(named: InvoiceNamed, status_code: str, calls: Calls) -> KnownInvoice | Refusal:
    """The invoice with how many statuses it has gone through so far, or why there is none; raises KeyBusy."""
    known = await find(named, status_code, calls)
    if isinstance(known, Objection):
        return known
    if named.chorus_pro_id is None:
        calls = await calls.claimed(_by_id(known.chorus_pro_id))
    history = await calls.chorus_pro.history(known.chorus_pro_id)
    if isinstance(history, Refusal):
        return history
    return KnownInvoice(
        chorus_pro_id=known.chorus_pro_id,
        invoice_number=known.invoice_number or history.number,
        supplier_siret=known.supplier_siret,
        passed=len(history.statuses),
    )


def not_found(keys: tuple[str, ...]) -> Objection:
    """What is said of invoices that Chorus Pro does not show."""
    text = f"Chorus Pro shows no invoice {', '.join(keys)[:200]}."
    return _objection(Reason.INVOICE_NOT_FOUND, text, keys)


def _ambiguous(key: str, count: int) -> Objection:
    """What is said of a number that stands for several invoices."""
    return _objection(Reason.INVOICE_AMBIGUOUS, f"Chorus Pro shows {count} invoices {key[:200]}.", (key,))


def _objection(reason: Reason, text: str, keys: tuple[str, ...]) -> Objection:
    return Objection(operation="rechercherFactureParFournisseur", code=None, text=text, reason=reason, names=keys)


async def passed_since(
    known: KnownInvoice, asked_at: datetime | None, calls: Calls
) -> tuple[StatusPassed, ...] | Refusal | None:
    """The statuses an invoice went through since the call may have been made; None when nobody knows since when."""
    history = await calls.chorus_pro.history(known.chorus_pro_id)
    if isinstance(history, Refusal):
        return history
    if known.passed is not None:
        return history.statuses[known.passed :]
    if asked_at is None:
        return None
    return tuple(one for one in history.statuses if one.at is not None and one.at >= asked_at)


def known_from(kept: Mapping[str, object]) -> KnownInvoice | None:
    """The invoice that was kept in the notes of a write."""
    noted = kept.get(INVOICE)
    return KnownInvoice(**noted) if isinstance(noted, dict) else None


def known_to_notes(known: KnownInvoice | None) -> dict[str, object]:
    """The same as it is kept."""
    return {} if known is None else {INVOICE: asdict(known)}

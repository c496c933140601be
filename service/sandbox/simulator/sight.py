"""Tells whether a technical account may see an invoice, in one role or in any."""

from __future__ import annotations

from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.parties import Parties


def sees(parties: Parties, login: str, invoice: Invoice, role: str | None = None) -> bool:
    """Whether the account sees it as `supplier`, `recipient` or `validator`; without a role, as any of them."""
    roles = {
        "supplier": parties.is_supplier(login, invoice.supplier.siret),
        "recipient": parties.is_recipient(login, invoice.recipient.siret),
        "validator": invoice.validator is not None and invoice.validator in parties.validators_of(login),
    }
    return roles[role] if role is not None else any(roles.values())

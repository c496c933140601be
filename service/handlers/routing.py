"""Looks up where the invoices of a file go, and adds what the directory has against them; never fails a deposit."""

from __future__ import annotations

from dataclasses import replace

from contracts.results import Finding
from service.core.documents import InvoiceFacts
from service.core.errors import AccountRejected, CredentialsRejected, UpstreamFailure
from service.core.preflight import routing_findings
from service.core.recipient import Recipient
from service.handlers.base import Calls
from service.handlers.invoice_file import Deposit
from service.steady import steady
from service.upstream.chorus_pro.directory import Directory

PATIENCE = 10.0
"""Seconds all look-ups of one file may take; what is not known by then is not checked. Far less than a lease."""

FRESH = 60.0
"""Seconds: what speaks against an invoice is not believed when it is older, since a service may have been added."""


async def with_routing(deposit: Deposit, calls: Calls) -> tuple[Deposit, int]:
    """The deposit with what was found, and how many recipients the directory told about; the same when switched off.

    Raises AccountRejected and CredentialsRejected: whoever is refused must not insist with the next call.
    """
    if not deposit.inspection.looks_up or calls.upstreams.recipients.is_resting:
        return deposit, 0
    directory = calls.directory(until=steady() + PATIENCE)
    found: list[Finding] = []
    known: set[str] = set()
    try:
        for invoice in deposit.invoices:
            if invoice.recipient_siret is None:
                continue
            told = await _told(invoice, deposit, directory, calls)
            if told is not None:
                known.add(invoice.recipient_siret)
                found += told
    except (AccountRejected, CredentialsRejected):
        raise
    except UpstreamFailure:
        # A check that cannot be made is no reason to hold an invoice back: the State itself checks next.
        calls.upstreams.recipients.rest()
    return replace(deposit, findings=(*deposit.findings, *found)), len(known)


async def _told(
    invoice: InvoiceFacts, deposit: Deposit, directory: Directory, calls: Calls
) -> tuple[Finding, ...] | None:
    """What the directory has against one invoice, asked anew when that is hearsay; None when it would not say."""
    siret, code = invoice.recipient_siret or "", _code(invoice, directory)
    recipients = calls.upstreams.recipients
    recipient = await recipients.find(siret, code, directory)
    found = _findings(invoice, deposit, recipient, directory)
    if found and recipients.age(siret, directory) > FRESH:
        recipient = await recipients.find(siret, code, directory, at_most=FRESH)
        found = _findings(invoice, deposit, recipient, directory)
    return found


def _findings(
    invoice: InvoiceFacts, deposit: Deposit, recipient: Recipient | None, directory: Directory
) -> tuple[Finding, ...] | None:
    if recipient is None:
        return None
    return routing_findings(deposit.inspection, invoice, recipient, ignored=directory.ignored)


def _code(invoice: InvoiceFacts, directory: Directory) -> str | None:
    return None if invoice.service_code in directory.ignored else invoice.service_code

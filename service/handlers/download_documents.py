"""Downloads the documents of invoices, and hands them over in the result."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import ClassVar

from contracts.events import InvoiceDownloadRequested, NamedInvoice
from contracts.reasons import Reason
from contracts.results import DownloadedFile, DownloadedInvoice, InvoiceDownloadRefused, InvoiceDownloadReported
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.errors import EventInvalid
from service.core.received_file import file_name, media_type
from service.handlers.base import Calls, Event, Read
from service.handlers.own_invoices import check_named, searches, sees
from service.upstream import Refusal
from service.upstream.chorus_pro.downloads import Downloads, Oversized


class DownloadDocuments(Read[InvoiceDownloadRequested]):
    """`invoice.download.requested.v1`."""

    model: ClassVar[type[InvoiceDownloadRequested]] = InvoiceDownloadRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO

    async def handle(self, request: InvoiceDownloadRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Find what is named by number, download all of it at once, and describe the file beside its content."""
        invoices: list[DownloadedInvoice] = []
        for named in request.invoices:
            found = await _found(request.role, named, calls)
            if isinstance(found, Draft):
                return (found,)
            if found.chorus_pro_id not in {one.chorus_pro_id for one in invoices}:
                invoices.append(found)
        got = await Downloads(chorus_pro=calls.chorus_pro).get(
            request.what,
            [one.chorus_pro_id for one in invoices],
            format=request.format,
            with_attachments=request.with_attachments,
        )
        match got:
            case Refusal():
                return (_refused(got.reason, refusal=got),)
            case Oversized():
                raise EventInvalid(Reason.DOCUMENT_TOO_LARGE, _too_large(len(invoices), got.most))
            case _:
                file = await asyncio.to_thread(_described, got.content, invoices)
        reported = InvoiceDownloadReported(
            invoices=tuple(invoices),
            what=request.what,
            format=request.format,
            with_attachments=request.with_attachments,
            file=file,
        )
        return (Draft(type="invoice.download.reported.v1", data=reported),)


async def _found(role: str, named: NamedInvoice, calls: Calls) -> DownloadedInvoice | Draft:
    """The invoice that is meant, or the refusal that says why there is none."""
    check_named(role, named.supplier_siret, calls)
    if named.chorus_pro_id is not None:
        if not await sees(role, named.chorus_pro_id, calls):
            return _refused(Reason.INVOICE_NOT_FOUND, named=named)
        return DownloadedInvoice(
            chorus_pro_id=named.chorus_pro_id, invoice_number=named.invoice_number, supplier_siret=named.supplier_siret
        )
    shown = await searches(calls).numbered(
        role, named.invoice_number or "", named.supplier_siret, named.recipient_siret
    )
    if isinstance(shown, Refusal):
        return _refused(shown.reason, named=named, refusal=shown)
    if len(shown) != 1:
        return _refused(Reason.INVOICE_AMBIGUOUS if shown else Reason.INVOICE_NOT_FOUND, named=named)
    return DownloadedInvoice(
        chorus_pro_id=shown[0].chorus_pro_id,
        invoice_number=named.invoice_number,
        supplier_siret=named.supplier_siret,
    )


def _described(content: bytes, invoices: Sequence[DownloadedInvoice]) -> DownloadedFile:
    numbers = [one.invoice_number or str(one.chorus_pro_id) for one in invoices]
    return DownloadedFile(
        name=file_name(content, numbers),
        media_type=media_type(content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


def _too_large(count: int, most: int) -> str:
    what = "The documents of this invoice are" if count == 1 else f"The documents of {count} invoices are together"
    return f"{what} larger than the {most} bytes of a result; documents by reference are not part of this version."


def _refused(reason: Reason, *, named: NamedInvoice | None = None, refusal: Refusal | None = None) -> Draft:
    data = InvoiceDownloadRefused(
        reason=reason,
        code=refusal.code if refusal else None,
        upstream_text=(refusal.text or None) if refusal else None,
        invoice_number=named.invoice_number if named else None,
        chorus_pro_id=named.chorus_pro_id if named else None,
    )
    return Draft(type="invoice.download.refused.v1", data=data)

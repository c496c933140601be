"""Finds invoices by what a business knows of them, and reports them page by page."""

from __future__ import annotations

from typing import ClassVar

from contracts.events import InvoiceSearchRequested
from contracts.reasons import Reason
from contracts.results import InvoiceListed, InvoiceSearchPage, InvoiceSearchRefused, InvoiceSearchReported
from contracts.words import Upstream, invoice_status
from service.core.draft import Draft
from service.core.errors import EventInvalid, NotSubscribed
from service.core.listed import ListedInvoice
from service.handlers.base import Calls, Event, Read
from service.handlers.own_invoices import check_named, searches
from service.upstream import Refusal

PAGE = 100
"""Invoices in one `invoice.search.page`."""

_NOT_OFFERED = (
    "Chorus Pro does not offer rechercherDemandePaiement here, as it never does in its sandbox; use scope all or to_do."
)


class SearchInvoices(Read[InvoiceSearchRequested]):
    """`invoice.search.requested.v1`."""

    model: ClassVar[type[InvoiceSearchRequested]] = InvoiceSearchRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO

    async def handle(self, request: InvoiceSearchRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Search to the end, and report page by page, then how much it was."""
        check_named(request.role, request.supplier_siret, calls)
        try:
            found = await searches(calls).find(request)
        except NotSubscribed as error:
            if request.is_of_payment_requests:
                raise EventInvalid(Reason.NOT_CONFIGURED, _NOT_OFFERED) from error
            raise
        if isinstance(found, Refusal):
            return (_refused(found),)
        pages = tuple(
            _page(number, found.invoices[start : start + PAGE])
            for number, start in enumerate(range(0, len(found.invoices), PAGE), start=1)
        )
        reported = InvoiceSearchReported(total=len(found.invoices), pages=len(pages), complete=found.complete)
        return (*pages, Draft(type="invoice.search.reported.v1", data=reported))


def _page(number: int, invoices: tuple[ListedInvoice, ...]) -> Draft:
    data = InvoiceSearchPage(page=number, invoices=tuple(_shown(one) for one in invoices))
    return Draft(type="invoice.search.page.v1", data=data, kind="page", discriminator=str(number))


def _shown(one: ListedInvoice) -> InvoiceListed:
    return InvoiceListed(
        chorus_pro_id=one.chorus_pro_id,
        invoice_number=one.number,
        type=one.kind,
        supplier_siret=one.supplier_siret,
        recipient_siret=one.recipient_siret,
        service_code=one.service_code,
        validator_siret=one.validator_sirets[0] if one.validator_sirets else None,
        issued_on=one.issued_on,
        deposited_on=one.deposited_on,
        total_including_tax=one.total_including_tax,
        total_excluding_tax=one.total_excluding_tax,
        amount_due=one.amount_due,
        currency=one.currency,
        status=invoice_status(one.status_code or ""),
        status_code=one.status_code,
        status_since=one.status_since,
        contract_number=one.contract_number,
        commitment_number=one.commitment_number,
        flow_number=one.flow_number,
    )


def _refused(refusal: Refusal) -> Draft:
    data = InvoiceSearchRefused(reason=refusal.reason, code=refusal.code, upstream_text=refusal.text)
    return Draft(type="invoice.search.refused.v1", data=data)

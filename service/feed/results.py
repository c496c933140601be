"""Says of one change of status what the published language says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.changes import answer_with, is_action_required
from contracts.results import InvoiceStatusChanged, ResultEvent, notice
from contracts.words import invoice_status, is_final_status
from service.core.feed import Change, Feed
from service.core.invoices import FoundInvoice, natural_key

TYPE = "invoice.status.changed.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One change of one invoice."""

    invoice: FoundInvoice
    change: Change
    sent_by_relay: bool
    payment_reported: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Speaks for one feed. `reform_codes` are those of the e-invoicing reform by the code of Chorus Pro."""

    feed: Feed
    profile: str
    reform_codes: Mapping[str, str]

    def result(self, news: News, now: datetime) -> ResultEvent:
        """The event that says it, under the same id each time."""
        invoice, step, feed = news.invoice, news.change.step, self.feed
        since = step.since.isoformat() if step.since else ""
        return notice(
            TYPE,
            self._data(news),
            key=f"{feed.account}/{feed.role}/{invoice.chorus_pro_id}/{step.code}/{since}",
            profile=self.profile,
            now=step.since or now,
            subject=f"{invoice.supplier_siret}/{invoice.number}" if invoice.supplier_siret else invoice.number,
            account=feed.account,
        )

    def _data(self, news: News) -> InvoiceStatusChanged:
        invoice, step, previous = news.invoice, news.change.step, news.change.previous
        return InvoiceStatusChanged(
            role=self.feed.role,
            invoice_number=invoice.number,
            chorus_pro_id=invoice.chorus_pro_id,
            type=invoice.kind,
            supplier_siret=invoice.supplier_siret,
            recipient_siret=invoice.recipient_siret,
            issued_on=invoice.issued_on,
            deposited_on=invoice.deposited_on,
            total_including_tax=invoice.total_including_tax,
            currency=invoice.currency,
            flow_number=invoice.flow_number,
            status=invoice_status(step.code),
            status_code=step.code,
            previous_status=invoice_status(previous) if previous else None,
            previous_status_code=previous,
            status_since=step.since,
            comment=step.comment,
            final=is_final_status(step.code),
            action_required=is_action_required(step.code, self.feed.role),
            answer_with=answer_with(step.code, self.feed.role),
            payment_reported_by_recipient=news.payment_reported,
            sent_by_relay=news.sent_by_relay,
            reform_code=self.reform_codes.get(step.code),
        )


def key_of(invoice: FoundInvoice) -> str:
    """The natural key under which the ledger knows an invoice."""
    return natural_key(invoice.supplier_siret, invoice.number)

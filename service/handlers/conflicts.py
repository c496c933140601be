"""Shows what was sent beside what its number already stands for."""

from __future__ import annotations

from contracts.changes import AnswerWith, FeedRole, answer_with
from contracts.results import Conflict, ConflictSide
from service.core.invoices import FoundInvoice, Stated


def is_used_up(found: FoundInvoice) -> bool:
    """Whether an invoice was rejected: it is answered by another one, under another number."""
    return answer_with(found.status_code or "", FeedRole.SUPPLIER) is AnswerWith.NEW_INVOICE


def conflict_between(sent: Stated, found: FoundInvoice) -> Conflict:
    """Both sides of a number that is used already."""
    return Conflict(
        sent=ConflictSide(
            invoice_number=sent.number,
            supplier_siret=sent.supplier_siret,
            recipient_siret=sent.recipient_siret,
            issued_on=sent.issued_on,
            total_including_tax=sent.total_including_tax,
            currency=sent.currency,
        ),
        found=ConflictSide(
            invoice_number=found.number,
            supplier_siret=found.supplier_siret,
            recipient_siret=found.recipient_siret,
            issued_on=found.issued_on,
            total_including_tax=found.total_including_tax,
            currency=found.currency,
            chorus_pro_id=found.chorus_pro_id,
        ),
    )

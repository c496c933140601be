"""What the clients are to read of the recorded answers to what a supplier does besides depositing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

from contracts.events import InvoiceRecyclingRequested, InvoiceSubmissionRequested
from contracts.reasons import Reason
from service.core.attachments import Attached
from service.upstream import Refusal, Upstreams
from service.upstream.chorus_pro.supplier import (
    BankAccount,
    Ids,
    InvoiceStanding,
    Recycled,
    SubmittedInvoice,
    SupplementTaken,
)
from tests.support.supplier import submission

Ask = Callable[[Upstreams], Awaitable[object]]
FILE = Attached(name="F-1.pdf", extension="PDF", media_type="application/pdf", content=b"%PDF-")
SUBMISSION = InvoiceSubmissionRequested.model_validate(submission("FA-0001", attachments=[])["data"])
IDS = Ids(supplier=1, bank_account=2, main=3, others=())
RECYCLING = InvoiceRecyclingRequested(chorus_pro_id=9100001, recipient_siret="99900012800010")


def ask(question: Callable[[Any], Awaitable[object]]) -> Ask:  # Any: a bound method of Supplier
    """A question of a supplier's."""
    return lambda upstreams: question(upstreams.chorus_pro(account="main", event="event").supplier)


SUPPLIER_ROWS: list[tuple[str, Ask, object]] = [
    ("upload.added", ask(lambda supplier: supplier.add_file(FILE)), 10321512),
    ("upload.pdf-read", ask(lambda supplier: supplier.read_pdf(FILE, "signed_pdf")), 10321513),
    (
        "bank-accounts.two",
        ask(lambda supplier: supplier.bank_accounts(1)),
        (BankAccount(id=144050, label="Compte principal"), BankAccount(id=144051, label="FR76…")),
    ),
    (
        "bank-accounts.single-object",
        ask(lambda supplier: supplier.bank_accounts(1)),
        (BankAccount(id=144050, label=""),),
    ),
    (
        "submission.done",
        ask(lambda supplier: supplier.submit(SUBMISSION, IDS)),
        SubmittedInvoice(
            chorus_pro_id=8420875,
            number="FA-0001",
            status_code="DEPOSEE",
            deposited_on=date(2026, 11, 23),
            fingerprint="AAECAwQF",
        ),
    ),
    (
        "submission.new-status",
        ask(lambda supplier: supplier.submit(SUBMISSION, IDS)),
        SubmittedInvoice(
            chorus_pro_id=8420876,
            number="20260000000000000017",
            status_code="STATUT_NOUVEAU",
            deposited_on=date(2026, 11, 23),
            fingerprint=None,
        ),
    ),
    (
        "submission.refused",
        ask(lambda supplier: supplier.submit(SUBMISSION, IDS)),
        Refusal(
            operation="soumettreFacture",
            code="GDP_MSG_11.001",
            text="GDP_MSG_11.001 Etat courant incompatible, IBAN FR76…",
            reason=Reason.STATUS_NOT_SUITABLE,
            http_status=400,
        ),
    ),
    (
        "supplement.done",
        ask(lambda supplier: supplier.complete(9100001, (), (), "Voici.")),
        SupplementTaken(number="FA-0001", treated_at=datetime(2026, 11, 26, 8, 12, tzinfo=UTC)),
    ),
    (
        "supplement.not-suspended",
        ask(lambda supplier: supplier.complete(9100001, (), (), "Voici.")),
        Refusal(
            operation="completerFacture",
            code="GDP_MSG_11.033",
            text="GDP_MSG_11.033",
            http_status=200,
            reason=Reason.INVOICE_NOT_SUSPENDED,
        ),
    ),
    (
        "recycling.done",
        ask(lambda supplier: supplier.recycle(9100001, RECYCLING)),
        Recycled(number="FA-0001", status_code="STATUT_NOUVEAU"),
    ),
    ("rejections.treated", ask(lambda supplier: supplier.treat_rejections((9100001,))), None),
    (
        "standing.rejected",
        ask(lambda supplier: supplier.standing(9100001)),
        InvoiceStanding(
            chorus_pro_id=9100001,
            number="FA-0001",
            status_code="REJETEE",
            supplier_siret="99900045800037",
            recipient_siret="99900012800010",
            service_code=None,
            commitment_number="EJ-1",
            is_rejection_treated=True,
        ),
    ),
]

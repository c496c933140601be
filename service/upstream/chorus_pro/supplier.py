"""What a supplier does at Chorus Pro besides depositing, on behalf of one event, in our own words."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from contracts.events import Attachment, InvoiceLine, InvoiceRecyclingRequested, InvoiceSubmissionRequested, TaxLine
from service.core.attachments import Attached
from service.core.masking import masked
from service.upstream.chorus_pro import supplier_models as models
from service.upstream.chorus_pro import supplier_operations as operations
from service.upstream.operation import Refusal
from service.upstream.paging import PAGE_SIZE

if TYPE_CHECKING:
    from service.upstream.chorus_pro import ChorusPro

MODES: Final = {"pdf": "DEPOT_PDF_API", "signed_pdf": "DEPOT_PDF_SIGNE_API", "entry": "SAISIE_API"}
FORMS: Final = {"pdf": "PDF_NON_SIGNE", "signed_pdf": "PDF_SIGNE_PADES"}
TYPES: Final = {"invoice": "FACTURE", "credit_note": "AVOIR"}
FRAMEWORKS: Final = {
    "supplier": "A1_FACTURE_FOURNISSEUR",
    "supplier_already_paid": "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE",
    "subcontractor": "A9_FACTURE_SOUSTRAITANT",
    "cocontractor": "A12_FACTURE_COTRAITANT",
}
PAYMENT_MODES: Final = {
    "transfer": "VIREMENT",
    "direct_debit": "PRELEVEMENT",
    "cheque": "CHEQUE",
    "cash": "ESPECE",
    "other": "AUTRE",
    "carried_over": "REPORT",
}
VAT: Final = {
    "on_debits": "TVA_SUR_DEBIT",
    "on_receipts": "TVA_SUR_ENCAISSEMENT",
    "exempt": "EXONERATION",
    "none": "SANS_TVA",
}
MAIN_LABEL: Final = "Facture"


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """One bank account of the supplier, by the label a person gave it, account numbers in it shortened."""

    id: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """Chorus Pro's own numbers of what a submission names: who, paid where, and the files in their order."""

    supplier: int
    bank_account: int | None
    main: int | None
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedInvoice:
    """The invoice exists at Chorus Pro."""

    chorus_pro_id: int
    number: str
    status_code: str
    deposited_on: date | None
    fingerprint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recycled:
    """The invoice goes its new way; Chorus Pro may leave both untold."""

    number: str | None
    status_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementTaken:
    """What was added to the invoice is there."""

    number: str | None
    treated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceStanding:
    """Where an invoice is, who validates it, and whether its rejection counts as dealt with."""

    chorus_pro_id: int
    number: str
    status_code: str | None
    supplier_siret: str | None
    recipient_siret: str | None
    service_code: str | None
    commitment_number: str | None
    is_rejection_treated: bool
    validators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """The calls of a supplier. Each raises an UpstreamFailure when no usable answer came."""

    chorus_pro: ChorusPro

    async def bank_accounts(self, supplier_id: int) -> tuple[BankAccount, ...] | Refusal:
        """Return the bank accounts that an invoice of this supplier may name."""
        request = models.BankAccountsAsked(structure_id=supplier_id)
        answer = await self.chorus_pro.call(operations.BANK_ACCOUNTS, request)
        if isinstance(answer, Refusal):
            return answer
        return tuple(BankAccount(id=row.id, label=masked(row.label or "")) for row in answer.accounts)

    async def add_file(self, file: Attached) -> int | Refusal:
        """Upload a file and return its identifier; one uploaded twice lies there twice, in no invoice."""
        request = models.FileToAdd(
            content=_base64(file), name=file.name, media_type=file.media_type, extension=file.extension
        )
        answer = await self.chorus_pro.call(operations.ADD_FILE, request)
        return answer if isinstance(answer, Refusal) else answer.id

    async def read_pdf(self, file: Attached, mode: str) -> int | Refusal:
        """Upload the PDF of an invoice where Chorus Pro reads its text, and return its identifier."""
        request = models.PdfToRead(content=_base64(file), name=file.name, form=FORMS[mode])
        answer = await self.chorus_pro.call(operations.READ_PDF, request)
        return answer if isinstance(answer, Refusal) else answer.id

    async def submit(self, asked: InvoiceSubmissionRequested, ids: Ids) -> SubmittedInvoice | Refusal:
        """Create the invoice. Not safe to repeat: after a failure that was `sent`, look for its number first."""
        operation = operations.SUBMIT_ENTRY if asked.mode == "entry" else operations.SUBMIT_PDF
        answer = await self.chorus_pro.call(operation, to_submission(asked, ids))
        if isinstance(answer, Refusal):
            return answer
        return SubmittedInvoice(
            chorus_pro_id=answer.chorus_pro_id,
            number=answer.number,
            status_code=answer.status or "",
            deposited_on=answer.deposited_on,
            fingerprint=answer.fingerprint,
        )

    async def complete(
        self, invoice_id: int, attachments: tuple[Attachment, ...], ids: tuple[int, ...], comment: str | None
    ) -> SupplementTaken | Refusal:
        """Add to a suspended invoice."""
        request = models.Supplement(invoice_id=invoice_id, others=_others(attachments, ids), comment=comment)
        answer = await self.chorus_pro.call(operations.COMPLETE_INVOICE, request)
        if isinstance(answer, Refusal):
            return answer
        return SupplementTaken(number=answer.number, treated_at=answer.treated_at)

    async def recycle(self, invoice_id: int, asked: InvoiceRecyclingRequested) -> Recycled | Refusal:
        """Send an invoice on to another recipient, service or commitment."""
        commitment = asked.commitment_number
        request = models.Recycling(
            invoice_id=invoice_id,
            recipient=models.RecipientSent(recipient=asked.recipient_siret, service=asked.service_code),
            references=models.ReferencesSent(commitment=commitment) if commitment is not None else None,
            comment=asked.comment,
        )
        answer = await self.chorus_pro.call(operations.RECYCLE_INVOICE, request)
        return answer if isinstance(answer, Refusal) else Recycled(number=answer.number, status_code=answer.status)

    async def treat_rejections(self, invoice_ids: tuple[int, ...]) -> Refusal | None:
        """Mark rejected invoices as dealt with; None when it is done."""
        request = models.RejectionsTreated(invoices=tuple(models.Rejected(invoice_id=id) for id in invoice_ids))
        answer = await self.chorus_pro.call(operations.TREAT_REJECTIONS, request)
        return answer if isinstance(answer, Refusal) else None

    async def standing(self, invoice_id: int) -> InvoiceStanding | Refusal:
        """Return where an invoice is now."""
        answer = await self.chorus_pro.call(operations.INVOICE_NOW, models.StandingAsked(invoice_id=invoice_id))
        if isinstance(answer, Refusal):
            return answer
        found = answer.invoice
        return InvoiceStanding(
            chorus_pro_id=found.chorus_pro_id,
            number=found.number,
            status_code=found.status,
            supplier_siret=found.supplier.supplier,
            recipient_siret=found.recipient.recipient,
            service_code=found.recipient.service,
            commitment_number=found.references.commitment,
            is_rejection_treated=bool(found.rejection_treated),
            validators=tuple(one for one in (found.validators.first, found.validators.second) if one),
        )

    async def has_files(self, invoice_id: int, ids: frozenset[int]) -> bool | None:
        """Whether one of these uploads goes with an invoice; None when the files that do are not all shown."""
        files = models.FilesPage(size=PAGE_SIZE)
        answer = await self.chorus_pro.call(
            operations.INVOICE_NOW, models.StandingAsked(invoice_id=invoice_id, files=files)
        )
        if isinstance(answer, Refusal):
            return None
        shown = answer.invoice.files
        if ids & {row.id for row in shown.rows}:
            return True
        return None if not shown.rows or (shown.pages or 1) > 1 else False


def to_submission(asked: InvoiceSubmissionRequested, ids: Ids) -> models.Submission:
    """The body of soumettreFacture."""
    main = None if ids.main is None else (models.MainFile(label=MAIN_LABEL, id=ids.main),)
    return models.Submission(
        mode=MODES[asked.mode],
        number=asked.invoice_number,
        issued_on=asked.issued_on,
        recipient=models.RecipientSent(recipient=asked.recipient_siret, service=asked.service_code),
        supplier=models.SupplierSent(supplier_id=ids.supplier, bank_account_id=ids.bank_account),
        framework=models.FrameworkSent(
            framework=FRAMEWORKS[asked.framework],
            validator=asked.validator_siret,
            validator_service=asked.validator_service_code,
        ),
        references=_references(asked),
        lines=tuple(_line(number, line) for number, line in enumerate(asked.lines, start=1)),
        taxes=tuple(_tax(line) for line in asked.tax_lines),
        totals=models.TotalsSent(
            net=asked.total_excluding_tax,
            tax=asked.total_tax,
            total=asked.total_including_tax,
            discount=asked.discount,
            discount_reason=asked.discount_reason,
            due=asked.amount_due,
        ),
        main=main,
        others=_others(asked.attachments, ids.others),
        comment=asked.comment,
    )


def payment_mode(asked: InvoiceSubmissionRequested) -> str | None:
    """How it is paid: by transfer unless the request says otherwise; a credit note says nothing of itself."""
    return asked.payment_mode or ("transfer" if asked.type == "invoice" else None)


def _references(asked: InvoiceSubmissionRequested) -> models.ReferencesSent:
    mode = payment_mode(asked)
    return models.ReferencesSent(
        currency=asked.currency,
        type=TYPES[asked.type],
        vat=VAT[asked.vat],
        exemption_reason=asked.exemption_reason,
        contract=asked.contract_number,
        commitment=asked.commitment_number,
        original=asked.original_invoice_number,
        payment_mode=PAYMENT_MODES[mode] if mode else None,
    )


def _line(number: int, line: InvoiceLine) -> models.LineSent:
    return models.LineSent(
        number=number,
        reference=line.reference,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        price=line.unit_price,
        discount=line.discount,
        rate_code=line.tax_rate_code,
        rate=line.tax_rate,
    )


def _tax(line: TaxLine) -> models.TaxSent:
    return models.TaxSent(rate_code=line.tax_rate_code, base=line.base, tax=line.tax, rate=line.tax_rate)


def _others(attachments: tuple[Attachment, ...], ids: tuple[int, ...]) -> tuple[models.OtherFile, ...] | None:
    return (
        tuple(
            models.OtherFile(label=one.label or one.file.name, type=one.type_code, line=one.line_number, id=id)
            for one, id in zip(attachments, ids, strict=True)
        )
        or None
    )


def _base64(file: Attached) -> str:
    return base64.b64encode(file.content).decode()

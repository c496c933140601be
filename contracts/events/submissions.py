"""What a supplier may ask about one invoice of its own, data in the event itself: hand it in, add to it, send it on."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from contracts.base import LOWER, Amount, Currency, Incoming, Siret, Text, Title, at_most, one_line
from contracts.events.invoices import InvoiceFile
from contracts.events.named import InvoiceNamed

MOST_ATTACHMENTS = 50
MOST_LINES = 1_000
MOST_NAMED = 100

Mode = Literal["pdf", "signed_pdf", "entry"]
Framework = Literal["supplier", "supplier_already_paid", "subcontractor", "cocontractor"]
PaymentMode = Literal["transfer", "direct_debit", "cheque", "cash", "other", "carried_over"]
Vat = Literal["on_debits", "on_receipts", "exempt", "none"]


def _of_lines(text: str) -> str:
    """Keep line breaks, which comments may have; raises ValueError for any other control character."""
    return "\n".join(one_line(line) for line in text.splitlines())


# Fifteen digits are what a JSON number carries exactly, which is how Chorus Pro takes amounts.
Money = Annotated[Amount, Field(max_digits=15, decimal_places=6)]
Count = Annotated[int, Field(ge=1, lt=2**31)]
ServiceCode = Annotated[Text, Field(max_length=100)]
CommitmentNumber = Annotated[Text, Field(max_length=50)]
InvoiceNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9 _/+-]{1,20}$")]
Comment = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_of_lines)]


class Attachment(Incoming):
    """A file that goes with an invoice; its `type_code` is one of the State's list of kinds of attachments."""

    file: InvoiceFile
    type_code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,30}$")]
    label: Annotated[Title, Field(max_length=100)] | None = Field(
        default=None, description="Else the name of the file."
    )
    line_number: Count | None = Field(default=None, description="The line of the invoice it belongs to.")


Attachments = Annotated[tuple[Attachment, ...], at_most(MOST_ATTACHMENTS), Field(max_length=MOST_ATTACHMENTS)]


class _Taxed(Incoming):
    """What has a rate of VAT: its percentage, or the State's code for one."""

    tax_rate: Money | None = Field(default=None, description="In percent.")
    tax_rate_code: Annotated[Text, Field(max_length=30)] | None = None

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if (self.tax_rate is None) == (self.tax_rate_code is None):
            raise ValueError("takes exactly one of tax_rate and tax_rate_code")
        return self


class TaxLine(_Taxed):
    """What is taxed at one rate."""

    base: Money
    tax: Money


class InvoiceLine(_Taxed):
    """One line of an invoice that is entered rather than attached."""

    reference: Text | None = None
    name: Title
    quantity: Money
    unit: Text | None = None
    unit_price: Money
    discount: Money | None = None


class InvoiceSubmissionRequested(Incoming):
    """Hand in one invoice with its data, as a PDF or entered line by line, without a structured file."""

    mode: Annotated[Mode, LOWER] = Field(description="With entry Chorus Pro numbers and dates the invoice itself.")
    invoice_number: InvoiceNumber | None = Field(default=None, description="Mandatory, but with entry not taken.")
    type: Annotated[Literal["invoice", "credit_note"], LOWER] = "invoice"
    issued_on: date | None = Field(default=None, description="Mandatory, but with entry not taken.")
    supplier_siret: Siret
    recipient_siret: Siret
    service_code: ServiceCode | None = None
    commitment_number: CommitmentNumber | None = None
    contract_number: Annotated[Text, Field(max_length=50)] | None = None
    original_invoice_number: Text | None = None
    framework: Annotated[Framework, LOWER] = "supplier"
    validator_siret: Siret | None = None
    validator_service_code: ServiceCode | None = None
    currency: Currency = "EUR"
    payment_mode: Annotated[PaymentMode, LOWER] | None = Field(
        default=None, description="By transfer when absent; a credit note has none."
    )
    bank_account: Title | None = Field(default=None, description="The label Chorus Pro shows; needed among several.")
    vat: Annotated[Vat, LOWER]
    exemption_reason: Annotated[Text, Field(max_length=100)] | None = None
    total_excluding_tax: Money
    total_tax: Money
    total_including_tax: Money
    discount: Money | None = None
    discount_reason: Title | None = None
    amount_due: Money
    tax_lines: Annotated[tuple[TaxLine, ...], at_most(MOST_LINES)] = Field(default=(), max_length=MOST_LINES)
    lines: Annotated[tuple[InvoiceLine, ...], at_most(MOST_LINES)] = Field(default=(), max_length=MOST_LINES)
    file: InvoiceFile | None = Field(default=None, description="The PDF; not taken with entry.")
    attachments: Attachments = ()
    comment: Comment | None = None

    @model_validator(mode="after")
    def _fits_mode(self) -> Self:
        own = (self.invoice_number, self.issued_on, self.file)
        if self.mode != "entry" and None in own:
            raise ValueError("takes invoice_number, issued_on and file unless mode is entry")
        if self.mode == "entry" and any(value is not None for value in own):
            raise ValueError("takes none of invoice_number, issued_on and file when mode is entry")
        if self.mode == "entry" and not self.lines:
            raise ValueError("takes lines when mode is entry")
        return self


class InvoiceSupplementRequested(InvoiceNamed):
    """Add attachments or a comment to an invoice that its recipient suspended."""

    attachments: Attachments = ()
    comment: Comment | None = None

    @model_validator(mode="after")
    def _adds_something(self) -> Self:
        if not self.attachments and self.comment is None:
            raise ValueError("takes attachments, comment or both")
        return self


class InvoiceRecyclingRequested(InvoiceNamed):
    """Send an invoice that came to the wrong place to another recipient, service or commitment, its number kept."""

    recipient_siret: Siret
    service_code: ServiceCode | None = None
    commitment_number: CommitmentNumber | None = None
    comment: Comment | None = None


class InvoiceRejectionAcknowledgementRequested(Incoming):
    """Mark invoices that their recipients rejected as dealt with."""

    invoices: Annotated[tuple[InvoiceNamed, ...], at_most(MOST_NAMED)] = Field(min_length=1, max_length=MOST_NAMED)

"""What the relay answers about invoices a supplier hands in, adds to, sends on or looks after."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Amount, Outgoing, is_none
from contracts.results.common import Refused
from contracts.results.invoices import OptionalConflict, StatusWord

Labels = Annotated[tuple[str, ...] | None, Field(exclude_if=is_none)]


class InvoiceSubmissionDone(Outgoing):
    """The invoice is at Chorus Pro, under the number it names."""

    invoice_number: str
    type: Literal["invoice", "credit_note"]
    supplier_siret: str
    recipient_siret: str
    chorus_pro_id: int
    deposited_on: date | None
    status: StatusWord
    status_code: str
    total_including_tax: Amount
    currency: str
    certificate_fingerprint: str | None = Field(description="Of the deposit certificate; null where it was adopted.")
    adopted: bool = False


class InvoiceSubmissionRefused(Refused):
    """The invoice was not taken."""

    stage: Literal["preflight", "submission"]
    invoice_number: str | None = None
    supplier_siret: str | None = None
    bank_accounts: Labels = Field(default=None, description="The labels there are to choose from.")
    conflict: OptionalConflict = None

    optional_fields = frozenset({"bank_accounts", "conflict"})


class _About(Outgoing):
    """Which invoice a result is about."""

    chorus_pro_id: int
    invoice_number: str | None
    supplier_siret: str | None


class _RefusedAbout(Refused):
    """Which invoice a refusal is about, as the request named it."""

    chorus_pro_id: int | None = None
    invoice_number: str | None = None
    supplier_siret: str | None = None


class InvoiceSupplementDone(_About):
    """The recipient can see what was added to the invoice."""

    treated_at: AwareDatetime | None
    adopted: bool = False


class InvoiceSupplementRefused(_RefusedAbout):
    """Nothing was added to the invoice."""


class InvoiceRecyclingDone(_About):
    """The invoice is on its way to where it was sent on."""

    recipient_siret: str
    service_code: str | None
    commitment_number: str | None
    status: StatusWord
    status_code: str
    adopted: bool = False


class InvoiceRecyclingRefused(_RefusedAbout):
    """The invoice stays where it was."""


class AcknowledgedInvoice(_About):
    """An invoice whose rejection counts as dealt with."""


class InvoiceRejectionAcknowledgementDone(Outgoing):
    """All of these invoices are marked as dealt with."""

    invoices: tuple[AcknowledgedInvoice, ...]
    adopted: bool = False


class InvoiceRejectionAcknowledgementRefused(Refused):
    """None of the invoices was marked by this request; `unknown` are those of which the State shows none or several."""

    unknown: tuple[str, ...] = ()

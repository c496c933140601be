"""What the relay answers about invoices."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.actions import INVOICE_ACTION_WORDS
from contracts.base import Amount, Outgoing, is_none
from contracts.results.common import Conflict, RefusalReason, Refused
from contracts.results.findings import Findings
from contracts.words import INVOICE_STATUS_WORDS

StatusWord = Annotated[str, Field(json_schema_extra={"enum": list(INVOICE_STATUS_WORDS)})]
OptionalConflict = Annotated[Conflict | None, Field(exclude_if=is_none)]


class InvoiceDepositReceived(Outgoing):
    """Chorus Pro took the file under a flow number; nothing is integrated yet."""

    flow_number: str
    deposited_on: date
    adopted: bool = False
    warnings: Findings = Field(default=(), description="What preflight found and let pass.")

    optional_fields = frozenset({"warnings"})


class InvoiceIntegrated(Outgoing):
    """An invoice of the file now exists at Chorus Pro."""

    invoice_number: str
    type: Literal["invoice", "credit_note"]
    supplier_siret: str | None = None
    recipient_siret: str | None = None
    chorus_pro_id: int
    flow_number: str | None = None
    status: StatusWord
    status_code: str
    total_including_tax: Amount | None = None
    currency: str | None = None
    adopted: bool = False


class InvoiceNotIntegrated(Outgoing):
    """An invoice of the file was not created at Chorus Pro."""

    invoice_number: str
    flow_number: str | None = None
    reason: RefusalReason
    upstream_text: str | None = None
    number_reusable: bool
    conflict: OptionalConflict = None

    optional_fields = frozenset({"conflict"})


class IntegratedInvoice(InvoiceIntegrated):
    """The fact of an integrated invoice, repeated in the terminal result."""

    integrated: Literal[True] = True


class NotIntegratedInvoice(InvoiceNotIntegrated):
    """The fact of an invoice that was not integrated, repeated in the terminal result."""

    integrated: Literal[False] = False


InvoiceOutcome = IntegratedInvoice | NotIntegratedInvoice


class InvoiceDepositDone(Outgoing):
    """The deposit is over, with all invoices of the file at Chorus Pro, or some of them."""

    outcome: Literal["all", "some"]
    flow_number: str | None = None
    deposited_on: date | None = None
    flow_state_code: str | None = None
    invoices: tuple[InvoiceOutcome, ...]
    warnings: Findings = Field(default=(), description="What preflight found and let pass.")

    optional_fields = frozenset({"warnings"})


class InvoiceDepositRefused(Refused):
    """The deposit is over and no invoice of the file was created by it."""

    stage: Literal["preflight", "deposit", "integration"]
    flow_number: str | None = None
    invoices: tuple[InvoiceOutcome, ...] = ()
    conflict: OptionalConflict = None
    findings: Findings = Field(default=(), description="Everything preflight found: at its own stage the errors too.")

    optional_fields = frozenset({"conflict", "findings"})


class StatusChange(Outgoing):
    """One step in the life of an invoice."""

    status: StatusWord
    status_code: str
    since: AwareDatetime | None
    comment: Annotated[str | None, Field(exclude_if=is_none)] = None

    optional_fields = frozenset({"comment"})


class StatusEvent(Outgoing):
    """Something else that happened to an invoice, in the State's words; who did it is left out."""

    label: str
    at: AwareDatetime | None


class PersonsAction(Outgoing):
    """What a person did with an invoice on the portal; the person is left out."""

    action: Annotated[str, Field(json_schema_extra={"enum": list(INVOICE_ACTION_WORDS)})]
    action_code: str
    at: AwareDatetime | None


class InvoiceStatusReported(Outgoing):
    """The status of an invoice and how it came there, oldest step first."""

    invoice_number: str
    chorus_pro_id: int
    supplier_siret: str | None = None
    recipient_siret: str | None = None
    status: StatusWord
    status_code: str
    status_since: AwareDatetime | None = None
    final: bool = Field(description="Whether the invoice is not expected to change any more.")
    history: tuple[StatusChange, ...] = ()
    type: Literal["invoice", "credit_note"] | None = None
    issued_on: date | None = None
    deposited_on: date | None = None
    total_including_tax: Amount | None = None
    currency: str | None = None
    deposit_mode_code: str | None = None
    events: tuple[StatusEvent, ...] = ()
    actions: tuple[PersonsAction, ...] = ()


class InvoiceStatusRefused(Refused):
    """The State tells no status for this invoice."""

    invoice_number: str | None = None
    chorus_pro_id: int | None = None

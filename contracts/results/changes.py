"""What the relay tells of invoices without being asked."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, ConfigDict, Field

from contracts.base import Amount, Outgoing
from contracts.changes import AnswerWith, FeedRole
from contracts.results.invoices import StatusWord


class InvoiceStatusChanged(Outgoing):
    """The status of an invoice changed; told once per change, and in no promised order."""

    model_config = ConfigDict(serialize_by_alias=True, populate_by_name=True)

    role: FeedRole = Field(alias="as", description="As whom the account sees the invoice.")
    invoice_number: str
    chorus_pro_id: int
    type: Literal["invoice", "credit_note"]
    supplier_siret: str | None = None
    recipient_siret: str | None = None
    issued_on: date | None = None
    deposited_on: date | None = None
    total_including_tax: Amount | None = None
    currency: str | None = None
    flow_number: str | None = None
    status: StatusWord
    status_code: str
    previous_status: StatusWord | None = Field(default=None, description="The one before it; null when not known.")
    previous_status_code: str | None = None
    status_since: AwareDatetime | None = None
    comment: str | None = Field(default=None, description="As the State has it, account numbers masked.")
    final: bool = Field(description="Whether the invoice is not expected to change any more.")
    action_required: bool = Field(description="Whether the invoice stands still until its supplier does something.")
    answer_with: AnswerWith | None = Field(
        default=None, description="The request that does it, or `new_invoice` under a new number."
    )
    payment_reported_by_recipient: bool | None = Field(
        default=None, description="Whether this recipient reports payments at all; null when not known."
    )
    sent_by_relay: bool = Field(description="Whether the relay sent it, as far back as its ledger remembers.")
    reform_code: str | None = Field(
        default=None, description="The status of the e-invoicing reform (200 to 213) that comes nearest; indicative."
    )

"""What the relay answers about decisions of a recipient or a validator."""

from datetime import date
from typing import Annotated

from pydantic import Field

from contracts.base import Outgoing, is_none
from contracts.results.common import Refused
from contracts.results.invoices import StatusWord

OptionalText = Annotated[str | None, Field(exclude_if=is_none)]


class _Decided(Outgoing):
    """The State holds the invoice in this status, set by this request."""

    invoice_number: str | None = None
    chorus_pro_id: int
    supplier_siret: str | None = None
    recipient_siret: str | None = None
    status: StatusWord
    status_code: str | None = None
    previous_status: StatusWord
    previous_status_code: str | None = None
    decided_on: date | None = None
    adopted: bool = False
    comment: OptionalText = Field(default=None, description="What the State shows beside a status that was adopted.")

    optional_fields = frozenset({"comment"})


class _NotDecided(Refused):
    """The State did not do it; `status` is where the invoice stands, `allowed` what may be set from there."""

    invoice_number: str | None = None
    chorus_pro_id: int | None = None
    status: StatusWord = "unknown"
    status_code: str | None = None


class InvoiceRecipientDecisionDone(_Decided):
    """The recipient's decision is at the State."""


class InvoiceRecipientDecisionRefused(_NotDecided):
    """The State did not take the recipient's decision; `allowed` are the statuses it takes now, when it tells."""

    allowed: tuple[StatusWord, ...] = ()
    allowed_codes: tuple[str, ...] = ()


class InvoiceValidatorDecisionDone(_Decided):
    """The validator's decision is at the State."""


class ReasonOffered(Outgoing):
    """One reason for which a validator may refuse."""

    reason_code: str
    text: str | None = None


class InvoiceValidatorDecisionRefused(_NotDecided):
    """The State did not take the validator's decision; `reasons` are those it takes for a refusal, when it tells."""

    reasons: tuple[ReasonOffered, ...] = ()


class InvoiceValidatorCorrectionDone(_Decided):
    """The invoice has another validator; its status is `unknown` unless the State told it."""

    validator_siret: str


class InvoiceValidatorCorrectionRefused(_NotDecided):
    """The State did not change the validator."""

    validator_siret: str

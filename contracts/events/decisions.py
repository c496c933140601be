"""What may be asked by who receives or validates an invoice, and by its supplier when it has the wrong validator."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from contracts.base import LOWER, Remark, Siret, Text
from contracts.events.named import NamedInvoice
from contracts.words import invoice_status_code

REASON_NEEDED = frozenset({"SUSPENDUE", "REJETEE"})
"""Statuses that no recipient may set without saying why."""

Word = Annotated[str, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]


def _status(text: str) -> str:
    if invoice_status_code(text) is None:
        raise ValueError("is neither a status such as suspended nor a code of Chorus Pro such as SUSPENDUE")
    return text


class InvoiceRecipientDecisionRequested(NamedInvoice):
    """Set the status of an invoice that was received."""

    status: Annotated[
        Word,
        Field(
            max_length=60, description="A word of ours such as suspended, or a code of Chorus Pro such as SUSPENDUE."
        ),
        AfterValidator(_status),
    ]
    reason: Remark | None = Field(default=None, description="Mandatory to suspend or to reject; the supplier reads it.")
    payment_mandate_number: Text | None = None

    @property
    def status_code(self) -> str:
        """The status as Chorus Pro calls it."""
        return invoice_status_code(self.status) or self.status

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.status_code in REASON_NEEDED and self.reason is None:
            raise ValueError("takes a reason when the invoice is suspended or rejected")
        return self


class InvoiceValidatorDecisionRequested(NamedInvoice):
    """Validate or refuse an invoice that waits for its validator."""

    decision: Annotated[Literal["validated", "refused"], LOWER]
    reason_code: Text | None = Field(default=None, description="Mandatory to refuse: one of the State's own list.")
    comment: Remark | None = None
    validator_siret: Siret | None = Field(
        default=None, description="In whose name, where the account validates for several."
    )
    validator_type_code: Text | None = Field(default=None, description="Passed on as it is; the State names no values.")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.decision == "refused" and self.reason_code is None:
            raise ValueError("takes a reason_code when the invoice is refused")
        return self


class InvoiceValidatorCorrectionRequested(NamedInvoice):
    """Name another validator for an invoice that was refused because its validator was the wrong one."""

    validator_siret: Siret = Field(description="Who is to validate it.")

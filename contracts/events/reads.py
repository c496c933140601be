"""What may be asked about many invoices at once: find them, download their documents."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from contracts.base import LOWER, Amount, Incoming, Siret, Text, at_most
from contracts.events.named import NamedInvoice
from contracts.words import invoice_status_code

LARGEST_SEARCH = 10_000
"""Invoices one search reports at most: what Chorus Pro is asked for."""
MOST_DOWNLOADED = 10
"""Invoices of one download: what AIFE advises."""

InvoiceRole = Annotated[Literal["supplier", "recipient", "validator"], LOWER]
"""As whom the account looks at invoices."""
_SearchRole = Literal["supplier", "recipient", "validator", "project_manager", "project_owner"]
_Scope = Literal["all", "to_do", "payment_requests", "archive"]


def _known_status(text: str) -> str:
    if invoice_status_code(text) is None:
        raise ValueError("is neither a status word such as suspended nor a code such as SUSPENDUE")
    return text


_Status = Annotated[Text, AfterValidator(_known_status)]

_OF_SUPPLIERS = frozenset({"flow_number", "original_invoice_number", "rejection_acknowledged"})
_OF_RECIPIENTS = frozenset({"downloaded"})
_CHANGED = frozenset({"status_changed_from", "status_changed_until"})
_VALIDATOR = frozenset({"validator_siret"})
# What the State's search of this kind neither takes nor tells: asked for, it would be ignored without a word.
_UNKNOWN_TO: Mapping[tuple[str, str], frozenset[str]] = MappingProxyType({
    ("supplier", "all"): _OF_RECIPIENTS,
    ("recipient", "all"): _OF_SUPPLIERS | _VALIDATOR,
    ("validator", "all"): _OF_SUPPLIERS | _OF_RECIPIENTS | _CHANGED,
    ("supplier", "to_do"): _OF_SUPPLIERS | _OF_RECIPIENTS | _CHANGED | _VALIDATOR,
    ("recipient", "to_do"): _OF_SUPPLIERS | _VALIDATOR,
    ("validator", "to_do"): _OF_SUPPLIERS | _OF_RECIPIENTS | _CHANGED,
})  # fmt: skip
_UNKNOWN_TO_PAYMENT_REQUESTS = (_OF_SUPPLIERS - {"original_invoice_number"}) | _OF_RECIPIENTS
_BOUNDS = (
    ("issued_from", "issued_until"),
    ("deposited_from", "deposited_until"),
    ("status_changed_from", "status_changed_until"),
    ("total_including_tax_min", "total_including_tax_max"),
    ("total_excluding_tax_min", "total_excluding_tax_max"),
    ("amount_due_min", "amount_due_max"),
)


class InvoiceSearchRequested(Incoming):
    """Find the invoices that fit every criterion, as the account sees them in one role."""

    role: Annotated[_SearchRole, LOWER] = Field(
        default="supplier", description="project_manager and project_owner: payment_requests and archive only."
    )
    scope: Annotated[_Scope, LOWER] = Field(
        default="all",
        description="to_do: those the role has to act on. payment_requests and archive: every kind of payment request,"
        " present or archived; Chorus Pro does not offer these two in its sandbox.",
    )
    invoice_number: Text | None = None
    supplier_siret: Siret | None = None
    recipient_siret: Siret | None = None
    validator_siret: Siret | None = None
    type: Annotated[Literal["invoice", "credit_note"], LOWER] | None = None
    statuses: Annotated[tuple[_Status, ...], at_most(100)] = Field(
        default=(), description="Any of these, as words (suspended) or codes (SUSPENDUE)."
    )
    issued_from: date | None = None
    issued_until: date | None = None
    deposited_from: date | None = None
    deposited_until: date | None = None
    status_changed_from: AwareDatetime | None = None
    status_changed_until: AwareDatetime | None = None
    total_including_tax_min: Amount | None = None
    total_including_tax_max: Amount | None = None
    total_excluding_tax_min: Amount | None = None
    total_excluding_tax_max: Amount | None = None
    amount_due_min: Amount | None = None
    amount_due_max: Amount | None = None
    contract_number: Text | None = None
    commitment_number: Text | None = None
    flow_number: Text | None = Field(default=None, description="Role supplier only.")
    original_invoice_number: Text | None = None
    rejection_acknowledged: bool | None = Field(default=None, description="Role supplier only.")
    downloaded: bool | None = Field(default=None, description="Role recipient only: whether it downloaded it.")
    limit: int = Field(default=LARGEST_SEARCH, ge=1, le=LARGEST_SEARCH)

    @property
    def is_of_payment_requests(self) -> bool:
        """Whether it goes to the one operation that also knows archives and works."""
        return self.scope in {"payment_requests", "archive"}

    @property
    def status_codes(self) -> tuple[str, ...]:
        """The statuses as Chorus Pro calls them."""
        return tuple(invoice_status_code(text) or text for text in self.statuses)

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if self.role in {"project_manager", "project_owner"} and not self.is_of_payment_requests:
            raise ValueError(f"role {self.role} goes with scope payment_requests or archive")
        unknown = _UNKNOWN_TO.get((self.role, self.scope), _UNKNOWN_TO_PAYMENT_REQUESTS)
        for name in sorted(unknown & self.model_fields_set):
            if getattr(self, name) is not None:
                raise ValueError(f"{name} is unknown to searches of role {self.role} and scope {self.scope}")
        return self

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        for lower, upper in _BOUNDS:
            least, most = getattr(self, lower), getattr(self, upper)
            if least is not None and most is not None and least > most:
                raise ValueError(f"{lower} is beyond {upper}")
        return self


class InvoiceDownloadRequested(Incoming):
    """Download what Chorus Pro keeps of up to ten invoices, as one file."""

    invoices: Annotated[tuple[NamedInvoice, ...], at_most(MOST_DOWNLOADED)] = Field(
        min_length=1, max_length=MOST_DOWNLOADED
    )
    what: Annotated[Literal["invoices", "attachments"], LOWER] = Field(
        default="invoices", description="attachments: only what is attached to them."
    )
    format: Annotated[Literal["pdf", "pivot"], LOWER] = Field(
        default="pdf", description="pivot: the XML in Chorus Pro's own format."
    )
    with_attachments: bool = Field(default=False, description="Whether complementary attachments come along.")
    role: InvoiceRole = "supplier"

"""What may be asked about invoices: deposit a file, tell a status."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts.base import LOWER, Amount, Base64, Currency, Incoming, Sha256, Siret, Text
from contracts.events.reads import InvoiceRole


class InvoiceFile(Incoming):
    """A file, either in the event itself (`content`, base64) or by reference (`ref`)."""

    name: Text
    content: Base64 | None = Field(default=None, repr=False)
    ref: str | None = Field(default=None, min_length=1, max_length=2000)
    sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _content_or_ref(self) -> Self:
        if (self.content is None) == (self.ref is None):
            raise ValueError("takes exactly one of content and ref")
        return self

    def decoded(self) -> bytes:
        """Return the bytes of the file; raises ValueError when it is given by reference."""
        if self.content is None:
            raise ValueError("the file is given by reference")
        return self.content


class Expectation(Incoming):
    """What the requester believes the file says; checked before anything is sent."""

    supplier_siret: Siret | None = None
    invoice_number: Text | None = None
    total_including_tax: Amount | None = None
    currency: Currency | None = None


class InvoiceDepositRequested(Incoming):
    """Deposit an invoice file at Chorus Pro and follow it to its end."""

    file: InvoiceFile
    format: Annotated[Literal["ubl", "cii", "factur-x", "archive"], LOWER] | None = Field(
        default=None, description="Recognised from the file when absent."
    )
    expect: Expectation | None = None


class InvoiceCheckRequested(InvoiceDepositRequested):
    """Tell what a deposit of this file would meet before it is sent; nothing is sent."""


class InvoiceStatusRequested(Incoming):
    """Tell the status of an invoice, named by its Chorus Pro id or by its number."""

    chorus_pro_id: int | None = Field(default=None, gt=0, lt=2**63)
    invoice_number: Text | None = None
    supplier_siret: Siret | None = Field(default=None, description="Narrows the search by number to one supplier.")
    role: InvoiceRole = Field(default="supplier", description="As whom the account looks at it.")

    @model_validator(mode="after")
    def _id_or_number(self) -> Self:
        if self.chorus_pro_id is None and self.invoice_number is None:
            raise ValueError("takes chorus_pro_id or invoice_number")
        return self

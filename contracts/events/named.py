"""How requests name an invoice that is at the State already."""

from typing import Self

from pydantic import Field, model_validator

from contracts.base import Incoming, Siret, Text


class InvoiceNamed(Incoming):
    """An invoice of the supplier's, by the id Chorus Pro gave it or by its number."""

    chorus_pro_id: int | None = Field(default=None, gt=0, lt=2**63)
    invoice_number: Text | None = None
    supplier_siret: Siret | None = Field(default=None, description="Goes with invoice_number.")

    @model_validator(mode="after")
    def _id_or_number(self) -> Self:
        if self.chorus_pro_id is None and (self.invoice_number is None or self.supplier_siret is None):
            raise ValueError("takes chorus_pro_id, or invoice_number with supplier_siret")
        return self


class NamedInvoice(InvoiceNamed):
    """An invoice, named by its Chorus Pro id, or by its number and its supplier."""

    supplier_siret: Siret | None = Field(default=None, description="Mandatory when the invoice is named by its number.")
    recipient_siret: Siret | None = Field(default=None, description="Narrows the search by number to one recipient.")

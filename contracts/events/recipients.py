"""What may be asked about those who receive invoices: who they are and what they demand."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.base import Incoming, Siret, Text


class RecipientLookupRequested(Incoming):
    """Tell whether a public body is there and active, what it demands of invoices, and its services."""

    siret: Siret | None = None
    name: Text | None = Field(default=None, description="A part of the name, when the SIRET is not known.")
    postcode: Annotated[str, Field(pattern=r"^[0-9A-Za-z -]{2,10}$")] | None = Field(
        default=None, description="Narrows the search by name."
    )
    service_code: Annotated[Text, Field(max_length=100)] | None = Field(
        default=None, description="Tell about this service alone, active or not."
    )

    @model_validator(mode="after")
    def _siret_or_name(self) -> Self:
        if (self.siret is None) == (self.name is None):
            raise ValueError("takes exactly one of siret and name")
        return self

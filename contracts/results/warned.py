"""What was odd about a request, and let pass."""

from typing import Annotated

from pydantic import Field

from contracts.base import Outgoing
from contracts.results.findings import is_empty


class FieldWarning(Outgoing):
    """A field of the request that cannot be right; the State may take it all the same."""

    field: str = Field(description="Its path in the data of the request, such as buyer.id.")
    message: str


class Warned(Outgoing):
    """A result that tells what was odd about its request."""

    warnings: Annotated[tuple[FieldWarning, ...], Field(exclude_if=is_empty)] = Field(
        default=(), description="Identifiers of the request that cannot be right, and were sent as they are."
    )

    optional_fields = frozenset({"warnings"})

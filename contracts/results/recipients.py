"""What the relay answers about those who receive invoices."""

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.base import Outgoing
from contracts.results.common import Refused


class RecipientService(Outgoing):
    """One service of a recipient, to be named on an invoice by its code."""

    code: str
    label: str | None = None
    active: bool
    valid_from: date | None = None
    valid_until: date | None = None
    demands_commitment_number: bool | None = Field(default=None, description="Null when it was not asked for.")


class RecipientFound(Outgoing):
    """One public body, what it demands, and its active services."""

    siret: str
    name: str | None = None
    chorus_pro_id: int | None = None
    active: bool
    public: bool | None = None
    demands: Literal["nothing", "service_code", "commitment_number", "both", "either"] | None = Field(
        default=None, description="What must stand on an invoice; null when it was not asked for."
    )
    reports_payments: bool | None = Field(
        default=None, description="Whether the payment of an invoice will show in its status."
    )
    services: tuple[RecipientService, ...] = ()


class RecipientLookupReported(Outgoing):
    """What Chorus Pro's directory says of a recipient."""

    exists: bool
    total: int
    complete: bool = Field(description="Whether everything was asked for; else ask by siret, or by service_code.")
    recipients: tuple[RecipientFound, ...] = ()


class RecipientLookupRefused(Refused):
    """The State does not tell about this recipient."""

    siret: str | None = None

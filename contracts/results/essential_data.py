"""What the relay answers about the essential data of contracts and concessions."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Amount, Outgoing, is_none
from contracts.results.common import ADOPTED, Refused
from contracts.results.findings import is_empty
from contracts.results.warned import Warned

Kind = Literal["contract", "concession"]


class OperatorListed(Outgoing):
    """Who holds a contract, as the State shows it."""

    id: str
    scheme: str | None = None
    name: str | None = None


class PlaceListed(Outgoing):
    """Where most of it is done, as the State shows it."""

    code: str | None = None
    code_type: str | None = None
    name: str | None = None


class ModificationListed(Outgoing):
    """A change agreed on after the contract, as the State shows it."""

    number: int | None = None
    notified_on: date | None = None
    signed_on: date | None = None
    published_on: date | None = None
    duration_months: int | None = None
    amount: Amount | None = None
    total_value: Amount | None = None
    holders: tuple[OperatorListed, ...] = ()


class TariffListed(Outgoing):
    """What users of a concession pay, as the State shows it."""

    name: str | None = None
    amount: Amount | None = None


class ExecutionYearListed(Outgoing):
    """A year of a concession, as the State shows it."""

    published_on: date | None = None
    investment: Amount | None = None
    tariffs: tuple[TariffListed, ...] = ()


class EssentialDataListed(Outgoing):
    """The essential data of one contract or concession, in one version; null or empty where the State does not tell."""

    reference: str | None = None
    kind: Kind | None = None
    id: str | None = None
    buyer_id: str | None = Field(default=None, description="The buyer, or the conceding authority.")
    buyer_name: str | None = None
    consultation_id: str | None = None
    consultation_reference: str | None = None
    lot_number: str | None = None
    object: str | None = None
    nature: str | None = None
    procedure: str | None = None
    techniques: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    framework_agreement_id: str | None = None
    cpv: str | None = None
    place: PlaceListed | None = None
    duration_months: int | None = None
    published_on: date | None = None
    notified_on: date | None = None
    signed_on: date | None = None
    execution_starts_on: date | None = None
    amount: Amount | None = None
    total_value: Amount | None = None
    public_subsidies: Amount | None = None
    price_form: str | None = None
    price_types: tuple[str, ...] = ()
    holders: tuple[OperatorListed, ...] = Field(default=(), description="The holders, or the concessionaires.")
    grouping: str | None = None
    ccag: str | None = None
    offers_received: int | None = None
    innovative: bool | None = None
    advance_granted: bool | None = None
    advance_rate: Amount | None = None
    eu_origin: Amount | None = None
    france_origin: Amount | None = None
    subcontracting_declared: bool | None = None
    social_considerations: tuple[str, ...] = ()
    environmental_considerations: tuple[str, ...] = ()
    modifications: tuple[ModificationListed, ...] = ()
    execution: tuple[ExecutionYearListed, ...] = ()


class LabelFinding(Outgoing):
    """A value that is in none of the schema's lists for its field."""

    field: str = Field(description="Where it stands, such as data.contract.procedure.")
    value: str = Field(description="What stands there, shortened.")
    allowed: tuple[str, ...] = Field(description="What may stand there, the nearest first; ten at most.")
    message: str


LabelFindings = Annotated[tuple[LabelFinding, ...], Field(exclude_if=is_empty)]


class EssentialDataSide(Outgoing):
    """What one of two says under the same buyer and id."""

    reference: str | None = None
    object: str | None = None
    amount: Amount | None = Field(default=None, description="The amount, or the total value of a concession.")
    agreed_on: date | None = Field(default=None, description="Notified, or of a concession signed.")
    holder_ids: tuple[str, ...] = ()


class EssentialDataConflict(Outgoing):
    """What was to be published beside what is published under this id."""

    sent: EssentialDataSide
    found: EssentialDataSide


class TenderEssentialDataPublicationDone(Warned):
    """The State holds the essential data; it publishes them when it does."""

    reference: str | None = Field(default=None, description="What an update names; null when the State did not tell.")
    kind: Kind
    id: str
    buyer_id: str
    consultation_id: str | None = None
    lot_number: str | None = None
    adopted: bool = Field(default=False, description=ADOPTED)
    notices: tuple[str, ...] = Field(default=(), description="What the State said besides, in its words.")


class TenderEssentialDataPublicationRefused(Refused, Warned):
    """The essential data were not taken; `reference` names those in their way, when known."""

    id: str
    buyer_id: str
    consultation_id: str | None = None
    reference: Annotated[str | None, Field(exclude_if=is_none)] = None
    conflict: Annotated[EssentialDataConflict | None, Field(exclude_if=is_none)] = None
    findings: LabelFindings = ()

    optional_fields = frozenset({"reference", "conflict", "findings"})


class TenderEssentialDataUpdateDone(Warned):
    """The State took the update."""

    reference: str
    changed: bool | None = Field(default=None, description="Whether the data were changed; null when it does not say.")
    adopted: bool = Field(default=False, description=ADOPTED)
    notices: tuple[str, ...] = Field(default=(), description="What the State said besides, in its words.")


class TenderEssentialDataUpdateRefused(Refused, Warned):
    """The State did not take the update."""

    reference: str
    findings: LabelFindings = ()

    optional_fields = frozenset({"findings"})


class TenderEssentialDataSearchPage(Outgoing):
    """A part of what a search found, each version of the data a row of its own."""

    page: int = Field(ge=1)
    essential_data: tuple[EssentialDataListed, ...]


class PublicationDays(Outgoing):
    """Days of publication, the first and the last included; null where no days were asked for."""

    published_from: date | None = None
    published_until: date | None = None


class TenderEssentialDataSearchReported(Outgoing):
    """How much a search found; the rows are on its pages."""

    total: int = Field(ge=0, description="Rows on all pages.")
    pages: int = Field(ge=0, description="How many tender.essential_data.search.page results belong to it.")
    complete: bool = Field(description="False when there may be more than is told.")
    incomplete: tuple[PublicationDays, ...] = Field(default=(), description="The days that were not read to their end.")
    narrowed: tuple[PublicationDays, ...] = Field(
        default=(),
        description="Days so full that they were divided by natures and procedures: rows whose labels are in no list of"
        " the national schema may be missing there.",
    )


class TenderEssentialDataSearchRefused(Refused):
    """The State did not carry out the search."""

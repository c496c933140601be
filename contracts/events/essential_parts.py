"""What essential data are made of: the national schema (version 2) in our words, its labels as they are in French."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from contracts.base import Amount, Cpv, Incoming, Text, Title, at_most, one_line

_MOST = 100
_MOST_FURTHER = 100
_SIRET_LENGTH = 14


def _few(further: Mapping[str, Any]) -> Mapping[str, Any]:  # Any: JSON that is passed on as it is
    if len(further) > _MOST_FURTHER:
        raise ValueError(f"has {len(further)} fields, at most {_MOST_FURTHER} are taken")
    return further


ContractId = Annotated[str, Field(min_length=1, max_length=16), AfterValidator(one_line)]
Label = Annotated[str, Field(min_length=1, max_length=255)]
"""A word of one of the schema's closed lists; the mapping holds them."""
Labels = Annotated[tuple[Label, ...], at_most(_MOST)]
# Up to fifteen digits are the same whether a program reads them as a decimal or as a floating-point number.
Money = Annotated[Amount, Field(ge=0, max_digits=15)]
Share = Annotated[Amount, Field(ge=0, le=1, max_digits=15)]
Months = Annotated[int, Field(ge=1, le=9_999)]
Number = Annotated[int, Field(ge=1, le=999_999)]
Further = Annotated[
    dict[str, Any],  # Any: JSON that is passed on as it is
    AfterValidator(_few),
    Field(default_factory=dict, repr=False, description="Fields of the schema without a word here, passed on as is."),
]


class EconomicOperator(Incoming):
    """Who holds a contract, or works under it."""

    id: Annotated[Text, Field(max_length=50)]
    scheme: Label = Field(default="SIRET", description="SIRET, TVA, TAHITI, RIDET, FRWF, IREP or HORS-UE.")

    @model_validator(mode="after")
    def _siret_has_fourteen_digits(self) -> Self:
        is_siret = self.id.isascii() and self.id.isdecimal() and len(self.id) == _SIRET_LENGTH
        if self.scheme.upper() == "SIRET" and not is_siret:
            raise ValueError("a SIRET has 14 digits")
        return self


Operators = Annotated[tuple[EconomicOperator, ...], at_most(_MOST)]


class PlaceOfExecution(Incoming):
    """Where most of it is done."""

    code: Annotated[Text, Field(max_length=50)]
    code_type: Label = Field(description="Code postal, Code commune, Code département, ….")


class Contract(Incoming):
    """A public contract, one lot of it where there are several."""

    id: ContractId = Field(description="The buyer's own number of the contract.")
    object: Title
    nature: Label
    procedure: Label
    notified_on: date
    techniques: Labels = ()
    modalities: Labels = ()
    framework_agreement_id: ContractId | None = None
    cpv: Cpv | None = None
    place: PlaceOfExecution | None = None
    duration_months: Months | None = None
    amount: Money | None = Field(default=None, description="Before tax, in euros.")
    price_form: Label | None = None
    price_types: Labels = ()
    holders: Operators = ()
    grouping: Label | None = None
    ccag: Label | None = None
    offers_received: Annotated[int, Field(ge=0, le=999_999)] | None = None
    innovative: bool | None = None
    advance_granted: bool | None = None
    advance_rate: Share | None = None
    eu_origin: Share | None = Field(default=None, description="Share of products from the European Union, 0 to 1.")
    france_origin: Share | None = None
    subcontracting_declared: bool | None = None
    social_considerations: Labels = ()
    environmental_considerations: Labels = ()
    further: Further


class Concession(Incoming):
    """A concession contract."""

    id: ContractId = Field(description="The conceding authority's own number of the contract.")
    object: Title
    nature: Label
    procedure: Label
    signed_on: date
    execution_starts_on: date | None = None
    duration_months: Months | None = None
    total_value: Money | None = Field(default=None, description="Before tax, in euros.")
    public_subsidies: Money | None = None
    concessionaires: Operators = ()
    social_considerations: Labels = ()
    environmental_considerations: Labels = ()
    further: Further


class Modification(Incoming):
    """A change agreed on after the contract: of a contract notified, of a concession signed."""

    number: Number
    notified_on: date | None = Field(default=None, description="Of a contract.")
    signed_on: date | None = Field(default=None, description="Of a concession.")
    duration_months: Months | None = None
    amount: Money | None = Field(default=None, description="Of a contract.")
    total_value: Money | None = Field(default=None, description="Of a concession.")
    holders: Operators = Field(default=(), description="Of a contract.")
    further: Further


class Subcontract(Incoming):
    """A sub-contract that the buyer accepted."""

    number: Number
    contractor: EconomicOperator
    notified_on: date
    duration_months: Months | None = None
    amount: Money | None = None
    price_variation: Label | None = None
    further: Further


class SubcontractChange(Incoming):
    """A change of a sub-contract, named by its number."""

    number: Number
    notified_on: date
    duration_months: Months | None = None
    amount: Money | None = None
    further: Further


class Tariff(Incoming):
    """What users of a concession pay."""

    name: Annotated[Text, Field(max_length=256)]
    amount: Money


class ExecutionYear(Incoming):
    """A year of a concession: what was spent on investments, and the main tariffs."""

    published_on: date | None = None
    investment: Money | None = None
    tariffs: Annotated[tuple[Tariff, ...], at_most(_MOST)] = ()
    further: Further

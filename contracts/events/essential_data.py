"""What may be asked about essential data: publish those of a contract or a concession, add to them, find them."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts.base import LOWER, Cpv, Incoming, Siret, Text, at_most
from contracts.events.essential_parts import (
    Concession,
    Contract,
    ContractId,
    ExecutionYear,
    Further,
    Modification,
    Subcontract,
    SubcontractChange,
)
from contracts.events.tenders import Buyer

LARGEST_ESSENTIAL_SEARCH = 10_000
"""Rows one search reports at most."""
_MOST = 100

EssentialKind = Annotated[Literal["contract", "concession"], LOWER]
EssentialReference = Annotated[Text, Field(max_length=50)]
"""AIFEDUME- and eight characters, as far as is known; taken as it is."""


def _check_siret(buyer: Buyer) -> None:
    if buyer.scheme != "siret":
        raise ValueError("buyer: essential data name a buyer or conceding authority by its SIRET")


class AwardedConsultation(Incoming):
    """The call for tenders that a contract came from."""

    id: Text
    reference: Text | None = None
    lot_number: Text | None = None


class TenderEssentialDataPublicationRequested(Incoming):
    """Hand in the essential data of a contract, or of a concession, for publication."""

    buyer: Buyer = Field(description="The buyer, or the conceding authority of a concession.")
    consultation: AwardedConsultation | None = None
    contract: Contract | None = None
    concession: Concession | None = None

    @property
    def kind(self) -> Literal["contract", "concession"]:
        """Which of the two it is about."""
        return "contract" if self.contract is not None else "concession"

    @property
    def subject(self) -> Contract | Concession:
        """The contract or the concession."""
        found = self.contract or self.concession
        if found is None:
            raise ValueError("neither contract nor concession")
        return found

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.contract is None) == (self.concession is None):
            raise ValueError("takes exactly one of contract and concession")
        _check_siret(self.buyer)
        return self


class TenderEssentialDataUpdateRequested(Incoming):
    """Correct essential data that are not published yet, or add what happened since."""

    reference: EssentialReference
    kind: EssentialKind | None = Field(default=None, description="Told by contract or concession where one is given.")
    buyer: Buyer | None = Field(default=None, description="The requester of the account asks unless given.")
    contract: Contract | None = Field(default=None, description="The data anew, while they are not published.")
    concession: Concession | None = Field(default=None, description="The data anew, while they are not published.")
    modifications: Annotated[tuple[Modification, ...], at_most(_MOST)] = ()
    subcontracts: Annotated[tuple[Subcontract, ...], at_most(_MOST)] = Field(default=(), description="Contracts only.")
    subcontract_changes: Annotated[tuple[SubcontractChange, ...], at_most(_MOST)] = Field(
        default=(), description="Contracts only."
    )
    execution: Annotated[tuple[ExecutionYear, ...], at_most(_MOST)] = Field(
        default=(), description="Concessions only: what was spent and asked for, year by year."
    )
    further: Further

    @property
    def told_kind(self) -> Literal["contract", "concession"] | None:
        """Which of the two it is about, as far as the request says."""
        if self.contract is not None or self.subcontracts or self.subcontract_changes:
            return "contract"
        return "concession" if self.concession is not None or self.execution else self.kind

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        of_contract = self.contract or self.subcontracts or self.subcontract_changes
        of_concession = self.concession or self.execution
        if not (of_contract or of_concession or self.modifications or self.further):
            raise ValueError(
                "says nothing to change: takes contract, concession, modifications, subcontracts,"
                " subcontract_changes, execution, further"
            )
        if of_contract and of_concession:
            raise ValueError("speaks of a contract and of a concession at once")
        if self.kind is not None and self.kind != self.told_kind:
            raise ValueError(f"is of kind {self.kind} and speaks of a {self.told_kind}")
        if self.buyer is not None:
            _check_siret(self.buyer)
        return self


class TenderEssentialDataSearchRequested(Incoming):
    """Find published essential data; every criterion must fit."""

    version: Literal[1, 2] = Field(default=2, description="1 asks the State's older operation, which takes days alone.")
    reference: EssentialReference | None = None
    id: ContractId | None = None
    kind: EssentialKind | None = None
    published_from: date | None = None
    published_until: date | None = None
    nature: Text | None = None
    procedure: Text | None = None
    cpv: Cpv | None = None
    buyer_id: Siret | None = Field(default=None, description="The buyer, or the conceding authority.")
    holder_id: Annotated[Text, Field(max_length=50)] | None = Field(
        default=None, description="One of the holders, or of the concessionaires."
    )
    limit: int = Field(default=LARGEST_ESSENTIAL_SEARCH, ge=1, le=LARGEST_ESSENTIAL_SEARCH)

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        days = (self.published_from, self.published_until)
        is_named = self.version == 2 and (self.reference is not None or self.id is not None)  # noqa: PLR2004 - version
        if None in days and not (is_named and days == (None, None)):
            raise ValueError("takes published_from and published_until; version 2 goes without them by reference or id")
        if self.published_from and self.published_until and self.published_from > self.published_until:
            raise ValueError("published_from is beyond published_until")
        return self

"""What may be asked about tenders: make, change, validate the DUME of a buyer, and find DUMEs."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from contracts.base import LOWER, Cpv, DumeId, Incoming, Text, Title, at_most

_LENGTHS = {"siret": (14, 14), "vat": (1, 18), "non_eu": (3, 18), "ridet": (9, 10), "tahiti": (9, 9)}


class Lot(Incoming):
    """One lot of a consultation."""

    number: Text
    title: Title | None = None


def _each_once(lots: tuple[Lot, ...]) -> tuple[Lot, ...]:
    """The lots; raises ValueError when two have one number."""
    if len({lot.number for lot in lots}) < len(lots):
        raise ValueError("names a lot more than once")
    return lots


class Consultation(Incoming):
    """A call for tenders as the buyer's platform knows it; only its id is mandatory."""

    id: Text
    reference: Text | None = Field(default=None, description="The one people know it by.")
    revision: int | None = Field(default=None, ge=0, lt=2**63, description="Counts in facts alone.")
    title: Title | None = None
    procedure: Text | None = Field(default=None, description="Its French label, such as Procédure adaptée.")
    contract_type: Annotated[Literal["works", "supplies", "services"], LOWER] | None = None
    cpv: Annotated[tuple[Cpv, ...], at_most(100)] = Field(default=(), max_length=100)
    bids_due: AwareDatetime | None = None
    lots: Annotated[tuple[Lot, ...], at_most(1000), AfterValidator(_each_once)] = Field(
        default=(), max_length=1000, description="Each once; none stand for all of it."
    )


class Buyer(Incoming):
    """The public body in whose name the request is made."""

    id: Text
    scheme: Annotated[Literal["siret", "vat", "non_eu", "ridet", "tahiti"], LOWER] = Field(
        default="siret", description="What id is; non_eu is country and name."
    )
    name: Annotated[Text, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _length_fits_scheme(self) -> Self:
        shortest, longest = _LENGTHS[self.scheme]
        if self.scheme == "siret" and not (self.id.isascii() and self.id.isdecimal() and len(self.id) == shortest):
            raise ValueError("a SIRET has 14 digits")
        if not shortest <= len(self.id) <= longest:
            raise ValueError(f"an identifier of the scheme {self.scheme} has {shortest} to {longest} characters")
        return self


class Bidder(Buyer):
    """The company that bids."""


class TenderDumeSimplifiedRequested(Incoming):
    """Create the simplified DUME of a consultation."""

    consultation: Consultation
    buyer: Buyer | None = Field(default=None, description="The requester of the account is the buyer unless given.")


class TenderDumeDraftRequested(Incoming):
    """Save a draft DUME: from the model, from an earlier DUME, or over an existing draft."""

    consultation: Consultation
    buyer: Buyer | None = None
    from_dume_id: DumeId | None = Field(default=None, description="Start from the document of this DUME.")
    dume_id: DumeId | None = Field(default=None, description="Change this draft in place of creating one.")

    @model_validator(mode="after")
    def _one_starting_point(self) -> Self:
        if self.from_dume_id is not None and self.dume_id is not None:
            raise ValueError("takes at most one of from_dume_id and dume_id")
        return self


class TenderDumeValidationRequested(Incoming):
    """Validate a draft DUME; the relay reads the state back."""

    dume_id: DumeId
    consultation: Consultation | None = None
    consultation_id: Text | None = None
    buyer: Buyer | None = None

    @property
    def consultation_key(self) -> str | None:
        """The id of the consultation, whichever way it was given."""
        return consultation_key(self.consultation, self.consultation_id)


class TenderDumeSearchRequested(Incoming):
    """Find the DUMEs of buyers, or those of bidders: by consultation, by buyer or bidder, or by both."""

    of: Annotated[Literal["buyer", "bidder"], LOWER] = Field(default="buyer", description="Whose DUMEs are meant.")
    consultation_id: Text | None = None
    consultation: Consultation | None = None
    buyer: Buyer | None = None
    bidder: Bidder | None = None
    lot_number: Text | None = None

    @model_validator(mode="after")
    def _something_to_search(self) -> Self:
        if self.of == "buyer" and self.bidder is not None:
            raise ValueError("takes bidder only with of bidder")
        if self.of == "bidder" and self.buyer is not None:
            raise ValueError("takes no buyer with of bidder")
        if self.consultation_key is None and self.buyer is None and self.bidder is None:
            raise ValueError(f"takes consultation_id, consultation or {self.of}")
        return self

    @property
    def consultation_key(self) -> str | None:
        """The id of the consultation, whichever way it was given."""
        return consultation_key(self.consultation, self.consultation_id)


def consultation_key(consultation: Consultation | None, consultation_id: str | None) -> str | None:
    """The id of a consultation, whichever way it was given."""
    return consultation_id or (consultation.id if consultation else None)

"""What may be asked about bids: merge, save and create the DUME of a bidder, and what is known of a company."""

from typing import Self

from pydantic import Field, model_validator

from contracts.base import Base64, DumeId, Incoming, Siret
from contracts.events.tenders import Bidder, Consultation

_UNPUBLISHED = "Whether data that the company does not publish is asked for too."


class TenderBidMergeRequested(Incoming):
    """Make the DUME of a bidder out of that of a buyer, and company data or an earlier DUME of the bidder."""

    buyer_dume_id: DumeId | None = None
    buyer_document: Base64 | None = Field(default=None, repr=False, description="The XML in place of the identifier.")
    bidder: Bidder | None = Field(default=None, description="Whose company data is merged, unless a DUME of it is.")
    unpublished_data: bool = Field(default=False, description=_UNPUBLISHED)
    bid_dume_id: DumeId | None = Field(default=None, description="An earlier DUME of the bidder to merge.")
    bid_document: Base64 | None = Field(default=None, repr=False, description="The XML in place of the identifier.")

    @property
    def has_bid(self) -> bool:
        """Whether an earlier DUME of the bidder is merged, rather than company data."""
        return self.bid_dume_id is not None or self.bid_document is not None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.buyer_dume_id is None) == (self.buyer_document is None):
            raise ValueError("takes exactly one of buyer_dume_id and buyer_document")
        if self.bid_dume_id is not None and self.bid_document is not None:
            raise ValueError("takes at most one of bid_dume_id and bid_document")
        if self.bidder is None and not self.has_bid:
            raise ValueError("takes bidder, bid_dume_id or bid_document")
        return self


class TenderBidSaveRequested(Incoming):
    """Save the DUME of a bidder: a new one, or over the one that is named."""

    document: Base64 = Field(repr=False, description="The XML, which is passed on as it is.")
    consultation: Consultation = Field(description="Its lots are those the bid is for; none for a bid on all of it.")
    bidder: Bidder
    dume_id: DumeId | None = Field(default=None, description="Save over this DUME in place of making one.")


class TenderBidCreationRequested(Incoming):
    """Create the DUME of a bidder out of what is known of the company; every request makes one."""

    bidder: Bidder
    unpublished_data: bool = Field(default=False, description=_UNPUBLISHED)


class TenderCompanyLookupRequested(Incoming):
    """Tell what is known of a company."""

    siret: Siret
    unpublished_data: bool = Field(default=False, description=_UNPUBLISHED)

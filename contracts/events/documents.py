"""What may be asked about documents of DUMEs: one in a form, or those of bids with all that belongs to them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts.base import LOWER, Base64, DumeId, Incoming, at_most
from contracts.events.tenders import Buyer

MOST_BIDS = 100
"""Bids of one request; the size of a result bounds them long before."""


class TenderDumeDocumentRequested(Incoming):
    """Hand over the document of a DUME, or those of bids with their certificates and attachments."""

    of: Annotated[Literal["buyer", "bidder"], LOWER] = Field(default="buyer", description="Whose DUME it is.")
    format: Annotated[Literal["pdf", "xml", "html", "none"], LOWER] = Field(
        default="pdf", description="none: what the State says of it, without the document. Not for bid_dume_ids."
    )
    dume_id: DumeId | None = None
    xml: Base64 | None = Field(default=None, repr=False, description="A document to be shown in another format.")
    bid_dume_ids: Annotated[tuple[DumeId, ...], at_most(MOST_BIDS)] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_BIDS,
        description="Bids to be analysed: their DUMEs, certificates and attachments.",
    )
    requester: Buyer | None = Field(default=None, description="Who asks; the requester of the account unless given.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        given = [name for name in ("dume_id", "xml", "bid_dume_ids") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("takes exactly one of dume_id, xml and bid_dume_ids")
        if self.bid_dume_ids is not None and "format" in self.model_fields_set:
            raise ValueError("takes no format with bid_dume_ids: the State gives them as they are")
        if self.bid_dume_ids is not None and "of" in self.model_fields_set and self.of != "bidder":
            raise ValueError("takes bid_dume_ids only of a bidder")
        return self

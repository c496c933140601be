"""What may be asked about a DUME that is there already: replace it, delete it, tell its metadata anew."""

from pydantic import Field

from contracts.base import DumeId, Incoming, Text
from contracts.events.tenders import Buyer, Consultation, consultation_key


class TenderDumeReplacementRequested(Incoming):
    """Put a new DUME, validated at once, in the place of one that is validated or published."""

    dume_id: DumeId = Field(description="The DUME to replace; the new one starts from its document.")
    consultation: Consultation = Field(description="What the new one is for; without lots, those of the one replaced.")
    buyer: Buyer | None = None


class TenderDumeDeletionRequested(Incoming):
    """Delete a DUME, so that another one may serve the same consultation, lots and buyer."""

    dume_id: DumeId
    consultation: Consultation | None = None
    consultation_id: Text | None = None
    buyer: Buyer | None = None

    @property
    def consultation_key(self) -> str | None:
        """The id of the consultation, whichever way it was given."""
        return consultation_key(self.consultation, self.consultation_id)


class TenderDumeMetadataRequested(Incoming):
    """Tell the metadata of a buyer's or a bidder's DUME anew, its document untouched; the last request counts."""

    dume_id: DumeId
    consultation: Consultation = Field(description="What is to be told; what is left out stays as it is.")
    buyer: Buyer | None = None

"""Facts about a consultation that a buyer profile tells: the relay brings its DUME to the state they call for."""

from typing import Annotated

from pydantic import Field

from contracts.base import DumeId, Incoming, Text
from contracts.events.tenders import Buyer, Consultation

Revision = Annotated[int, Field(ge=0, lt=2**63, description="Grows with every fact about the consultation.")]


class RevisedConsultation(Consultation):
    """A consultation as it stands at one revision."""

    revision: Revision


class CancelledConsultation(Incoming):
    """A consultation that is no more; its id and the revision are enough."""

    id: Text
    revision: Revision


class TenderFact(Incoming):
    """What every fact about a living consultation tells: the whole of it, not what changed."""

    consultation: RevisedConsultation
    buyer: Buyer | None = Field(default=None, description="The requester of the account is the buyer unless given.")
    simplified: bool = Field(
        default=False, description="Whether its DUME is the simplified one; counts while there is none."
    )
    dume_id: DumeId | None = Field(default=None, description="Its DUME, where the buyer profile knows it.")


class TenderCreated(TenderFact):
    """A consultation is being prepared: it needs a draft DUME."""


class TenderUpdated(TenderFact):
    """Something about a consultation changed: its DUME follows."""


class TenderPublished(TenderFact):
    """A consultation was published: bidders need its DUME validated."""


class TenderCancelled(Incoming):
    """A consultation was cancelled: its DUME is deleted."""

    consultation: CancelledConsultation
    buyer: Buyer | None = None
    dume_id: DumeId | None = None
    reason: Text | None = Field(default=None, description="Why, in the buyer's words; DUME does not take it.")

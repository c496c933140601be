"""What the relay answers about the DUME of a tender."""

from typing import Annotated

from pydantic import Field

from contracts.base import Outgoing, is_none
from contracts.results.common import ADOPTED, STATE_CODE, Refused
from contracts.results.warned import Warned
from contracts.words import DumeState


class DumeDone(Warned):
    """The State holds the DUME, in this state as far as it says."""

    dume_id: str
    consultation_id: str | None = None
    state: DumeState
    state_code: str | None = Field(default=None, description=STATE_CODE)
    usable_by_bidders: bool | None = Field(default=None, description="Null when the State does not say.")
    adopted: bool = Field(default=False, description=ADOPTED)


class DumeRefused(Refused, Warned):
    """The State did not take the DUME."""

    consultation_id: str | None = None
    dume_id: Annotated[str | None, Field(exclude_if=is_none)] = None

    optional_fields = frozenset({"dume_id"})


class TenderDumeSimplifiedDone(DumeDone):
    """The simplified DUME exists."""


class TenderDumeSimplifiedRefused(DumeRefused):
    """The State did not take the simplified DUME; `dume_id` names the one in its way, when known."""


class TenderDumeDraftDone(DumeDone):
    """The draft is saved."""


class TenderDumeDraftRefused(DumeRefused):
    """The State did not save the draft; `dume_id` names the DUME concerned, when known."""


class TenderDumeValidationDone(DumeDone):
    """The DUME is validated, and was read back in that state."""


class TenderDumeValidationRefused(DumeRefused):
    """The State did not validate the DUME."""


class DumeFound(Outgoing):
    """One DUME the State knows."""

    dume_id: str
    state: DumeState = Field(description="unknown where the State shows none, as of DUMEs of bidders.")
    state_code: str | None = Field(default=None, description=STATE_CODE)
    consultation_id: str | None = None
    lot_number: Annotated[str | None, Field(exclude_if=is_none, description="One row for each lot.")] = None

    optional_fields = frozenset({"lot_number"})


class TenderDumeSearchPage(Outgoing):
    """A part of what a search found, in the order the State gave."""

    page: int = Field(ge=1)
    dumes: tuple[DumeFound, ...]


class TenderDumeSearchReported(Outgoing):
    """Everything a search found; nothing found is an answer too."""

    total: int = Field(ge=0, description="Rows, of which a DUME has one for each lot.")
    dumes: tuple[DumeFound, ...]


class TenderDumeSearchRefused(Refused):
    """The State did not carry out the search."""

    consultation_id: str | None = None

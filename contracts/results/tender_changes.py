"""What the relay answers about a DUME that was replaced, deleted or described anew."""

from contracts.results.tenders import DumeDone, DumeRefused
from contracts.results.warned import Warned


class TenderDumeReplacementDone(DumeDone):
    """The new DUME exists in the place of the one it replaced: whoever stored that one's id stores `dume_id` now."""

    replaced_dume_id: str


class TenderDumeReplacementRefused(DumeRefused):
    """The State did not take the replacement; `dume_id` names the DUME in its way, or the one to be replaced."""


class TenderDumeDeletionDone(DumeDone):
    """The DUME is deleted; another may serve its consultation, lots and buyer."""


class TenderDumeDeletionRefused(DumeRefused):
    """The State did not delete the DUME."""


class TenderDumeMetadataDone(Warned):
    """The State has the metadata."""

    dume_id: str
    consultation_id: str


class TenderDumeMetadataRefused(DumeRefused):
    """The State did not take the metadata."""

"""What the relay did to bring the DUME of a consultation to the state that a fact calls for."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import is_none
from contracts.results.common import ADOPTED, STATE_CODE, Refused
from contracts.results.warned import Warned
from contracts.words import DumeState

SyncAction = Literal["created", "changed", "metadata_updated", "validated", "replaced", "deleted", "none"]


class TenderSyncDone(Warned):
    """DUME stands as the consultation does at `revision`, or at a later one that `superseded_by` names."""

    consultation_id: str
    revision: int = Field(description="That of the fact.")
    superseded_by: Annotated[
        int | None, Field(exclude_if=is_none, description="A later revision was there first, and stays.")
    ] = None
    action: SyncAction = Field(description="What was done in DUME because of this fact.")
    dume_id: str | None = Field(default=None, description="The DUME that serves the consultation; null when none does.")
    replaced_dume_id: Annotated[
        str | None, Field(exclude_if=is_none, description="The DUME whose place it took: forget that id.")
    ] = None
    deleted_dume_ids: Annotated[
        tuple[str, ...], Field(exclude_if=lambda ids: not ids, description="Those a cancellation took away.")
    ] = ()
    state: DumeState | None = Field(default=None, description="Null when no DUME serves the consultation.")
    state_code: str | None = Field(default=None, description=STATE_CODE)
    usable_by_bidders: bool | None = Field(default=None, description="Null when the State does not say.")
    adopted: bool = Field(default=False, description=ADOPTED)

    optional_fields = frozenset({"superseded_by", "replaced_dume_id", "deleted_dume_ids"})


class TenderSyncRefused(Refused, Warned):
    """The State did not take what would have brought DUME along; nothing was done because of this fact.

    Only of several DUMEs of a cancelled consultation some may be deleted already: they are named.
    """

    consultation_id: str
    revision: int
    action: SyncAction = Field(description="What was tried.")
    dume_id: Annotated[str | None, Field(exclude_if=is_none)] = None
    deleted_dume_ids: Annotated[tuple[str, ...], Field(exclude_if=lambda ids: not ids)] = ()

    optional_fields = frozenset({"dume_id", "deleted_dume_ids"})

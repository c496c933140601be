"""Says how the work on a DUME ended, in the words of a buyer's product."""

from __future__ import annotations

from typing import Literal

from contracts.reasons import Reason
from contracts.results import (
    DumeFound,
    TenderDumeDraftDone,
    TenderDumeDraftRefused,
    TenderDumeSimplifiedDone,
    TenderDumeSimplifiedRefused,
    TenderDumeValidationDone,
    TenderDumeValidationRefused,
)
from contracts.words import DumeState
from service.core.draft import Draft
from service.handlers.base import Finished
from service.upstream import Refusal
from service.upstream.dume import FoundDume, state_of

Family = Literal["tender.dume.simplified", "tender.dume.draft", "tender.dume.validation"]

DONE = {
    "tender.dume.simplified": TenderDumeSimplifiedDone,
    "tender.dume.draft": TenderDumeDraftDone,
    "tender.dume.validation": TenderDumeValidationDone,
}
REFUSED = {
    "tender.dume.simplified": TenderDumeSimplifiedRefused,
    "tender.dume.draft": TenderDumeDraftRefused,
    "tender.dume.validation": TenderDumeValidationRefused,
}
USABLE = {
    DumeState.DRAFT: False,
    DumeState.VALIDATED: None,
    DumeState.PUBLISHED: True,
    DumeState.REPLACED: True,
    DumeState.DELETED: False,
    DumeState.UNKNOWN: None,
}
"""Whether a bidder can merge from it: only published and replaced are said to allow it; validated is not said."""


def done(
    family: Family, dume_id: str, consultation_id: str | None, state_code: str | None, key: str, *, adopted: bool
) -> Finished:
    """The DUME exists in this state."""
    state = DumeState(state_of(state_code))
    data = DONE[family](
        dume_id=dume_id,
        consultation_id=consultation_id,
        state=state,
        state_code=state_code,
        usable_by_bidders=USABLE[state],
        adopted=adopted,
    )
    return Finished(results=(Draft(type=f"{family}.done.v1", data=data),), reason="done", kept=(key,))


def refused(
    family: Family, refusal: Refusal, consultation_id: str | None, *, dume_id: str | None = None, reason: Reason
) -> Finished:
    """The State said no."""
    data = REFUSED[family](
        reason=reason,
        code=refusal.code,
        upstream_text=refusal.text,
        consultation_id=consultation_id,
        dume_id=dume_id,
    )
    return Finished(results=(Draft(type=f"{family}.refused.v1", data=data),), reason=reason)


def live(dumes: tuple[FoundDume, ...]) -> FoundDume | None:
    """The one that serves its consultation now: neither replaced nor deleted."""
    gone = {DumeState.REPLACED, DumeState.DELETED}
    return next((dume for dume in dumes if DumeState(state_of(dume.state_code)) not in gone), None)


def shown(dume: FoundDume) -> DumeFound:
    """A found DUME in the words of the contract."""
    return DumeFound(
        dume_id=dume.dume_id,
        state=DumeState(state_of(dume.state_code)),
        state_code=dume.state_code,
        consultation_id=dume.consultation_id,
        lot_number=dume.lot_number,
    )

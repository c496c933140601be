"""Says how the work on a DUME ended, in the words of a buyer's product."""

from __future__ import annotations

from collections.abc import Mapping
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
from service.core.question import Number, Screen
from service.handlers.base import Finished
from service.upstream import Refusal
from service.upstream.dume import Dume, FoundDume

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


def screen(deed: str, number: Number | None) -> Screen:
    """Where a person sees what became of it."""
    place = "your buyer profile, or Service DUME (dume.chorus-pro.gouv.fr): the DUME of this consultation and buyer"
    return Screen(deed=deed, place=place, number=number)


def answer(dume_id: str, state_code: str | None, dume: Dume, *, adopted: bool) -> dict[str, object]:
    """What the ledger keeps of a DUME that exists."""
    return {"dume_id": dume_id, "state_code": state_code, "state": dume.state_of(state_code), "adopted": adopted}


def done(
    family: Family, answer: Mapping[str, object], consultation_id: str | None, *, kept: tuple[str, ...] = ()
) -> Finished:
    """The DUME exists in the state its answer tells; `kept` are the natural keys it takes up."""
    state, state_code = DumeState(str(answer.get("state", "unknown"))), answer.get("state_code")
    data = DONE[family](
        dume_id=str(answer["dume_id"]),
        consultation_id=consultation_id,
        state=state,
        state_code=str(state_code) if state_code is not None else None,
        usable_by_bidders=USABLE[state],
        adopted=bool(answer.get("adopted")),
    )
    return Finished(results=(Draft(type=f"{family}.done.v1", data=data),), reason="done", kept=kept)


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


def live(dumes: tuple[FoundDume, ...], dume: Dume) -> FoundDume | None:
    """The one that serves its consultation now: neither replaced nor deleted."""
    gone = {DumeState.REPLACED, DumeState.DELETED}
    return next((found for found in dumes if DumeState(dume.state_of(found.state_code)) not in gone), None)


def shown(found: FoundDume, dume: Dume) -> DumeFound:
    """A found DUME in the words of the contract."""
    return DumeFound(
        dume_id=found.dume_id,
        state=DumeState(dume.state_of(found.state_code)),
        state_code=found.state_code,
        consultation_id=found.consultation_id,
        lot_number=found.lot_number,
    )

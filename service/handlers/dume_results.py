"""Says how the work on a DUME ended, in the words of a buyer's product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from contracts.reasons import Reason
from contracts.results import (
    DumeFound,
    TenderDumeDeletionDone,
    TenderDumeDeletionRefused,
    TenderDumeDraftDone,
    TenderDumeDraftRefused,
    TenderDumeMetadataDone,
    TenderDumeMetadataRefused,
    TenderDumeReplacementDone,
    TenderDumeReplacementRefused,
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

Made = Literal[
    "tender.dume.simplified",
    "tender.dume.draft",
    "tender.dume.validation",
    "tender.dume.replacement",
    "tender.dume.deletion",
]
"""The kinds of request that end with a DUME in a state."""

Family = Made | Literal["tender.dume.metadata"]

REPLACED_DUME = "replaced_dume_id"
"""Part of the answer of a replacement: the DUME whose place the new one took."""

DONE = {
    "tender.dume.simplified": TenderDumeSimplifiedDone,
    "tender.dume.draft": TenderDumeDraftDone,
    "tender.dume.validation": TenderDumeValidationDone,
    "tender.dume.replacement": TenderDumeReplacementDone,
    "tender.dume.deletion": TenderDumeDeletionDone,
}
REFUSED = {
    "tender.dume.simplified": TenderDumeSimplifiedRefused,
    "tender.dume.draft": TenderDumeDraftRefused,
    "tender.dume.validation": TenderDumeValidationRefused,
    "tender.dume.replacement": TenderDumeReplacementRefused,
    "tender.dume.deletion": TenderDumeDeletionRefused,
    "tender.dume.metadata": TenderDumeMetadataRefused,
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
    family: Made,
    answer: Mapping[str, object],
    consultation_id: str | None,
    *,
    kept: tuple[str, ...] = (),
    freed: tuple[str, ...] = (),
) -> Finished:
    """The DUME is in the state its answer tells; `kept` are the natural keys it takes up, `freed` those it gives up."""
    state, state_code = DumeState(str(answer.get("state", "unknown"))), answer.get("state_code")
    data = DONE[family](
        dume_id=str(answer["dume_id"]),
        consultation_id=consultation_id,
        state=state,
        state_code=str(state_code) if state_code is not None else None,
        usable_by_bidders=USABLE[state],
        adopted=bool(answer.get("adopted")),
        **({REPLACED_DUME: str(answer[REPLACED_DUME])} if REPLACED_DUME in answer else {}),
    )
    return Finished(results=(Draft(type=f"{family}.done.v1", data=data),), reason="done", kept=kept, freed=freed)


def told(dume_id: str, consultation_id: str) -> Finished:
    """The State has the metadata of a DUME."""
    data = TenderDumeMetadataDone(dume_id=dume_id, consultation_id=consultation_id)
    return Finished(results=(Draft(type="tender.dume.metadata.done.v1", data=data),), reason="done")


def refused(
    family: Family, refusal: Refusal | None, consultation_id: str | None, *, dume_id: str | None = None, reason: Reason
) -> Finished:
    """The State said no, or would."""
    data = REFUSED[family](
        reason=reason,
        code=refusal.code if refusal else None,
        upstream_text=refusal.text if refusal else None,
        consultation_id=consultation_id,
        dume_id=dume_id,
    )
    return Finished(results=(Draft(type=f"{family}.refused.v1", data=data),), reason=reason)


def shown(found: FoundDume, dume: Dume) -> DumeFound:
    """A found DUME in the words of the contract."""
    return DumeFound(
        dume_id=found.dume_id,
        state=DumeState(dume.state_of(found.state_code)),
        state_code=found.state_code,
        consultation_id=found.consultation_id,
        lot_number=found.lot_number,
    )

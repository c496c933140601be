"""Says what was done in DUME because of a fact about a consultation."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.reasons import Reason
from contracts.results import TenderSyncDone, TenderSyncRefused
from contracts.words import DumeState
from service.core.draft import Draft
from service.core.tender import Action, Brought
from service.handlers.base import Finished
from service.handlers.dume_results import USABLE
from service.handlers.tender_plan import Bringing, Plan
from service.upstream import Refusal

DONE, REFUSED = "tender.sync.done.v1", "tender.sync.refused.v1"


def answer(plan: Plan, **more: object) -> dict[str, object]:
    """What the ledger keeps of a plan that was carried out: enough for the result, and for the facts that follow."""
    return {
        "action": plan.action.value,
        "dume_id": plan.dume_id,
        "state": plan.state,
        "state_code": plan.state_code,
        "adopted": plan.is_done,
        "wants_validated": plan.wants_validated,
        "revision": plan.revision,
        "is_published": plan.is_published,
        "is_cancelled": plan.is_cancelled,
        "described": plan.described,
        "superseded_by": plan.superseded_by,
        "replaced_dume_id": plan.replaces,
        **more,
    }


def done(
    bringing: Bringing, answer: Mapping[str, object], *, kept: tuple[str, ...], freed: tuple[str, ...] = ()
) -> Finished:
    """DUME is where the fact calls for; `kept` are the natural keys that exist because of it, `freed` those no more."""
    dume_id, told = answer.get("dume_id"), answer.get("state")
    state = DumeState(str(told)) if dume_id and told else None
    code, replaced, superseded = answer.get("state_code"), answer.get("replaced_dume_id"), answer.get("superseded_by")
    deleted = answer.get("deleted_dume_ids")
    data = TenderSyncDone(
        consultation_id=bringing.consultation_id,
        revision=bringing.revision,
        superseded_by=superseded if isinstance(superseded, int) else None,
        action=Action(str(answer["action"])).value,
        dume_id=str(dume_id) if dume_id else None,
        replaced_dume_id=str(replaced) if replaced else None,
        deleted_dume_ids=tuple(str(one) for one in deleted) if isinstance(deleted, list | tuple) else (),
        state=state,
        state_code=str(code) if code is not None and dume_id else None,
        usable_by_bidders=USABLE[state] if state is not None else False,
        adopted=bool(answer.get("adopted")),
    )
    return Finished(results=(Draft(type=DONE, data=data),), reason="done", kept=kept, freed=freed, answer=answer)


def superseded(bringing: Bringing, brought: Brought, answer: Mapping[str, object]) -> Finished:
    """A later revision was there first: nothing is done, and that is told as it is."""
    told = {
        **{name: answer.get(name) for name in ("dume_id", "state", "state_code")},
        "action": Action.NONE.value,
        "superseded_by": brought.revision,
    }
    return Finished(results=done(bringing, told, kept=()).results, reason="superseded")


def refused(
    bringing: Bringing, refusal: Refusal | None, reason: Reason, *, action: Action, dume_id: str | None = None
) -> Finished:
    """The State, or what it shows, says no."""
    data = TenderSyncRefused(
        reason=reason,
        code=refusal.code if refusal else None,
        upstream_text=refusal.text if refusal else None,
        consultation_id=bringing.consultation_id,
        revision=bringing.revision,
        action=action.value,
        dume_id=dume_id,
    )
    return Finished(results=(Draft(type=REFUSED, data=data),), reason=reason)

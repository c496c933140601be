"""Makes the calls to DUME that a fact about a consultation leads to."""

from __future__ import annotations

from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry
from service.core.errors import EventInvalid
from service.core.tender import SETTLED, Action
from service.handlers import tender_sync_results as results
from service.handlers.base import Calls, Finished, Found
from service.handlers.dume_place import ShownDume, shown
from service.handlers.tender_plan import Bringing, Plan
from service.upstream import Refusal
from service.upstream.dume import Saved


async def shown_for(bringing: Bringing, calls: Calls) -> tuple[ShownDume, ...] | Refusal:
    """The DUMEs of the consultation as a search shows them, each once however many lots it serves."""
    place = bringing.place
    found = await calls.dume.search(consultation_id=place.consultation_id, buyer_id=place.buyer_id)
    return found if isinstance(found, Refusal) else shown(found, calls.dume)


async def state_of(bringing: Bringing, dume_id: str, calls: Calls) -> tuple[DumeState, str | None]:
    """The state that the search shows a DUME in; unknown where it shows none."""
    found = await shown_for(bringing, calls)
    dume = None if isinstance(found, Refusal) else next((one for one in found if one.dume_id == dume_id), None)
    return (DumeState.UNKNOWN, None) if dume is None else (dume.state, dume.state_code)


async def carry_out(bringing: Bringing, plan: Plan, calls: Calls) -> dict[str, object] | Refusal:
    """Do what is planned, and say what the ledger keeps of it."""
    if plan.is_done or plan.action is Action.NONE:
        return deleted(plan) if plan.action is Action.DELETED else results.answer(plan)
    match plan.action:
        case Action.DELETED:
            return await _delete(bringing, plan, calls)
        case Action.METADATA_UPDATED:
            refusal = await _update_metadata(bringing, plan, calls)
            return refusal or results.answer(plan)
        case _:
            saved = await _save(bringing, plan, calls)
    if isinstance(saved, Refusal):
        return saved
    told: dict[str, object] = {"dume_id": saved.dume_id}
    if saved.state_code is not None or plan.action is not Action.CHANGED:
        told |= {"state": calls.dume.state_of(saved.state_code), "state_code": saved.state_code}
    return {**results.answer(plan), **told}


def deleted(plan: Plan) -> dict[str, object]:
    """What the ledger keeps once no DUME serves the consultation any more."""
    gone = {"dume_id": None, "state": None, "state_code": None, "deleted_dume_ids": list(plan.deletes)}
    return {**results.answer(plan), **gone}


async def validate(bringing: Bringing, dume_id: str, calls: Calls) -> tuple[DumeState, str | None] | Refusal:
    """Validate a draft with the document it has."""
    document = await calls.dume.document(dume_id)
    if isinstance(document, Refusal):
        return document
    saved = await calls.dume.save(
        document=document,
        validated=True,
        consultation=bringing.consultation,
        buyer=bringing.buyer,
        dume_id=dume_id,
    )
    if isinstance(saved, Refusal):
        return saved
    return DumeState(calls.dume.state_of(saved.state_code)), saved.state_code


async def explained(bringing: Bringing, plan: Plan, refusal: Refusal, entry: Entry, calls: Calls) -> Finished | Found:
    """The result of a refusal, with the reason that the state of the DUME gives it where its code gives none."""
    reason, dume_id = refusal.reason, plan.dume_id
    if plan.action is Action.VALIDATED and plan.dume_id is not None:
        state, code = await state_of(bringing, plan.dume_id, calls)
        if state in SETTLED and entry.sends > 1:
            return Found(answer={**results.answer(plan), "state": state, "state_code": code, "adopted": True})
        if state in SETTLED and reason is Reason.UPSTREAM_REFUSED:
            reason = Reason.DUME_NOT_MODIFIABLE
    if plan.action is Action.CREATED:
        found = await shown_for(bringing, calls)
        living = () if isinstance(found, Refusal) else [one for one in found if one.is_live]
        if living:
            reason, dume_id = Reason.DUME_EXISTS, living[0].dume_id
    return results.refused(bringing, refusal, reason, action=plan.action, dume_id=dume_id)


async def _save(bringing: Bringing, plan: Plan, calls: Calls) -> Saved | Refusal:
    consultation = bringing.consultation
    if plan.action is Action.CREATED and bringing.simplified and consultation is not None:
        return await calls.dume.create_simple(consultation, bringing.buyer)
    return await calls.dume.save(
        document=bringing.document,
        validated=plan.wants_validated,
        consultation=None if plan.superseded_by is not None else consultation,
        buyer=bringing.buyer,
        dume_id=plan.dume_id if plan.action in {Action.CHANGED, Action.VALIDATED} else None,
        replaces=plan.replaces,
    )


async def _update_metadata(bringing: Bringing, plan: Plan, calls: Calls) -> Refusal | None:
    if plan.dume_id is None or bringing.consultation is None:
        raise EventInvalid(Reason.INTERNAL_ERROR, "There is no DUME whose metadata could change.")
    saved = await calls.dume.update_metadata(plan.dume_id, bringing.consultation, bringing.buyer)
    return saved if isinstance(saved, Refusal) else None


async def _delete(bringing: Bringing, plan: Plan, calls: Calls) -> dict[str, object] | Refusal:
    """Delete every DUME of the consultation; a refusal about one that is deleted already is none."""
    for dume_id in plan.before:
        gone = await calls.dume.delete(dume_id, bringing.buyer)
        if isinstance(gone, Refusal) and (await state_of(bringing, dume_id, calls))[0] is not DumeState.DELETED:
            return gone
    return deleted(plan)

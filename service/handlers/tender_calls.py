"""Makes the calls to DUME that a fact about a consultation leads to."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry
from service.core.errors import EventInvalid, UpstreamFailure
from service.core.tender import SETTLED, Action
from service.handlers import tender_sync_results as results
from service.handlers.base import Absent, Calls, Declined, Finished, Found, Looked, Unexplained, Unseen
from service.handlers.dume_known import MAY_BE_OUR_OWN, was_repeated
from service.handlers.dume_place import ShownDume, shown
from service.handlers.tender_plan import MAKING, Bringing, Plan
from service.handlers.tender_standing import made_since
from service.upstream import Refusal
from service.upstream.dume import Saved

CHANGING = frozenset({Action.CHANGED, Action.VALIDATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeleted(Refusal):
    """The first refusal of several deletions; `dume_ids` are those that are there yet."""

    dume_ids: tuple[str, ...]


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


async def look(bringing: Bringing, plan: Plan, calls: Calls) -> Looked:
    """Whether the plan was carried out, where it makes a DUME: one that was not there before."""
    found = await shown_for(bringing, calls)
    if isinstance(found, Refusal):
        return Unseen(detail=f"The search for the DUME was refused: {found.text}")
    made = made_since(plan, found, bringing)
    if not made:
        return Absent()
    (one, *others) = made
    if others or (plan.action is Action.REPLACED and one.state not in SETTLED):
        named = ", ".join(f"DUME {each.dume_id} ({each.state})" for each in made)
        return Unseen(detail=f"{named} may be the one that was to be made, and nothing shown tells it.")
    return Found(answer=results.answer(adopted(plan, one)))


def adopted(plan: Plan, dume: ShownDume) -> Plan:
    """The plan as carried out by an earlier send, as this DUME shows."""
    return replace(plan, dume_id=dume.dume_id, state=dume.state, state_code=dume.state_code, is_done=True)


async def confirmed(bringing: Bringing, plan: Plan, dume_id: str, calls: Calls) -> Found | Unseen:
    """What a person says was done, as the search shows it."""
    found = await shown_for(bringing, calls)
    if isinstance(found, Refusal):
        return Unseen(detail=f"The search for the DUME was refused: {found.text}")
    living = {one.dume_id: one for one in found if one.is_live}
    if plan.action is Action.DELETED:
        left = [id for id in plan.deletes if id in living]
        if left:
            return Unseen(detail=f"DUME {left[0]} is shown as {living[left[0]].state}, not as deleted.")
        return Found(answer=deleted(replace(plan, is_done=True)))
    if plan.action in MAKING and dume_id in plan.before:
        return Unseen(detail=f"DUME {dume_id} was there before this request was first sent.")
    if dume_id not in living:
        return Unseen(detail=f"DUME {dume_id} is not among those of consultation {bringing.consultation_id}.")
    return Found(answer=results.answer(adopted(plan, living[dume_id])))


async def validate(
    bringing: Bringing, dume_id: str, calls: Calls, *, as_it_stands: bool
) -> tuple[DumeState, str | None] | Refusal:
    """Validate a draft with the document it has, and `as_it_stands` when a later fact told what there is to tell."""
    document = await calls.dume.document(dume_id)
    if isinstance(document, Refusal):
        return document
    saved = await calls.dume.save(
        document=document,
        validated=True,
        consultation=None if as_it_stands else bringing.consultation,
        buyer=bringing.buyer,
        dume_id=dume_id,
    )
    if isinstance(saved, Refusal):
        return saved
    return DumeState(calls.dume.state_of(saved.state_code)), saved.state_code


async def declined(bringing: Bringing, plan: Plan, refusal: Refusal, entry: Entry, calls: Calls) -> Declined:
    """What a refusal amounts to: after a send that may have worked, it may be about what that one did."""
    is_repetition = was_repeated(entry)
    try:
        found = await shown_for(bringing, calls)
    except UpstreamFailure:
        if is_repetition:
            raise
        found = ()  # a first refusal stands without its explanation
    dumes = () if isinstance(found, Refusal) else found
    end = _explained(bringing, plan, refusal, dumes)
    if not is_repetition:
        return end
    detail = f"It was refused when it was sent again: {refusal.text}"
    if plan.action in MAKING:
        looked = await look(bringing, plan, calls)
        if isinstance(looked, Found | Unseen):
            return looked
        return Unseen(detail=detail) if refusal.reason in MAY_BE_OUR_OWN else end
    ours = next((one for one in dumes if one.dume_id == plan.dume_id), None)
    if plan.action is Action.VALIDATED and ours is not None and ours.state in SETTLED:
        return Found(answer=results.answer(adopted(plan, ours)))
    return Unexplained(end=end, detail=detail)


def _explained(bringing: Bringing, plan: Plan, refusal: Refusal, dumes: tuple[ShownDume, ...]) -> Finished:
    """The result of a refusal, with the reason that the state of the DUME gives it where its code gives none."""
    reason, dume_id, gone = refusal.reason, plan.dume_id, tuple[str, ...]()
    ours = next((one for one in dumes if one.dume_id == dume_id), None)
    living = [one for one in dumes if one.is_live]
    if isinstance(refusal, Undeleted):
        dume_id, gone = refusal.dume_ids[0], tuple(id for id in plan.deletes if id not in refusal.dume_ids)
    elif plan.action is Action.CREATED and living:
        reason, dume_id = Reason.DUME_EXISTS, living[0].dume_id
    elif plan.action in CHANGING and ours is not None and ours.state in SETTLED:
        reason = Reason.DUME_NOT_MODIFIABLE if reason is Reason.UPSTREAM_REFUSED else reason
    return results.refused(bringing, refusal, reason, action=plan.action, dume_id=dume_id, gone=gone)


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
        replaces=plan.dume_id if plan.action is Action.REPLACED else None,
    )


async def _update_metadata(bringing: Bringing, plan: Plan, calls: Calls) -> Refusal | None:
    if plan.dume_id is None or bringing.consultation is None:
        raise EventInvalid(Reason.INTERNAL_ERROR, "There is no DUME whose metadata could change.")
    saved = await calls.dume.update_metadata(plan.dume_id, bringing.consultation, bringing.buyer)
    return saved if isinstance(saved, Refusal) else None


async def _delete(bringing: Bringing, plan: Plan, calls: Calls) -> dict[str, object] | Refusal:
    """Delete every DUME of the consultation that is there; a refusal about one that is deleted already is none."""
    refused: dict[str, Refusal] = {}
    for dume_id in plan.before:
        gone = await calls.dume.delete(dume_id, bringing.buyer)
        if isinstance(gone, Refusal) and (await state_of(bringing, dume_id, calls))[0] is not DumeState.DELETED:
            refused[dume_id] = gone
    if not refused:
        return deleted(plan)
    first = next(iter(refused.values()))
    said = {one.name: getattr(first, one.name) for one in fields(Refusal)}
    return Undeleted(**said, dume_ids=tuple(refused))

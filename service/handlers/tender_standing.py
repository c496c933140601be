"""Finds out where the DUME of a consultation stands, from the search and from what the ledger remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.events import Buyer
from contracts.reasons import Reason
from contracts.words import DumeState
from service.core import espd
from service.core.errors import EventInvalid
from service.core.tender import (
    SETTLED,
    Action,
    Brought,
    Difference,
    Wish,
    action_for,
    brought_by,
    wish,
)
from service.handlers import tender_sync_results as results
from service.handlers.base import Calls, Finished
from service.handlers.dume_known import known_at
from service.handlers.dume_place import OPERATION, ShownDume, dume_key, in_the_way, state_key
from service.handlers.tender_plan import MAKING, Bringing, Plan, as_brought, described
from service.upstream import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The natural keys that exist because of a fact, and those that are free because of it."""

    kept: tuple[str, ...]
    freed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a fact calls for, and the DUMEs there are: `chosen` is the one that serves the consultation."""

    wished: Wish
    brought: Brought | None
    living: tuple[ShownDume, ...]
    chosen: ShownDume | None

    @property
    def is_ambiguous(self) -> bool:
        """Whether nobody can say which of several is meant; all of them are, when none is wanted any more."""
        return self.chosen is None and bool(self.living) and not self.wished.wants_none


def remembered(bringing: Bringing, answer: Mapping[str, object]) -> Remembered:
    """What the ledger remembers the fact by: place and DUME while one serves the consultation, and the states told."""
    dume_id, replaced, deleted = answer.get("dume_id"), answer.get("replaced_dume_id"), answer.get("deleted_dume_ids")
    kept, gone = [bringing.revision_key], [str(id) for id in (deleted if isinstance(deleted, list | tuple) else ())]
    kept += [state_key(id, DumeState.DELETED) for id in gone]
    if dume_id:
        kept += [*bringing.place.keys, dume_key(str(dume_id))]
        if answer.get("state") in SETTLED:
            kept.append(state_key(str(dume_id), DumeState.VALIDATED))
    if replaced:
        kept.append(state_key(str(replaced), DumeState.REPLACED))
        gone.append(str(replaced))
    return Remembered(kept=tuple(kept), freed=tuple(dume_key(id) for id in gone))


async def look_around(bringing: Bringing, calls: Calls) -> Standing | Refusal | Finished:
    """Where DUME stands; Finished when a later revision was there first and nothing is left to do."""
    keepers = await calls.ledger.keepers(calls.account, OPERATION, (bringing.revision_key,))
    answers = [keeper.answer for keeper in keepers if keeper.answer]
    last = _last(answers)
    brought = brought_by(answers)
    wished = wish(bringing.fact, bringing.revision, simplified=bringing.simplified, brought=brought)
    if wished is None and brought is not None:
        return results.superseded(bringing, brought, last)
    if wished is None:
        raise EventInvalid(Reason.INTERNAL_ERROR, "A fact is superseded by none.")
    known = await known_at(bringing.place, None, calls)
    if isinstance(known, Refusal):
        return known
    living = tuple(in_the_way(known.dumes, bringing.place))
    return Standing(wished=wished, brought=brought, living=living, chosen=_chosen(bringing, living, last))


async def planned(bringing: Bringing, standing: Standing, calls: Calls) -> Bringing | Refusal:
    """The fact with what is to be done about it, and the document to send."""
    chosen, wished = standing.chosen, standing.wished
    document: bytes | Refusal = b""
    if chosen is not None and not wished.wants_none:
        document = await calls.dume.document(chosen.dume_id)
    elif chosen is None and not wished.wants_none and not wished.simplified:
        document = await calls.dume.model()
    if isinstance(document, Refusal):
        return document
    difference = _difference(bringing, standing, document, calls)
    serving = _serving(standing)
    action = action_for(wished, serving.state if serving else None, difference)
    plan = _plan(bringing, standing, action)
    earlier = bringing.plan
    if action is Action.NONE and earlier is not None and earlier.action is not Action.NONE:
        # What is done already, an earlier send did, whose answer was lost.
        plan = replace(plan, action=earlier.action, replaces=earlier.replaces, is_done=True)
    if plan.action is Action.DELETED and earlier is not None:
        plan = replace(plan, deletes=(*earlier.deletes, *(id for id in plan.deletes if id not in earlier.deletes)))
    filled = document if wished.is_superseded or not document else _filled(bringing, document, calls)
    return replace(bringing, plan=plan, document=filled)


def _serving(standing: Standing) -> ShownDume | None:
    """What is to be changed or deleted: the chosen one, or any where all are to go."""
    return standing.chosen or (standing.living[0] if standing.living else None)


def _chosen(bringing: Bringing, living: Sequence[ShownDume], last: Mapping[str, object]) -> ShownDume | None:
    """The one the fact names, else the only one, else the one that earlier facts were about."""
    for name in (bringing.asked.dume_id, last.get("dume_id")):
        named = next((one for one in living if one.dume_id == name), None)
        if named is not None:
            return named
    return living[0] if len(living) == 1 else None


def _difference(bringing: Bringing, standing: Standing, document: bytes, calls: Calls) -> Difference:
    consultation = bringing.consultation
    if standing.chosen is None or consultation is None:
        return Difference()
    in_content = not espd.same_content(
        document,
        buyer=_in_documents(bringing, calls),
        procedure_code=calls.dume.espd_procedure(consultation.procedure),
    )
    told = standing.brought.described if standing.brought else ""
    in_metadata = told != described(consultation) and not _was_told(bringing, standing.chosen)
    return Difference(in_content=in_content, in_metadata=in_metadata)


def _was_told(bringing: Bringing, chosen: ShownDume) -> bool:
    """Whether an earlier send of this very fact told DUME everything: what it made is there."""
    plan = bringing.plan
    if plan is None:
        return False
    if plan.action in MAKING:
        return chosen.dume_id not in plan.before
    return plan.action is Action.VALIDATED and chosen.state in SETTLED


def _plan(bringing: Bringing, standing: Standing, action: Action) -> Plan:
    brought = as_brought(standing.wished, standing.brought, described(bringing.consultation))
    chosen = standing.chosen
    return Plan(
        action=action,
        wants_validated=standing.wished.wants_validated,
        revision=brought.revision,
        is_published=brought.is_published,
        is_cancelled=brought.is_cancelled,
        described=brought.described,
        superseded_by=brought.revision if standing.wished.is_superseded else None,
        dume_id=chosen.dume_id if chosen else None,
        state=chosen.state if chosen else "unknown",
        state_code=chosen.state_code if chosen else None,
        before=tuple(one.dume_id for one in standing.living),
        replaces=chosen.dume_id if chosen and action is Action.REPLACED else None,
        deletes=tuple(one.dume_id for one in standing.living) if action is Action.DELETED else (),
    )


def _filled(bringing: Bringing, document: bytes, calls: Calls) -> bytes:
    consultation = bringing.consultation
    if consultation is None:
        return document
    try:
        return espd.fill(
            document,
            consultation=consultation,
            buyer=_in_documents(bringing, calls),
            procedure_code=calls.dume.espd_procedure(consultation.procedure),
        )
    except espd.EspdInvalid as error:
        raise EventInvalid(Reason.UPSTREAM_ANSWER_UNREADABLE, f"The DUME to start from: {error}") from error


def _last(answers: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    """The answer of the fact with the highest revision."""
    told = (answer for answer in answers if "revision" in answer)
    return max(told, key=lambda answer: int(str(answer["revision"])), default={})


def _in_documents(bringing: Bringing, calls: Calls) -> Buyer:
    """The buyer as documents name it: one whose name nobody gave keeps the name that stands there."""
    named = calls.dume.buyer_or_requester(bringing.buyer)
    return named if named.name != named.id else named.model_copy(update={"name": None})

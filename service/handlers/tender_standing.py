"""Finds out where the DUME of a consultation stands, from the search and from what the ledger remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.errors import EventInvalid, KeyBusy
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
from service.handlers.dume_known import Known, known_at, set_right
from service.handlers.dume_place import OPERATION, ShownDume, dume_key, in_the_way, state_key
from service.handlers.dume_write import filled, has_content, in_documents
from service.handlers.tender_plan import MAKING, Bringing, Plan, as_brought, described, worded_as
from service.upstream import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The natural keys that exist because of a fact, and those that are free because of it."""

    kept: tuple[str, ...]
    freed: tuple[str, ...]


FILLING = frozenset({Action.CREATED, Action.CHANGED, Action.VALIDATED, Action.REPLACED})
"""What sends a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a fact calls for, and the DUMEs there are: `chosen` is the one that serves the consultation.

    `last` is what the ledger keeps of the fact with the highest revision.
    """

    wished: Wish
    brought: Brought | None
    living: tuple[ShownDume, ...]
    chosen: ShownDume | None
    last: Mapping[str, object]

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
    living = await _claimed(bringing, known, calls)
    chosen = _chosen(bringing, living, last)
    return Standing(wished=wished, brought=brought, living=living, chosen=chosen, last=last)


async def _claimed(bringing: Bringing, known: Known, calls: Calls) -> tuple[ShownDume, ...]:
    """The DUMEs that serve the consultation, which no other request of ours changes meanwhile; raises KeyBusy."""
    given_up = known.given_up
    if calls.is_first and given_up is not None and given_up.ago < calls.lag:
        raise KeyBusy(f"what event {given_up.id} made before a person gave it up may not be shown yet")
    living = in_the_way(known.dumes, bringing.place)
    if not living:
        return ()
    await calls.claimed(*(dume_key(one.dume_id) for one in living))
    return in_the_way(await set_right(living, calls), bringing.place)


def made_since(plan: Plan, shown: Sequence[ShownDume], bringing: Bringing) -> tuple[ShownDume, ...]:
    """Those that may be what an earlier send of the plan made: they were not there before, and are of its kind."""
    place = replace(bringing.place, lots=bringing.lots)
    new = [one for one in in_the_way(shown, place) if one.dume_id not in plan.before]
    if plan.action is Action.REPLACED:  # a draft is none, whoever made it
        return tuple(one for one in new if one.state is not DumeState.DRAFT)
    return tuple(new) if plan.action is Action.CREATED else ()


async def planned(bringing: Bringing, standing: Standing, calls: Calls) -> Bringing | Refusal:
    """The fact with what is to be done about it, and the document to send.

    What is done already, an earlier send did, whose answer was lost.
    """
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
    plan = _plan(bringing, standing, action, calls)
    earlier = bringing.plan
    if action is Action.NONE and earlier is not None and earlier.action is not Action.NONE:
        plan = replace(
            plan, action=earlier.action, replaces=earlier.replaces, deletes=earlier.deletes, before=(), is_done=True
        )
    consultation = bringing.consultation
    is_filled = bool(document) and plan.action in FILLING and not (wished.is_superseded or plan.is_done)
    if is_filled and consultation is not None:
        document = filled(document, consultation, bringing.buyer, calls)
    return replace(bringing, plan=plan, document=document)


def _serving(standing: Standing) -> ShownDume | None:
    """What is to be changed or deleted: the chosen one, or any where all are to go."""
    return standing.chosen or (standing.living[0] if standing.living else None)


def _chosen(bringing: Bringing, living: Sequence[ShownDume], last: Mapping[str, object]) -> ShownDume | None:
    """What this fact made, else the one it names, else the only one, else the one that earlier facts were about."""
    made = made_since(bringing.plan, living, bringing) if bringing.plan is not None else ()
    if len(made) == 1:
        return made[0]
    for name in (bringing.asked.dume_id, last.get("dume_id")):
        named = next((one for one in living if one.dume_id == name), None)
        if named is not None:
            return named
    return living[0] if len(living) == 1 else None


def _difference(bringing: Bringing, standing: Standing, document: bytes, calls: Calls) -> Difference:
    consultation = bringing.consultation
    if standing.chosen is None or consultation is None:
        return Difference()
    brought, was_told = standing.brought, _was_told(bringing, standing.chosen)
    is_same = brought is not None and brought.worded == _worded(bringing, calls)
    is_same = is_same and standing.last.get("dume_id") == standing.chosen.dume_id
    in_metadata = (brought.described if brought else "") != described(consultation) and not was_told
    if is_same or (was_told and standing.chosen.state in SETTLED):
        return Difference(in_content=False, in_metadata=in_metadata)
    in_content = not has_content(document, consultation, bringing.buyer, calls)
    return Difference(in_content=in_content, in_metadata=in_metadata)


def _worded(bringing: Bringing, calls: Calls) -> str:
    """A digest of what only a document can say."""
    consultation = bringing.consultation
    if consultation is None:
        return ""
    return worded_as(
        in_documents(bringing.buyer, calls),
        calls.dume.espd_procedure(consultation.procedure),
        calls.dume.espd_project_type(consultation.contract_type),
    )


def _was_told(bringing: Bringing, chosen: ShownDume) -> bool:
    """Whether an earlier send of this very fact told DUME everything: what it made is there.

    What the State has in its document may be worded otherwise all the same: that is no reason to replace it.
    """
    plan = bringing.plan
    if plan is None:
        return False
    if plan.action in MAKING:
        return chosen in made_since(plan, (chosen,), bringing)
    return plan.action is Action.VALIDATED and chosen.state in SETTLED


def _plan(bringing: Bringing, standing: Standing, action: Action, calls: Calls) -> Plan:
    chosen, told = standing.chosen, described(bringing.consultation)
    brought = as_brought(standing.wished, standing.brought, described=told, worded=_worded(bringing, calls))
    living, earlier = tuple(one.dume_id for one in standing.living), bringing.plan
    is_repeated = earlier is not None and action in MAKING and earlier.action in MAKING
    return Plan(
        action=action,
        # A draft takes no place, and leaves bidders with what was to be replaced.
        wants_validated=standing.wished.wants_validated or action is Action.REPLACED,
        revision=brought.revision,
        is_published=brought.is_published,
        is_cancelled=brought.is_cancelled,
        described=brought.described,
        worded=brought.worded,
        superseded_by=brought.revision if standing.wished.is_superseded else None,
        dume_id=chosen.dume_id if chosen else None,
        state=chosen.state if chosen else "unknown",
        state_code=chosen.state_code if chosen else None,
        # What the first send made may be shown by now, and is nothing that was there before.
        before=earlier.before if earlier is not None and is_repeated else living,
        replaces=chosen.dume_id if chosen is not None and action is Action.REPLACED else None,
        deletes=_unique(earlier.deletes if earlier else (), living) if action is Action.DELETED else (),
    )


def _unique(*ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for some in ids for id in some))


def _last(answers: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    """The answer of the fact with the highest revision."""
    told = (answer for answer in answers if "revision" in answer)
    return max(told, key=lambda answer: int(str(answer["revision"])), default={})

"""Knows the DUMEs of a place: what a search shows, set right by what requests of ours did since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry, Keeper
from service.core.errors import AnswerUnreadable, UpstreamFailure
from service.handlers.base import Calls
from service.handlers.dume_place import GONE, OPERATION, Place, ShownDume, shown, state_key
from service.upstream import Refusal

MAY_BE_OUR_OWN = frozenset({Reason.UPSTREAM_REFUSED, Reason.DUME_EXISTS, Reason.DUME_NOT_REPLACEABLE})
"""Reasons of refusals to make a DUME that may be about what is there already, our own from before among it."""

_FURTHER = (
    DumeState.UNKNOWN,
    DumeState.DRAFT,
    DumeState.VALIDATED,
    DumeState.PUBLISHED,
    DumeState.REPLACED,
    DumeState.DELETED,
)
"""A DUME goes from one state to a later one, never back."""

_NOTED = (DumeState.VALIDATED, DumeState.REPLACED, DumeState.DELETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The DUMEs of a place, those that a search does not show yet included.

    `makers` are the requests of ours that made one for any lot of the place, by its identifier; `given_up` is the last
    request about it, if a person gave that up without knowing what it did.
    """

    dumes: tuple[ShownDume, ...]
    makers: Mapping[str, Keeper]
    given_up: Keeper | None

    def find(self, dume_id: str) -> ShownDume | None:
        """The DUME with this identifier."""
        return next((one for one in self.dumes if one.dume_id == dume_id), None)


async def known_at(place: Place, entry: Entry | None, calls: Calls) -> Known | Refusal:
    """What is known of a place, but for what the request of `entry` itself did; the refusal of the search."""
    found = await calls.dume.search(consultation_id=place.consultation_id, buyer_id=place.buyer_id)
    if isinstance(found, Refusal):
        return found
    keepers = await calls.ledger.keepers(calls.account, OPERATION, place.keys)
    own = (entry.source, entry.id) if entry is not None else None
    others = [keeper for keeper in keepers if (keeper.source, keeper.id) != own]
    makers = {dume_id: keeper for keeper in reversed(others) if (dume_id := _made_by(keeper)) is not None}
    seen = shown(found, calls.dume)
    states = await _told_states([*(dume.dume_id for dume in seen), *makers], calls)
    dumes = [_set_right(dume, states.get(dume.dume_id)) for dume in seen]
    last = others[0] if others else None
    return Known(
        dumes=(*dumes, *_hidden(makers, states, {dume.dume_id for dume in dumes}, calls.lag)),
        makers=makers,
        given_up=last if last is not None and last.reason == Reason.GIVEN_UP else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where one DUME may be found: its consultation and buyer, as far as they are known, else the configured one."""

    dume_id: str
    consultation_id: str | None
    buyer_id: str | None
    requester: str | None


async def standing_of(where: Whereabouts, entry: Entry, calls: Calls) -> ShownDume | None:
    """How a DUME stands, None when nobody shows it.

    Raises UpstreamFailure only when it was perhaps sent before: a first refusal stands without its explanation.
    """
    try:
        return await read_back(where, calls)
    except UpstreamFailure:
        if was_repeated(entry):
            raise
        return None


async def read_back(where: Whereabouts, calls: Calls) -> ShownDume | None:
    """How a DUME stands, by its consultation, else among all of its buyer's; None when nobody shows it."""
    seen = await _at_its_consultation(where, calls) or await _among_all_of_its_buyer(where, calls)
    told = (await _told_states([where.dume_id], calls)).get(where.dume_id)
    if seen is None:
        return ShownDume(dume_id=where.dume_id, state=told) if told is not None else None
    return _set_right(seen, told)


def was_repeated(entry: Entry) -> bool:
    """Whether a refusal may be about what this very request did before."""
    return entry.sends > 1 or entry.looks > 0


async def _at_its_consultation(where: Whereabouts, calls: Calls) -> ShownDume | None:
    if where.consultation_id is None:
        return None
    return await _one_of(where.dume_id, calls, consultation_id=where.consultation_id, buyer_id=where.buyer_id)


async def _among_all_of_its_buyer(where: Whereabouts, calls: Calls) -> ShownDume | None:
    buyer_id = where.buyer_id or where.requester
    if buyer_id is None:
        return None
    try:
        return await _one_of(where.dume_id, calls, consultation_id=None, buyer_id=buyer_id)
    except AnswerUnreadable:
        return None  # they may be more than an answer may hold, and will be when they are asked for again


async def _one_of(dume_id: str, calls: Calls, *, consultation_id: str | None, buyer_id: str | None) -> ShownDume | None:
    found = await calls.dume.search(consultation_id=consultation_id, buyer_id=buyer_id)
    if isinstance(found, Refusal):
        return None
    return next((one for one in shown(found, calls.dume) if one.dume_id == dume_id), None)


async def set_right(dumes: Iterable[ShownDume], calls: Calls) -> tuple[ShownDume, ...]:
    """The same as requests of ours have left them by now."""
    dumes = tuple(dumes)
    states = await _told_states([dume.dume_id for dume in dumes], calls)
    return tuple(_set_right(dume, states.get(dume.dume_id)) for dume in dumes)


async def _told_states(dume_ids: Iterable[str], calls: Calls) -> dict[str, DumeState]:
    """The state that a request of ours brought each of these to, where one did."""
    keys = {state_key(dume_id, state): (dume_id, state) for dume_id in dume_ids for state in _NOTED}
    if not keys:
        return {}
    keepers = await calls.ledger.keepers(calls.account, OPERATION, tuple(keys))
    told = sorted((keys[keeper.key] for keeper in keepers), key=lambda pair: _FURTHER.index(pair[1]))
    return dict(told)


def _set_right(dume: ShownDume, told: DumeState | None) -> ShownDume:
    if told is None or _FURTHER.index(told) <= _FURTHER.index(dume.state):
        return dume
    return replace(dume, state=told, state_code=None)


def _hidden(
    makers: Mapping[str, Keeper], states: Mapping[str, DumeState], seen: set[str], lag: float
) -> Iterable[ShownDume]:
    """Those made so short a time ago that a search does not show them yet."""
    for dume_id, keeper in makers.items():
        state = states.get(dume_id) or DumeState(str((keeper.answer or {}).get("state", "unknown")))
        if dume_id not in seen and state not in GONE and keeper.ago < lag:
            yield ShownDume(dume_id=dume_id, state=state)


def _made_by(keeper: Keeper) -> str | None:
    dume_id = (keeper.answer or {}).get("dume_id")
    return dume_id if isinstance(dume_id, str) else None

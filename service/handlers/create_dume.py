"""Creates a DUME: what the simplified one, the draft and the replacement have in common, each with its own call."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Generic

from contracts.events import Buyer, Consultation
from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry, State
from service.core.errors import EventInvalid, UpstreamFailure
from service.handlers import dume_results as results
from service.handlers.base import (
    LOTS,
    Absent,
    Calls,
    Declined,
    Event,
    Finished,
    Found,
    Looked,
    Unseen,
    UsedByOther,
)
from service.handlers.dume_known import MAY_BE_OUR_OWN, Known, known_at, was_repeated
from service.handlers.dume_place import Place, ShownDume, Witnesses, dume_key, in_the_way, told_apart
from service.handlers.dume_write import AskedT, DumeWrite
from service.upstream import Refusal
from service.upstream.dume import Saved

_ABOUT_ANOTHER = frozenset({Reason.UPSTREAM_REFUSED, Reason.DUME_EXISTS})
"""Reasons of refusals that are explained by a DUME that is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Generic[AskedT]):
    """A DUME to make at a `place`, or the draft `known` to change; `replaced` is the one whose place it takes.

    `document` is the XML to save, if any; `buyer` None means the configured requester.
    """

    asked: AskedT
    consultation: Consultation
    buyer: Buyer | None
    place: Place
    document: bytes = field(default=b"", repr=False)
    known: str | None = None
    replaced: str | None = None


class CreateDume(DumeWrite[AskedT, Wanted[AskedT]]):
    """One live DUME per consultation, lot and buyer, whichever request makes it: that is how a look finds it.

    `left_in` are the states in which a new one of this kind may be shown.
    """

    family: ClassVar[results.Made]
    left_in: ClassVar[frozenset[DumeState]]

    @abstractmethod
    def prepare(self, request: AskedT, event: Event) -> Wanted[AskedT]:
        """What is wanted."""

    def keys(self, prepared: Wanted[AskedT]) -> tuple[str, ...]:
        """Consultation, buyer and each lot."""
        return prepared.place.keys

    async def look(self, prepared: Wanted[AskedT], entry: Entry, calls: Calls) -> Looked:
        """Search the place: before the first send for whatever is in the way, afterwards for what was made."""
        known = await known_at(prepared.place, entry, calls)
        is_unsent = entry.state is State.CLAIMED
        if isinstance(known, Refusal):
            is_first = is_unsent and entry.sends == 0
            return _instead(self.no(prepared, known)) if is_first else Unseen(detail=_unsearched(known))
        prepared = _with_lots(prepared, known)
        if is_unsent and entry.sends == 0:
            return self._before(prepared, known, entry, calls)
        looked = self._after(prepared, known, calls)
        # Sent once, and a person said that it is not there: what is shown all the same is believed, and nothing else.
        return replace(looked, is_certain=True) if is_unsent and isinstance(looked, Absent) else looked

    def _before(self, prepared: Wanted[AskedT], known: Known, entry: Entry, calls: Calls) -> Looked:
        """Whether the place is free. What a request made that a person gave up is taken over: nobody was told of it."""
        rivals, given_up = _rivals(prepared, known), known.given_up
        for maker in filter(None, (known.makers.get(rival.dume_id) for rival in rivals)):
            if maker.digest == entry.digest:
                detail = f"Event {maker.id} of {maker.source} already asked for it."
                raise EventInvalid(Reason.ALREADY_REQUESTED, detail)
        if given_up is not None and isinstance(made := self._after(prepared, known, calls), Found):
            return made
        if rivals:
            return _instead(self._exists(prepared, rivals[0]))
        return Absent(is_certain=given_up is None or given_up.ago >= calls.lag)

    def _after(self, prepared: Wanted[AskedT], known: Known, calls: Calls) -> Looked:
        """Whether it was made, as far as that can be told."""
        witnesses = self._witnesses(prepared, known)
        if len(witnesses.ours) == 1:
            (made,) = witnesses.ours
            return Found(answer=self.answer(prepared, made.dume_id, made.state_code, calls, adopted=True))
        if doubtful := (*witnesses.ours, *witnesses.unclear):
            return Unseen(detail=f"{_named(doubtful)} may be the one that was asked for, and nothing shown tells it.")
        others = witnesses.others
        return Absent(over=_instead(self._exists(prepared, others[0])) if others else None)

    def _witnesses(self, prepared: Wanted[AskedT], known: Known) -> Witnesses:
        rivals = _rivals(prepared, known)
        return told_apart(rivals, prepared.place, made_by_others=known.makers, states=self.left_in)

    async def confirm(
        self, prepared: Wanted[AskedT], answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """The DUME must be shown for this consultation, lots and buyer, and be made by no other request."""
        known = await known_at(prepared.place, entry, calls)
        if isinstance(known, Refusal):
            return Unseen(detail=_unsearched(known))
        prepared, dume_id = _with_lots(prepared, known), str(prepared.known or answer["dume_id"])
        if prepared.known is None and (maker := known.makers.get(dume_id)) is not None:
            return Unseen(detail=f"DUME {dume_id} was made by event {maker.id} of {maker.source}.")
        for dume in in_the_way(known.dumes, prepared.place):
            if dume.dume_id == dume_id:
                return Found(answer=self.answer(prepared, dume_id, dume.state_code, calls, adopted=True))
        where = f"consultation {prepared.place.consultation_id} and this buyer"
        return Unseen(detail=f"DUME {dume_id} is not among those that serve {where}.")

    def conclude(self, prepared: Wanted[AskedT], answer: Mapping[str, object], event: Event) -> Finished:
        """The answer is the end of it, and the place is taken."""
        return results.done(self.family, answer, prepared.consultation.id, kept=self.kept(prepared, answer))

    def kept(self, prepared: Wanted[AskedT], answer: Mapping[str, object]) -> tuple[str, ...]:
        """The place and the new DUME itself."""
        lots = answer.get(LOTS)
        place = replace(prepared.place, lots=frozenset(map(str, lots))) if isinstance(lots, list) else prepared.place
        return (*place.keys, dume_key(str(answer["dume_id"])))

    async def refused(
        self, prepared: Wanted[AskedT], refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Declined:
        """After a send that may have worked, a refusal may be about our own DUME: look before believing it."""
        is_repetition = was_repeated(entry)
        try:
            known = await known_at(prepared.place, entry, calls)
        except UpstreamFailure:
            if is_repetition:
                raise
            return self.no(prepared, refusal)  # a first refusal stands without its explanation
        if isinstance(known, Refusal):
            return Unseen(detail=_unsearched(known)) if is_repetition else self.no(prepared, refusal)
        prepared = _with_lots(prepared, known)
        end = self.explained(prepared, refusal, known)
        looked = self._after(prepared, known, calls) if is_repetition else None
        if isinstance(looked, Found | Unseen):
            return looked
        is_hidden = isinstance(looked, Absent) and looked.over is None and not self.cannot_be(prepared, known)
        if is_hidden and refusal.reason in MAY_BE_OUR_OWN:
            # A search may lag behind for longer than anybody looks: what the State refuses may be there.
            return Unseen(detail=f"It was refused when it was sent again, and none is shown: {refusal.text}")
        return end

    def cannot_be(self, prepared: Wanted[AskedT], known: Known) -> bool:
        """Whether what is shown rules out that it was made."""
        return False

    def explained(self, prepared: Wanted[AskedT], refusal: Refusal, known: Known) -> Finished:
        """The refusal with the DUME that is in the way, when there is one."""
        rivals = _rivals(prepared, known)
        if rivals and refusal.reason in _ABOUT_ANOTHER:
            return self._exists(prepared, rivals[0], refusal)
        return self.no(prepared, refusal)

    def no(self, prepared: Wanted[AskedT], refusal: Refusal, reason: Reason | None = None) -> Finished:
        """The refusal as it is."""
        consultation_id, dume_id = prepared.consultation.id, prepared.known or prepared.replaced
        return results.refused(self.family, refusal, consultation_id, dume_id=dume_id, reason=reason or refusal.reason)

    def answer(
        self, prepared: Wanted[AskedT], dume_id: str, state_code: str | None, calls: Calls, *, adopted: bool = False
    ) -> dict[str, object]:
        """What the ledger keeps of it."""
        return results.answer(dume_id, state_code, calls.dume, adopted=adopted)

    def taken(self, prepared: Wanted[AskedT], saved: Saved | Refusal, calls: Calls) -> Mapping[str, object] | Refusal:
        """The answer of the call that makes it, for the ledger."""
        if isinstance(saved, Refusal):
            return saved
        return self.answer(prepared, saved.dume_id, saved.state_code, calls)

    def _exists(self, prepared: Wanted[AskedT], rival: ShownDume, refusal: Refusal | None = None) -> Finished:
        consultation_id, reason = prepared.consultation.id, Reason.DUME_EXISTS
        return results.refused(self.family, refusal, consultation_id, dume_id=rival.dume_id, reason=reason)


def _with_lots(prepared: Wanted[AskedT], known: Known) -> Wanted[AskedT]:
    """The same with the lots of the DUME that is replaced, where the request names none."""
    before = known.find(prepared.replaced) if prepared.replaced else None
    if before is None or prepared.place.lots:
        return prepared
    return replace(prepared, place=replace(prepared.place, lots=before.lots))


def _rivals(prepared: Wanted[AskedT], known: Known) -> tuple[ShownDume, ...]:
    return in_the_way(known.dumes, prepared.place, besides=prepared.replaced or prepared.known)


def _instead(end: Finished) -> UsedByOther:
    return UsedByOther(refusal=end.results[0], reason=Reason(end.reason))


def _unsearched(refusal: Refusal) -> str:
    return f"The search for the DUME was refused: {refusal.text}"


def _named(dumes: tuple[ShownDume, ...]) -> str:
    return ", ".join(f"DUME {dume.dume_id} ({dume.state})" for dume in dumes)

"""Compares the DUMEs and essential data that the State holds in the end with what was asked for and answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.sandbox.simulator.dume_register import KeptDume, State
from tests.chaos.asked import Asked
from tests.support.audit import Audit
from tests.support.bus import Json

BY_REQUEST = {
    "tender.dume.simplified.requested.v1": State.DRAFT,
    "tender.dume.draft.requested.v1": State.DRAFT,
    "tender.dume.validation.requested.v1": State.VALIDATED,
    "tender.dume.replacement.requested.v1": State.VALIDATED,
    "tender.dume.deletion.requested.v1": State.DELETED,
}
"""The state in which a request leaves its DUME."""

FACTS = tuple(f"tender.{kind}.v1" for kind in ("created", "updated", "published", "cancelled"))
PUBLISHED, CANCELLED = FACTS[2:]
PUBLICATION = "tender.essential_data.publication.requested.v1"
KINDS = {"contract": "MP", "concession": "CC"}
IN_DOCUMENTS = {
    "Procédure adaptée": b">OPEN<",
    "Appel d'offres restreint": b">RESTRICTED<",
    "Dialogue compétitif": b">COMP_DIALOGUE<",
}


@dataclass(frozen=True, slots=True)
class Dumes:
    """What was asked about them, in the order it was asked, and the State as it is in the end."""

    asked: Sequence[Asked]
    audit: Audit

    def complaints(self) -> list[str]:
        """One sentence for everything that is not as the answers say."""
        return [*self._states(), *self._places(), *self._facts(), *self._publications()]

    def _states(self) -> Iterator[str]:
        """Each DUME that single requests were about is as the last of them left it."""
        told: dict[str, State] = {}
        for asked in self.asked:
            state, result = BY_REQUEST.get(asked.type), self._done(asked)
            if state is None or result is None or (state is State.DRAFT and asked.names_known):
                continue
            told[result["data"]["dume_id"]] = state
            if (replaced := result["data"].get("replaced_dume_id")) is not None:
                told[replaced] = State.REPLACED
        held = {dume.dume_id: dume.state for dume in self._kept()}
        for dume_id, state in told.items():
            if held.get(dume_id) is not state:
                yield f"DUME {dume_id} is {held.get(dume_id, 'nowhere')}, and its last answer made it {state}"

    def _places(self) -> Iterator[str]:
        """One live DUME serves a consultation, lot and buyer."""
        living = [dume for dume in self._kept() if dume.state.is_alive]
        for number, one in enumerate(living):
            for other in living[number + 1 :]:
                if one.tender.overlaps(other.tender):
                    yield f"{one.dume_id} and {other.dume_id} both serve consultation {one.tender.consultation_id}"

    def _facts(self) -> Iterator[str]:
        """The DUME of a consultation is where the last revision calls for, whatever the order of the facts."""
        told: dict[str, list[Asked]] = {}
        for asked in self.asked:
            if asked.type in FACTS:
                told.setdefault(asked.key, []).append(asked)
        living: dict[str, list[KeptDume]] = {}
        for dume in self._kept():
            if dume.state.is_alive:
                living.setdefault(dume.tender.consultation_id, []).append(dume)
        for consultation, facts in told.items():
            yield from self._consultation(consultation, facts, living.get(consultation, []))

    def _consultation(self, consultation: str, facts: Sequence[Asked], living: Sequence[KeptDume]) -> Iterator[str]:
        last = max(facts, key=lambda fact: int(fact.event["data"]["consultation"]["revision"]))
        wanted = 0 if last.type == CANCELLED else 1
        if len(living) != wanted:
            yield f"{len(living)} DUMEs serve consultation {consultation}, where its facts call for {wanted}"
        if len(living) != 1 or not wanted:
            return
        (dume,) = living
        state = _called_for(facts)
        if state is not None and dume.state is not state:
            yield f"the DUME of consultation {consultation} is {dume.state}, where its facts call for {state}"
        if not self._was_late(consultation):
            yield from self._contents(dume, last.event["data"]["consultation"])

    def _contents(self, dume: KeptDume, consultation: Json) -> Iterator[str]:
        id, title, procedure = (consultation[name] for name in ("id", "title", "procedure"))
        if dume.tender.title != title:
            yield f"the DUME of consultation {id} says {dume.tender.title!r}, where its last fact says {title!r}"
        if IN_DOCUMENTS[procedure] not in dume.document:
            yield f"the document of the DUME of consultation {id} is not that of its last fact: {procedure}"

    def _was_late(self, consultation: str) -> bool:
        """Whether the State may have carried out a call about it after a later one, which nobody can take back."""
        return any(
            call.fault == "slow" and call.summary.get("idConsultation") == consultation
            for call in self.audit.simulator.journal.calls()
        )

    def _publications(self) -> Iterator[str]:
        """Essential data are there when a result says so, and no others are; that none is there twice, others see."""
        told = {_subject(asked) for asked in self.asked if asked.type == PUBLICATION and self._done(asked)}
        kept = {
            (one.versions[0].facts.kind, one.versions[0].facts.buyer_id, one.versions[0].facts.values.get("id"))
            for one in self.audit.simulator.world.dume.essential_data.all()
        }
        yield from (f"essential data {key} are there, and no result says so" for key in sorted(kept - told, key=str))
        yield from (f"essential data {key} are not there, and a result says so" for key in sorted(told - kept, key=str))

    def _done(self, asked: Asked) -> Json | None:
        ended = (one for one in self.audit.endings(asked.id) if one["type"].endswith(".done.v1"))
        return next(ended, None)

    def _kept(self) -> tuple[KeptDume, ...]:
        return self.audit.simulator.world.dume.dumes


def _called_for(facts: Sequence[Asked]) -> State | None:
    """The state of a DUME that lives; None where it depends on what was told first.

    That is so while a consultation that was published, cancelled and taken up again is not published again.
    """
    by_revision = sorted(facts, key=lambda fact: int(fact.event["data"]["consultation"]["revision"]))
    kinds = [fact.type for fact in by_revision]
    ended = max((place for place, kind in enumerate(kinds) if kind == CANCELLED), default=-1)
    if PUBLISHED in kinds[ended + 1 :]:
        return State.VALIDATED
    return None if PUBLISHED in kinds else State.DRAFT


def _subject(asked: Asked) -> tuple[object, ...]:
    data = asked.event["data"]
    kind = next(name for name in KINDS if name in data)
    return KINDS[kind], data["buyer"]["id"], data[kind]["id"]

"""Keeps the DUMEs and the states they pass through; one is alive per consultation, lot and buyer."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.sandbox.simulator.dume_request import Code, Platform, Refused, folded_word

_ALPHABET: Final = string.ascii_lowercase + string.digits
_ID_LENGTH: Final = 8


class State(StrEnum):
    """States as the service writes them."""

    DRAFT = "brouillon"
    VALIDATED = "validé"
    PUBLISHED = "publié"
    REPLACED = "remplacé"
    DELETED = "04"

    @property
    def is_alive(self) -> bool:
        """Whether a DUME in this state serves its consultation."""
        return self not in {State.REPLACED, State.DELETED}


_WORDS: Final = {folded_word(state): state for state in State} | {"supprime": State.DELETED}


def to_state(word: str) -> State:
    """The state of this name, accents and case aside; raises ValueError, which lists the names."""
    try:
        return _WORDS[folded_word(word)]
    except KeyError:
        raise ValueError(f"{word!r} is no state of a DUME; there are: {', '.join(State)}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """What a DUME is for."""

    consultation_id: str
    buyer_id: str
    buyer_name: str
    reference: str | None = None
    title: str | None = None
    contract_type: str | None = None
    procedure: str | None = None
    lots: Mapping[str, str | None] = field(default_factory=dict)

    def overlaps(self, other: Tender) -> bool:
        """Whether both serve the same buyer, consultation and a common lot; without lots, a DUME serves all of them."""
        if (self.consultation_id, self.buyer_id) != (other.consultation_id, other.buyer_id):
            return False
        return not self.lots or not other.lots or not self.lots.keys().isdisjoint(other.lots)


@dataclass(slots=True, kw_only=True)
class KeptDume:
    """One DUME, with every state it has been in and since when."""

    dume_id: str
    platform: Platform
    tender: Tender
    document: bytes
    replaces: str | None
    history: list[tuple[datetime, State]]

    @property
    def state(self) -> State:
        """The state now."""
        return self.history[-1][1]

    def state_at(self, moment: datetime) -> State | None:
        """The state at a moment, None when it was not there yet."""
        return next((state for since, state in reversed(self.history) if since <= moment), None)

    def enter(self, state: State, now: datetime) -> None:
        """Note a change of state."""
        if state is not self.state:
            self.history.append((now, state))


class Register:
    """Every DUME of the simulator. Searches lag behind what happened; everything else is exact."""

    def __init__(self, *, search_lag: timedelta, seed: int) -> None:
        self.search_lag = search_lag
        self._random = random.Random(seed)
        self._dumes: dict[str, KeptDume] = {}
        self._given: set[str] = set()

    @property
    def dumes(self) -> tuple[KeptDume, ...]:
        """All of them, the oldest first."""
        return tuple(self._dumes.values())

    def get(self, dume_id: str, platform: Platform) -> KeptDume:
        """A DUME of this platform; raises Refused for any other identifier."""
        dume = self._dumes.get(dume_id)
        if dume is None or dume.platform != platform:
            raise Refused(Code.UNKNOWN_DUME, f"Le DUME {dume_id[:16]} est inconnu de cette plateforme")
        return dume

    def find(self, platform: Platform, now: datetime, **criteria: str | None) -> list[tuple[KeptDume, State]]:
        """The platform's DUMEs that a search shows now, with the state it shows, by fields of their tender."""
        seen = [
            (dume, dume.state_at(now - self.search_lag)) for dume in self._dumes.values() if dume.platform == platform
        ]
        wanted = {name: value for name, value in criteria.items() if value is not None}
        return [
            (dume, state)
            for dume, state in seen
            if state is not None and all(getattr(dume.tender, name) == value for name, value in wanted.items())
        ]

    def add(
        self,
        platform: Platform,
        tender: Tender,
        document: bytes,
        state: State,
        now: datetime,
        replaces: str | None = None,
    ) -> KeptDume:
        """A new DUME under a new identifier; raises Refused when another one is alive for the same."""
        self._check_alone(platform, tender, without={replaces})
        dume = KeptDume(
            dume_id=self.new_id(),
            platform=platform,
            tender=tender,
            document=document,
            replaces=replaces,
            history=[(now, state)],
        )
        self._dumes[dume.dume_id] = dume
        return dume

    def change(self, dume: KeptDume, tender: Tender, document: bytes, replaces: str | None) -> None:
        """Put other contents into a draft; raises Refused when another DUME is alive for the same."""
        self._check_alone(dume.platform, tender, without={dume.dume_id, replaces})
        dume.tender, dume.document, dume.replaces = tender, document, replaces

    def new_id(self) -> str:
        """An identifier that nobody has yet, whoever it is for: DUMEs of bidders have theirs from here too."""
        while True:
            dume_id = "".join(self._random.choices(_ALPHABET, k=_ID_LENGTH))
            if dume_id not in self._given:
                self._given.add(dume_id)
                return dume_id

    def describe(self, dume: KeptDume, tender: Tender) -> None:
        """Tell another consultation of a DUME; raises Refused when another one is alive for the same."""
        if dume.state.is_alive:
            self._check_alone(dume.platform, tender, without={dume.dume_id})
        dume.tender = tender

    def set_state(self, dume_id: str, state: State) -> KeptDume:
        """Put a DUME into a state, as if it had always been there; raises KeyError when there is none."""
        dume = self._dumes[dume_id]
        dume.history[:] = [(dume.history[0][0], state)]
        return dume

    def _check_alone(self, platform: Platform, tender: Tender, *, without: set[str | None]) -> None:
        for other in self._dumes.values():
            is_rival = other.platform == platform and other.state.is_alive and other.dume_id not in without
            if is_rival and other.tender.overlaps(tender):
                raise Refused(
                    Code.EXISTS,
                    f"Un DUME ({other.dume_id}) existe deja pour cette consultation, ce lot et cet acheteur",
                )

"""Says where a DUME serves: the natural keys of a consultation, buyer and lots, and which of those found are there."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

from contracts.events import Buyer, Consultation
from contracts.words import DumeState
from service.core.entry import PART
from service.handlers.base import Event
from service.upstream.dume import Dume, FoundDume

OPERATION: Final = "dumeA"
"""What the ledger calls every change of a buyer's DUME: one name, so that natural keys are unique among all of them."""

GONE: Final = frozenset({DumeState.REPLACED, DumeState.DELETED})
"""States in which a DUME serves its consultation no more, so that another one may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A consultation of a buyer and some of its lots; without lots, all of them."""

    consultation_id: str
    buyer_id: str
    lots: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        """One natural key for each lot, else one that is in the way of every lot."""
        whole = f"consultation {self.consultation_id}, buyer {self.buyer_id}{PART}"
        return tuple(f"{whole}lot {lot}" for lot in sorted(self.lots)) or (whole,)

    def overlaps(self, lots: frozenset[str]) -> bool:
        """Whether a DUME of the same consultation and buyer for these lots, all without any, is in the way."""
        return not self.lots or not lots or not self.lots.isdisjoint(lots)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDume:
    """A DUME as a search shows it; no lots mean all of them, or that the State does not say."""

    dume_id: str
    state: DumeState
    state_code: str | None = None
    lots: frozenset[str] = frozenset()

    @property
    def is_live(self) -> bool:
        """Whether it serves its consultation, as far as this tells; a state that nobody knows counts as live."""
        return self.state not in GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """What those in the way say of a DUME that was perhaps made: it is this one, it may be, or it is another."""

    ours: tuple[ShownDume, ...]
    unclear: tuple[ShownDume, ...]
    others: tuple[ShownDume, ...]


def place_of(consultation: Consultation, buyer: Buyer | None, event: Event) -> Place:
    """Where a DUME for this consultation serves; raises EventInvalid without a buyer or a configured requester."""
    lots = frozenset(lot.number for lot in consultation.lots)
    return Place(consultation_id=consultation.id, buyer_id=event.buyer_id(buyer.id if buyer else None), lots=lots)


def dume_key(dume_id: str) -> str:
    """The natural key of one DUME, whatever is done with it."""
    return f"dume {dume_id}"


def state_key(dume_id: str, state: DumeState) -> str:
    """What a request keeps that brought a DUME to this state, so that nobody waits for a search to show it."""
    return f"{dume_key(dume_id)} is {state}"


def shown(found: Iterable[FoundDume], dume: Dume) -> tuple[ShownDume, ...]:
    """The DUMEs of a search, each once: the State shows one row for each lot."""
    rows: dict[str, list[FoundDume]] = {}
    for row in found:
        rows.setdefault(row.dume_id, []).append(row)
    return tuple(_as_one(of_one, dume) for of_one in rows.values())


def in_the_way(found: Iterable[ShownDume], place: Place, *, besides: str | None = None) -> tuple[ShownDume, ...]:
    """The live ones that serve a lot of the place already, the one `besides` left out."""
    return tuple(one for one in found if one.is_live and one.dume_id != besides and place.overlaps(one.lots))


def told_apart(
    rivals: Iterable[ShownDume], place: Place, *, made_by_others: Container[str], states: Container[DumeState]
) -> Witnesses:
    """Which of those in the way a lost answer may be about: one in these states, for the very lots that were asked for.

    A state or lots that the State does not tell leave it open.
    """
    sorted_out: dict[str, list[ShownDume]] = {"ours": [], "unclear": [], "others": []}
    for rival in rivals:
        kind = "others" if rival.dume_id in made_by_others else _kind(rival, place, states)
        sorted_out[kind].append(rival)
    return Witnesses(**{kind: tuple(dumes) for kind, dumes in sorted_out.items()})


def _kind(rival: ShownDume, place: Place, states: Container[DumeState]) -> str:
    is_same = rival.lots == place.lots
    if not is_same and rival.lots and place.lots:
        return "others"
    if rival.state in states:
        return "ours" if is_same else "unclear"
    return "unclear" if rival.state is DumeState.UNKNOWN else "others"


def _as_one(rows: list[FoundDume], dume: Dume) -> ShownDume:
    serves_all = any(row.lot_number is None for row in rows)
    first = rows[0]
    return ShownDume(
        dume_id=first.dume_id,
        state=DumeState(dume.state_of(first.state_code)),
        state_code=first.state_code,
        lots=frozenset() if serves_all else frozenset(row.lot_number for row in rows if row.lot_number is not None),
    )

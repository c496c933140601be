"""Keeps the DUMEs of bidders; several of one bidder may stand beside each other for one consultation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.sandbox.simulator.dume_request import Code, Platform, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """What a DUME of a bidder says: the document, whose it is, and for which consultation and lots."""

    document: bytes = field(repr=False)
    bidder: str
    consultation_id: str | None = None
    lots: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class KeptBid:
    """One DUME of a bidder, as it was saved last."""

    dume_id: str
    platform: Platform
    bid: Bid
    made_at: datetime
    saves: int = 1

    @property
    def about(self) -> dict[str, object]:
        """What the journal says of it."""
        return {"idDume": self.dume_id, "idConsultation": self.bid.consultation_id, "siretOE": self.bid.bidder}

    def to_json(self) -> dict[str, object]:
        """The DUME as the admin API shows it."""
        return {
            **self.about,
            "lots": list(self.bid.lots),
            "saves": self.saves,
            "bytes": len(self.bid.document),
            "idPlateforme": self.platform.owner_id,
            "created_at": self.made_at.isoformat(),
        }


class Bids:
    """Every DUME of a bidder. Searches lag behind; everything else is exact. `new_id` gives identifiers nobody has."""

    def __init__(self, *, search_lag: timedelta, new_id: Callable[[], str]) -> None:
        self.search_lag = search_lag
        self._new_id = new_id
        self._bids: dict[str, KeptBid] = {}

    def all(self) -> tuple[KeptBid, ...]:
        """All of them, the oldest first."""
        return tuple(self._bids.values())

    def get(self, dume_id: str, platform: Platform) -> KeptBid:
        """A DUME of this platform; raises Refused for any other identifier."""
        kept = self._bids.get(dume_id)
        if kept is None or kept.platform != platform:
            raise Refused(Code.UNKNOWN_DUME, f"Le DUME operateur {dume_id[:16]} est inconnu de cette plateforme")
        return kept

    def find(self, platform: Platform, now: datetime, **criteria: str | None) -> list[KeptBid]:
        """The platform's DUMEs that a search shows now, by `bidder` and `consultation_id`."""
        wanted = {name: value for name, value in criteria.items() if value is not None}
        return [
            kept
            for kept in self._bids.values()
            if kept.platform == platform and kept.made_at <= now - self.search_lag
            if all(getattr(kept.bid, name) == value for name, value in wanted.items())
        ]

    def add(self, platform: Platform, bid: Bid, now: datetime) -> KeptBid:
        """A new DUME under a new identifier, whatever there is already."""
        kept = KeptBid(dume_id=self._new_id(), platform=platform, bid=bid, made_at=now)
        self._bids[kept.dume_id] = kept
        return kept

    def change(self, kept: KeptBid, bid: Bid) -> None:
        """Put other contents into a DUME."""
        kept.bid, kept.saves = bid, kept.saves + 1

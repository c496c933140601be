"""Keeps essential data, each version of them, and when it is published."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from service.sandbox.simulator.dume_request import Code, Platform, Refused

_ALPHABET: Final = string.ascii_lowercase + string.digits
_START: Final = "AIFEDUME-"
_LENGTH: Final = 8

Json = Mapping[str, Any]  # Any: JSON of a client


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What no public page says of the service; `most_rows` apart, which was seen.

    `published_after`: seconds from taking data to publishing them. `is_unique`: a second one under the same kind,
    buyer and id is refused. `tells_reference`: the answer of a publication has it. `shows_unpublished`: searches show
    what was taken, published or not.
    """

    published_after: float = 1.0
    most_rows: int = 100
    is_unique: bool = False
    tells_reference: bool = True
    shows_unpublished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What essential data say; `followed` are the lists of what came after, by their names."""

    kind: str
    buyer_id: str | None
    values: Json
    operators: tuple[Json, ...]
    consultation: Json
    followed: Mapping[str, tuple[Json, ...]]

    def over(self, known: Facts) -> Facts:
        """These facts over those that are known, which stay where these say nothing."""
        return Facts(
            kind=known.kind,
            buyer_id=self.buyer_id or known.buyer_id,
            values={**known.values, **self.values},
            operators=self.operators or known.operators,
            consultation={
                **known.consultation, **{name: one for name, one in self.consultation.items() if one is not None},
            },
            followed=known.followed,
        )  # fmt: skip

    def with_followed(self, new: Mapping[str, tuple[Json, ...]]) -> Facts:
        """The same with what came after; what has the id of something there takes its place."""
        lists = dict(self.followed)
        for name, items in new.items():
            ids = [item.get("id") for item in items]
            kept = (one for one in lists.get(name, ()) if one.get("id") is None or one.get("id") not in ids)
            lists[name] = (*(one for one in kept if one not in items), *items)
        return replace(self, followed=lists)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version, since when it is there and when it is published."""

    facts: Facts
    taken_at: datetime
    published_at: datetime


@dataclass(slots=True, kw_only=True)
class KeptData:
    """The essential data under one reference, the first version first."""

    reference: str
    platform: Platform
    versions: list[Version] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """As people may see it."""
        facts = self.versions[-1].facts
        return {
            "referenceUnique": self.reference,
            "typeDE": facts.kind,
            "id": facts.values.get("id"),
            "idAcheteur": facts.buyer_id,
            "idConsultation": facts.consultation.get("idConsultation"),
            "idPlateforme": self.platform.owner_id,
            "versions": len(self.versions),
            "published_at": self.versions[0].published_at.isoformat(),
        }


class EssentialRegister:
    """All essential data of the simulator. Searches lag behind what happened; everything else is exact."""

    def __init__(self, *, search_lag: timedelta, seed: int, rules: Rules | None = None) -> None:
        self.search_lag = search_lag
        self.rules = rules or Rules()
        self._random = random.Random(seed)
        self._kept: dict[str, KeptData] = {}

    def all(self) -> tuple[KeptData, ...]:
        """All of them, the oldest first."""
        return tuple(self._kept.values())

    def get(self, reference: str, platform: Platform) -> KeptData:
        """Those of this platform under a reference; raises Refused for any other."""
        kept = self._kept.get(reference)
        if kept is None or kept.platform != platform:
            raise Refused(Code.UNKNOWN_DATA, f"Les donnees {reference[:20]} sont inconnues de cette plateforme")
        return kept

    def add(self, platform: Platform, facts: Facts, now: datetime, *, published_at: datetime | None = None) -> KeptData:
        """New essential data under a new reference; raises Refused where the id is taken and that matters."""
        if self.rules.is_unique and any(_same(kept.versions[0].facts, facts) for kept in self.all()):
            raise Refused(Code.DATA_EXISTS, "Des donnees existent deja pour cet acheteur et cet identifiant")
        kept = KeptData(reference=self._new_reference(), platform=platform)
        kept.versions.append(Version(facts=facts, taken_at=now, published_at=published_at or now + self._delay))
        self._kept[kept.reference] = kept
        return kept

    def change(self, kept: KeptData, facts: Facts, now: datetime) -> None:
        """Put other facts in place of a version that is not published, else beside it as a new one."""
        latest = kept.versions[-1]
        if now < latest.published_at:
            kept.versions[-1] = replace(latest, facts=facts)
        else:
            kept.versions.append(Version(facts=facts, taken_at=now, published_at=now + self._delay))

    def shown(self, now: datetime) -> Iterator[tuple[KeptData, Version]]:
        """What searches show now."""
        seen = now - self.search_lag
        for kept in self._kept.values():
            for version in kept.versions:
                if version.published_at <= seen or (self.rules.shows_unpublished and version.taken_at <= seen):
                    yield kept, version

    @property
    def _delay(self) -> timedelta:
        return timedelta(seconds=self.rules.published_after)

    def _new_reference(self) -> str:
        while True:
            reference = _START + "".join(self._random.choices(_ALPHABET, k=_LENGTH))
            if reference not in self._kept:
                return reference


def _same(one: Facts, other: Facts) -> bool:
    """Whether two have the same kind, buyer and id."""
    return (one.kind, one.buyer_id, one.values.get("id")) == (other.kind, other.buyer_id, other.values.get("id"))

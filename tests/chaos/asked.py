"""One request of a scenario, what it may be answered with, and what its sender asks next."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from tests.support.bus import Json

DONE = frozenset({"done"})
READ = frozenset({"reported", "refused"})
REFUSED_ALONE = frozenset({"refused"})

Next = Callable[[Json], "Asked | None"]
"""What follows on a terminal result, if anything."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it was published; `key` is what it is about, `endings` the last words it may be answered with."""

    id: str
    key: str
    event: Json
    endings: frozenset[str]
    then: Next | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, key: str, event: Json, endings: frozenset[str], then: Next | None = None) -> Self:
        """A request under the id of its event."""
        return cls(str(event["id"]), key, event, endings, then)

    @property
    def type(self) -> str:
        """The type of the request."""
        return str(self.event["type"])

    @property
    def names_known(self) -> bool:
        """Whether it names a DUME that is there: then it makes none."""
        return "dume_id" in self.event["data"] and "replacement" not in self.type


class Drawn:
    """Numbers and ids drawn by lot, which nobody else has."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def number(self, start: str) -> str:
        """A number or the id of a consultation."""
        return f"{start}-{self.chance.getrandbits(44):011x}"

    def id(self) -> str:
        """The id of a request."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def siret(self) -> str:
        """A company that does not exist."""
        return f"999{self.chance.randrange(10**11):011}"

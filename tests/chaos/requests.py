"""What the business services of a scenario ask for: mixed by lot, each with the endings it may have."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.builders import BUYER, deposit, simplified
from tests.support.bus import Json, request

SEARCH = "tender.dume.search.requested.v1"
STATUS = "invoice.status.requested.v1"
REFUSED = "R"
"""What the numbers of invoices that the State does not want begin with; the scene has a rule for them."""

DONE = frozenset({"done"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it was published; `key` is what it is about, `endings` the last words it may be answered with."""

    id: str
    key: str
    event: Json
    endings: frozenset[str]

    @property
    def type(self) -> str:
        """The type of the request."""
        return str(self.event["type"])


class Mixture:
    """Makes requests of several sorts by weight; the same chance makes the same requests."""

    def __init__(self, chance: random.Random, weights: Mapping[str, int] | None = None) -> None:
        self._chance = chance
        self._sorts: Mapping[str, Callable[[], Asked]] = {
            "invoice": self.invoice,
            "tender": self.tender,
            "refused": self.unwanted,
            "search": self.search,
            "status": self.status,
        }
        self._weights = weights or {"invoice": 45, "tender": 35, "refused": 5, "search": 10, "status": 5}
        self._invoices: list[str] = []
        self._tenders: list[str] = []

    def next(self) -> Asked:
        """The next request."""
        (sort,) = self._chance.choices(list(self._weights), weights=list(self._weights.values()))
        return self._sorts[sort]()

    def invoice(self, start: str = "F") -> Asked:
        """An invoice with a number of its own."""
        number = self._new(start)
        self._invoices.append(number)
        return self._asked(number, deposit(number, id=self._id()), DONE)

    def unwanted(self) -> Asked:
        """An invoice that the State takes and then refuses."""
        number = self._new(REFUSED)
        return self._asked(number, deposit(number, id=self._id()), frozenset({"refused"}))

    def tender(self) -> Asked:
        """A tender whose DUME is to be made."""
        consultation = self._new("T")
        self._tenders.append(consultation)
        return self._asked(consultation, simplified(consultation, id=self._id()), DONE)

    def search(self) -> Asked:
        """A search for the DUME of a tender asked for before, or of one nobody knows."""
        consultation = self._chance.choice(self._tenders[-20:] or [self._new("T")])
        data = {"consultation_id": consultation, "buyer": BUYER}
        return self._asked(consultation, request(SEARCH, data, id=self._id()), frozenset({"reported"}))

    def status(self) -> Asked:
        """A question for the status of an invoice, which the State may not know yet."""
        number = self._chance.choice(self._invoices[:50] or [self._new("F")])
        return self._asked(
            number, request(STATUS, {"invoice_number": number}, id=self._id()), frozenset({"reported", "refused"})
        )

    def _asked(self, key: str, event: Json, endings: frozenset[str]) -> Asked:
        return Asked(str(event["id"]), key, event, endings)

    def _new(self, start: str) -> str:
        return f"{start}-{self._chance.getrandbits(44):011x}"

    def _id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

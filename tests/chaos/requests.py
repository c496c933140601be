"""What the business services of a scenario ask for: mixed by lot, each with the endings it may have."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from tests.builders import BUYER, deposit, simplified
from tests.chaos.asked import DONE, READ, REFUSED_ALONE, Asked, Drawn
from tests.chaos.tenders import Bids, Dumes, Facts, Publications, Reads
from tests.support.bus import request

SEARCH = "tender.dume.search.requested.v1"
STATUS = "invoice.status.requested.v1"
REFUSED = "R"
"""What the numbers of invoices that the State does not want begin with; the scene has a rule for them."""

USUAL = {
    "invoice": 40, "refused": 5, "status": 5, "tender": 16, "search": 5, "fact": 13, "dume": 6, "bid": 3, "creation": 2,
    "publication": 2, "read": 3,
}  # fmt: skip
"""How often each sort is begun; what follows on an answer comes beside it."""


class Mixture:
    """Makes requests of several sorts by weight; the same chance makes the same requests."""

    def __init__(self, chance: random.Random, weights: Mapping[str, int] | None = None) -> None:
        self._chance = chance
        self._drawn = Drawn(chance)
        bids = Bids(self._drawn)
        self._sorts: Mapping[str, Callable[[], Asked]] = {
            "invoice": self.invoice,
            "tender": self.tender,
            "refused": self.unwanted,
            "search": self.search,
            "status": self.status,
            "fact": Facts(self._drawn).next,
            "dume": Dumes(self._drawn).next,
            "bid": bids.save,
            "creation": bids.creation,
            "publication": Publications(self._drawn).next,
            "read": Reads(self._drawn).next,
        }
        self._weights = weights or USUAL
        self._invoices: list[str] = []
        self._tenders: list[str] = []

    def next(self) -> Asked:
        """The next request."""
        (sort,) = self._chance.choices(list(self._weights), weights=list(self._weights.values()))
        return self._sorts[sort]()

    def invoice(self, start: str = "F") -> Asked:
        """An invoice with a number of its own."""
        number = self._drawn.number(start)
        self._invoices.append(number)
        return Asked.of(number, deposit(number, id=self._drawn.id()), DONE)

    def unwanted(self) -> Asked:
        """An invoice that the State takes and then refuses."""
        number = self._drawn.number(REFUSED)
        return Asked.of(number, deposit(number, id=self._drawn.id()), REFUSED_ALONE)

    def tender(self) -> Asked:
        """A tender whose DUME is to be made."""
        consultation = self._drawn.number("T")
        self._tenders.append(consultation)
        return Asked.of(consultation, simplified(consultation, id=self._drawn.id()), DONE)

    def search(self) -> Asked:
        """A search for the DUME of a tender asked for before, or of one nobody knows."""
        consultation = self._chance.choice(self._tenders[-20:] or [self._drawn.number("T")])
        data = {"consultation_id": consultation, "buyer": BUYER}
        return Asked.of(consultation, request(SEARCH, data, id=self._drawn.id()), frozenset({"reported"}))

    def status(self) -> Asked:
        """A question for the status of an invoice, which the State may not know yet."""
        number = self._chance.choice(self._invoices[:50] or [self._drawn.number("F")])
        return Asked.of(number, request(STATUS, {"invoice_number": number}, id=self._drawn.id()), READ)

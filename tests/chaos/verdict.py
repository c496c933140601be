"""Reckons up a scenario from what the broker and the State's journal say, and asks no worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.asked import Asked
from tests.chaos.dumes import Dumes
from tests.support.audit import MAKING, SYNC, Audit
from tests.support.bus import Json

REFUSED = frozenset({"refused"})
WRITES = (
    "invoice.deposit.", "tender.dume.simplified.", "tender.dume.draft.", "tender.dume.replacement.", "tender.bid.save.",
    "tender.bid.creation.", "tender.essential_data.publication.",
)  # fmt: skip
"""What makes something new, unless it names what is there already; facts say in their results whether they did."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a scenario may end with besides everything done: so many dead letters, so many requests given up.

    A request given up is answered `failed` with effect `none`, and the State must hold nothing of it.
    """

    dead: int = 0
    given_up: int = 0
    made_by_others: int = 0
    """Things the State holds that were made without the relay."""


@dataclass(slots=True)
class Reckoning:
    """The count of one scenario: figures, and one sentence for everything that is wrong."""

    asked: Sequence[Asked]
    audit: Audit
    left: Mapping[str, int]
    dead: int
    expected: Expected = field(default_factory=Expected)

    def endings(self) -> Counter[str]:
        """How many requests ended in each word."""
        return Counter(self._word(asked) for asked in self.asked)

    def lost(self) -> list[str]:
        """The requests without a terminal result."""
        return self.audit.without_end(asked.id for asked in self.asked)

    def doubled(self) -> list[str]:
        """What the State made more than once, by its journal."""
        # What the State refuses leaves nothing to find: when the answer is lost, it is sent and refused once more.
        nothing = {asked.key for asked in self.asked if asked.endings == REFUSED}
        claims, made = self._claims(), self.audit.made().items()
        found = [(key, calls) for key, calls in made if key not in nothing and len(calls) > max(claims[key], 1)]
        return [f"{key} was made {len(calls)} times, by the calls {calls}" for key, calls in found]

    def complaints(self) -> list[str]:
        """Everything that is wrong; nothing when all is well."""
        ids = [asked.id for asked in self.asked]
        changing = {asked.id for asked in self.asked if asked.names_known}
        return [
            *self.doubled(),
            *self._lost(),
            *self._unexpected(),
            *self._sums(),
            *self.audit.complaints_in_full(ids, changing=changing),
            *Dumes(self.asked, self.audit).complaints(),
            *(f"a result {one['id']} answers {one['causationid']}, which nobody asked" for one in self._strangers()),
            *(f"{count} events are left in {queue}" for queue, count in self.left.items() if queue != "dead-letter"),
            *self._dead_letters(),
        ]

    def _word(self, asked: Asked) -> str:
        endings = self.audit.endings(asked.id)
        return str(endings[0]["type"]).split(".")[-2] if endings else "lost"

    def _lost(self) -> Iterator[str]:
        lost = set(self.lost())
        yield from (f"lost: {asked.type} {asked.id} ({asked.key})" for asked in self.asked if asked.id in lost)

    def _strangers(self) -> list[dict[str, object]]:
        return self.audit.strangers(asked.id for asked in self.asked)

    def _unexpected(self) -> Iterator[str]:
        given_up = 0
        for asked in self.asked:
            word = self._word(asked)
            if word in {"lost", *asked.endings}:
                continue
            data = self.audit.endings(asked.id)[0]["data"]
            if word == "failed" and data.get("effect") == "none":
                given_up += 1
                if given_up <= self.expected.given_up:
                    continue
            yield f"{asked.type} {asked.id} ({asked.key}) ended as {word}: {data.get('reason')}, {data.get('detail')}"

    def _sums(self) -> Iterator[str]:
        """Creations at the State are the requests that succeeded, and those it took and refused afterwards."""
        made, claims = self.audit.made(), self._claims()
        yield from (f"{key} was made at the State, and no result says so" for key in sorted(made.keys() - claims))
        for key, count in sorted(claims.items()):
            if (seen := len(made.get(key, ()))) < count:
                yield f"{key} was {_times(seen)} made at the State, and {_results(count)}"

    def _claims(self) -> Counter[str]:
        """How often the results say that the State made something, by what that is about."""
        return Counter(asked.key for asked in self.asked if self._took(asked))

    def _took(self, asked: Asked) -> bool:
        """Whether the result of a write says that the State made what was asked for."""
        return any(self._says_made(asked, one) for one in self.audit.endings(asked.id))

    def _says_made(self, asked: Asked, result: Json) -> bool:
        if result["type"] == SYNC:
            return result["data"]["action"] in MAKING
        if asked.names_known or not asked.type.startswith(WRITES):
            return False
        is_taken = result["type"].endswith(".refused.v1") and result["data"].get("flow_number")
        return result["type"].endswith(".done.v1") or bool(is_taken)

    def _dead_letters(self) -> Iterator[str]:
        if self.dead != self.expected.dead:
            yield f"{self.dead} dead letters, where {self.expected.dead} have a cause"


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _results(count: int) -> str:
    return "a result says so" if count == 1 else f"{count} results say so"

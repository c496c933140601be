"""Reckons up a scenario from what the broker and the State's journal say, and asks no worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.requests import Asked
from tests.support.audit import Audit

REFUSED = frozenset({"refused"})
WRITES = ("invoice.deposit.", "tender.dume.simplified.")


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
        found = [(key, calls) for key, calls in self.audit.made().items() if key not in nothing]
        return [f"{key} was made {len(calls)} times, by the calls {calls}" for key, calls in found if len(calls) > 1]

    def complaints(self) -> list[str]:
        """Everything that is wrong; nothing when all is well."""
        ids = [asked.id for asked in self.asked]
        return [
            *self.doubled(),
            *self._lost(),
            *self._unexpected(),
            *self._sums(),
            *self.audit.complaints_in_full(ids),
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
        made = set(self.audit.made())
        succeeded = {asked.key for asked in self.asked if self._took(asked)}
        yield from (f"{key} was made at the State, and no result says so" for key in sorted(made - succeeded))
        yield from (f"{key} was never made at the State, and a result says so" for key in sorted(succeeded - made))

    def _took(self, asked: Asked) -> bool:
        """Whether the result of a write says that the State took it."""
        if not asked.type.startswith(WRITES):
            return False
        return any(
            one["type"].endswith(".done.v1") or (one["type"].endswith(".refused.v1") and one["data"].get("flow_number"))
            for one in self.audit.endings(asked.id)
        )

    def _dead_letters(self) -> Iterator[str]:
        if self.dead != self.expected.dead:
            yield f"{self.dead} dead letters, where {self.expected.dead} have a cause"

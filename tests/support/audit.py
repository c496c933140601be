"""Counts, from the bus and from the simulated State itself, whether anything was lost or done twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from service.sandbox.simulator import Simulator, flows
from tests.support.bus import Bus, Json
from tests.support.until import until

PASSING = (
    ".delayed.v1", ".reported.v1", ".page.v1", "invoice.status.refused.v1", "invoice.search.refused.v1",
    "invoice.download.refused.v1", "tender.dume.search.refused.v1", "tender.dume.document.refused.v1",
    "tender.bid.merge.refused.v1",
    "tender.company.lookup.refused.v1",
    "invoice.download.refused.v1", "tender.dume.search.refused.v1", "tender.essential_data.search.refused.v1",
)  # fmt: skip
"""Say how things stand when they are published, and are not kept in the ledger: said again, they may tell more."""

DONE = ".done.v1"
MADE = (
    "invoice.deposit.done.v1", "invoice.submission.done.v1", "tender.dume.simplified.done.v1",
    "tender.dume.draft.done.v1", "tender.dume.replacement.done.v1", "tender.bid.save.done.v1",
    "tender.bid.creation.done.v1",
)  # fmt: skip
"""Name what there was not before; every other result is about what another request brought about."""
SYNC = "tender.sync.done.v1"
MAKING = frozenset({"created", "replaced"})
"""What was done because of a fact when it made a DUME."""

GONE = frozenset({"04", "remplacé"})
"""The states of a DUME that left its place to another."""

UNDERWAY = (None, *flows.UNDERWAY)
LOST_BY_THE_STATE = "IN_INCIDENTE"
"""A flow in this state has to be deposited again."""


class Audit:
    """Believes no log and no metric of a worker: only results, queues, and what the State received and holds.

    `queues` are all of the relay, named without the prefix.
    """

    def __init__(self, bus: Bus, simulator: Simulator, queues: Sequence[str]) -> None:
        self._bus = bus
        self.simulator = simulator
        self._queues = tuple(queues)
        self._read = 0
        self._by_request: dict[str, dict[str, Json]] = {}
        self._two_contents: list[tuple[str, str]] = []

    async def ended(self, ids: Iterable[str], *, limit: float = 60.0) -> None:
        """Return when every request has a terminal result; raises TimeoutError naming those without."""
        wanted = list(ids)

        async def all_there() -> bool:
            return not self.without_end(wanted)

        try:
            await until(all_there, "every terminal result", limit=limit)
        except TimeoutError as error:
            missing = self.without_end(wanted)
            raise TimeoutError(f"{len(missing)} requests have no terminal result: {missing[:10]}") from error

    def without_end(self, ids: Iterable[str]) -> list[str]:
        """The requests that have no terminal result so far."""
        self._read_on()
        return [id for id in ids if not self.endings(id)]

    def endings(self, id: str) -> list[Json]:
        """The distinct terminal results of a request, in the order they came."""
        return [result for result in self.results(id) if result.get("final")]

    def results(self, id: str) -> list[Json]:
        """The distinct results of a request, in the order they came."""
        self._read_on()
        return list(self._by_request.get(id, {}).values())

    def strangers(self, ids: Iterable[str]) -> list[Json]:
        """The terminal results of requests that are none of these."""
        self._read_on()
        return [one for id in sorted(self._by_request.keys() - set(ids)) for one in self.endings(id)]

    def repeated(self) -> int:
        """How many results came again with an id that was known."""
        self._read_on()
        return len(self._bus.received) - len({one["id"] for one in self._bus.received})

    def made(self) -> dict[str, list[int]]:
        """What the State made, by its journal: for each number or consultation, or company without, the calls."""
        found: dict[str, list[int]] = {}
        for call in self.simulator.journal.calls():
            if call.effect != "created" or call.upstream == "gateway":
                continue
            numbers, names = call.summary.get("numbers"), ("id", "idConsultation", "siretOE")
            about = next((call.summary[name] for name in names if call.summary.get(name)), None)
            for key in numbers if isinstance(numbers, list) else [about]:
                found.setdefault(str(key), []).append(call.n)
        return found

    def complaints(self, ids: Iterable[str], *, changing: Collection[str] = ()) -> list[str]:
        """What is wrong with these requests and with the State, one sentence each; nothing when all is well.

        `changing` are those of them that change what another of them made.
        """
        wanted = list(ids)
        effects = self._effects(wanted, [id for id in wanted if id not in changing])
        return [*self._endings(wanted), *self._contents(wanted), *effects, *self._doubled()]

    def complaints_in_full(self, ids: Iterable[str], *, changing: Collection[str] = ()) -> list[str]:
        """The same where these requests are all there were: then the State holds nothing that no result names."""
        wanted = list(ids)
        named = {thing for id in wanted for thing in self._named(id, DONE)}
        unclaimed = sorted((self.invoices() | self.dumes()) - named, key=str)
        nobody = [f"the State holds {thing}, which no result names" for thing in unclaimed]
        return [*self.complaints(wanted, changing=changing), *nobody]

    def deposits(self, number: str) -> int:
        """How many files with an invoice of this number the State took."""
        return sum(number in flow["numbers"] for flow in self._state()["flows"]["list"])

    def creations(self, consultation: str) -> int:
        """How many DUMEs the State made for a consultation."""
        return sum(dume["idConsultation"] == consultation for dume in self._state()["dumes"]["dumes"])

    def calls(self, operation: str, *, since: int = 0, having: str | None = None) -> int:
        """How many calls of an operation the State received after a call number, all or those whose summary says so."""
        found = self.simulator.journal.calls(operation, since=since)
        return sum(having is None or having in json.dumps(dict(call.summary), default=str) for call in found)

    def invoices(self) -> set[int | str]:
        """The Chorus Pro numbers of the invoices the State holds."""
        return {invoice["id"] for invoice in self._state()["invoices"]["list"]}

    def dumes(self) -> set[int | str]:
        """The identifiers of the DUMEs the State made, for buyers and for bidders."""
        dumes = self._state()["dumes"]
        return {dume["idDume"] for dume in (*dumes["dumes"], *dumes["bids"])}

    async def left(self) -> dict[str, int]:
        """The queues that are not empty, with how many messages wait in each; results nobody bound to do not count."""
        counted = {queue: await self._bus.depth(queue) for queue in self._queues if queue != "unclaimed"}
        return {queue: count for queue, count in counted.items() if count}

    async def quiet(self, expected: dict[str, int] | None = None, *, limit: float = 30.0) -> dict[str, int]:
        """What is left in the queues once it is what was expected (nothing, unless said), or at the limit."""
        wanted = expected or {}

        async def is_quiet() -> bool:
            return await self.left() == wanted

        try:
            await until(is_quiet, "empty queues", limit=limit)
        except TimeoutError:
            return await self.left()
        return wanted

    async def meets(self, question: Callable[[], bool], what: str, *, limit: float = 30.0) -> None:
        """Return when a question about the State is answered with yes."""

        async def ask() -> bool:
            return question()

        await until(ask, what, limit=limit)

    async def called(self, operation: str, *, times: int = 1, since: int = 0, limit: float = 30.0) -> None:
        """Return when the State received that many calls of an operation after a call number."""
        what = f"{times} calls of {operation}"
        await self.meets(lambda: self.calls(operation, since=since) >= times, what, limit=limit)

    def _endings(self, ids: Sequence[str]) -> Iterator[str]:
        for id in ids:
            count = len(self.endings(id))
            if count != 1:
                yield f"request {id} has {count} terminal results"

    def _contents(self, ids: Sequence[str]) -> Iterator[str]:
        self._read_on()
        wanted = set(ids)
        yield from (f"{what} came with two contents" for request, what in self._two_contents if request in wanted)

    def _read_on(self) -> None:
        """Sort what came since the last time by request."""
        for result in self._bus.received[self._read :]:
            self._read += 1
            request = str(result.get("causationid"))
            said = self._by_request.setdefault(request, {})
            if said.setdefault(result["id"], result) != result and not result["type"].endswith(PASSING):
                self._two_contents.append((request, f"result {result['id']} ({result['type']})"))

    def _effects(self, ids: Sequence[str], making: Sequence[str]) -> Iterator[str]:
        held = self.invoices() | self.dumes()
        claims = Counter(thing for id in making for thing in self._named(id, MADE))
        yield from (f"{thing} is named by {times} requests" for thing, times in claims.items() if times > 1)
        for thing in {thing for id in ids for thing in self._named(id, DONE)} - held:
            yield f"{thing} is named by a result and the State does not hold it"

    def _named(self, id: str, endings: str | tuple[str, ...]) -> set[int | str]:
        """What the terminal result of a request names at the State, if it is one of these."""
        found: set[int | str] = set()
        for result in self.endings(id):
            data = result["data"]
            is_made = result["type"] == SYNC and data["action"] in MAKING
            if not (result["type"].endswith(endings) or is_made):
                continue
            found |= {one["chorus_pro_id"] for one in data.get("invoices", ()) if one.get("integrated", True)}
            found |= {data["chorus_pro_id"]} if "chorus_pro_id" in data else set()
            found |= set(data.get("deleted_dume_ids", ())) if endings == DONE else set()
            names = ("dume_id", "replaced_dume_id") if endings == DONE else ("dume_id",)
            found |= {data[name] for name in names if data.get(name) is not None}
        return found

    def _doubled(self) -> Iterator[str]:
        state = self._state()
        kept = [flow for flow in state["flows"]["list"] if flow["state"] != LOST_BY_THE_STATE]
        # A file the State refused each time left nothing: after a lost answer no look can find it, so it is sent again.
        left_something = {flow["digest"] for flow in kept if flow["invoices"] or flow["state"] in UNDERWAY}
        files = Counter(flow["digest"] for flow in kept if flow["digest"] in left_something)
        names = {flow["digest"]: flow["name"] for flow in kept}
        yield from (f"{names[digest]} was deposited {times} times" for digest, times in files.items() if times > 1)
        made = Counter(
            (dume["idConsultation"], dume["idAcheteur"], *dume["lots"])
            for dume in state["dumes"]["dumes"]
            if dume["statut"] not in GONE
        )
        made |= Counter((bid["idConsultation"], bid["siretOE"], *bid["lots"]) for bid in state["dumes"]["bids"])
        yield from (f"the DUME of {tender} was made {times} times" for tender, times in made.items() if times > 1)
        taken = Counter((one["typeDE"], one["idAcheteur"], one["id"]) for one in state["dumes"]["essential_data"])
        yield from (f"the essential data {key} were taken {times} times" for key, times in taken.items() if times > 1)

    def _state(self) -> dict[str, Any]:  # Any: the State as the simulator shows it, JSON of many shapes
        world = self.simulator.world
        return {**world.chorus_pro.to_json(), "dumes": world.dume.state()}

"""Adds up what happened, from the results on the bus, the journal of the State and what is left in the broker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.sandbox.demo.requests import DEPOSIT, Request
from service.sandbox.demo.story import Row, Story

Call = Mapping[str, Any]
"""A line of the simulator's journal; Any because its summary differs by operation."""

HEALTH_CHECK: Final = "healthCheck"
MOST_PROBES_PER_SECOND: Final = 1
SPARE_PROBES: Final = 3
"""Checks around the edges: at the first suspicion, and one on each side."""
_CREATES: Final = {
    "tender.dume.simplified": "creerDumeSimple",
    "tender.dume.draft": "enregistrerDume",
    "tender.created": "enregistrerDume",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the verdict rests on. `pause` is how long the maintenance lasted, in seconds."""

    story: Story
    calls: Sequence[Call]
    invoices: Sequence[Mapping[str, Any]]  # Any: as the simulator shows them
    left: Mapping[str, int]
    pause: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Sentences that say what went wrong, by kind, and the calls the State saw during its maintenance."""

    unexpected: tuple[str, ...]
    doubled: tuple[str, ...]
    lost: tuple[str, ...]
    probes: int
    other_calls: int
    carried_out: int
    too_many_calls: bool

    @property
    def is_good(self) -> bool:
        """Whether everything went as it must."""
        return not (self.unexpected or self.doubled or self.lost or self.carried_out or self.too_many_calls)


def judge(evidence: Evidence) -> Verdict:
    """Compare what was asked, what was answered and what the State did."""
    during = [call for call in evidence.calls if call.get("fault") == "maintenance"]
    probes = sum(call["operation"] == HEALTH_CHECK for call in during)
    parked = sum(row.was_parked for row in evidence.story.rows.values())
    others = len(during) - probes
    allowed_probes = evidence.pause * MOST_PROBES_PER_SECOND + SPARE_PROBES
    return Verdict(
        unexpected=tuple(_unexpected(evidence.story, parked)),
        doubled=tuple(_doubled(evidence)),
        lost=tuple(_lost(evidence)),
        probes=probes,
        other_calls=others,
        carried_out=sum(call.get("effect") != "none" for call in during),
        too_many_calls=others > parked or probes > allowed_probes,
    )


def _unexpected(story: Story, parked: int) -> Iterable[str]:
    for row in story.rows.values():
        if row.ending is not None and row.ending != row.request.expected:
            yield f"{row.request.title}: {row.ending} in place of {row.request.expected}"
    if not parked:
        yield "the maintenance parked no request"
    yield from (f"a result nobody asked for: {result.get('type')}" for result in story.strangers)


def _doubled(evidence: Evidence) -> Iterable[str]:
    for row in evidence.story.rows.values():
        if len(row.terminals) > 1:
            yield f"{row.request.title}: {len(row.terminals)} different last results"
        times = _times_done(row.request, evidence.calls)
        if times > 1:
            yield f"{row.request.title}: carried out {times} times by the State"
    numbers = Counter((invoice["supplier"], invoice["number"]) for invoice in evidence.invoices)
    yield from (f"invoice {number} exists {count} times" for (_, number), count in numbers.items() if count > 1)


def _lost(evidence: Evidence) -> Iterable[str]:
    there = {str(invoice["number"]) for invoice in evidence.invoices}
    for row in evidence.story.rows.values():
        if row.ending is None:
            yield f"{row.request.title}: no last result"
        elif row.is_good and not row.request.invoices <= there:
            yield f"{row.request.title}: {', '.join(sorted(row.request.invoices - there))} is not at Chorus Pro"
    reported = _reported(evidence.story.rows.values())
    yield from (f"invoice {number} exists and nobody was told" for number in sorted(there - reported))
    yield from (f"{count} left in {queue}" for queue, count in evidence.left.items() if count)


def _times_done(request: Request, calls: Sequence[Call]) -> int:
    made = [call for call in calls if call.get("effect") == "created"]
    if request.family == DEPOSIT:
        return sum(
            call["operation"] == "deposerFluxFacture" and call["summary"].get("file") == request.file for call in made
        )
    operation = _CREATES.get(request.family)
    return sum(
        call["operation"] == operation and call["summary"].get("idConsultation") == request.consultation
        for call in made
    )


def _reported(rows: Iterable[Row]) -> set[str]:
    """The numbers that a terminal result says are integrated."""
    return {
        str(invoice["invoice_number"])
        for row in rows
        for result in row.terminals.values()
        for invoice in result["data"].get("invoices", ())
        if invoice.get("integrated")
    }

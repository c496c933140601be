"""Decides when an upstream, or one operation of it, may be called: open, closed, probing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

DIFFERENT_EVENTS = 3
"""How many different events must fail before one operation is closed while the health check is green."""

EVIDENCE_KEPT = timedelta(minutes=10)
"""Failures older than this no longer count against an operation."""

LONGEST_BACKOFF = timedelta(minutes=15)

MOST_DOUBLINGS = 20
"""Doublings beyond this change nothing: the longest back-off is reached, whatever the interval."""

PROBE_KEPT = timedelta(minutes=10)
"""A probe silent for longer than any call went another way, to another worker for instance."""


class Position(StrEnum):
    """Where a gate stands."""

    OPEN = "open"
    CLOSED = "closed"
    PROBING = "probing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a gate stands in front of: a whole upstream, or one operation of it."""

    upstream: str
    operation: str | None = None

    @classmethod
    def parse(cls, text: str) -> Scope:
        """The scope that `str` wrote."""
        upstream, _, operation = text.partition("/")
        return cls(upstream=upstream, operation=operation or None)

    def __str__(self) -> str:
        return self.upstream if self.operation is None else f"{self.upstream}/{self.operation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate. `probe_at` is when a closed gate is tried next, `probe` the one event let through while probing."""

    scope: Scope
    position: Position = Position.OPEN
    cause: str = ""
    since: datetime | None = None
    until: datetime | None = None
    probe_at: datetime | None = None
    probe: str | None = None
    relapses: int = 0

    def closed(self, cause: str, now: datetime, interval: timedelta, until: datetime | None = None) -> Gate:
        """Close it, or close it again: the pause keeps its beginning, and each relapse doubles the wait."""
        relapsed = self.position is Position.PROBING
        relapses = self.relapses + 1 if relapsed else 0
        longest = max(LONGEST_BACKOFF, interval)
        # Compared as numbers: a doubled interval may be longer than a timedelta can be.
        doubled = interval.total_seconds() * 2 ** min(relapses, MOST_DOUBLINGS)
        wait = longest if doubled >= longest.total_seconds() else interval * 2**relapses
        return replace(
            self,
            position=Position.CLOSED,
            cause=cause,
            since=now if self.position is Position.OPEN else self.since,
            until=until,
            probe_at=until if until is not None else now + wait,
            probe=None,
            relapses=relapses,
        )

    def postponed(self, now: datetime, interval: timedelta) -> Gate:
        """The same pause, tried again after `interval`: its probe failed, or another worker is trying it."""
        return replace(self, position=Position.CLOSED, probe_at=now + interval, probe=None, until=None)

    def probing(self, now: datetime) -> Gate:
        """The health check is green: let one real event through."""
        return replace(self, position=Position.PROBING, probe_at=now, probe=None)


@dataclass(slots=True)
class Gates:
    """The gates of this process. Decides only: whoever calls tells the time, checks health, and announces changes."""

    interval: timedelta
    _gates: dict[Scope, Gate] = field(default_factory=dict)
    _evidence: dict[Scope, OrderedDict[str, datetime]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Gate]:
        return iter(tuple(self._gates.values()))

    def gate(self, scope: Scope) -> Gate:
        """The gate of `scope`, open when nothing was ever said of it."""
        return self._gates.get(scope, Gate(scope=scope))

    def put(self, gate: Gate) -> None:
        """Replace one gate; an open one is forgotten, and so is the evidence that led to the change."""
        self._evidence.pop(gate.scope, None)
        if gate.position is Position.OPEN:
            self._gates.pop(gate.scope, None)
        else:
            self._gates[gate.scope] = gate

    def is_closed(self, upstream: str) -> bool:
        """Whether anything of this upstream is closed, so that parked events of it must stay parked."""
        return any(g.position is Position.CLOSED for g in self._gates.values() if g.scope.upstream == upstream)

    def is_paused(self, upstream: str) -> bool:
        """Whether anything of this upstream is not fully open."""
        return any(g.scope.upstream == upstream for g in self._gates.values())

    def admit(self, upstream: str, operation: str, event: str) -> Gate | None:
        """None when `event` may call `operation` now; else the gate that says no.

        A probing gate takes the first event that asks as its probe, and lets no other through until that one ended.
        """
        scopes = (Scope(upstream=upstream), Scope(upstream=upstream, operation=operation))
        gates = [self._gates[scope] for scope in scopes if scope in self._gates]
        for gate in gates:
            if gate.position is Position.CLOSED or gate.probe not in (None, event):
                return gate
        for gate in gates:
            self._gates[gate.scope] = replace(gate, probe=event)
        return None

    def release(self, event: str, now: datetime) -> None:
        """A probe that ended without calling anything decisive: the next event may try."""
        for scope, gate in tuple(self._gates.items()):
            if gate.probe == event:
                self._gates[scope] = replace(gate, probe=None, probe_at=now)

    def probed_by(self, event: str) -> tuple[Gate, ...]:
        """The probing gates for which `event` is the probe."""
        return tuple(g for g in self._gates.values() if g.position is Position.PROBING and g.probe == event)

    def failed(self, scope: Scope, event: str, now: datetime) -> bool:
        """Note that `event` failed at `scope` while the upstream's health is green; True when it must close."""
        seen = self._evidence.setdefault(scope, OrderedDict())
        seen[event] = now
        for other, at in tuple(seen.items()):
            if now - at > EVIDENCE_KEPT:
                del seen[other]
        return len(seen) >= DIFFERENT_EVENTS

    def answered(self, upstream: str, operation: str) -> None:
        """The operation answered: earlier failures of it prove nothing any more."""
        self._evidence.pop(Scope(upstream=upstream, operation=operation), None)

    def under_trial(self) -> tuple[Gate, ...]:
        """Gates that let one event through at a time, to see whether it comes back well."""
        return tuple(g for g in self if g.position is Position.PROBING)

    def due(self, now: datetime) -> tuple[Gate, ...]:
        """Closed gates whose time to be probed has come."""
        return tuple(g for g in self if g.position is Position.CLOSED and g.probe_at is not None and g.probe_at <= now)

    def idle(self, now: datetime) -> tuple[Gate, ...]:
        """Gates probing for two intervals with no event to try them: nothing waits, so they may open.

        The same for one whose probe was not heard of for much longer.
        """
        return tuple(g for g in self.under_trial() if self._is_idle(g, now))

    def _is_idle(self, gate: Gate, now: datetime) -> bool:
        patience = 2 * self.interval + (PROBE_KEPT if gate.probe is not None else timedelta(0))
        return gate.probe_at is not None and now - gate.probe_at > patience

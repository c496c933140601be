"""Carries out what the gates decide: checks health, closes, probes and opens, together with the other workers."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from contracts.words import PauseCause
from service.announcements import Announcements
from service.core.calendar import Window, active, parse
from service.core.entry import Episode, Turn
from service.core.errors import (
    AnswerLost,
    CredentialsRejected,
    EventInvalid,
    GateClosed,
    LedgerUnavailable,
    NotSubscribed,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)
from service.core.gate import Gate, Gates, Position, Scope
from service.core.health import cause_of, means_illness
from service.core.recoverability import ENOUGH_CLOSINGS
from service.lease import worker_name
from service.ledger import Ledger
from service.observability import events as happened
from service.observability.log import get_logger
from service.rests import Rests, is_rest
from service.watched import WatchedFile

SUSPECT = (Unavailable, Unreachable, AnswerLost, NotSubscribed)
"""Failures that may mean that nobody is served, not only this event."""

OF_THIS_WORKER = (PauseCause.CREDENTIALS, PauseCause.NOT_SUBSCRIBED)
"""Pauses that may be the fault of one worker's configuration: others neither close nor open their gates for them."""

CREDENTIALS_PATIENCE = 10
"""Rejected credentials are tried this many times more rarely than an upstream in maintenance."""

log = get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Maintenance:
    """The gates of this worker, kept by one task (`run`), by what the pipeline reports, and by what others noticed.

    The workers of a fleet share their pauses through the ledger: whoever notices one closes the gate of all, one of
    them at a time tries whether it is over, and whoever finds that opens the gate of all. Rejected credentials and
    missing subscriptions are each worker's own: its configuration may be older or newer than theirs.

    `check_health` raises UpstreamFailure when an upstream is not healthy, EventInvalid when that cannot be asked.
    `changed` is told of every upstream whose gates moved, so that its parking queue is drained or left alone.
    """

    gates: Gates
    ledger: Ledger
    announcements: Announcements
    rests: Rests
    upstreams: tuple[str, ...]
    check_health: Callable[[str], Awaitable[None]]
    changed: Callable[[str], None]
    calendar: WatchedFile | None = None
    _name: str = field(default_factory=worker_name)
    _shared: dict[Scope, Episode] = field(default_factory=dict)
    _announced: set[Scope] = field(default_factory=set)
    _opening: set[Scope] = field(default_factory=set)
    _windows: tuple[Window, ...] = ()
    _calendar_lost: bool = False
    _checks: dict[str, asyncio.Task[UpstreamFailure | None]] = field(default_factory=dict)

    async def suspect(self, error: UpstreamFailure, event: str, closings: int) -> tuple[bool, datetime | None]:
        """Whether a gate is closed for this event after its failure, and until when if that is known."""
        now, upstream = datetime.now(UTC), error.facts.upstream
        if isinstance(error, GateClosed):
            self.gates.release(event, now)
            return True, error.until
        if isinstance(error, CredentialsRejected):
            for name in self.upstreams:
                await self._close(Scope(upstream=name), PauseCause.CREDENTIALS, why=error)
            return True, None
        if isinstance(error, SUSPECT) and closings < ENOUGH_CLOSINGS:
            await self._weigh(error, event, now)
        self.gates.release(event, now)
        return self._closed_for(upstream, error.facts.operation)

    async def worked(self, event: str, *, called: bool) -> None:
        """Note that an event was worked on without a failure of its upstream; opens the gates it was the probe of."""
        for gate in self.gates.probed_by(event):
            if called:
                await self._open(gate)
        self.gates.release(event, datetime.now(UTC))

    async def restore(self) -> None:
        """Take up the pauses that were running when this worker started, and those that are announced.

        Whoever consumes after this calls nobody in a maintenance that the calendar knew of: probe first, call later.
        """
        now = datetime.now(UTC)
        running = await self.ledger.pauses()
        self.heard(running)
        for episode in filter(self._is_upstreams, running):
            self.gates.put(_closed_by(episode).postponed(now, timedelta(0)))
        await self._keep_calendar(now)

    def heard(self, running: Sequence[Episode]) -> None:
        """Close what another worker has found closed, open what another worker has opened."""
        now, before = datetime.now(UTC), self._shared
        self.rests.heard(running)
        episodes = {Scope.parse(episode.scope): episode for episode in filter(self._is_upstreams, running)}
        self._shared = {scope: one for scope, one in episodes.items() if one.cause not in OF_THIS_WORKER}
        for scope, episode in self._shared.items():
            if self.gates.gate(scope).position is Position.OPEN:
                closed = _closed_by(episode)
                self.gates.put(closed if closed.until else closed.postponed(now, self.gates.interval))
                log.info(happened.API_CLOSED, scope=str(scope), cause=episode.cause, until=episode.until, heard=True)
                self.changed(scope.upstream)
        for scope in before.keys() - episodes.keys():
            if scope not in self._announced:
                self._opened(self.gates.gate(scope), heard=scope not in self._opening)

    def _is_upstreams(self, episode: Episode) -> bool:
        return not is_rest(episode) and Scope.parse(episode.scope).upstream in self.upstreams

    async def run(self) -> None:
        """Keep the calendar and probe what is closed, until cancelled."""
        pause = min(1.0, self.gates.interval.total_seconds() / 2)
        while True:
            now = datetime.now(UTC)
            await self._keep_calendar(now)
            for gate in self.gates.due(now):
                if await self._is_our_turn(gate):
                    await self._probe(gate)
            for gate in self.gates.under_trial():
                await self._is_our_turn(gate)
            for gate in self.gates.idle(now):
                await self._open(gate)
            await asyncio.sleep(pause)

    async def _is_our_turn(self, gate: Gate) -> bool:
        """Whether this worker is the one of the fleet that tries a gate now; one of another's turn waits."""
        turn = await self._turn(gate, self.gates.interval)
        gate = self.gates.gate(gate.scope)
        if gate.position is Position.OPEN:  # another worker has opened it meanwhile
            return False
        if turn is Turn.THEIRS:
            self.gates.put(gate.postponed(datetime.now(UTC), self.gates.interval))
            self.changed(gate.scope.upstream)
        return turn is not Turn.THEIRS  # a pause that the ledger does not know is ours alone

    async def _turn(self, gate: Gate, every: timedelta) -> Turn:
        """Whose turn it is; if it is ours, it remains so until `every` has passed."""
        if gate.cause in OF_THIS_WORKER:
            return Turn.OURS
        try:
            return await self.ledger.may_probe(str(gate.scope), owner=self._name, every=every.total_seconds())
        except LedgerUnavailable:
            return Turn.OURS

    def _closed_for(self, upstream: str, operation: str) -> tuple[bool, datetime | None]:
        for scope in (Scope(upstream=upstream), Scope(upstream=upstream, operation=operation)):
            gate = self.gates.gate(scope)
            if gate.position is Position.CLOSED:
                return True, gate.until
        return False, None

    async def _weigh(self, error: UpstreamFailure, event: str, now: datetime) -> None:
        facts, probed = error.facts, self.gates.probed_by(event)
        for gate in probed:
            await self._close(gate.scope, cause_of(error), why=error)
        if probed or self._closed_for(facts.upstream, facts.operation)[0]:
            return
        illness = await self._illness(facts.upstream, is_refused=isinstance(error, NotSubscribed))
        if illness is not None:
            await self._close(Scope(upstream=facts.upstream), cause_of(illness), why=illness)
        elif self.gates.failed(Scope(upstream=facts.upstream, operation=facts.operation), event, now):
            await self._close(Scope(upstream=facts.upstream, operation=facts.operation), cause_of(error), why=error)

    async def _illness(self, upstream: str, *, is_refused: bool) -> UpstreamFailure | None:
        """What is wrong with the upstream's health, asked once for all who ask meanwhile."""
        check = self._checks.get(upstream)
        if check is None or check.done():
            # In a context of its own: the check is nobody's call, and no event's line may name it.
            context = contextvars.Context()
            check = asyncio.create_task(self._check(upstream), name=f"health {upstream}", context=context)
            self._checks[upstream] = check
        failure = await asyncio.shield(check)
        return failure if failure is not None and means_illness(failure, is_refused=is_refused) else None

    async def _check(self, upstream: str) -> UpstreamFailure | None:
        try:
            await self.check_health(upstream)
        except UpstreamFailure as failure:
            return failure
        except EventInvalid:
            # Nothing is configured to ask with: what is not known to be ill is left to the events themselves.
            return None
        return None

    async def _probe(self, gate: Gate) -> None:
        is_refused = gate.cause == PauseCause.NOT_SUBSCRIBED
        now, illness = datetime.now(UTC), await self._illness(gate.scope.upstream, is_refused=is_refused)
        if illness is None:
            self.gates.put(gate.probing(now))
            log.info(happened.GATE_PROBED, scope=str(gate.scope), healthy=True)
            self.changed(gate.scope.upstream)
            return
        patience = CREDENTIALS_PATIENCE if isinstance(illness, CredentialsRejected) else 1
        self.gates.put(gate.postponed(now, self.gates.interval * patience))
        log.debug(happened.GATE_PROBED, scope=str(gate.scope), healthy=False, detail=str(illness))

    async def _close(
        self, scope: Scope, cause: PauseCause, until: datetime | None = None, why: UpstreamFailure | None = None
    ) -> None:
        now, gate = datetime.now(UTC), self.gates.gate(scope)
        if gate.position is Position.CLOSED and gate.until == until:
            return
        interval = self.gates.interval * (CREDENTIALS_PATIENCE if cause is PauseCause.CREDENTIALS else 1)
        closed = gate.closed(cause, now, interval, until)
        self.gates.put(closed)
        if gate.position is not Position.CLOSED:
            facts = {"until": until, "relapses": closed.relapses, "detail": str(why) if why else None}
            log.warning(happened.API_CLOSED, scope=str(scope), cause=cause, **facts)
        self.changed(scope.upstream)
        if gate.position is Position.PROBING and closed.probe_at is not None:
            await self._turn(closed, closed.probe_at - now)  # the back-off is that of the whole fleet
        try:
            episode = await self.ledger.pause(str(scope), cause, closed.since or now, until)
        except LedgerUnavailable:
            return
        if episode is not None:
            self.announcements.add(episode)

    async def _open(self, gate: Gate) -> None:
        """Open it for the whole fleet; without the ledger, which nothing can be sent without, it stays on trial."""
        self._opening.add(gate.scope)  # this worker hears of its own opening too, before it has the answer
        try:
            episode = None if gate.position is Position.OPEN else await self.ledger.resume(str(gate.scope))
        except LedgerUnavailable:
            return
        finally:
            self._opening.discard(gate.scope)
        self._opened(self.gates.gate(gate.scope), heard=False)
        if episode is not None:
            self.announcements.add(episode)

    def _opened(self, gate: Gate, *, heard: bool) -> None:
        if gate.position is Position.OPEN:
            return
        now = datetime.now(UTC)
        self.gates.put(Gate(scope=gate.scope))
        paused_s = round((now - (gate.since or now)).total_seconds(), 1)
        say = log.info if heard else log.warning  # whoever noticed it has warned already
        say(happened.API_OPENED, scope=str(gate.scope), cause=gate.cause, paused_s=paused_s, heard=heard)
        self.changed(gate.scope.upstream)

    async def _keep_calendar(self, now: datetime) -> None:
        self._read_calendar()
        for upstream in self.upstreams:
            scope = Scope(upstream=upstream)
            window, gate = active(self._windows, upstream, now), self.gates.gate(scope)
            if window is not None:
                self._announced.add(scope)
                await self._close(scope, PauseCause.ANNOUNCED, window.end)
            elif scope in self._announced:
                self._announced.discard(scope)
                if gate.until is not None and gate.until > now:
                    self.gates.put(gate.postponed(now, timedelta(0)))

    def _read_calendar(self) -> None:
        """Read the announced windows when their file has changed; one that cannot be used leaves the former ones."""
        if self.calendar is None:
            return
        try:
            text = self.calendar.read_if_changed()
            if text is not None:
                self._windows = parse(text)
                log.info(happened.CALENDAR_READ, windows=len(self._windows))
            self._calendar_lost = False
        except (OSError, ValueError) as error:
            if not self._calendar_lost:
                facts = {"file": str(self.calendar.path), "detail": str(error)}
                log.error(happened.CALENDAR_UNREADABLE, **facts)  # noqa: TRY400  # the sentence says it all
            self._calendar_lost = True


def _closed_by(episode: Episode) -> Gate:
    """The gate as a pause leaves it."""
    gate = Gate(scope=Scope.parse(episode.scope))
    return gate.closed(episode.cause, episode.since, timedelta(0), episode.until)

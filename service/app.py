"""Builds everything once, runs it in one task group, and takes it down in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from contracts.results import ResultEvent
from service import wiring
from service.announcements import Announcements
from service.bookkeeping import Bookkeeping
from service.certificate_watch import CertificateWatch
from service.core.feed import Feed, Tick
from service.core.gate import Gates
from service.core.replies import Replies
from service.feed import StatusFeed
from service.feed.beside import Beside
from service.feed.payments import Payments
from service.handlers.scrutiny import Scrutiny
from service.health import HealthServer
from service.ledger import open_ledger
from service.ledger_watch import LedgerWatch
from service.lifecycle import Lifecycle
from service.maintenance import Maintenance
from service.messaging.bus import Bus
from service.messaging.topology import FEED, INVOICES, TENDERS, TRACKING, UNROUTED, Topology
from service.observability import events as happened
from service.observability.log import get_logger
from service.observability.metrics import Metrics
from service.observability.settled import reporter
from service.password_watch import PasswordWatch
from service.pipeline import Pipeline
from service.recovery import Recovery
from service.rests import Rests
from service.routes import ROUTES
from service.stopping import before, running, stop_signal
from service.upstream import Upstreams
from service.watched import WatchedFile

if TYPE_CHECKING:
    from service.observability.secrets import Secrets
    from service.settings import Settings

AHEAD = 2
"""Events in hand for each call that may run: while one waits for its answer, another is written down or published."""

UNROUTED_PREFETCH = 4
"""Nothing here needs a call: mistakes of publishers, answered one after the other."""

FEED_PREFETCH = 4
"""Feeds read at the same time by the one worker that is given their ticks."""

log = get_logger(__name__)


async def run_worker(settings: Settings, secrets: Secrets, *, version: str) -> None:
    """Work until SIGTERM or SIGINT, then stop within the grace period.

    Waits for the ledger and the broker as long as it takes. Raises what makes a start impossible: BrokerRefused,
    TopologyMismatch, AccountsInvalid, MappingInvalid, RulesInvalid, CertificateInvalid, OSError (the port is taken).
    """
    stopping = stop_signal()
    worker = Worker(settings, secrets, version=version)
    try:
        async with worker.upstreams, asyncio.TaskGroup() as group:
            await worker.run(group, stopping)
    finally:
        await worker.ledger.close()
    log.info(happened.WORKER_STOPPED)


class Worker:
    """The parts of one worker, made of values; none of them knows the settings."""

    def __init__(self, settings: Settings, secrets: Secrets, *, version: str) -> None:
        self._settings = settings
        self._metrics = Metrics()
        self._gates = Gates(interval=timedelta(seconds=settings.maintenance.probe_interval))
        self._accounts = wiring.account_book(settings, secrets)
        self._preflight = wiring.preflight(settings, self._accounts)
        self._replies = Replies(settings.profile)
        self._policies = wiring.policies(settings)
        self._names = wiring.upstream_names(settings, self._accounts)
        self._topology = Topology(settings.amqp.prefix, wiring.waits(self._policies))
        self.ledger = open_ledger(settings.ledger.url.get_secret_value(), lease=settings.ledger.lease)
        self.upstreams = Upstreams(
            wiring.upstream_settings(settings, self._accounts, f"piste-relay/{version}"),
            self._gates,
            on_call=self._metrics.called,
            on_renewal=self._renewed,
            hide=secrets.mask_registered,
        )
        self._secrets = secrets
        self._bus: Bus | None = None
        self._watch = self._ledger_watch()

    def _renewed(self, token: str) -> None:
        self._secrets.register_passing(token)
        self._metrics.token_renewals.inc()

    async def run(self, group: asyncio.TaskGroup, stopping: asyncio.Event) -> None:
        """Consume until `stopping`, then let what runs finish within the grace period."""
        maintenance = self._maintenance()
        self.ledger.listen(on_pauses=maintenance.heard, on_lost=self._watch.failed)
        async with self._health():
            # Probes are answered from the beginning: alive, and not ready before ledger and broker are there.
            if await before(stopping, self._watch.open(lambda: self._introduce(maintenance))):
                await self._serve(group, stopping, maintenance)

    async def _introduce(self, maintenance: Maintenance) -> None:
        """Tell the fleet what this worker takes before it takes anything: until then an older one refuses it."""
        await self.ledger.know(tuple(ROUTES))
        await maintenance.restore()

    async def _serve(self, group: asyncio.TaskGroup, stopping: asyncio.Event, maintenance: Maintenance) -> None:
        pipeline = self._pipeline(maintenance)
        feed = self._status_feed(pipeline)
        bus = self._bus = self._new_bus(group, Beside(feed, pipeline.handle, pipeline.moved))
        async with running(self._watch.run()):
            if not await before(stopping, bus.__aenter__()):
                return
            books = self._bookkeeping(bus, feed.wanted)
            keeping = (
                books.run(),
                maintenance.run(),
                maintenance.announcements.run(),
                feed.run(),
                self._password_watch(maintenance).run(),
                self._certificate_watch().run(),
            )
            async with contextlib.aclosing(_Closing(bus)), running(*keeping):
                self._consume(bus)
                log.info(happened.WORKER_STARTED, profile=self._settings.profile, prefix=self._topology.prefix)
                await stopping.wait()
                log.info(happened.WORKER_STOPPING, in_flight=bus.in_flight, grace_s=self._settings.shutdown_grace)
                await bus.stop(self._settings.shutdown_grace)

    def _ledger_watch(self) -> LedgerWatch:
        # All queues stand still: each holds writes, and a read would have to be told from them first. What another
        # worker of the fleet can do with its own way to the ledger, it does.
        def stop() -> None:
            if self._bus is not None:
                self._bus.pause(happened.LEDGER_LOST, is_expected=True)

        def resume() -> None:
            if self._bus is not None:
                self._bus.resume(happened.LEDGER_LOST)

        return LedgerWatch(ledger=self.ledger, stop=stop, resume=resume, show=self._metrics.ledger_usable.set)

    def _consume(self, bus: Bus) -> None:
        """The work queues, and the parking queues of every upstream that may be called."""
        prefetch = AHEAD * self._settings.concurrency
        work = {INVOICES: prefetch, TENDERS: prefetch, TRACKING: prefetch}
        bus.consume(work | {UNROUTED: UNROUTED_PREFETCH, FEED: FEED_PREFETCH})
        for upstream in ("chorus-pro", "dume"):
            self._drain(upstream)

    def _drain(self, upstream: str) -> None:
        """Consume what is parked for an upstream while it may be called: one by one while it is being tried."""
        if self._bus is None:
            return
        queue = f"parked.{upstream}"
        if self._gates.is_closed(upstream):
            self._bus.stop_queue(queue)
        elif self._gates.is_paused(upstream):
            self._bus.start_queue(queue, 1)
        else:
            self._bus.start_queue(queue, self._settings.concurrency)

    def _moved(self, upstream: str) -> None:
        """A gate of this upstream changed: traffic comes back slowly, first one call at a time."""
        if not self._gates.is_closed(upstream):
            self.upstreams.reset_window(upstream)
        self._drain(upstream)
        if upstream in self._names:
            self._metrics.gate_open.labels(upstream).set(not self._gates.is_paused(upstream))

    async def _publish(self, results: Sequence[ResultEvent]) -> None:
        if self._bus is not None:
            await self._bus.publish_results(results)

    def _maintenance(self) -> Maintenance:
        return Maintenance(
            gates=self._gates,
            ledger=self.ledger,
            rests=Rests(ledger=self.ledger, accounts=self._accounts),
            announcements=Announcements(
                ledger=self.ledger, profile=self._settings.profile, publish=lambda result: self._publish([result])
            ),
            upstreams=self._names,
            check_health=self.upstreams.check_health,
            changed=self._moved,
            calendar=WatchedFile(calendar) if (calendar := self._settings.maintenance.calendar) else None,
        )

    def _pipeline(self, maintenance: Maintenance) -> Pipeline:
        return Pipeline(
            upstreams=self.upstreams,
            ledger=self.ledger,
            lifecycle=Lifecycle(self.ledger, self._replies, self._policies),
            accounts=self._accounts,
            recovery=Recovery(
                rests=maintenance.rests,
                maintenance=maintenance,
                replies=self._replies,
                retries=self._policies.retries,
                signs_dume=self.upstreams.signs_dume,
            ),
            preflight=self._preflight,
            scrutiny=Scrutiny(mode=self._settings.dume.identifiers),
            replies=self._replies,
            settled=reporter(self._metrics, ROUTES),
        )

    def _status_feed(self, pipeline: Pipeline) -> StatusFeed:
        async def put(tick: Tick, body: bytes, state: dict[str, object]) -> None:
            if self._bus is not None:
                await self._bus.put(FEED, id=f"{tick.feed.name}#{tick.number}", body=body, state=state)

        return StatusFeed(
            plan=wiring.feed_plan(self._settings),
            roles=self._settings.feed.roles,
            profile=self._settings.profile,
            accounts=self._accounts,
            upstreams=self.upstreams,
            ledger=self.ledger,
            recovery=pipeline.recovery,
            payments=Payments(
                upstreams=self.upstreams, looks_up=lambda account: self._preflight.inspection(account).looks_up
            ),
            publish=self._publish,
            put=put,
        )

    def _new_bus(self, group: asyncio.TaskGroup, work: Beside) -> Bus:
        # Every delivery starts at once, so that the ledger knows it; how many calls run is the windows' business.
        in_flight = (3 * AHEAD + 2) * self._settings.concurrency + UNROUTED_PREFETCH + FEED_PREFETCH + 1
        return Bus(
            self._settings.amqp.url.get_secret_value(),
            self._topology,
            group,
            handle=work.handle,
            moved=work.moved,
            concurrency=in_flight,
            declare_topology=self._settings.amqp.declare,
        )

    def _bookkeeping(self, bus: Bus, feeds: Callable[[], Sequence[Feed]]) -> Bookkeeping:
        return Bookkeeping(
            metrics=self._metrics,
            gates=self._gates,
            ledger=self.ledger,
            bus=bus,
            upstreams=self._names,
            retention=self._settings.ledger.retention,
            types=tuple(ROUTES),
            feeds=feeds,
        )

    def _password_watch(self, maintenance: Maintenance) -> PasswordWatch:
        show = self._metrics.password_ends
        return wiring.password_watch(self._settings, self._accounts, self.upstreams, maintenance.rests, show)

    def _certificate_watch(self) -> CertificateWatch:
        ahead = timedelta(days=self._settings.certificate.warning)
        certificate = self.upstreams.settings.certificate
        return CertificateWatch(certificate=certificate, show=self._metrics.certificate_ends, ahead=ahead)

    def _health(self) -> HealthServer:
        async def broker_consumed() -> bool:
            return self._bus is not None and self._bus.is_consuming()

        async def ledger_usable() -> bool:
            return self._watch.is_usable

        return HealthServer(
            host=self._settings.http.host,
            port=self._settings.http.port,
            checks={"broker_consumed": broker_consumed, "ledger_usable": ledger_usable},
            metrics=self._metrics.render,
        )


class _Closing:
    """A bus that is left however the block ends."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def aclose(self) -> None:
        """Leave it; nothing happens when it was stopped already."""
        await self._bus.stop(0.0)

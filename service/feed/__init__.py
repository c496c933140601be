"""The status feed: one tick per account and role keeps it going, whichever worker of the fleet is given it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from contracts.changes import FeedRole
from contracts.envelope import Envelope
from contracts.results.publication import source_of
from service.accounts import AccountBook
from service.core.delivery import Delivery
from service.core.errors import EventInvalid, FenceLost, LedgerUnavailable, UpstreamFailure
from service.core.feed import Feed, FeedPlan, Hold, Tick
from service.core.outcome import OVERTAKEN, Completed, Outcome, Parked, RetryLater
from service.core.recoverability import GiveUp
from service.feed.payments import Payments
from service.feed.reading import Publish, Reading
from service.feed.results import Speaker
from service.feed.ticks import TYPE, read_state, read_tick, to_body, to_state
from service.feed.wanted import wanted_feeds
from service.handlers.base import Event
from service.lease import worker_name
from service.ledger import Ledger
from service.observability import events as happened
from service.observability.calls import calls_recorded
from service.observability.log import get_logger
from service.recovery import Recovery
from service.steady import steady
from service.upstream import CHORUS_PRO, Upstreams
from service.upstream.chorus_pro.changes import Changes

QUEUE = "feed"
LONGEST_LOOK = 15.0
"""Seconds between two looks for missing ticks, less where the interval is shorter."""

Put = Callable[[Tick, bytes, dict[str, object]], Awaitable[None]]
"""Puts a tick into its queue: the tick, its body, its state; returns when the broker has confirmed."""

log = get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class StatusFeed:
    """Reads feeds as their ticks come (`handle`), and makes the ticks that are missing (`run`).

    `roles` are those of every account that names none of its own.
    """

    plan: FeedPlan
    roles: frozenset[FeedRole]
    profile: str
    accounts: AccountBook
    upstreams: Upstreams
    ledger: Ledger
    recovery: Recovery
    payments: Payments
    publish: Publish
    put: Put
    _worker: str = field(default_factory=worker_name)
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def wanted(self) -> tuple[Feed, ...]:
        """Every feed there should be, as the accounts are now."""
        return wanted_feeds(self.accounts, self.roles)

    async def run(self) -> None:
        """Make the ticks that are missing or overdue, again and again until cancelled."""
        pause = min(LONGEST_LOOK, self.plan.patience / 2)
        while True:
            with suppress(LedgerUnavailable):  # whoever watches the ledger says it
                await self.look()
            await asyncio.sleep(pause)

    async def look(self) -> None:
        """Make the ticks that are missing or overdue; none while Chorus Pro is closed, when they may wait for long."""
        if self.upstreams.gates.is_closed(CHORUS_PRO):
            return
        seeded = await self.ledger.feeds.seed(
            self.wanted(), first_window=self.plan.first_window, due=self.plan.patience
        )
        for tick in seeded:
            log.info(happened.FEED_TICK_MADE, feed=tick.feed.name, number=tick.number, mark=tick.mark)
            await self.put(tick, to_body(tick, self.profile), to_state(tick))

    async def handle(self, delivery: Delivery) -> Outcome:
        """What becomes of a tick: it comes back after the interval, or sooner, or there is another one already."""
        tick = read_tick(delivery)
        if tick is None or delivery.queue == "returned" or tick.feed not in self.wanted():
            # One that is wanted all the same is made anew when it is overdue.
            log.info(happened.FEED_TICK_DROPPED, feed=tick.feed.name if tick else None, queue=delivery.queue)
            return Completed(results=(), reason="not_wanted")
        owner, began = f"{self._worker}/{next(self._count)}", steady()
        with calls_recorded() as calls:
            try:
                outcome, facts = await self._take(tick, owner, delivery)
            except LedgerUnavailable as error:
                return await self._put_off(error, tick, delivery)
        if facts:
            duration_s = round(steady() - began, 3)
            log.info(happened.STATUSES_READ, feed=tick.feed.name, calls=len(calls), duration_s=duration_s, **facts)
        return outcome

    async def moved(self, outcome: Outcome) -> None:
        """Note that a tick is safe in its queue, so that earlier copies are dropped; raises LedgerUnavailable."""
        tick = read_state(outcome.state) if isinstance(outcome, RetryLater | Parked) else None
        if tick is not None:
            await self.ledger.feeds.moved(tick.feed, tick.number)

    async def _take(self, tick: Tick, owner: str, delivery: Delivery) -> tuple[Outcome, dict[str, object]]:
        plan, feeds = self.plan, self.ledger.feeds
        taken = await feeds.take(
            tick, owner, first_window=plan.first_window, lease=plan.lease, due=plan.lease + plan.patience
        )
        if taken.hold is Hold.SURPLUS:
            return OVERTAKEN, {}
        if taken.hold is Hold.BUSY:
            return RetryLater(delay=plan.smallest, reason="subject_busy", counted=False, queue=QUEUE), {}
        try:
            reading = Reading(
                plan=plan,
                tick=tick,
                owner=owner,
                taken=taken,
                upstream=self._upstream(tick),
                ledger=self.ledger,
                speaker=self._speaker(tick.feed),
                publish=self.publish,
                alive=lambda: self._alive(tick.feed),
                serves=lambda supplier: self._serves(tick.feed, supplier),
                reported=lambda sirets: self.payments.reported(tick.feed, sirets, _key(tick.feed)),
            )
            await reading.run()
            return await self._finish(reading), _facts(reading)
        except FenceLost:
            return OVERTAKEN, {}
        except LedgerUnavailable:
            raise
        except Exception as error:
            if not isinstance(error, EventInvalid | UpstreamFailure):
                # The relay's own mistake: given back to the broker, the tick would come again at once, and again.
                log.exception(happened.STATUSES_UNREAD, feed=tick.feed.name)
            outcome = await self._put_off(error, tick, delivery)
            await self._finish_later(tick, owner, outcome)
            return outcome, {}
        finally:
            with suppress(LedgerUnavailable):
                await asyncio.shield(feeds.leave(tick, owner))

    async def _finish(self, reading: Reading) -> RetryLater:
        """Note how far it came; the tick comes back after the interval, at once where there is more to read."""
        tick, delay = reading.tick, self.plan.interval if reading.is_complete else self.plan.smallest
        mark = reading.mark if reading.is_complete else None
        due = delay.total_seconds() + self.plan.patience
        await self.ledger.feeds.finish(tick, reading.owner, mark, due=due)
        following = replace(tick, number=tick.number + 1, mark=mark or tick.mark, failures=0)
        reason = "read" if reading.is_complete else "more_to_read"
        return RetryLater(delay=delay, reason=reason, counted=False, queue=QUEUE, state=to_state(following))

    async def _finish_later(self, tick: Tick, owner: str, outcome: Outcome) -> None:
        delay = outcome.delay if isinstance(outcome, RetryLater) else timedelta(0)
        with suppress(LedgerUnavailable, FenceLost):
            due = delay.total_seconds() + self.plan.patience
            await self.ledger.feeds.finish(tick, owner, None, due=due)

    async def _put_off(self, error: Exception, tick: Tick, delivery: Delivery) -> RetryLater | Parked:
        """When the tick comes back after a failure; never given up, and not more rarely than without one."""
        seen = replace(delivery, attempt=tick.failures + 1, closings=tick.failures)
        verdict = await self.recovery.verdict(error, seen, event=self._event(tick), hand=None)
        is_told = isinstance(verdict, GiveUp) or (isinstance(verdict, RetryLater) and verdict.counted)
        say = log.warning if is_told else log.info
        say(happened.STATUSES_UNREAD, feed=tick.feed.name, reason=verdict.reason, detail=verdict.detail)
        following = replace(tick, number=tick.number + 1)
        if isinstance(verdict, Parked):
            failed = replace(following, failures=tick.failures + verdict.closings)
            return replace(verdict, state=to_state(failed), closings=0)
        failed = replace(following, failures=tick.failures + 1) if is_told else following
        delay = self.plan.interval if isinstance(verdict, GiveUp) else verdict.delay
        if is_told:
            delay = min(delay, self.plan.interval)
        return RetryLater(
            delay=delay,
            reason=verdict.reason,
            counted=False,
            detail=verdict.detail,
            queue=QUEUE,
            state=to_state(failed),
        )

    async def _alive(self, feed: Feed) -> None:
        """A page was read: whatever this tick was the probe of works again."""
        await self.recovery.rests.accepted(feed.account)
        await self.recovery.maintenance.worked(_key(feed), called=True)

    def _upstream(self, tick: Tick) -> Changes:
        feed = tick.feed
        self.accounts.check_rested(feed.account, datetime.now(UTC))
        return Changes(chorus_pro=self.upstreams.chorus_pro(account=feed.account, event=_key(feed)), role=feed.role)

    def _serves(self, feed: Feed, supplier: str | None) -> bool:
        """Whether an invoice is the account's to hear of: one it received is, whoever sent it."""
        return feed.role is FeedRole.RECIPIENT or self.accounts.get(feed.account).serves(supplier)

    def _speaker(self, feed: Feed) -> Speaker:
        codes = self.upstreams.mapping.chorus_pro.reform_codes
        return Speaker(feed=feed, profile=self.profile, reform_codes=codes)

    def _event(self, tick: Tick) -> Event:
        """The tick as recoverability sees events."""
        feed = tick.feed
        return Event(
            envelope=Envelope(id=feed.name, source=source_of(self.profile), type=TYPE, account=feed.account),
            data=None,
            digest="",
            account=feed.account,
            now=datetime.now(UTC),
            key=_key(feed),
        )


def _key(feed: Feed) -> str:
    """What gates call it: an event like any other."""
    return f"{TYPE} {feed.name}"


def _facts(reading: Reading) -> dict[str, object]:
    return {
        "number": reading.tick.number,
        "since": reading.taken.mark,
        "mark": reading.mark,
        "invoices": reading.invoices,
        "changes": reading.told,
        "complete": reading.is_complete,
    }


__all__ = ["QUEUE", "FeedPlan", "StatusFeed"]

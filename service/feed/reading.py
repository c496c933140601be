"""Reads one feed once: search, compare with what was told, publish, note; page by page, so that any day fits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from contracts.results import ResultEvent
from service.core.feed import FeedPlan, Shown, Step, Taken, Tick, Window, changes, is_news, mark_after
from service.feed.results import News, Speaker, key_of
from service.ledger import Ledger
from service.observability import events as happened
from service.observability.log import get_logger
from service.steady import steady
from service.upstream.chorus_pro.changes import Changes
from service.upstream.chorus_pro.operations import DEPOSIT_FLOW
from service.upstream.chorus_pro.supplier_operations import SUBMIT_PDF

AT_ONCE = 20
"""Changed invoices looked at together: what was told is noted before the next ones are asked for."""

PASSES = 3
"""How often a part of time is read that has an end, since what changes meanwhile leaves it and moves the pages; or that
did not bring all it announced."""

LONGEST = 1500.0
"""Seconds of one round in all: a broker takes back what is not acknowledged within half an hour."""

SENT_WITH = (DEPOSIT_FLOW.title, SUBMIT_PDF.title)
"""What puts invoices upstream, as the ledger calls it."""

PATIENT = 3
"""Failures in a row after which what cannot be read does not hold up the rest any more: a history, a missing page."""

Publish = Callable[[Sequence[ResultEvent]], Awaitable[None]]
Reported = Callable[[Collection[str | None]], Awaitable[Mapping[str, bool]]]
"""Whether recipients report payments, by SIRET, of whom that is known."""

log = get_logger(__name__)


class OutOfTime(Exception):
    """The round took long enough; what was told so far is noted, the next one goes on."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """One round. `publish` returns when the broker has confirmed; `alive` is called after each page.

    `serves` says of a supplier's SIRET whether its invoices are the account's to hear of, whatever its login may see.
    """

    plan: FeedPlan
    tick: Tick
    owner: str
    taken: Taken
    upstream: Changes
    ledger: Ledger
    speaker: Speaker
    publish: Publish
    alive: Callable[[], Awaitable[None]]
    serves: Callable[[str | None], bool]
    reported: Reported
    mark: datetime = field(init=False)
    invoices: int = 0
    told: int = 0
    is_complete: bool = False
    _telling: float = 0.0
    _began: float = field(default_factory=steady)
    _began_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.mark = self.taken.mark

    async def run(self) -> None:
        """Read everything that may have changed; raises an UpstreamFailure, LedgerUnavailable, FenceLost."""
        windows = [self.plan.window(self.taken.mark)]
        try:
            while windows:
                windows[:1] = await self._read(windows[0])
        except OutOfTime:
            return
        self.is_complete = True

    async def _read(self, window: Window) -> tuple[Window, ...]:
        """Read a part of time; the parts it has to be divided into when there is too much in it."""
        has_gap = is_short = False
        for _ in range(PASSES):
            before, now = self.told, datetime.now(UTC)
            async with aclosing(self.upstream.in_window(window, now)) as parts:
                async for part in parts:
                    halves = window.halves(now) if part.is_too_much else None
                    if halves is not None:
                        return halves
                    if part.is_too_much:
                        self._say_cut(window)
                    await self._tell(part.shown, now)
                    self._check_time()
                    has_gap, is_short = part.has_gap, part.is_short
            if not has_gap and not is_short and (window.until is None or self.told == before):
                return ()
        if has_gap and not self._is_lenient:
            raise self.upstream.gap()
        if has_gap:
            self._say_cut(window)
        return ()

    @property
    def _is_lenient(self) -> bool:
        return self.tick.failures >= PATIENT

    def _say_cut(self, window: Window) -> None:
        log.warning(happened.STATUSES_CUT, feed=self.tick.feed.name, since=window.since)

    def _check_time(self) -> None:
        """Raise OutOfTime; not for pages without news, which the next round would have to read again."""
        if self._telling > self.plan.longest.total_seconds() or steady() - self._began > LONGEST:
            raise OutOfTime

    async def _tell(self, shown: Sequence[Shown], now: datetime) -> None:
        """Publish what is news on a page, and note it."""
        await self.alive()  # before the histories: what waits for this probe need not wait for them
        known = await self.ledger.feeds.known(self.tick.feed, [one.invoice.chorus_pro_id for one in shown])
        floor = self.plan.floor(self.taken.began, self.taken.mark, now)
        news = [
            (one, step, told)
            for one in shown
            if self.serves(one.invoice.supplier_siret)
            and (step := one.step) is not None
            and is_news(step, told := known.get(one.invoice.chorus_pro_id), floor)
        ]
        began = steady()
        for start in range(0, len(news), AT_ONCE) or (0,):
            await self._tell_some(news[start : start + AT_ONCE], floor, now)
        self._telling += steady() - began if news else 0.0
        self.invoices += len(shown)
        # What changes on pages that were read already is found by the next round, however long this one takes.
        self.mark = mark_after(self.mark, (one.invoice.status_since for one in shown), self._began_at)
        await self.alive()

    async def _tell_some(self, news: Sequence[tuple[Shown, Step, Step | None]], floor: datetime, now: datetime) -> None:
        histories = await self._histories([one.invoice.chorus_pro_id for one, _, _ in news])
        sent = await self._sent([one for one, _, _ in news])
        reported = await self.reported([one.invoice.recipient_siret for one, _, _ in news])
        results: list[ResultEvent] = []
        last: dict[int, Step] = {}
        for (one, step, told), history in zip(news, histories, strict=True):
            found = changes(step, history, told, floor)
            said = (
                News(
                    invoice=one.invoice,
                    change=change,
                    sent_by_relay=key_of(one.invoice) in sent,
                    payment_reported=reported.get(one.invoice.recipient_siret or ""),
                )
                for change in found
            )
            results += [self.speaker.result(each, now) for each in said]
            if found:
                last[one.invoice.chorus_pro_id] = found[-1].step
        await self.publish(results)
        self.told += len(results)
        await self.ledger.feeds.tell(
            self.tick, self.owner, last, lease=self.plan.lease, due=self.plan.lease + self.plan.patience
        )

    async def _histories(self, ids: Sequence[int]) -> Sequence[Sequence[Step]]:
        if not self.plan.history:
            return [()] * len(ids)
        asked = (self.upstream.history(id, lenient=self._is_lenient) for id in ids)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        histories = []
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            histories.append(answer)
        return histories

    async def _sent(self, shown: Sequence[Shown]) -> frozenset[str]:
        keys = [key_of(one.invoice) for one in shown]
        return await self.ledger.feeds.sent(self.tick.feed.account, SENT_WITH, keys)

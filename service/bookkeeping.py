"""Keeps the figures an operator watches up to date, and the ledger free of what is too old to matter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service.core.errors import LedgerUnavailable
from service.core.gate import Gates, Position
from service.messaging.failures import BrokerTrouble
from service.observability import events as happened
from service.observability.log import get_logger
from service.observability.metrics import Metrics

if TYPE_CHECKING:
    from service.core.feed import Feed, Standing
    from service.ledger import Ledger
    from service.messaging.bus import Bus

EVERY = 15.0
"""Seconds between two looks; scrapers come about that often."""

DAY = 86_400.0

log = get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Bookkeeping:
    """`retention` is in days; `types` are the requests this worker takes, which the fleet is told."""

    metrics: Metrics
    gates: Gates
    ledger: Ledger
    bus: Bus
    upstreams: tuple[str, ...]
    retention: float
    types: tuple[str, ...]
    feeds: Callable[[], Sequence[Feed]]
    _purged_at: float = float("-inf")

    async def run(self) -> None:
        """Look at everything every few seconds, until cancelled."""
        while True:
            await self._count_waiting()
            await self._count_ledger()
            await asyncio.sleep(EVERY)

    def gates_changed(self) -> None:
        """Show the gates as they are now."""
        for upstream in self.upstreams:
            self.metrics.gate_open.labels(upstream).set(not self.gates.is_paused(upstream))

    async def _count_waiting(self) -> None:
        self.gates_changed()
        if self.bus.last_delivery is not None:
            self.metrics.last_delivery.set(self.bus.last_delivery.timestamp())
        try:
            depths = await self.bus.depths()
        except BrokerTrouble:
            return
        parked = sum(depth for queue, depth in depths.items() if queue.startswith("parked."))
        self.metrics.parked_events.set(parked)
        self.metrics.oldest_parked.set(self._pause_age() if parked else 0.0)
        self.metrics.dead_letters.set(depths.get("dead-letter", 0))
        self.metrics.unclaimed_results.set(depths.get("unclaimed", 0))

    def _pause_age(self) -> float:
        """The broker does not tell the age of a message; nothing was parked before the pause began."""
        began = [gate.since for gate in self.gates if gate.position is not Position.OPEN and gate.since]
        return (datetime.now(UTC) - min(began)).total_seconds() if began else 0.0

    async def _count_ledger(self) -> None:
        try:
            await self.ledger.know(self.types)
            totals = await self.ledger.totals()
            self._show_feeds(await self.ledger.feeds.standings())
            await self._purge()
        except LedgerUnavailable:
            return  # whoever watches the ledger says it
        self.metrics.in_doubt.set(totals.in_doubt)
        self.metrics.oldest_in_doubt.set(totals.oldest_in_doubt)
        self.metrics.oldest_unfinished_deposit.set(totals.oldest_unfinished_deposit)

    def _show_feeds(self, standings: Sequence[Standing]) -> None:
        """Show of each account the feed that is furthest behind; all workers show the same, whoever reads."""
        wanted, oldest = frozenset(self.feeds()), dict[str, datetime]()
        for one in standings:
            if one.feed in wanted:
                account = one.feed.account
                oldest[account] = min(oldest.get(account, one.fresh_at), one.fresh_at)
        self.metrics.status_feed_last_success.clear()
        for account, at in oldest.items():
            self.metrics.status_feed_last_success.labels(account).set(at.timestamp())

    async def _purge(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._purged_at < DAY:
            return
        purged = await self.ledger.purge(self.retention)
        self._purged_at = now
        if purged:
            log.info(happened.LEDGER_PURGED, entries=purged, older_than_days=self.retention)

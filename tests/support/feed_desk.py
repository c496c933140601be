"""Carries the ticks of status feeds by hand, in this very process, before the simulated State and without a broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from contracts.results import InvoiceStatusChanged, ResultEvent
from service.app import Worker
from service.core.delivery import Delivery
from service.core.feed import Tick
from service.core.outcome import Outcome, Parked, RetryLater
from service.feed import QUEUE, StatusFeed
from service.feed.ticks import TYPE, to_body, to_state
from service.observability.secrets import Secrets
from service.sandbox.simulator import Simulator
from service.settings import load_settings
from tests.support.feed import FEED_IN_A_HURRY
from tests.support.worker import worker_environment


@dataclass(slots=True)
class FeedDesk:
    """The feeds of one worker, the ticks they made, and what they published."""

    feed: StatusFeed
    ticks: list[Tick] = field(default_factory=list)
    published: list[ResultEvent] = field(default_factory=list)
    _coming: dict[str, Delivery] = field(default_factory=dict)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Number and status of each change, in the order it was told."""
        changes = (one.data for one in self.published)
        return [(one.invoice_number, one.status_code) for one in changes if isinstance(one, InvoiceStatusChanged)]

    async def turn(self, name: str = "default/supplier") -> Outcome:
        """Make what ticks are missing, and carry the one of this feed to where it waits next."""
        await self.feed.look()
        tick = self._coming.pop(name)
        outcome = await self.feed.handle(tick)
        if isinstance(outcome, RetryLater | Parked):
            await self.feed.moved(outcome)
            self._coming[name] = _delivery(tick.body, outcome.state)
        return outcome

    async def publish(self, results: Sequence[ResultEvent]) -> None:
        """Keep what is published."""
        self.published += results

    async def put(self, tick: Tick, body: bytes, state: dict[str, object]) -> None:
        """Keep a tick that was made."""
        self.ticks.append(tick)
        self._coming[tick.feed.name] = _delivery(body, state)


def tick_of(tick: Tick) -> Delivery:
    """A tick as it is delivered."""
    return _delivery(to_body(tick, "local"), to_state(tick))


@asynccontextmanager
async def open_feed_desk(
    folder: Path, simulator: Simulator, variables: Mapping[str, str] | None = None
) -> AsyncIterator[FeedDesk]:
    """A worker's feeds on a ledger of their own."""
    usual = worker_environment(amqp_url="amqp://nobody@127.0.0.1:1/", prefix="x", api_url=simulator.url, folder=folder)
    worker = Worker(load_settings(usual | FEED_IN_A_HURRY | dict(variables or {})), Secrets(), version="test")
    await worker.ledger.open()
    try:
        async with worker.upstreams:
            desk = FeedDesk(worker._status_feed(worker._pipeline(worker._maintenance())))
            desk.feed.publish, desk.feed.put = desk.publish, desk.put
            yield desk
    finally:
        await worker.ledger.close()


def _delivery(body: bytes, state: Mapping[str, object] | None) -> Delivery:
    return Delivery(
        body=body, queue=QUEUE, origin=QUEUE, routing_key=TYPE, first_seen=datetime.now(UTC), state=state or {}
    )

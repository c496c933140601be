"""Stands before the pipeline and hands over what is a tick; everything else is an event and goes its usual way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from service.core.delivery import Delivery
from service.core.outcome import Outcome
from service.feed import QUEUE, StatusFeed


@dataclass(frozen=True, slots=True)
class Beside:
    """What the bus is given in place of the pipeline's own two functions."""

    feed: StatusFeed
    handle_event: Callable[[Delivery], Awaitable[Outcome]]
    event_moved: Callable[[Outcome, int], Awaitable[None]]

    async def handle(self, delivery: Delivery) -> Outcome:
        """What becomes of a delivery."""
        return await (self.feed.handle if delivery.origin == QUEUE else self.handle_event)(delivery)

    async def moved(self, outcome: Outcome, turn: int) -> None:
        """Note that a copy with this turn is safe in its queue; raises LedgerUnavailable."""
        await self.feed.moved(outcome)
        await self.event_moved(outcome, turn)

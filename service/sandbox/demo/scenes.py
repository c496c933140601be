"""The demonstration scene by scene: what is asked, when, and when Chorus Pro goes away and comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from service.sandbox.demo.requests import FIRST, LOST, Request, Requests
from service.sandbox.demo.state import State
from service.sandbox.demo.story import Story

BETWEEN: Final = 0.6
"""Seconds between two requests of the stream."""
BEFORE_MAINTENANCE: Final = 4
"""Requests of the stream published while all is well."""
MAINTENANCE_AT_LEAST: Final = 5.0
LIMIT: Final = 30.0
"""Seconds a scene may take before the demonstration goes on without what is missing."""
_EVERY: Final = 0.05


@dataclass(slots=True, kw_only=True)
class Stage:
    """What the scenes act upon. `publish` puts a request on the bus; `pause` is how long the maintenance lasted."""

    story: Story
    state: State
    publish: Callable[[Request], Awaitable[None]]
    requests: Requests = field(default_factory=Requests)
    pause: float = 0.0

    async def until(self, condition: Callable[[], bool], limit: float = LIMIT) -> bool:
        """Wait for a condition; tells whether it came true within so many seconds."""
        give_up = time.monotonic() + limit
        while not condition():
            if time.monotonic() > give_up:
                return False
            await asyncio.sleep(_EVERY)
        return True

    async def ended(self, request: Request) -> bool:
        """Wait for the terminal result of one request."""
        return await self.until(lambda: self.story.find(request).ended_at is not None)

    async def all_ended(self) -> bool:
        """Wait for every terminal result."""
        return await self.until(lambda: not any(self.story.unfinished()))


async def play(stage: Stage) -> None:
    """Every scene in its order."""
    stage.story.scene = "Invoices in every format, and three tenders"
    await _opening(stage)
    stage.story.scene = "A stream of deposits, and all is well"
    started = await _stream(stage)
    stage.story.scene = "Chorus Pro is back: what was parked comes back by itself"
    await stage.state.end_maintenance()
    stage.pause = time.monotonic() - started
    await stage.all_ended()
    stage.story.scene = "Everything has its last result"


async def _opening(stage: Stage) -> None:
    await stage.state.lose_answer(LOST)
    asked = stage.requests.opening()
    for request in (*asked, *stage.requests.facts()):
        await stage.publish(request)
    first, (simplified, draft) = asked[0], asked[-2:]
    for tender in (simplified, draft):
        if await stage.ended(tender):
            await _validate(stage, tender)
    if await stage.ended(first):
        await stage.publish(stage.requests.duplicate())
    await stage.all_ended()
    await stage.publish(stage.requests.search(simplified.consultation or ""))


async def _validate(stage: Stage, tender: Request) -> None:
    """Ask for the validation of the draft a tender got: only its last result names it."""
    for result in stage.story.find(tender).terminals.values():
        dume_id = result["data"].get("dume_id")
        if dume_id:
            await stage.publish(stage.requests.validation(str(dume_id), tender.consultation or ""))


async def _stream(stage: Stage) -> float:
    """Publish the stream, with a maintenance beginning in its middle; gives when that began."""
    asked = stage.requests.stream()
    for request in asked[:BEFORE_MAINTENANCE]:
        await stage.publish(request)
        await asyncio.sleep(BETWEEN)
    await stage.state.begin_maintenance()
    started = time.monotonic()
    stage.story.scene = "Chorus Pro goes into maintenance, and the stream goes on"
    for request in asked[BEFORE_MAINTENANCE:]:
        await stage.publish(request)
        await asyncio.sleep(BETWEEN)
    await stage.publish(asked[-1])  # a service that is not sure publishes again: same event, same result
    await stage.publish(stage.requests.status(FIRST))
    await stage.publish(stage.requests.other_tender())
    await asyncio.sleep(max(0.0, started + MAINTENANCE_AT_LEAST - time.monotonic()))
    return started

"""Bounds how many calls an upstream has at once: fewer after a 429 or a maintenance, none while it asked for peace."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SHORT_WAIT = 2.0
"""Seconds that a call waits by itself when an upstream asked for it; longer, the event waits at the broker."""


class StillPaused(Exception):
    """The upstream asked not to be called for another `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked not to be called for {seconds:.0f} s")
        self.seconds = seconds


class Window:
    """Places for calls under way to one upstream, never more than `most`."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.limit = most
        self.in_use = 0
        self._clock = clock
        self._quiet_until = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def quiet_for(self) -> float:
        """Seconds until the upstream may be called again, 0 when it may now."""
        return max(0.0, self._quiet_until - self._clock())

    @property
    def has_room(self) -> bool:
        """Whether a call would start at once."""
        return self.in_use < self.limit and self.quiet_for == 0

    @asynccontextmanager
    async def place(self, patience: float) -> AsyncIterator[None]:
        """Hold a place while inside; raises StillPaused when called too soon, or when none came free in `patience`."""
        await self._wait_for_quiet()
        if self.in_use < self.limit:
            self.in_use += 1
        else:
            await self._take(patience)
        try:
            # A 429 may have come while this call waited for its place.
            await self._wait_for_quiet()
            yield
        finally:
            self.in_use -= 1
            self._wake()

    def answered(self) -> None:
        """One more call may be under way: the upstream keeps up."""
        self.limit = min(self.most, self.limit + 1)
        self._wake()

    def throttled(self, retry_after: float) -> None:
        """Half as many calls from now on, and none before `retry_after` seconds."""
        self.limit = max(1, self.limit // 2)
        self._quiet_until = max(self._quiet_until, self._clock() + retry_after)

    def reset(self) -> None:
        """One call at a time, growing with each answer: how traffic comes back after a maintenance."""
        self.limit = 1

    async def _wait_for_quiet(self) -> None:
        wait = self.quiet_for
        if wait > SHORT_WAIT:
            raise StillPaused(wait)
        if wait > 0:
            await asyncio.sleep(wait)

    async def _take(self, patience: float) -> None:
        try:
            async with asyncio.timeout(patience):
                await self._wait_for_place()
        except TimeoutError as error:
            raise StillPaused(0.0) from error
        self.in_use += 1

    async def _wait_for_place(self) -> None:
        while self.in_use >= self.limit:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                with suppress(ValueError):
                    self._waiting.remove(turn)
                if not turn.cancelled():
                    self._wake()  # the place offered to this call goes to the next one
                raise

    def _wake(self) -> None:
        free = self.limit - self.in_use
        while free > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1

"""Remembers what seldom changes, so that many questions ask once; each worker remembers for itself."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from service.core.errors import UpstreamFailure
from service.upstream.operation import Refusal

MOST = 500
"""Answers remembered; beyond that those asked for longest ago are forgotten."""

HEAVIEST = 100_000
"""Rows remembered in all answers together; beyond that the same ones are forgotten."""

REST = 60.0
"""Seconds without a renewal after one that failed: an API that is down must not slow every question."""

KnownT = TypeVar("KnownT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[KnownT]):
    """An answer, when the State gave it, and whether it was remembered."""

    value: KnownT
    as_of: datetime
    cached: bool


@dataclass(slots=True)
class _Known:
    value: object
    as_of: datetime
    at: float
    weight: int
    rests_until: float = 0.0


@dataclass(slots=True, kw_only=True)
class Remembered:
    """Answers for `keep` seconds; one that cannot be renewed then serves for `stale` seconds more. 0 is never."""

    keep: float
    stale: float
    clock: Callable[[], float] = time.monotonic
    _known: OrderedDict[Hashable, _Known] = field(default_factory=OrderedDict)
    _asked: dict[Hashable, asyncio.Lock] = field(default_factory=dict)
    _weight: int = 0

    async def get(
        self, key: Hashable, ask: Callable[[], Awaitable[KnownT | Refusal]], weigh: Callable[[KnownT], int]
    ) -> Told[KnownT] | Refusal:
        """The answer to the question `key`, asked once however many want it; raises an UpstreamFailure.

        A refusal is an answer too, and is not remembered. `weigh` tells how many rows an answer has.
        """
        lock = self._asked.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                known: Told[KnownT] | None = self._recent(key, self.keep)
                return known if known is not None else await self._renewed(key, ask, weigh)
        finally:
            if not lock.locked():
                self._asked.pop(key, None)

    async def _renewed(
        self, key: Hashable, ask: Callable[[], Awaitable[KnownT | Refusal]], weigh: Callable[[KnownT], int]
    ) -> Told[KnownT] | Refusal:
        former: Told[KnownT] | None = self._recent(key, self.keep + self.stale) if self.stale else None
        if former is not None and self.clock() < self._known[key].rests_until:
            return former
        try:
            answer = await ask()
        except UpstreamFailure:
            if former is None:
                raise
            self._known[key].rests_until = self.clock() + REST
            return former
        if isinstance(answer, Refusal):
            return answer
        told = Told(value=answer, as_of=datetime.now(UTC), cached=False)
        self._put(key, _Known(value=answer, as_of=told.as_of, at=self.clock(), weight=weigh(answer)))
        return told

    def _recent(self, key: Hashable, keep: float) -> Told[KnownT] | None:
        known = self._known.get(key)
        if known is None or self.clock() - known.at >= keep:
            return None
        self._known.move_to_end(key)
        value: KnownT = known.value  # type: ignore[assignment]  # what was put under this very key
        return Told(value=value, as_of=known.as_of, cached=True)

    def _put(self, key: Hashable, known: _Known) -> None:
        self._forget(key)
        if self.keep + self.stale <= 0:
            return
        self._known[key] = known
        self._weight += known.weight
        while len(self._known) > MOST or self._weight > HEAVIEST:
            self._forget(next(iter(self._known)))

    def _forget(self, key: Hashable) -> None:
        known = self._known.pop(key, None)
        self._weight -= known.weight if known else 0

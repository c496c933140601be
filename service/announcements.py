"""Publishes each pause of an upstream once when it begins and once when it ends, whichever worker lives to do so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.results import ResultEvent, UpstreamPaused, UpstreamResumed, notice
from contracts.words import PauseCause, Upstream
from service.core.entry import Episode
from service.core.errors import LedgerUnavailable
from service.core.gate import Scope
from service.ledger import Ledger
from service.rests import is_rest

ORPHANED = 30.0
"""Seconds after which a change nobody has noted as published counts as left behind by a worker that died."""


@dataclass(slots=True, kw_only=True)
class Announcements:
    """What is to be said, in order. `publish` returns when the broker has confirmed, however long that takes.

    A pause may be published twice when a worker dies between the two; both carry the same id.
    """

    ledger: Ledger
    profile: str
    publish: Callable[[ResultEvent], Awaitable[None]]
    orphaned: float = ORPHANED
    _waiting: asyncio.Queue[Episode] = field(default_factory=asyncio.Queue)

    def add(self, episode: Episode) -> None:
        """Say that this pause began, or that it ended."""
        self._waiting.put_nowait(episode)

    async def run(self) -> None:
        """Say what is added, and now and then what others left unsaid, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self.orphaned):
                    episode = await self._waiting.get()
            except TimeoutError:
                await self._say_orphaned()
            else:
                await self._say(episode)

    async def _say_orphaned(self) -> None:
        try:
            left = await self.ledger.unsaid(older_than=self.orphaned)
        except LedgerUnavailable:
            return
        for episode in left:
            await self._say(replace(episode, ended_at=None))
            if episode.ended_at is not None:
                await self._say(episode)

    async def _say(self, episode: Episode) -> None:
        if not is_rest(episode):  # of an account's rest its own requests are told
            await self.publish(to_notice(episode, self.profile))
        try:
            await self.ledger.note_said(episode.scope, episode.number, end=episode.ended_at is not None)
        except LedgerUnavailable:
            return  # it is said once more, under the same id


def to_notice(episode: Episode, profile: str) -> ResultEvent:
    """The event that says it, always the same for the same pause."""
    scope = Scope.parse(episode.scope)
    data = _paused(scope, episode) if episode.ended_at is None else _resumed(scope, episode, episode.ended_at)
    return notice(
        "upstream.paused.v1" if episode.ended_at is None else "upstream.resumed.v1",
        data,
        key=f"{episode.scope}#{episode.number}@{episode.since.isoformat()}",
        profile=profile,
        now=episode.ended_at or episode.since,
        subject=episode.scope,
    )


def _paused(scope: Scope, episode: Episode) -> UpstreamPaused:
    return UpstreamPaused(
        upstream=Upstream(scope.upstream),
        api=scope.operation,
        cause=PauseCause(episode.cause),
        since=episode.since,
        until=episode.until,
    )


def _resumed(scope: Scope, episode: Episode, ended_at: datetime) -> UpstreamResumed:
    return UpstreamResumed(
        upstream=Upstream(scope.upstream),
        api=scope.operation,
        cause=PauseCause(episode.cause),
        since=episode.since,
        resumed_at=ended_at,
    )

"""Workers of a fleet as far as their gates go: each with its own gates and connection, on one ledger and one State."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

from contracts.results import ResultEvent
from service.accounts import AccountBook
from service.announcements import ORPHANED, Announcements
from service.core.account import DEFAULT, Account
from service.core.errors import CallFacts, Unavailable, UpstreamFailure
from service.core.gate import Gates, Position, Scope
from service.ledger import Ledger, open_ledger
from service.maintenance import Maintenance
from service.rests import Rests
from service.watched import WatchedFile

UPSTREAM = "chorus-pro"
WHOLE = Scope(upstream=UPSTREAM)
DOWN = Unavailable(CallFacts(upstream=UPSTREAM, operation="deposerFluxFacture", http_status=503), "503")


@dataclass(slots=True)
class Health:
    """The State's health, and who asked after it."""

    is_up: bool = True
    asked: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Gatekeeper:
    """One worker: its gates, what it published, and how often the parking queue's consumption was reconsidered."""

    name: str
    health: Health
    ledger: Ledger
    orphaned: float = ORPHANED
    accounts: AccountBook = field(default_factory=lambda: book("the same everywhere"))
    maintenance: Maintenance = field(init=False)
    published: list[ResultEvent] = field(default_factory=list)
    is_mute: bool = False
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.maintenance = Maintenance(
            gates=Gates(interval=timedelta(seconds=0.3)),
            ledger=self.ledger,
            announcements=Announcements(
                ledger=self.ledger, profile="local", publish=self._publish, orphaned=self.orphaned
            ),
            rests=Rests(ledger=self.ledger, accounts=self.accounts),
            upstreams=(UPSTREAM,),
            check_health=self._check,
            changed=lambda _: None,
        )
        self.ledger.listen(on_pauses=self.maintenance.heard)

    @property
    def position(self) -> Position:
        """Where its gate of the whole upstream stands."""
        return self.maintenance.gates.gate(WHOLE).position

    def follow(self, calendar: Path) -> None:
        """Read announced windows from a file."""
        self.maintenance.calendar = WatchedFile(calendar)

    async def meets(self, failure: UpstreamFailure = DOWN, event: str = "e-1") -> None:
        """One of its events fails."""
        await self.maintenance.suspect(failure, event, 0)

    def lets_through(self, event: str = "e-1") -> bool:
        """Whether one of its events may be sent now."""
        return self.maintenance.gates.admit(UPSTREAM, "deposerFluxFacture", event) is None

    async def gets_through(self, event: str = "e-1") -> None:
        """That event came back well."""
        await self.maintenance.worked(event, called=True)

    def start(self) -> None:
        """Keep its gates, publish what it has to say, and ask the ledger now and then, as a readiness probe does."""
        work = (self.maintenance.run(), self.maintenance.announcements.run(), self._ask())
        self.tasks = [asyncio.ensure_future(each) for each in work]

    async def stop(self) -> None:
        """Stop all of it, as a worker that dies; what failed by itself raises."""
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise cast("BaseException", ended)

    async def _ask(self) -> None:
        while True:
            await self.ledger.ping()
            await asyncio.sleep(0.1)

    async def _check(self, upstream: str) -> None:
        self.health.asked.append(self.name)
        if not self.health.is_up:
            raise Unavailable(CallFacts(upstream=upstream, operation="healthCheck", http_status=503), "503")

    async def _publish(self, result: ResultEvent) -> None:
        if self.is_mute:
            await asyncio.Event().wait()  # dies before the broker confirms
        self.published.append(result)


def book(password: str) -> AccountBook:
    """One technical account that is asked again after an hour."""
    account = Account(name=DEFAULT, login="TECH_1_1@cpro.fr", password=password)
    return AccountBook(default=account, reprobe=timedelta(hours=1))


@asynccontextmanager
async def gatekeepers(
    count: int, url: str, health: Health, *, orphaned: float = ORPHANED
) -> AsyncIterator[list[Gatekeeper]]:
    """So many workers, their gates kept; all stopped afterwards. `orphaned` is in seconds."""
    async with AsyncExitStack() as stack:
        keepers: list[Gatekeeper] = []
        for number in range(1, count + 1):
            keeper = Gatekeeper(f"worker-{number}", health, open_ledger(url, lease=20.0), orphaned)
            await stack.enter_async_context(keeper.ledger)
            await keeper.maintenance.restore()
            keeper.start()
            stack.push_async_callback(keeper.stop)
            keepers.append(keeper)
        yield keepers

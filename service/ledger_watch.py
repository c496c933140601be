"""Asks the ledger again and again whether it can be used, and says once that it cannot, and once that it can again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from service.core.errors import LedgerUnavailable
from service.core.trust import Reliance, Trust
from service.ledger import Ledger
from service.observability import events as happened
from service.observability.log import get_logger
from service.steady import steady

SLOW = 5.0
"""Seconds after which a ledger that has not answered counts as lost: work would only pile up in front of it."""

BREATH = 0.05
"""Seconds an answer gets that is here already, when this process itself was held up."""

MEANWHILE = "Nothing is taken from the queues until it can be used again; that is tried all the time, restart nothing."

log = get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class LedgerWatch:
    """Watches one ledger. `stop` is called when no work may be taken any more, `resume` when it may be again, and
    `show` with whether the ledger is relied on, each time that changes.
    """

    ledger: Ledger
    stop: Callable[[], None]
    resume: Callable[[], None]
    show: Callable[[bool], None]
    _reliance: Reliance = field(default_factory=Reliance)
    _is_open: bool = False
    _failed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_usable(self) -> bool:
        """Whether the ledger is open and relied on."""
        return self._is_open and self._reliance.trust is Trust.USABLE

    @property
    def may_work(self) -> bool:
        """Whether work may be taken that needs the ledger."""
        return self._is_open and self._reliance.may_work

    async def open(self, then: Callable[[], Awaitable[None]]) -> None:
        """Open the ledger, and ask it what must be known `then`; returns once both were answered, however late."""
        self.show(False)
        await self._insist(self.ledger.open)
        await self._insist(then)
        self._is_open = True
        # Whatever happened before it was open held nothing up: no trial is needed.
        before, self._reliance = self._reliance, Reliance()
        if before.trust is not Trust.USABLE:
            self._say_regained(before)
        self.show(True)

    def failed(self, error: LedgerUnavailable) -> None:
        """Note that some work could not be read or written."""
        self._carry_out(self._reliance.failed(steady()), str(error))

    async def run(self) -> None:
        """Ask again and again, until cancelled: rarely while all is well, soon after a failure, never in a hurry."""
        while True:
            await self._pause()
            if await self._answers(self.ledger.ping) is True:
                self._carry_out(self._reliance.answered(steady()))

    async def _insist(self, question: Callable[[], Awaitable[None]]) -> None:
        while True:
            if await self._answers(question) is not None:
                return
            await asyncio.sleep(self._shortened())

    async def _pause(self) -> None:
        """Wait until the next question is due. A failure makes that soon, whatever wait was under way."""
        if self._reliance.may_work:
            self._failed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._shortened()):
                    await self._failed.wait()
        if not self._reliance.may_work:
            await asyncio.sleep(self._shortened())

    def _shortened(self) -> float:
        """The wait with chance in it: the workers of a fleet lose their ledger at the same moment."""
        return self._reliance.wait * random.uniform(0.5, 1.0)  # noqa: S311  # jitter

    async def _answers(self, question: Callable[[], Awaitable[None]]) -> bool | None:
        """True when the question was answered in good time, False when late, None when it failed."""
        asking = asyncio.ensure_future(question())
        try:
            await asyncio.wait((asking,), timeout=SLOW)
            if not asking.done():
                await asyncio.sleep(BREATH)
            is_late = not asking.done()
            if is_late:
                self._unanswered(f"the ledger has not answered for {SLOW:g} seconds: it is too slow, or locked")
            # The next question waits for the end of this one: no more than one is ever under way.
            await asking
        except LedgerUnavailable as error:
            self._unanswered(str(error))
            return None
        finally:
            asking.cancel()
        return not is_late

    def _unanswered(self, why: str) -> None:
        self._carry_out(self._reliance.unanswered(steady()), why)

    def _carry_out(self, after: Reliance, why: str = "") -> None:
        before, self._reliance = self._reliance, after
        if before.trust is after.trust:
            return
        match after.trust:
            case Trust.LOST:
                self._lose(before, why)
            case Trust.TRIED:
                self.resume()
            case Trust.USABLE:
                self._say_regained(before)
                self.show(True)

    def _lose(self, before: Reliance, why: str) -> None:
        self.stop()
        self._failed.set()
        if before.trust is Trust.USABLE:
            self.show(False)
            log.error(happened.LEDGER_LOST, detail=f"{why}. {MEANWHILE}")

    def _say_regained(self, before: Reliance) -> None:
        log.warning(happened.LEDGER_REGAINED, lost_s=round(steady() - before.since, 1))

"""Decides when the ledger counts as lost, how soon it is asked again, and when it is relied on again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

EVERY = 3.0
"""Seconds between two questions to a ledger that answers: a loss is noticed soon, also where there is no work."""

FIRST_WAIT = 0.25
LONGEST_WAIT = 5.0
"""Seconds between two questions to a lost ledger: when it is back, work goes on within these."""

LONGEST_REST = 60.0
"""Seconds a ledger is left alone that answers questions and fails at work, as one on a nearly full disk does."""

TRIAL = 3.0
"""Seconds of work without a failure after which a ledger that is back is relied on."""


class Trust(StrEnum):
    """Whether work may be taken that needs the ledger."""

    USABLE = "usable"
    LOST = "lost"
    """It cannot be read or written: nothing is taken."""
    TRIED = "tried"
    """It answers again: work is taken, and its next failure is no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliance:
    """How far the ledger is relied on. `since` is when it was lost, `tried` when it was last tried, in steady seconds.

    `wait` is how many seconds to wait before the next question, before chance shortens it; `relapses` how often it
    failed on trial.
    """

    trust: Trust = Trust.USABLE
    since: float = 0.0
    tried: float = 0.0
    wait: float = EVERY
    relapses: int = 0

    @property
    def may_work(self) -> bool:
        """Whether work may be taken."""
        return self.trust is not Trust.LOST

    def failed(self, now: float) -> Reliance:
        """After work failed. What else fails while it is lost says nothing new."""
        match self.trust:
            case Trust.USABLE:
                return Reliance(trust=Trust.LOST, since=now, wait=FIRST_WAIT)
            case Trust.TRIED:
                relapses = self.relapses + 1
                return replace(self, trust=Trust.LOST, relapses=relapses, wait=_rest(relapses))
            case Trust.LOST:
                return self

    def unanswered(self, now: float) -> Reliance:
        """After a question failed: while it is lost, the next one waits longer."""
        if self.trust is not Trust.LOST:
            return self.failed(now)
        return replace(self, wait=max(_rest(self.relapses), min(self.wait * 2, LONGEST_WAIT)))

    def answered(self, now: float) -> Reliance:
        """After a question was answered in good time."""
        match self.trust:
            case Trust.USABLE:
                return self
            case Trust.LOST:
                return replace(self, trust=Trust.TRIED, tried=now, wait=TRIAL / 2)
            case Trust.TRIED:
                return Reliance(since=self.since) if now - self.tried >= TRIAL else self


def _rest(relapses: int) -> float:
    """Seconds it is left alone after it failed so often on trial."""
    return min(2.0 ** min(relapses, 16), LONGEST_REST) if relapses else 0.0

"""Deposits around which something happens: before the office has them, after, or in place of its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from service.core.entry import Entry
from service.core.errors import AnswerLost
from service.handlers.base import Calls, Looked
from service.upstream import Refusal
from tests.support.office import FACTS, Deposit, Wanted

Deed = Callable[[], Awaitable[object]]


async def _nothing() -> None:
    return


@dataclass(slots=True)
class Interrupted(Deposit):
    """A deposit around which things happen: `before` and `after` the office has it, once each."""

    before: Deed = field(default=_nothing)
    after: Deed = field(default=_nothing)
    is_lost: bool = False

    async def send(self, prepared: Wanted, calls: Calls) -> Mapping[str, object] | Refusal:
        """The deposit, with what happens around it."""
        before, after = self.before, self.after
        self.before = self.after = _nothing
        await before()
        answer = await Deposit.send(self, prepared, calls)
        await after()
        return answer

    async def look(self, prepared: Wanted, entry: Entry, calls: Calls) -> Looked:
        """The look, whose answer may be lost."""
        if self.is_lost:
            raise AnswerLost(FACTS, "time-out")
        return await Deposit.look(self, prepared, entry, calls)


class ReadBack(Deposit):
    """A deposit whose end is asked for at once."""

    reads_back = True

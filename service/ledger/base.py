"""What a ledger promises, whichever database stands behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from service.core.entry import Begun, Change, Entry, Episode, Keeper, Registration, State, Turn
from service.core.errors import LedgerUnavailable
from service.ledger.feeds import Feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts and ages (seconds) an operator watches."""

    in_doubt: int
    oldest_in_doubt: float
    held: int
    oldest_unfinished_deposit: float


class Ledger(ABC):
    """Writes only, each update a compare-and-set on a fence, by the database's clock.

    A lease lasts the seconds the ledger was made with; each update of its owner renews it.

    Every method raises LedgerUnavailable when the database cannot be read or written; when a commit is unsure the
    caller must act as if it had not happened and must not send.
    """

    async def __aenter__(self) -> Self:
        """Open it, and bring its schema up to date."""
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    @abstractmethod
    def listen(
        self,
        *,
        on_pauses: Callable[[Sequence[Episode]], None] | None = None,
        on_lost: Callable[[LedgerUnavailable], None] | None = None,
    ) -> None:
        """Have these called in the event loop of whoever opens it; to be said before that.

        `on_pauses`: the running pauses, oldest first, whenever a commit (`ping` is one) finds others than the last did.
        `on_lost`: each time that work fails because the database cannot be read or written.
        """

    @abstractmethod
    async def open(self) -> None:
        """Open the database; raises LedgerUnavailable."""

    @abstractmethod
    async def close(self) -> None:
        """Close the database; what was asked before is finished first."""

    @abstractmethod
    async def ping(self) -> None:
        """Prove that the ledger can be written now."""

    @abstractmethod
    async def begin(
        self, asked: Registration, *, owner: str, turn: int, unseen_wait: float | None, send: bool = False
    ) -> Begun:
        """Take the lease of a write, creating its entry when there is none.

        The same identity with other content is TAKEN while the first is unfinished, REUSED afterwards.
        `turn` is the turn of the delivery: a lower one than the entry's is OVERTAKEN, except that what may be a request
        published anew after it was answered is CLOSED, so that it gets the same results again.
        `unseen_wait`: this delivery was seen before (redelivered, or a copy of ours), so an entry that does not exist
        is created in doubt, to be looked up after that many seconds, unless the event was made after the ledger began
        to remember everything; None for a first delivery.
        `send`: whoever asks will send at once, so an entry claimed by this call that was never sent, whose keys nobody
        put upstream before, goes on to `sending` in the same commit; the answer says so.
        """

    @abstractmethod
    async def advance(self, entry: Entry, owner: str, change: Change) -> Entry:
        """Write `change` if `owner` still holds the fence of `entry`; raises FenceLost otherwise.

        Raises KeyBusy, and nothing is written, when another unfinished write has a key that `change` claims.
        """

    @abstractmethod
    async def release(self, entry: Entry, owner: str) -> None:
        """Give the lease back; nothing happens when it was lost already."""

    @abstractmethod
    async def raise_turn(self, source: str, id: str, turn: int) -> None:
        """Note that a copy with this turn is safe in a queue, so that older copies are dropped."""

    @abstractmethod
    async def withdraw(self, source: str, id: str, outcome: bytes | None, account: str = "") -> Entry | None:
        """Close an entry nothing was sent for, with `outcome`; returns the entry as it was before, or as it stands
        when it could not be withdrawn (look at its state); None when there was none: a mark is left for it.
        The mark withdraws a request of `account`, of any when that is empty.
        Without an `outcome` an entry that exists is left as it is: it must never be closed with nothing to publish.
        """

    @abstractmethod
    async def decide(
        self,
        source: str,
        id: str,
        *,
        to: State,
        answer: dict[str, object] | None,
        reason: str,
        outcome: bytes | None = None,
        notes: Mapping[str, object] | None = None,
    ) -> Entry:
        """A person's decision about a held entry, with its `outcome` when that closes it, and what to note of it.

        Raises LookupError when it is not held.
        """

    @abstractmethod
    async def find(self, id: str, source: str | None = None) -> Sequence[Entry]:
        """Entries with this event id."""

    @abstractmethod
    async def keepers(self, account: str, operation: str, keys: Sequence[str]) -> Sequence[Keeper]:
        """The finished requests that keep one of these natural keys, or a whole or a part of it, the last one first."""

    @abstractmethod
    async def in_state(self, *states: State) -> Sequence[Entry]:
        """Entries in these states, oldest first, a thousand at most."""

    @abstractmethod
    async def totals(self) -> Totals:
        """Counts and ages for the metrics."""

    @abstractmethod
    async def pause(
        self, scope: str, cause: str, since: datetime, until: datetime | None, *, anew: bool = False
    ) -> Episode | None:
        """Begin a pause of `scope`; None when one is running already (somebody else announced it).

        `anew` ends that one in the same commit, so that nobody hears of a moment without a pause.
        """

    @abstractmethod
    async def resume(self, scope: str) -> Episode | None:
        """End the pause of `scope`; None when none is running."""

    @abstractmethod
    async def pauses(self) -> Sequence[Episode]:
        """The pauses now running."""

    @abstractmethod
    async def may_probe(self, scope: str, *, owner: str, every: float) -> Turn:
        """Take the turn of trying a paused scope, or keep it; from now on nobody else gets it for `every` seconds."""

    @abstractmethod
    async def note_said(self, scope: str, number: int, *, end: bool | None = None) -> None:
        """Note that the beginning or the end of a pause was published.

        `end` says which; without it, what is due: the beginning while it runs, everything once it ended.
        """

    @abstractmethod
    async def unsaid(self, *, older_than: float) -> Sequence[Episode]:
        """Pauses whose beginning or end nobody noted as published within so many seconds: whoever saw it died."""

    @abstractmethod
    async def know(self, types: Sequence[str]) -> None:
        """Tell the fleet that this worker takes requests of these types; believed for three minutes."""

    @abstractmethod
    async def is_known(self, type: str) -> bool:
        """Whether any worker of the fleet takes requests of this type."""

    @property
    @abstractmethod
    def feeds(self) -> Feeds:
        """The schedule that tells changes of status."""

    @abstractmethod
    async def purge(self, older_than_days: float) -> int:
        """Delete closed entries older than this, and what was told of invoices; returns how many entries."""

"""The ledger in a database: each promise of `Ledger` as one piece of work in a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from service.core.entry import Begun, Change, Entry, Episode, Keeper, Registration, State, Turn
from service.core.errors import LedgerUnavailable
from service.ledger import claims, episodes, known, listing, memory
from service.ledger import keys as natural_keys
from service.ledger.base import Ledger, Totals
from service.ledger.claims import Asking, about, name_of
from service.ledger.database import Database
from service.ledger.feeds import Feeds, forget_told
from service.ledger.schema import migrate
from service.ledger.writer import Listeners, Writer


class StoredLedger(Ledger):
    """See `Ledger`; what differs between databases is behind `Database`."""

    def __init__(self, database: Database, *, lease: float) -> None:
        self._listeners = Listeners()
        self._writer = Writer(database, _prepare, self._listeners)
        self._lease = lease
        self._feeds = Feeds(self._writer)

    def listen(
        self,
        *,
        on_pauses: Callable[[Sequence[Episode]], None] | None = None,
        on_lost: Callable[[LedgerUnavailable], None] | None = None,
    ) -> None:
        """Called between two pieces of work, never in the thread that writes."""
        self._listeners.on_pauses, self._listeners.on_lost = on_pauses, on_lost

    async def open(self) -> None:
        """Connect, and create or update the tables."""
        await self._writer.open()

    async def close(self) -> None:
        """Disconnect once everything asked is committed."""
        await self._writer.close()

    async def ping(self) -> None:
        """Commit that the ledger is still in use."""
        await self._writer.run(memory.stay_awake)

    async def begin(
        self, asked: Registration, *, owner: str, turn: int, unseen_wait: float | None, send: bool = False
    ) -> Begun:
        """Take the lease in one transaction with all that decides about it."""
        asking = Asking(asked=asked, owner=owner, turn=turn, unseen_wait=unseen_wait, send=send)
        return await self._writer.run(lambda db: claims.begin(db, asking, self._lease), names=asking.names())

    async def advance(self, entry: Entry, owner: str, change: Change) -> Entry:
        """Update one row, where fence and owner are still those of `entry`."""
        work = partial(claims.advance, entry=entry, owner=owner, change=change, lease=self._lease)
        claimed = [about(f"{entry.account}\n{key}") for key in change.claim]
        return await self._writer.run(work, names=[name_of(entry.source, entry.id), *claimed])

    async def release(self, entry: Entry, owner: str) -> None:
        """Free the lease and the subjects of `owner`."""
        work = partial(claims.release, entry=entry, owner=owner)
        await self._writer.run(work, names=[name_of(entry.source, entry.id)])

    async def raise_turn(self, source: str, id: str, turn: int) -> None:
        """Raise the turn, never lower it."""
        work = partial(claims.raise_turn, source=source, id=id, turn=turn)
        await self._writer.run(work, names=[name_of(source, id)])

    async def withdraw(self, source: str, id: str, outcome: bytes | None, account: str = "") -> Entry | None:
        """Close a claimed row that nobody works on; without an outcome only leave a closed one where there is none."""
        work = partial(claims.withdraw, source=source, id=id, outcome=outcome, account=account)
        return await self._writer.run(work, names=[name_of(source, id)])

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
        """Update a held row, and raise its fence."""
        change = Change(state=to, answer=answer, reason=reason, outcome=outcome, notes=notes, next_look_in=0.0, looks=0)
        # Whichever copy comes next carries the decision on: the one held may be dropped, the request published anew.
        work = partial(claims.decide, source=source, id=id, change=change, lease=self._lease)
        return await self._writer.run(work, names=[name_of(source, id)])

    async def find(self, id: str, source: str | None = None) -> Sequence[Entry]:
        """Rows with this id."""
        return await self._writer.run(partial(listing.find, id=id, source=source))

    async def keepers(self, account: str, operation: str, keys: Sequence[str]) -> Sequence[Keeper]:
        """Rows with these keys, as they stand now."""
        return await self._writer.run(lambda db: natural_keys.keepers(db, account, operation, keys))

    async def in_state(self, *states: State) -> Sequence[Entry]:
        """Rows in these states."""
        return await self._writer.run(partial(listing.in_state, states=states))

    async def totals(self) -> Totals:
        """Counted now, by index."""
        return await self._writer.run(listing.totals)

    async def pause(
        self, scope: str, cause: str, since: datetime, until: datetime | None, *, anew: bool = False
    ) -> Episode | None:
        """Insert an episode unless one is running."""
        work = partial(episodes.begin_episode, scope=scope, cause=cause, since=since, until=until, anew=anew)
        return await self._writer.run(work, names=[_scope(scope)])

    async def resume(self, scope: str) -> Episode | None:
        """End the running episode, and whoever's turn it was to try."""
        return await self._writer.run(partial(episodes.end_episode, scope=scope), names=[_scope(scope)])

    async def pauses(self) -> Sequence[Episode]:
        """The running episodes, oldest first."""
        return await self._writer.run(episodes.running)

    async def may_probe(self, scope: str, *, owner: str, every: float) -> Turn:
        """Take the turn unless another's is fresh."""
        work = partial(episodes.take_turn, scope=scope, owner=owner, every=every)
        return await self._writer.run(work, names=[_scope(scope)])

    async def note_said(self, scope: str, number: int, *, end: bool | None = None) -> None:
        """Mark an episode."""
        work = partial(episodes.note_said, scope=scope, number=number, end=end)
        await self._writer.run(work, names=[_scope(scope)])

    async def unsaid(self, *, older_than: float) -> Sequence[Episode]:
        """Episodes whose marks are missing."""
        return await self._writer.run(partial(episodes.unsaid, older_than=older_than))

    async def know(self, types: Sequence[str]) -> None:
        """Note them with the time."""
        await self._writer.run(partial(known.know, types=types), names=["types"])

    async def is_known(self, type: str) -> bool:
        """Look for a fresh note."""
        return await self._writer.run(partial(known.is_known, type=type))

    @property
    def feeds(self) -> Feeds:
        """Rows of their own, written by the same thread."""
        return self._feeds

    async def purge(self, older_than_days: float) -> int:
        """Delete by the time of the last change, some at a time; keys go with their row."""
        purged = 0
        before = await self._writer.run(lambda db: db.wall() - timedelta(days=older_than_days))
        # First, in a commit of its own: nobody may take for new what is deleted at the same moment.
        if await self._writer.run(partial(memory.forget_up_to, before=before)):
            while deleted := await self._writer.run(partial(memory.forget, before=before)):
                purged += deleted
        await self._writer.run(partial(forget_told, before=before))
        return purged


def _scope(scope: str) -> str:
    return f"scope\n{scope}"


def _prepare(db: Database) -> None:
    """Bring the tables up to date, then see whether the database remembers everything."""
    migrate(db)
    db.begin(["memory"])
    memory.wake(db)
    db.commit(episodes.RUNNING)

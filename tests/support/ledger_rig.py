"""Asks a ledger as workers do, whichever database stands behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from service.core.entry import Begun, Change, Entry, Registration, Standing, State
from service.ledger import Ledger
from service.ledger.database import Database
from service.ledger.postgres import PostgresDatabase
from service.ledger.sqlite import SqliteDatabase
from tests.support.until import until

OpenAgain = Callable[..., Awaitable[Ledger]]
"""Opens the same ledger once more, as another worker would; takes `lease` in seconds, and `listen`, given it first."""

SOURCE = "/tests/billing"
DEPOSIT = "deposerFluxFacture"
ASKED = Registration(
    source=SOURCE,
    id="e-1",
    type="invoice.deposit.requested.v1",
    account="default",
    operation=DEPOSIT,
    digest="digest-1",
    subject="F-1",
    keys=("99900045800037 F-1",),
    echo={"subject": "F-1"},
)
ANOTHER = replace(ASKED, id="e-2", digest="digest-2", keys=("99900045800037 F-2",), subject="F-2", echo={})
RIVAL = replace(ASKED, id="e-2", digest="digest-2")
"""Another request for the same invoice."""

CLOSING = Change(state=State.CLOSED, outcome=b"[]", reason="done", release=True)


async def take(
    ledger: Ledger,
    asked: Registration = ASKED,
    *,
    owner: str = "worker-1",
    turn: int = 0,
    unseen_wait: float | None = None,
    send: bool = False,
) -> Begun:
    """What the ledger answers a worker that wants to work on a request."""
    return await ledger.begin(asked, owner=owner, turn=turn, unseen_wait=unseen_wait, send=send)


async def take_when_free(ledger: Ledger, asked: Registration = ASKED, *, owner: str) -> Begun:
    """The same, asked again until nobody else works on it."""

    async def free() -> Begun | None:
        begun = await take(ledger, asked, owner=owner, unseen_wait=0.0)
        return None if begun.standing is Standing.BUSY else begun

    return await until(free, "the end of another worker's lease", limit=10.0)


async def bring(ledger: Ledger, *changes: Change, asked: Registration = ASKED, owner: str = "worker-1") -> Entry:
    """An entry with these changes made to it in order, its lease given back."""
    entry = (await take(ledger, asked, owner=owner)).entry
    for change in changes:
        entry = await ledger.advance(entry, owner, change)
    await ledger.release(entry, owner)
    return entry


async def only(ledger: Ledger, id: str = ASKED.id) -> Entry:
    """The one entry with this id."""
    (entry,) = await ledger.find(id)
    return entry


def database_of(url: str) -> Database:
    """The database of a ledger as another program sees it; not connected."""
    scheme, _, path = url.partition(":///")
    return SqliteDatabase(path) if scheme == "sqlite" else PostgresDatabase(url)

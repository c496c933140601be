"""A request that was seen before and is unknown is new only where the ledger would know it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.core.entry import Begun, State
from service.ledger import Ledger, SqliteLedger
from service.ledger.memory import CLOCK_DOUBT, LONGEST_SILENCE
from tests.support.ledger_rig import ANOTHER, ASKED, CLOSING, bring, take

HOUR = timedelta(hours=1)


async def seen(ledger: Ledger, made_at: datetime | None, *, send: bool = False) -> Begun:
    """What the ledger makes of an unknown request that was seen before, and was made then."""
    return await take(ledger, replace(ASKED, made_at=made_at), unseen_wait=900.0, send=send)


async def test_should_take_for_new_what_was_made_since_it_remembers(ledger: Ledger) -> None:
    """Had anybody worked on it, the ledger would know: it is sent at once like any other."""
    begun = await seen(ledger, datetime.now(UTC) + HOUR, send=True)

    assert (begun.created, begun.is_sending) == (True, True)
    assert (begun.entry.state, begun.entry.sends, begun.entry.next_look_in) == (State.SENDING, 1, 0.0)


@pytest.mark.parametrize("before", [timedelta(0), HOUR, timedelta(days=400), None])
async def test_should_doubt_what_may_be_older_than_its_memory(ledger: Ledger, before: timedelta | None) -> None:
    """Also what has no time, and what is younger by less than clocks may differ."""
    now = datetime.now(UTC)
    begun = await seen(ledger, None if before is None else now + CLOCK_DOUBT - timedelta(seconds=5) - before, send=True)

    assert (begun.is_sending, begun.entry.state, begun.entry.sends) == (False, State.IN_DOUBT, 1)
    assert begun.entry.next_look_in > 890.0


async def test_should_doubt_what_it_may_have_deleted(ledger: Ledger) -> None:
    """A request whose entry was purged comes back from the dead letters: it was sent once, and is no new one."""
    made_at = datetime.now(UTC) + HOUR
    await bring(ledger, CLOSING, asked=replace(ASKED, made_at=made_at))
    deleted = await ledger.purge(-1.0)
    begun = await seen(ledger, made_at)

    assert (deleted, begun.created, begun.entry.state) == (1, True, State.IN_DOUBT)


async def test_should_go_on_trusting_its_memory_when_nothing_was_old_enough(ledger: Ledger) -> None:
    """A purge that deletes nothing, or only what is older, makes no new request doubtful."""
    await bring(ledger, CLOSING, asked=ANOTHER)
    await ledger.purge(1.0)
    begun = await seen(ledger, datetime.now(UTC) + HOUR)

    assert begun.entry.state is State.CLAIMED


@pytest.mark.parametrize(
    ("silent", "state"),
    [(LONGEST_SILENCE / 2, State.CLAIMED), (LONGEST_SILENCE * 2, State.IN_DOUBT)],
    ids=["restarted", "put back"],
)
async def test_should_begin_to_remember_anew_after_a_silence(tmp_path: Path, silent: timedelta, state: State) -> None:
    """A file nobody wrote for long may be an older copy put back; a restarted worker's is the one it left."""
    path, now = str(tmp_path / "ledger.db"), datetime.now(UTC)
    await _opened_once(path)
    _say(path, since=now - 24 * HOUR, alive_at=now - silent)
    async with SqliteLedger(path, lease=20.0) as ledger:
        begun = await seen(ledger, now - 12 * HOUR)

    assert begun.entry.state is state


async def test_should_stay_awake_as_long_as_it_is_pinged(tmp_path: Path) -> None:
    """Proving that it can be written notes that it is in use, so that the next worker trusts it."""
    path, now = str(tmp_path / "ledger.db"), datetime.now(UTC)
    async with SqliteLedger(path, lease=20.0) as ledger:
        _say(path, since=now - 24 * HOUR, alive_at=now - HOUR)
        await ledger.ping()
    async with SqliteLedger(path, lease=20.0) as ledger:
        begun = await seen(ledger, now - 12 * HOUR)

    assert begun.entry.state is State.CLAIMED


async def _opened_once(path: str) -> None:
    async with SqliteLedger(path, lease=20.0):
        pass


def _say(path: str, *, since: datetime, alive_at: datetime) -> None:
    """Make the file remember what only time would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert db.execute(
            "UPDATE memory SET since = ?, alive_at = ?", (since.isoformat(), alive_at.isoformat())
        ).rowcount

"""Where the feeds of statuses stand: one tick of each counts, one worker reads it, and what was told is remembered."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from contracts.changes import FeedRole
from service.core.entry import Change, State
from service.core.errors import FenceLost
from service.core.feed import Feed, Hold, Step, Taken, Tick
from service.ledger import Ledger
from tests.support.ledger_rig import ASKED, CLOSING, OpenAgain, bring, take

FEED = Feed(account="default", role=FeedRole.SUPPLIER)
OTHER = Feed(account="default", role=FeedRole.RECIPIENT)
DAY = timedelta(days=1)
LONG = 600.0
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SUSPENDED = Step(code="SUSPENDUE", since=NOW)


async def seed(ledger: Ledger, *feeds: Feed, due: float = LONG) -> list[Tick]:
    """The ticks that are missing."""
    return list(await ledger.feeds.seed(feeds or (FEED,), first_window=DAY, due=due))


async def begin(ledger: Ledger, tick: Tick, owner: str = "one", *, lease: float = LONG) -> Taken:
    """What a worker is answered that wants to read."""
    return await ledger.feeds.take(tick, owner, first_window=DAY, lease=lease, due=LONG)


async def test_should_make_one_tick_for_a_fleet_that_starts_at_once(ledger: Ledger, open_again: OpenAgain) -> None:
    """However many workers look at the same moment."""
    others = [await open_again() for _ in range(4)]
    made = await asyncio.gather(*(seed(one, FEED, OTHER) for one in (ledger, *others) for _ in range(4)))
    ticks = [tick for some in made for tick in some]

    assert sorted((tick.feed.role, tick.number) for tick in ticks) == [("recipient", 1), ("supplier", 1)]


async def test_should_make_another_when_one_is_overdue(ledger: Ledger) -> None:
    """With a higher number, so that the first is dropped wherever it turns up; its mark goes on."""
    (first,) = await seed(ledger, due=0.0)
    (second,) = await seed(ledger)

    assert (second.number, second.mark) == (2, first.mark)
    assert (await begin(ledger, first)).hold is Hold.SURPLUS
    assert (await begin(ledger, second)).hold is Hold.OURS
    assert await seed(ledger) == []


async def test_should_let_one_worker_read_at_a_time(ledger: Ledger, neighbour: Ledger) -> None:
    """A tick delivered twice: the second waits, until the first is done or its worker has been silent for too long."""
    (tick,) = await seed(ledger)
    first = await begin(ledger, tick)
    busy = await begin(neighbour, tick, "two")
    await ledger.feeds.leave(tick, "one")
    free = await begin(neighbour, tick, "two", lease=0.0)
    silent = await begin(ledger, tick, "three")

    assert [one.hold for one in (first, busy, free, silent)] == [Hold.OURS, Hold.BUSY, Hold.OURS, Hold.OURS]


async def test_should_stop_whoever_was_overtaken(ledger: Ledger) -> None:
    """Another worker took the tick, or another tick was made: nothing more is noted by the first."""
    (tick,) = await seed(ledger)
    await begin(ledger, tick, lease=0.0)
    await begin(ledger, tick, "two")

    with pytest.raises(FenceLost):
        await ledger.feeds.tell(tick, "one", {1: SUSPENDED}, lease=LONG, due=LONG)
    with pytest.raises(FenceLost):
        await ledger.feeds.finish(tick, "one", NOW, due=LONG)
    await ledger.feeds.moved(FEED, 9)
    with pytest.raises(FenceLost):
        await ledger.feeds.finish(tick, "two", NOW, due=LONG)
    assert await ledger.feeds.known(FEED, [1]) == {}


async def test_should_drop_copies_of_a_tick_that_moved_on(ledger: Ledger) -> None:
    """The next one is safe in its queue."""
    (tick,) = await seed(ledger)
    await begin(ledger, tick)
    await ledger.feeds.finish(tick, "one", NOW, due=LONG)
    again = await begin(ledger, tick, "two")
    await ledger.feeds.leave(tick, "two")
    await ledger.feeds.moved(FEED, 2)
    await ledger.feeds.moved(FEED, 1)

    assert again.hold is Hold.OURS
    assert (await begin(ledger, tick)).hold is Hold.SURPLUS


async def test_should_remember_how_far_it_came(ledger: Ledger, open_again: OpenAgain) -> None:
    """Over restarts; a round that failed brings it no further."""
    (tick,) = await seed(ledger)
    await begin(ledger, tick)
    await ledger.feeds.finish(tick, "one", NOW, due=LONG)
    later = await open_again()
    taken = await begin(later, tick, "two")
    await later.feeds.finish(tick, "two", None, due=LONG)
    (standing,) = await later.feeds.standings()

    assert (taken.mark, standing.mark) == (NOW, NOW)
    assert standing.succeeded_at is not None
    assert standing.fresh_at == standing.succeeded_at


async def test_should_go_on_from_the_tick_where_the_ledger_was_lost(ledger: Ledger) -> None:
    """What one of the two forgot, the other knows."""
    tick = Tick(feed=FEED, number=7, mark=NOW)
    taken = await begin(ledger, tick)

    assert (taken.hold, taken.mark, taken.began) == (Hold.OURS, NOW, NOW)
    assert await seed(ledger) == []


async def test_should_remember_what_was_told_last(ledger: Ledger) -> None:
    """Of each invoice of each feed, also without a date."""
    (tick, _) = await seed(ledger, FEED, OTHER)
    await begin(ledger, tick)
    undated = Step(code="MANDATEE", since=None)
    await ledger.feeds.tell(tick, "one", {2**40: SUSPENDED, 2: SUSPENDED}, lease=LONG, due=LONG)
    await ledger.feeds.tell(tick, "one", {2: undated}, lease=LONG, due=LONG)

    assert await ledger.feeds.known(FEED, [1, 2, 2**40]) == {2: undated, 2**40: SUSPENDED}
    assert await ledger.feeds.known(OTHER, [2]) == await ledger.feeds.known(FEED, []) == {}


async def test_should_forget_what_was_told_long_ago(ledger: Ledger) -> None:
    """With everything else of that age."""
    (tick,) = await seed(ledger)
    await begin(ledger, tick)
    await ledger.feeds.tell(tick, "one", {1: SUSPENDED}, lease=LONG, due=LONG)
    await ledger.purge(1)
    kept = await ledger.feeds.known(FEED, [1])
    await ledger.purge(0)

    assert (kept, await ledger.feeds.known(FEED, [1])) == ({1: SUSPENDED}, {})


async def test_should_know_what_the_relay_sent_itself(ledger: Ledger) -> None:
    """What is being sent, and what was put upstream; not what was refused, and not another account's."""
    await take(ledger)
    unfinished = await ledger.feeds.sent("default", [ASKED.operation], [*ASKED.keys, "99900045800037 F-9"])
    await ledger.release((await ledger.find(ASKED.id))[0], "worker-1")
    await bring(ledger, Change(state=State.SENDING, sent=1), CLOSING)
    refused = await ledger.feeds.sent("default", [ASKED.operation], ASKED.keys)

    assert (unfinished, refused) == (frozenset(ASKED.keys), frozenset())
    assert await ledger.feeds.sent("north", [ASKED.operation], ASKED.keys) == frozenset()
    assert await ledger.feeds.sent("default", [], []) == frozenset()

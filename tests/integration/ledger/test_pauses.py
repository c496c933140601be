"""A pause of an upstream is begun once and ended once, however many workers see it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from service.core.entry import Episode
from service.ledger import Ledger

SINCE = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 24, 6, 0, tzinfo=timezone(timedelta(hours=1)))


async def test_should_let_one_of_two_workers_begin_a_pause(ledger: Ledger, neighbour: Ledger) -> None:
    """Both see it at the same time; one announces it."""
    begun = await asyncio.gather(
        *(worker.pause("chorus-pro", "unavailable", SINCE, None) for worker in (ledger, neighbour) for _ in range(10))
    )

    assert [episode for episode in begun if episode] == [
        Episode(scope="chorus-pro", number=1, cause="unavailable", since=SINCE)
    ]


async def test_should_let_one_of_two_workers_end_a_pause(ledger: Ledger, neighbour: Ledger) -> None:
    """It is told what ended."""
    begun = await ledger.pause("dume", "announced", SINCE, UNTIL)
    ended = await asyncio.gather(*(worker.resume("dume") for worker in (ledger, neighbour) for _ in range(10)))

    assert [replace(episode, ended_at=None) for episode in ended if episode] == [begun]
    assert [episode.ended_at is not None for episode in ended if episode] == [True]
    assert await ledger.pauses() == []


async def test_should_number_each_pause_of_a_scope(ledger: Ledger) -> None:
    """A pause after another is a new one; each scope counts for itself."""
    numbers = []
    for scope in ("chorus-pro", "dume", "chorus-pro"):
        begun = await ledger.pause(scope, "unavailable", SINCE, None)
        await ledger.resume(scope)
        numbers.append((scope, begun and begun.number))

    assert numbers == [("chorus-pro", 1), ("dume", 1), ("chorus-pro", 2)]


async def test_should_tell_every_worker_what_is_paused(ledger: Ledger, neighbour: Ledger) -> None:
    """Oldest first, with its cause and its times."""
    later = await ledger.pause("dume", "announced", SINCE + timedelta(hours=1), UNTIL)
    first = await ledger.pause("chorus-pro", "gateway_page", SINCE, None)

    assert await neighbour.pauses() == [first, later]


async def test_should_end_nothing_that_does_not_run(ledger: Ledger) -> None:
    """Nobody is told of an end without a beginning."""
    await ledger.pause("dume", "unavailable", SINCE, None)

    assert await ledger.resume("chorus-pro") is None
    assert len(await ledger.pauses()) == 1

"""What the workers of a fleet tell each other through the ledger: pauses, whose turn it is to try, what they take."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.core.entry import Change, Episode, State, Turn
from service.core.errors import FenceLost
from service.ledger import Ledger
from service.ledger.database import Database
from service.ledger.rows import in_words
from tests.support.ledger_rig import ANOTHER, ASKED, OpenAgain, database_of, only, take, take_when_free
from tests.support.until import until

SINCE = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
SCOPE = "chorus-pro"
SAME_SUBJECT = replace(ASKED, id="e-9", digest="digest-9", operation="completerFacture")
"""Another operation on the same invoice: no rival for its number, but never worked on at the same time."""


async def pause(ledger: Ledger, scope: str = SCOPE) -> Episode:
    """A pause that has just begun."""
    begun = await ledger.pause(scope, "unavailable", SINCE, None)
    assert begun is not None
    return begun


async def test_should_hear_of_a_pause_another_worker_began_or_ended(ledger: Ledger, open_again: OpenAgain) -> None:
    """With the next commit of its own, whatever that is about; and nothing when nothing changed."""
    heard: list[list[Episode]] = []
    listening = await open_again(listen=lambda it: it.listen(on_pauses=lambda pauses: heard.append(list(pauses))))
    await listening.ping()
    begun = await pause(ledger)
    for _ in range(3):
        await listening.ping()
    await ledger.resume(SCOPE)
    await listening.find("e-9")

    assert heard == [[begun], []]


async def test_should_hear_of_what_is_paused_already_when_it_starts(ledger: Ledger, open_again: OpenAgain) -> None:
    """Its first commit says so."""
    begun, heard = await pause(ledger), list[list[Episode]]()
    listening = await open_again(listen=lambda it: it.listen(on_pauses=lambda pauses: heard.append(list(pauses))))
    await listening.ping()

    assert heard == [[begun]]


async def test_should_hear_of_ones_own_pause_before_its_answer(open_again: OpenAgain) -> None:
    """Whoever began it knows of it in both ways."""
    heard: list[int] = []
    listening = await open_again(listen=lambda it: it.listen(on_pauses=lambda pauses: heard.append(len(pauses))))
    await pause(listening)
    seen_with_the_beginning = list(heard)
    await listening.resume(SCOPE)

    assert (seen_with_the_beginning, heard) == ([1], [1, 0])


async def test_should_give_one_worker_at_a_time_the_turn_to_try(ledger: Ledger, neighbour: Ledger) -> None:
    """Whoever has it keeps it by asking again."""
    await pause(ledger)
    asked = [(ledger, "worker-1"), (neighbour, "worker-2")] * 10
    turns = await asyncio.gather(*(one.may_probe(SCOPE, owner=owner, every=60.0) for one, owner in asked))
    winners = {owner for (_, owner), turn in zip(asked, turns, strict=True) if turn is Turn.OURS}

    assert len(winners) == 1
    assert sorted(turns) == [Turn.OURS] * 10 + [Turn.THEIRS] * 10


async def test_should_pass_the_turn_on_when_whoever_has_it_is_gone(ledger: Ledger, neighbour: Ledger) -> None:
    """Not asked again for as long as that, it is anybody's."""
    await pause(ledger)
    first = await ledger.may_probe(SCOPE, owner="worker-1", every=0.2)

    async def ours() -> bool:
        return await neighbour.may_probe(SCOPE, owner="worker-2", every=60.0) is Turn.OURS

    await until(ours, "the end of another worker's turn")

    assert (first, await ledger.may_probe(SCOPE, owner="worker-1", every=60.0)) == (Turn.OURS, Turn.THEIRS)


async def test_should_have_no_turn_where_nothing_is_paused(ledger: Ledger) -> None:
    """Before, afterwards, and for another scope; the next pause begins with nobody's turn."""
    before = await ledger.may_probe(SCOPE, owner="worker-1", every=60.0)
    await pause(ledger)
    during = await ledger.may_probe(SCOPE, owner="worker-1", every=60.0)
    other = await ledger.may_probe("dume", owner="worker-1", every=60.0)
    await ledger.resume(SCOPE)
    after = await ledger.may_probe(SCOPE, owner="worker-1", every=60.0)
    await pause(ledger)
    anew = await ledger.may_probe(SCOPE, owner="worker-2", every=60.0)

    assert (before, during, other, after, anew) == (Turn.OVER, Turn.OURS, Turn.OVER, Turn.OVER, Turn.OURS)


async def test_should_remember_what_was_not_said(ledger: Ledger, neighbour: Ledger) -> None:
    """A beginning or an end whose publisher died is found by the others, until somebody notes it."""
    begun = await pause(ledger)
    beginning = await neighbour.unsaid(older_than=0.0)
    await ledger.note_said(SCOPE, begun.number)
    said = await neighbour.unsaid(older_than=0.0)
    ended = await ledger.resume(SCOPE)
    end = await neighbour.unsaid(older_than=0.0)
    await neighbour.note_said(SCOPE, begun.number)

    assert (beginning, said, end) == ([begun], [], [ended])
    assert ended is not None
    assert ended.ended_at is not None
    assert await neighbour.unsaid(older_than=0.0) == []


async def test_should_leave_whoever_saw_it_the_time_to_say_it(ledger: Ledger) -> None:
    """What has just begun or ended is its own worker's to publish."""
    await pause(ledger)
    await ledger.resume(SCOPE)

    assert await ledger.unsaid(older_than=60.0) == []


async def test_should_not_take_a_beginning_that_is_late_for_the_end(ledger: Ledger) -> None:
    """Whoever published the beginning says so; the end is due all the same."""
    begun = await pause(ledger)
    await ledger.resume(SCOPE)
    await ledger.note_said(SCOPE, begun.number, end=False)
    due = await ledger.unsaid(older_than=0.0)
    await ledger.note_said(SCOPE, begun.number, end=True)

    assert [episode.number for episode in due] == [begun.number]
    assert await ledger.unsaid(older_than=0.0) == []


async def test_should_know_what_any_worker_takes(ledger: Ledger, neighbour: Ledger) -> None:
    """An older worker is told that a newer one takes a type it has never heard of."""
    before = await ledger.is_known("invoice.new.requested.v1")
    await asyncio.gather(
        neighbour.know(["invoice.new.requested.v1", ASKED.type]), ledger.know([ASKED.type]), ledger.know([])
    )

    assert (before, await ledger.is_known("invoice.new.requested.v1")) == (False, True)
    assert await ledger.is_known(ASKED.type)
    assert not await ledger.is_known("invoice.newer.requested.v1")


async def test_should_make_no_call_about_a_subject_another_worker_took_over(open_again: OpenAgain) -> None:
    """A frozen worker that wakes up still has its entry, for nobody wanted that; the subject is somebody else's."""
    frozen, ledger = await open_again(lease=0.2), await open_again()
    bare = [(await take(frozen, asked, owner=asked.id)).entry for asked in (ASKED, ANOTHER)]
    rival = await take_when_free(ledger, SAME_SUBJECT, owner="worker-2")
    with pytest.raises(FenceLost, match="subject"):
        await frozen.advance(bare[0], ASKED.id, Change(state=State.SENDING, sent=1))
    untouched = await only(ledger)
    sent = await frozen.advance(bare[1], ANOTHER.id, Change(state=State.SENDING, sent=1))

    assert (rival.entry.id, untouched.state, untouched.sends) == ("e-9", State.CLAIMED, 0)
    assert (sent.state, sent.sends) == (State.SENDING, 1)


async def test_should_write_down_an_answer_though_the_subject_is_lost(open_again: OpenAgain) -> None:
    """What came back is true whoever works on the subject now."""
    frozen, ledger = await open_again(lease=0.2), await open_again()
    begun = await take(frozen, send=True)
    await take_when_free(ledger, SAME_SUBJECT, owner="worker-2")
    answered = await frozen.advance(begun.entry, "worker-1", Change(state=State.ANSWERED, answer={"flow": "CPP1"}))

    assert answered.state is State.ANSWERED


@pytest.mark.parametrize(("woke", "is_known"), [(timedelta(0), True), (timedelta(minutes=10), False)])
async def test_should_give_a_newer_worker_time_to_speak_after_a_silence(
    ledger: Ledger, ledger_url: str, open_again: OpenAgain, woke: timedelta, *, is_known: bool
) -> None:
    """A ledger that was out of reach has heard of nobody; what nobody has said for minutes since is forgotten."""
    await ledger.know(["invoice.new.requested.v1"])
    with _looking(ledger_url) as db:
        db.execute("UPDATE memory SET alive_at = ?", (in_words(db.wall() - timedelta(hours=1)),))
        db.execute("UPDATE types SET known_at = known_at - 3600.0")
    again = await open_again()
    with _looking(ledger_url) as db:
        db.execute("UPDATE memory SET since = ?", (in_words(db.wall() - woke),))

    assert await again.is_known("invoice.new.requested.v1") is is_known
    assert not await again.is_known("invoice.newer.requested.v1")


@contextmanager
def _looking(url: str) -> Iterator[Database]:
    """Somebody who makes a ledger remember what only time would."""
    with closing(database_of(url)) as db:
        db.connect()
        db.begin([])
        yield db
        db.commit("SELECT 1")

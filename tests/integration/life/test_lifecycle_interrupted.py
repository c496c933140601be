"""Whatever breaks around the one call that counts, it is made once and its end is published once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.results import publish_form
from service.core.delivery import Delivery
from service.core.entry import Entry, State
from service.core.errors import FenceLost, LedgerUnavailable
from service.core.outcome import Completed, Outcome, Rejected, RetryLater
from service.ledger.sqlite import SqliteLedger
from tests.support.desk import BEGINNING, Desk, again, asked_for, first, moved, types
from tests.support.interrupted import Interrupted, ReadBack
from tests.support.office import Deposit, Office
from tests.support.until import until
from tests.support.writing_at_once import Lock, be_impatient

LATER = BEGINNING + timedelta(hours=1)
LEASE = 0.4
"""Seconds; so short that a test may wait for its end."""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


@pytest.fixture
async def file(path: str) -> AsyncIterator[SqliteLedger]:
    """The ledger of a worker whose leases end soon."""
    async with SqliteLedger(path, lease=LEASE) as opened:
        await be_impatient(opened._writer)
        yield opened


@pytest.fixture
def lock(file: SqliteLedger, path: str) -> Iterator[Lock]:  # noqa: ARG001  # the file must be there
    """Somebody who may keep the ledger from being written."""
    lock = Lock(path)
    yield lock
    lock.end()


@pytest.fixture(params=[True, False], ids=["one commit", "two commits"])
def desk(file: SqliteLedger, request: pytest.FixtureRequest) -> Desk:
    """A worker that claims and sends in one commit, or in two."""
    office = Office()
    return Desk(ledger=file, office=office, write=Interrupted(office), may_call=request.param)


@pytest.fixture
def write(desk: Desk) -> Interrupted:
    assert isinstance(desk.write, Interrupted)
    return desk.write


async def come_back(desk: Desk, delivery: Delivery | None = None) -> Outcome:
    """What a redelivery, or this copy, comes to, once no lease is in its way."""

    async def free() -> Outcome | None:
        outcome = await desk.deliver(delivery or again())
        return None if isinstance(outcome, RetryLater) and outcome.reason == "subject_busy" else outcome

    return await until(free, "the end of a lease", limit=10.0)


async def test_should_have_it_on_disk_before_the_call(desk: Desk, write: Interrupted, path: str) -> None:
    """While the office is called, every other worker reads that it is being sent."""
    seen: list[Entry] = []

    async def look_from_elsewhere() -> None:
        async with SqliteLedger(path, lease=LEASE) as elsewhere:
            seen.extend(await elsewhere.find("e-1"))

    write.before = look_from_elsewhere
    await desk.deliver()

    assert [(entry.state, entry.sends, entry.first_sent_at is None) for entry in seen] == [(State.SENDING, 1, False)]


async def test_should_send_nothing_that_cannot_be_written_down(desk: Desk, file: SqliteLedger, lock: Lock) -> None:
    """Neither what is new nor what was claimed before; it is sent as soon as it can be."""
    lock.close()
    with pytest.raises(LedgerUnavailable):
        await desk.deliver()
    lock.open()
    claimed = await file.begin(asked_for("e-1"), owner="another", turn=0, unseen_wait=None)
    await file.release(claimed.entry, "another")
    lock.close()
    with pytest.raises(LedgerUnavailable):
        await desk.deliver()
    during = list(desk.office.calls)
    lock.open()
    sent = await desk.deliver()

    assert (during, types(sent), desk.office.calls) == ([], ["received"], ["deposit"])


@pytest.mark.parametrize(("ends_at_once", "said"), [(False, "received"), (True, "done")])
async def test_should_find_again_an_answer_it_could_not_write_down(
    desk: Desk, write: Interrupted, lock: Lock, said: str, *, ends_at_once: bool
) -> None:
    """Nothing is said before it is written; a worker that dies now leaves a deposit to look up, and there is one."""

    async def close() -> None:
        lock.close()

    write.ends_at_once, write.after = ends_at_once, close
    kept = await desk.deliver()
    lock.open()
    found = await come_back(desk)

    assert (types(kept), types(found), desk.office.calls) == ([], [said], ["deposit", "look"])


@pytest.mark.parametrize(("ends_at_once", "said"), [(False, "received"), (True, "done")])
async def test_should_keep_in_the_message_what_the_ledger_cannot_keep(
    desk: Desk, write: Interrupted, lock: Lock, said: str, *, ends_at_once: bool
) -> None:
    """The office has answered: once the ledger is back that is written down, nothing is looked for or waited for."""

    async def close() -> None:
        lock.close()

    desk.wait = 900.0
    write.ends_at_once, write.after = ends_at_once, close
    kept = await desk.deliver()
    lock.open()
    written = await come_back(desk, moved(kept))
    entry = await desk.entry()

    assert isinstance(kept, RetryLater)
    assert (kept.reason, kept.counted, types(written)[-1]) == ("ledger_unavailable", False, said)
    assert (entry.answer or {})["flow_number"] == "CPP1"
    assert "look" not in desk.office.calls


async def test_should_say_nothing_once_another_worker_took_over(desk: Desk, write: Interrupted, path: str) -> None:
    """The office took longer than the lease: the second worker looked and adopted, the first one is silent."""
    said: list[Outcome] = []
    async with SqliteLedger(path, lease=20.0) as elsewhere:
        second = replace(desk, ledger=elsewhere, write=Deposit(desk.office))

        async def take_over() -> None:
            said.append(await come_back(second))

        write.after = take_over
        with pytest.raises(FenceLost):
            await desk.deliver()
        entry = await desk.entry()

    assert [types(outcome) for outcome in said] == [["received"]]
    assert (entry.state, entry.sends, desk.office.deposits) == (State.ANSWERED, 1, 1)


async def test_should_overtake_nobody_who_found_out_before_the_call(desk: Desk, write: Interrupted, path: str) -> None:
    """A worker frozen between its commit and the call: the second sends nothing before its look was empty."""
    said: list[Outcome] = []
    async with SqliteLedger(path, lease=20.0) as elsewhere:
        second = replace(desk, ledger=elsewhere, write=Deposit(desk.office), wait=900.0)

        async def take_over() -> None:
            said.append(await come_back(second))

        write.before = take_over
        with pytest.raises(FenceLost):
            await desk.deliver()
        entry = await desk.entry()

    assert [(outcome.reason, outcome.counted) for outcome in said if isinstance(outcome, RetryLater)] == [
        ("in_doubt", False)
    ]
    assert (entry.state, desk.office.deposits) == (State.IN_DOUBT, 1)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_should_look_after_being_told_to_stop_in_the_middle(desk: Desk, write: Interrupted, when: str) -> None:
    """A stopped worker does not know either whether it was sent."""
    reached = asyncio.Event()

    async def hang() -> None:
        reached.set()
        await asyncio.Event().wait()

    setattr(write, when, hang)
    working = asyncio.create_task(desk.deliver())
    await asyncio.wait_for(reached.wait(), 5)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    desk.looks = 1
    found = await come_back(desk)

    assert (types(found), len(desk.office.kept)) == (["received"], 1)
    assert desk.office.calls[0 if when == "before" else 1] == "look"


async def test_should_look_after_a_mistake_of_its_own(desk: Desk, write: Interrupted) -> None:
    """An exception nobody expected says nothing about what the office has."""

    async def stumble() -> None:
        raise KeyError("flow_number")

    write.after = stumble
    with pytest.raises(KeyError):
        await desk.deliver()
    found = await come_back(desk)

    assert (types(found), desk.office.deposits) == (["received"], 1)


async def test_should_not_count_a_look_without_an_answer(desk: Desk, write: Interrupted) -> None:
    """It stays in doubt as it was: an unanswered look has seen nothing."""
    desk.looks, write.is_lost = 1, True
    desk.office.next_answers = ["drops"]
    delivery = moved(await desk.deliver())
    outcomes = [await desk.deliver(delivery) for _ in range(3)]
    entry = await desk.entry()

    assert {(o.reason, o.counted) for o in outcomes if isinstance(o, RetryLater)} == {("in_doubt", False)}
    assert len(outcomes) == 3
    assert (entry.state, entry.looks, desk.office.deposits) == (State.IN_DOUBT, 0, 1)


async def test_should_hold_what_is_in_doubt_after_the_second_deposit(desk: Desk) -> None:
    """Lost by the State, sent once more, and that answer lost: it is not sent a third time."""
    delivery = moved(await desk.deliver())
    desk.office.flow, desk.office.next_answers = "incident", ["drops"]
    desk.office.kept.clear()
    lost = await desk.deliver(delivery)
    held = await desk.deliver(moved(lost, delivery))

    assert isinstance(held, Rejected)
    assert ((await desk.entry()).state, desk.office.deposits) == (State.HELD, 2)


async def test_should_follow_at_once_where_the_state_is_read_back(desk: Desk) -> None:
    """Sending → answered → closed in one go."""
    desk.write, desk.office.flow = ReadBack(desk.office), "integrated"
    done = await desk.deliver()

    assert (types(done), desk.office.calls) == (["received", "done"], ["deposit", "follow"])
    assert (await desk.entry()).state is State.CLOSED


async def test_should_publish_the_same_when_the_first_time_nobody_heard_it(desk: Desk) -> None:
    """Closed, and killed before the results were out: they come again to the byte, progress and all, in order."""
    desk.write, desk.office.flow = ReadBack(desk.office), "integrated"
    done = await desk.deliver()
    once_more = [await desk.deliver(delivery, now=LATER) for delivery in (again(), first())]

    assert isinstance(done, Completed)
    assert len(done.results) == 2
    for outcome in once_more:
        assert isinstance(outcome, Completed)
        assert [publish_form(result) for result in outcome.results] == [publish_form(result) for result in done.results]
        assert outcome.reason == done.reason
    assert desk.office.deposits == 1


async def test_should_answer_a_request_that_was_withdrawn_before_it_came(desk: Desk, file: SqliteLedger) -> None:
    """Failed, and the same each time: nothing was sent."""
    await file.withdraw("/tests", "e-1", None)
    answers = [await desk.deliver(first()), await desk.deliver(again(), now=LATER)]
    said = [publish_form(result) for answer in answers if isinstance(answer, Completed) for result in answer.results]

    assert [types(answer) for answer in answers] == [["failed"]] * 2
    assert (len(said), len(set(said)), desk.office.calls) == (2, 1, [])


async def test_should_publish_what_a_person_ended(desk: Desk, file: SqliteLedger) -> None:
    """Held → closed: the outcome that came with the decision."""
    desk.write.ends_at_once = True
    other = await desk.deliver(id="e-0")
    stored = (await desk.entry("e-0")).outcome
    desk.looks, desk.resend = 1, False
    desk.office.kept.clear()
    desk.office.next_answers = ["drops"]
    claimed = await file.begin(asked_for("e-1"), owner="gone", turn=0, unseen_wait=0.0)
    await file.release(claimed.entry, "gone")
    held = await desk.deliver(again())
    await file.decide("/tests", "e-1", to=State.CLOSED, answer=None, reason="given_up", outcome=stored)
    ended = await desk.deliver(again())

    assert isinstance(held, Rejected)
    assert isinstance(other, Completed)
    assert ended == replace(other, reason="given_up")

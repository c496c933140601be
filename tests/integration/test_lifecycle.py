"""A write goes through every state it can have, on a real ledger, and is never done twice nor left unanswered."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.results import publish_form
from service.core.delivery import Delivery
from service.core.doubt import Doubt
from service.core.entry import State
from service.core.errors import EventInvalid
from service.core.outcome import OVERTAKEN, Completed, RetryLater
from service.ledger import Ledger, open_ledger
from service.steady import steady
from tests.support.desk import BEGINNING, HOLD, STEPS, TRACKING_STEPS, Desk, again, first, moved, types
from tests.support.office import Deposit, Killed, Office, Wanted

OTHER = Wanted(number="F-1", content="another")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger with nothing in it."""
    async with open_ledger(f"sqlite:///{tmp_path}/ledger.db", lease=60.0) as opened:
        yield opened


@pytest.fixture(params=[True, False], ids=["one commit", "two commits"])
def desk(ledger: Ledger, request: pytest.FixtureRequest) -> Desk:
    """A worker that claims and sends in one commit, or in two."""
    office = Office()
    return Desk(ledger=ledger, office=office, write=Deposit(office), may_call=request.param)


async def test_should_follow_what_was_sent_until_it_is_done(desk: Desk) -> None:
    """∅ → claimed → sending → answered → closed: progress first, the end from the tracking queue."""
    sent = await desk.deliver()
    answered = await desk.entry()
    desk.office.flow = "integrated"
    done = await desk.deliver(moved(sent))
    closed = await desk.entry()

    assert isinstance(sent, RetryLater)
    assert (types(sent), sent.queue, sent.delay, sent.counted) == (["received"], "tracking", TRACKING_STEPS[0], False)
    assert (answered.state, answered.sends) == (State.ANSWERED, 1)
    assert (types(done), closed.state, desk.office.deposits) == (["done"], State.CLOSED, 1)


async def test_should_call_under_its_lease_alone(desk: Desk) -> None:
    """The call that counts ends before anybody else may take over, counted from before the ledger was asked."""
    before = steady()
    await desk.deliver()

    assert before + HOLD <= desk.write.send_until <= steady() + HOLD


async def test_should_end_at_once_where_the_answer_is_the_end(desk: Desk) -> None:
    """No tracking for what needs none."""
    desk.write.ends_at_once = True
    done = await desk.deliver()

    assert (types(done), (await desk.entry()).state) == (["done"], State.CLOSED)


async def test_should_ask_more_and_more_rarely(desk: Desk) -> None:
    """Each poll waits its own tracking step; what is stuck waits the longest at once, and says so."""
    one = moved(await desk.deliver())
    two = await desk.deliver(one)
    three = await desk.deliver(moved(two, one))
    desk.office.flow = "stuck"
    stuck = await desk.deliver(one)

    waits = [(o.delay, o.reason, o.results) for o in (two, three, stuck) if isinstance(o, RetryLater)]
    expected = [(TRACKING_STEPS[1], "tracking"), (TRACKING_STEPS[2], "tracking"), (TRACKING_STEPS[2], "stuck")]
    assert waits == [(*one, ()) for one in expected]


async def test_should_say_again_what_it_may_not_have_said(desk: Desk) -> None:
    """A delivery that died before its progress was published gives the same progress, to the byte."""
    sent = await desk.deliver()
    again_sent = await desk.deliver(again(), now=BEGINNING + timedelta(hours=1))

    assert isinstance(sent, RetryLater)
    assert isinstance(again_sent, RetryLater)
    assert [publish_form(r) for r in again_sent.results] == [publish_form(r) for r in sent.results]
    assert desk.office.deposits == 1


async def test_should_publish_a_refusal_and_send_nothing_again(desk: Desk) -> None:
    """Claimed → sending → closed: the State said no, and a redelivery says so once more."""
    desk.office.next_answers = ["refuses"]
    refused = await desk.deliver()
    once_more = await desk.deliver(again(), now=BEGINNING + timedelta(hours=1))

    assert isinstance(refused, Completed)
    assert isinstance(once_more, Completed)
    assert types(refused) == ["refused"]
    assert [publish_form(r) for r in once_more.results] == [publish_form(r) for r in refused.results]
    assert desk.office.deposits == 1


async def test_should_try_again_what_never_left(desk: Desk) -> None:
    """Sending → claimed: a refused connection is no doubt, and counts an attempt."""
    desk.office.next_answers = ["unreachable"]
    failed = await desk.deliver()
    unsent = await desk.entry()
    sent = await desk.deliver(moved(failed))

    assert isinstance(failed, RetryLater)
    assert (failed.delay, failed.counted) == (STEPS[0], True)
    assert (unsent.state, unsent.sends, unsent.first_sent_at) == (State.CLAIMED, 0, None)
    assert (types(sent), (await desk.entry()).sends) == (["received"], 1)


async def test_should_give_up_what_never_leaves(desk: Desk) -> None:
    """Claimed → closed: after the last attempt the request is answered `failed`, with no effect."""
    desk.office.next_answers = ["unreachable"]
    ended = await desk.deliver(replace(first(), attempt=len(STEPS) + 1))

    assert isinstance(ended, Completed)
    assert (types(ended), ended.reason, (await desk.entry()).state) == (["failed"], "upstream_error", State.CLOSED)


async def test_should_answer_what_expired_before_it_was_sent(desk: Desk) -> None:
    """Claimed → closed: nobody wants it any more, and nothing was sent."""
    ended = await desk.deliver(now=BEGINNING + timedelta(hours=2), expirytime=BEGINNING + timedelta(hours=1))

    assert isinstance(ended, Completed)
    assert (types(ended), ended.reason, desk.office.calls) == (["failed"], "expired", [])


async def test_should_not_let_expire_what_was_sent(desk: Desk) -> None:
    """An expirytime counts before the first send only."""
    desk.office.next_answers = ["loses"]
    late = {"now": BEGINNING + timedelta(hours=2), "expirytime": BEGINNING + timedelta(hours=1)}
    lost = await desk.deliver()
    found = await desk.deliver(moved(lost), now=late["now"], expirytime=late["expirytime"])

    assert types(found) == ["received"]


async def test_should_remember_that_a_request_was_invalid(desk: Desk) -> None:
    """Claimed → closed: the same answer to the byte, and other content under its identity is refused from then on."""
    invalid = EventInvalid("invalid_event", "data.file.content is missing.")
    failed = await desk.deliver(wanted=invalid)
    once_more = await desk.deliver(again(), wanted=invalid, now=BEGINNING + timedelta(hours=1))
    reused = await desk.deliver(digest="of a corrected request")

    assert isinstance(failed, Completed)
    assert isinstance(once_more, Completed)
    assert isinstance(reused, Completed)
    assert (failed.reason, types(failed)) == ("invalid_event", ["failed"])
    assert [publish_form(r) for r in once_more.results] == [publish_form(r) for r in failed.results]
    assert (reused.reason, desk.office.calls) == ("id_reused", [])


async def test_should_let_other_content_wait_without_disturbing_the_first(desk: Desk) -> None:
    """While the first is unfinished its answer is not known; and its copies are not overtaken by those of the other."""
    sent = await desk.deliver()
    waiting = await desk.deliver(digest="other")
    desk.office.flow = "integrated"
    done = await desk.deliver(moved(sent))
    refused = await desk.deliver(moved(waiting), digest="other")

    assert isinstance(waiting, RetryLater)
    assert isinstance(refused, Completed)
    assert (waiting.reason, waiting.write, waiting.counted) == ("subject_busy", None, False)
    assert (types(done), refused.reason) == (["done"], "id_reused")


async def test_should_let_a_second_request_for_the_same_wait_and_then_say_so(desk: Desk) -> None:
    """Two ids, one invoice: the second waits for the end of the first, looks, and is answered without being sent."""
    sent = await desk.deliver()
    waiting = await desk.deliver(id="e-2")
    await _integrate(desk, moved(sent))
    ended = await desk.deliver(moved(waiting), id="e-2")

    assert isinstance(waiting, RetryLater)
    assert isinstance(ended, Completed)
    assert (waiting.reason, ended.reason, desk.office.deposits) == ("key_busy", "already_requested", 1)


async def test_should_say_that_the_number_is_used_when_the_second_request_is_for_something_else(desk: Desk) -> None:
    """A corrected invoice under the old number must not be told that it was deposited already."""
    await _integrate(desk, moved(await desk.deliver()))
    ended = await desk.deliver(id="e-2", wanted=OTHER)

    assert isinstance(ended, Completed)
    assert (types(ended), ended.reason, desk.office.deposits) == (["refused"], "number_already_used", 1)


async def test_should_send_what_an_earlier_request_put_there_and_is_gone(desk: Desk) -> None:
    """Looked for as long as in doubt, and not found: it is sent."""
    await _integrate(desk, moved(await desk.deliver()))
    desk.office.kept.clear()
    sent = await desk.deliver(id="e-2")

    assert (types(sent), desk.office.deposits) == (["received"], 2)


async def test_should_give_a_search_its_time_however_long_it_waited_itself(desk: Desk) -> None:
    """What was put there a moment ago is not shown yet: a request that waited for hours looks again, sends nothing."""
    desk.wait = 900.0
    sent = await desk.deliver()
    waiting = await desk.deliver(id="e-2")
    await _integrate(desk, moved(sent))
    desk.office.kept.clear()
    looked = await desk.deliver(moved(waiting), id="e-2", now=BEGINNING + timedelta(hours=2))

    assert isinstance(looked, RetryLater)
    assert (looked.reason, desk.office.deposits) == ("key_busy", 1)


async def test_should_not_take_for_gone_what_it_cannot_see(desk: Desk) -> None:
    """The ledger knows that an earlier request put it there: an empty look by a blind account changes nothing."""
    await _integrate(desk, moved(await desk.deliver()))
    desk.office.kept.clear()
    desk.office.is_blind = True
    ended = await desk.deliver(id="e-2")

    assert isinstance(ended, Completed)
    assert (ended.reason, desk.office.deposits) == ("already_requested", 1)


async def test_should_repeat_what_may_be_repeated_although_it_is_there(desk: Desk) -> None:
    """A change that leaves one effect is asked for as often as somebody asks."""
    desk.write.how_doubt_ends = Doubt.REPEAT
    await _integrate(desk, moved(await desk.deliver()))
    sent = await desk.deliver(id="e-2")

    assert (types(sent), desk.office.deposits) == (["received"], 2)


async def test_should_drop_a_copy_that_a_later_one_has_overtaken(desk: Desk) -> None:
    """A publish in doubt leaves two copies: only the later one goes on."""
    sent = await desk.deliver()
    await desk.ledger.raise_turn("/tests", "e-1", 1)
    dropped = await desk.deliver(again())
    goes_on = await desk.deliver(moved(sent))

    assert (dropped, isinstance(goes_on, RetryLater), desk.office.calls.count("follow")) == (OVERTAKEN, True, 1)


async def test_should_give_what_it_answered_to_a_request_published_anew(desk: Desk) -> None:
    """However often the sender asks again: the same results, to the byte."""
    sent = await desk.deliver()
    await desk.ledger.raise_turn("/tests", "e-1", 1)
    desk.office.flow = "integrated"
    done = await desk.deliver(moved(sent))
    anew = await desk.deliver(now=BEGINNING + timedelta(days=30))

    assert isinstance(done, Completed)
    assert isinstance(anew, Completed)
    assert [publish_form(r) for r in anew.results] == [publish_form(r) for r in done.results]


async def test_should_wait_for_somebody_at_work_on_the_same(desk: Desk) -> None:
    """A redelivery while its first delivery is still being worked on elsewhere makes no call."""
    begun = Desk(ledger=desk.ledger, office=Office(next_answers=["kills"]), write=desk.write)
    begun.write = Deposit(begun.office)
    with pytest.raises(Killed):
        await begun.deliver()
    busy = await desk.deliver(again())

    assert isinstance(busy, RetryLater)
    assert (busy.delay, busy.reason, busy.counted, desk.office.calls) == (STEPS[0], "subject_busy", False, [])


async def test_should_not_believe_the_clock_of_a_requester_against_its_own(desk: Desk) -> None:
    """A copy seen before the ledger began to remember is in doubt, though its sender says it was made afterwards."""
    desk.made_at = BEGINNING + timedelta(days=36500)
    desk.wait = 900.0
    waiting = await desk.deliver(replace(first(), turn=1))

    assert isinstance(waiting, RetryLater)
    assert (waiting.reason, desk.office.calls) == ("in_doubt", [])


async def _integrate(desk: Desk, delivery: Delivery, id: str = "e-1") -> None:
    """Bring a request that was sent to its end."""
    flow, desk.office.flow = desk.office.flow, "integrated"
    await desk.deliver(delivery, id=id)
    desk.office.flow = flow
    assert (await desk.entry(id)).state is State.CLOSED

"""A write whose fate is unknown is looked up before it is sent again, and held for a person where that is in vain."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.reasons import Reason
from service.core.doubt import Doubt
from service.core.entry import State
from service.core.errors import EventInvalid
from service.core.outcome import Completed, Rejected, RetryLater
from service.ledger import Ledger, open_ledger
from tests.support.desk import Desk, again, asked_for, first, moved, types
from tests.support.office import Deposit, Kept, Killed, Office
from tests.support.until import until

SHORT = 0.3
"""A lease, in seconds, whose end a test can wait for."""


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


async def test_should_adopt_what_was_done_although_the_answer_was_lost(desk: Desk) -> None:
    """Sending → in doubt → answered: it is looked up, not sent again."""
    desk.office.next_answers = ["loses"]
    lost = await desk.deliver()
    doubted = await desk.entry()
    found = await desk.deliver(moved(lost))
    adopted = await desk.entry()

    assert isinstance(lost, RetryLater)
    assert (lost.reason, lost.counted, doubted.state) == ("in_doubt", False, State.IN_DOUBT)
    assert (types(found), adopted.state, adopted.sends) == (["received"], State.ANSWERED, 1)
    assert adopted.answer is not None
    assert adopted.answer["adopted"] is True


async def test_should_not_look_before_the_wait_is_over(desk: Desk) -> None:
    """A flow just taken is invisible: a look too early would find nothing, and prove nothing."""
    desk.wait = 900.0
    desk.office.next_answers = ["loses"]
    lost = await desk.deliver()
    early = await desk.deliver(moved(lost))

    assert isinstance(early, RetryLater)
    assert (early.reason, desk.office.calls) == ("in_doubt", ["deposit"])
    assert timedelta(seconds=890) < early.delay <= timedelta(seconds=900)


async def test_should_look_as_often_as_configured_and_then_send_again(desk: Desk) -> None:
    """In doubt → in doubt → sending: one empty look proves nothing, the configured number does."""
    desk.looks = 3
    desk.office.next_answers = ["drops"]
    outcome, looks = await desk.deliver(), []
    delivery = None
    for _ in range(3):
        delivery = moved(outcome, delivery)
        outcome = await desk.deliver(delivery)
        looks.append((await desk.entry()).looks)

    entry = await desk.entry()
    assert (looks[:2], types(outcome), entry.sends) == ([1, 2], ["received"], 2)
    assert desk.office.calls == ["deposit", "look", "look", "look", "deposit"]


async def test_should_ask_a_person_where_sending_again_is_not_allowed(desk: Desk) -> None:
    """In doubt → held: looks used up, and the event goes where a person finds it."""
    desk.looks, desk.resend = 1, False
    desk.office.next_answers = ["drops"]
    held = await desk.deliver(moved(await desk.deliver()))

    assert isinstance(held, Rejected)
    assert (held.reason, (await desk.entry()).state, desk.office.deposits) == ("needs_person", State.HELD, 1)


async def test_should_send_again_at_once_what_may_be_repeated(desk: Desk) -> None:
    """In doubt → sending without a look, where repeating leaves one effect."""
    desk.wait, desk.write.how_doubt_ends = 900.0, Doubt.REPEAT
    desk.office.next_answers = ["drops"]
    sent = await desk.deliver(moved(await desk.deliver()))

    assert (types(sent), desk.office.calls) == (["received"], ["deposit", "deposit"])


async def test_should_hold_what_cannot_be_looked_up(desk: Desk) -> None:
    """In doubt → held at once, where there is nothing to look by."""
    desk.write.how_doubt_ends = Doubt.ASK
    desk.office.next_answers = ["loses"]
    held = await desk.deliver(moved(await desk.deliver()))

    assert isinstance(held, Rejected)
    assert ((await desk.entry()).state, desk.office.calls) == (State.HELD, ["deposit"])


async def test_should_hold_what_it_cannot_see(desk: Desk) -> None:
    """An empty look by an account that cannot see the supplier counts for nothing."""
    desk.office.is_blind = True
    desk.office.next_answers = ["drops"]
    held = await desk.deliver(moved(await desk.deliver()))

    assert isinstance(held, Rejected)
    assert (held.detail.startswith("This account sees nothing."), (await desk.entry()).state) == (True, State.HELD)


async def test_should_refuse_when_the_number_stands_for_something_else(desk: Desk) -> None:
    """In doubt → closed: what is there under this number is not what was sent."""
    desk.office.kept.append(Kept(number="F-1", content="another", flow="CPP0"))
    desk.office.next_answers = ["drops"]
    refused = await desk.deliver(moved(await desk.deliver()))

    assert isinstance(refused, Completed)
    assert (types(refused), refused.reason, desk.office.deposits) == (["refused"], "number_already_used", 1)


@pytest.mark.parametrize(("how", "deposits"), [("kills", 1), ("kills early", 2)])
async def test_should_find_out_what_a_dead_worker_did(tmp_path: Path, desk: Desk, how: str, deposits: int) -> None:
    """Killed between sending and the answer: whoever takes over looks, and sends only what is not there."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    async with open_ledger(url, lease=SHORT) as dying:
        desk.office.next_answers = [how]
        with pytest.raises(Killed):
            await replace(desk, ledger=dying).deliver()
        left = await desk.entry()

    async def over() -> RetryLater | None:
        outcome = await desk.deliver(again())
        return outcome if isinstance(outcome, RetryLater) and outcome.reason == "sent" else None

    taken_up = await until(over, "the end of the dead worker's lease, and the looks after it", limit=20.0)
    entry = await desk.entry()

    assert left.state is State.SENDING
    assert (types(taken_up), entry.state, entry.sends) == (["received"], State.ANSWERED, deposits)
    assert (desk.office.deposits, len(desk.office.kept)) == (deposits, 1)


async def test_should_not_trust_a_sending_that_nobody_holds(desk: Desk) -> None:
    """Sending → in doubt: the lease was given back without a word, so it may have been sent."""
    desk.wait = 900.0
    begun = await desk.ledger.begin(asked_for("e-1"), owner="gone", turn=0, unseen_wait=None, send=True)
    await desk.ledger.release(begun.entry, "gone")
    waiting = await desk.deliver(again())

    assert isinstance(waiting, RetryLater)
    assert (waiting.reason, (await desk.entry()).state, desk.office.calls) == ("in_doubt", State.IN_DOUBT, [])


async def test_should_adopt_at_a_refusal_what_the_first_send_did(desk: Desk) -> None:
    """Sent twice, and the second refused as a duplicate of the first: the first is the answer."""
    desk.write.how_doubt_ends = Doubt.REPEAT
    desk.office.next_answers = ["loses", "refuses"]
    found = await desk.deliver(moved(await desk.deliver()))

    assert (types(found), (await desk.entry()).sends) == (["received"], 2)


async def test_should_stay_in_doubt_when_the_second_send_never_left(desk: Desk) -> None:
    """The first may still have arrived: nothing is counted, and nothing given up."""
    desk.looks = 1
    desk.office.next_answers = ["drops", "unreachable"]
    lost = moved(await desk.deliver())
    unsent = await desk.deliver(replace(lost, attempt=99))
    entry = await desk.entry()

    assert isinstance(unsent, RetryLater)
    assert (unsent.reason, unsent.counted) == ("in_doubt", False)
    assert (entry.state, entry.sends) == (State.IN_DOUBT, 1)


@pytest.mark.parametrize("obstacle", ["refusal", "invalid"])
async def test_should_hold_what_cannot_be_sent_again(desk: Desk, obstacle: str) -> None:
    """Why it cannot be sent now says nothing of what the first send did, so it is no answer to the request."""
    desk.looks = 1
    desk.office.next_answers = ["drops", "invalid"] if obstacle == "invalid" else ["drops"]
    lost = moved(await desk.deliver())
    desk.office.refuses_to_prepare = obstacle == "refusal"
    held = await desk.deliver(lost)

    assert isinstance(held, Rejected)
    assert ((await desk.entry()).state, (await desk.entry()).sends) == (State.HELD, 1)


async def test_should_hold_what_cannot_be_read_any_more(desk: Desk) -> None:
    """Whatever changed since: the request may be upstream, so it is not answered `failed`."""
    desk.office.next_answers = ["drops"]
    lost = moved(await desk.deliver())
    held = await desk.deliver(lost, wanted=EventInvalid("account_unknown", "No such account."))

    assert isinstance(held, Rejected)
    assert (await desk.entry()).state is State.HELD


async def test_should_look_and_deposit_once_more_after_an_incident(desk: Desk) -> None:
    """Answered → in doubt → sending: the State says it lost the flow, one empty look is enough."""
    delivery = moved(await desk.deliver())
    desk.office.flow = "incident"
    desk.office.kept.clear()
    resent = await desk.deliver(delivery)
    entry = await desk.entry()

    assert (types(resent), entry.state, entry.sends) == (["received"], State.ANSWERED, 2)
    assert desk.office.calls == ["deposit", "follow", "look", "deposit"]


async def test_should_hold_after_a_second_incident(desk: Desk) -> None:
    """Look, deposit once more, then ask."""
    delivery = moved(await desk.deliver())
    desk.office.flow = "incident"
    desk.office.kept.clear()
    delivery = moved(await desk.deliver(delivery), delivery)
    desk.office.kept.clear()
    held = await desk.deliver(delivery)

    assert isinstance(held, Rejected)
    assert ((await desk.entry()).state, desk.office.deposits) == (State.HELD, 2)


async def test_should_go_on_with_what_is_there_in_spite_of_an_incident(desk: Desk) -> None:
    """In doubt → answered: the look finds it, and nothing is deposited again."""
    delivery = moved(await desk.deliver())
    desk.office.flow = "incident"
    adopted = await desk.deliver(delivery)

    assert (types(adopted), desk.office.deposits) == (["received"], 1)


async def test_should_look_for_what_a_lost_ledger_does_not_know(desk: Desk) -> None:
    """A redelivered write without an entry is in doubt, not new."""
    desk.office.kept.append(Kept(number="F-1", content="one", flow="CPP1"))
    found = await desk.deliver(again())

    assert (types(found), desk.office.calls) == (["received"], ["look"])


async def test_should_hold_what_a_lost_ledger_does_not_know_and_the_broker_gave_back(desk: Desk) -> None:
    """Nothing is wrong with the request: it may have been sent by one of those that died with it in hand."""
    undeliverable = EventInvalid(Reason.UNDELIVERABLE, "The broker gave the event back 3 times.")
    held = await desk.deliver(replace(first(), turn=1, queue="returned"), wanted=undeliverable)

    assert isinstance(held, Rejected)
    assert (held.reason, (await desk.entry()).state) == ("needs_person", State.HELD)


async def test_should_follow_what_a_lost_ledger_does_not_know_and_the_message_does(desk: Desk, tmp_path: Path) -> None:
    """The flow number is in the message: nothing is looked for, nothing sent."""
    delivery = moved(await desk.deliver())
    desk.office.flow = "integrated"
    async with open_ledger(f"sqlite:///{tmp_path}/new.db", lease=60.0) as empty:
        done = await replace(desk, ledger=empty).deliver(delivery)

    assert (types(done), desk.office.calls) == (["done"], ["deposit", "follow"])

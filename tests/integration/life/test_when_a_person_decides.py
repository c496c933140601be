"""What is held stays with the person until there is a decision, which is then carried out and checked."""

from datetime import timedelta

import pytest

from service.core.doubt import Doubt
from service.core.entry import State
from service.core.outcome import Rejected
from service.core.question import calls_of
from service.ledger.sqlite import SqliteLedger
from tests.support.desk import BEGINNING, Desk, again, moved, types
from tests.support.interrupted import Interrupted
from tests.support.office import Deposit, Office


@pytest.fixture(params=[True, False], ids=["one commit", "two commits"])
def desk(ledger: SqliteLedger, request: pytest.FixtureRequest) -> Desk:
    """A worker that claims and sends in one commit, or in two."""
    office = Office()
    return Desk(ledger=ledger, office=office, write=Deposit(office), may_call=request.param)


async def test_should_leave_what_is_held_with_the_person(desk: Desk) -> None:
    """A redelivery goes where the first one went, and nothing is called."""
    desk.write.how_doubt_ends = Doubt.ASK
    desk.office.next_answers = ["loses"]
    delivery = moved(await desk.deliver())
    await desk.deliver(delivery)
    held = await desk.deliver(again(delivery))

    assert isinstance(held, Rejected)
    assert desk.office.calls == ["deposit"]


async def test_should_send_what_a_person_says_to_send(desk: Desk) -> None:
    """Held → claimed → sending: also when it has expired meanwhile, for it was sent in time."""
    desk.write.how_doubt_ends = Doubt.ASK
    desk.office.next_answers = ["drops"]
    delivery = moved(await desk.deliver())
    await desk.deliver(delivery)
    await desk.ledger.decide("/tests", "e-1", to=State.CLAIMED, answer=None, reason="not there")
    sent = await desk.deliver(delivery, now=BEGINNING + timedelta(days=2), expirytime=BEGINNING + timedelta(days=1))

    assert (types(sent), (await desk.entry()).sends) == (["received"], 2)


async def test_should_follow_what_a_person_has_seen(desk: Desk) -> None:
    """Held → answered → closed."""
    desk.write.how_doubt_ends = Doubt.ASK
    desk.office.next_answers = ["loses"]
    delivery = moved(await desk.deliver())
    await desk.deliver(delivery)
    seen: dict[str, object] = {"flow_number": "CPP1", "decided": True}
    await desk.ledger.decide("/tests", "e-1", to=State.ANSWERED, answer=seen, reason="seen")
    desk.office.flow = "integrated"
    followed = await desk.deliver(delivery)
    done = await desk.deliver(moved(followed, delivery))

    assert (types(followed), types(done), (await desk.entry()).state) == (["received"], ["done"], State.CLOSED)


@pytest.mark.parametrize(("was_made", "calls"), [(True, ["deposit", "look"]), (False, ["deposit", "look", "deposit"])])
async def test_should_look_for_what_was_given_up_before_sending_it_anew(
    desk: Desk, calls: list[str], *, was_made: bool
) -> None:
    """Another request for the same adopts what is there after all: nobody was told of it, nothing is made twice."""
    desk.write.how_doubt_ends = Doubt.ASK
    desk.office.next_answers = ["loses" if was_made else "drops"]
    delivery = moved(await desk.deliver())
    await desk.deliver(delivery)
    await desk.ledger.decide("/tests", "e-1", to=State.CLOSED, answer=None, reason="given_up", outcome=b"[]")
    desk.write.how_doubt_ends = Doubt.LOOK_UP
    anew = await desk.deliver(id="e-2")

    assert (types(anew), desk.office.calls, len(desk.office.kept)) == (["received"], calls, 1)


async def test_should_send_what_was_given_up_when_nobody_can_look_for_it(desk: Desk) -> None:
    """Whoever was told that it may exist looked at the portal before asking anew."""
    desk.write.how_doubt_ends = Doubt.ASK
    desk.office.next_answers = ["drops"]
    delivery = moved(await desk.deliver())
    await desk.deliver(delivery)
    await desk.ledger.decide("/tests", "e-1", to=State.CLOSED, answer=None, reason="given_up", outcome=b"[]")
    anew = await desk.deliver(id="e-2")

    assert (types(anew), desk.office.calls) == (["received"], ["deposit", "deposit"])


async def test_should_note_each_send_before_it_is_made(desk: Desk) -> None:
    """A worker that dies in a later one leaves behind when that was: a person looks for a document of the right day."""
    days, noted = [BEGINNING, BEGINNING + timedelta(days=2)], list[object]()
    desk.write.how_doubt_ends = Doubt.ASK
    desk.office.next_answers = ["drops"]
    delivery = moved(await desk.deliver(now=days[0]))
    await desk.deliver(delivery)
    await desk.ledger.decide("/tests", "e-1", to=State.CLAIMED, answer=None, reason="not there")

    async def look() -> None:
        noted.extend(call["at"] for call in calls_of(await desk.entry()))

    desk.write = Interrupted(desk.office, before=look)
    await desk.deliver(delivery, now=days[1])

    assert noted == [day.isoformat() for day in days]


async def test_should_ask_again_when_a_person_was_mistaken(desk: Desk) -> None:
    """Held → answered → held: the number is not the one the office gave."""
    desk.write.how_doubt_ends = Doubt.ASK
    desk.office.next_answers = ["loses"]
    delivery = moved(await desk.deliver())
    await desk.deliver(delivery)
    seen: dict[str, object] = {"flow_number": "CPP9", "decided": True}
    await desk.ledger.decide("/tests", "e-1", to=State.ANSWERED, answer=seen, reason="seen")
    held = await desk.deliver(delivery)

    assert isinstance(held, Rejected)
    assert (held.question or {})["why"] == "The office has no such file."
    assert ((await desk.entry()).state, desk.office.deposits) == (State.HELD, 1)

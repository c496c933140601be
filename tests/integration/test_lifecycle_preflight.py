"""Preflight refuses what was never sent, and has no say in anything that may have been."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.core.entry import State
from service.core.outcome import Completed, RetryLater
from service.ledger import Ledger, open_ledger
from tests.support.desk import Desk, again, moved, types
from tests.support.office import Deposit, Office


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


async def test_should_refuse_without_a_send(desk: Desk) -> None:
    """Claimed → closed: the ledger saw no send, and a redelivery gives the same refusal."""
    desk.office.objects = True
    refused = await desk.deliver()
    entry = await desk.entry()
    desk.office.objects = False
    repeated = await desk.deliver(again())

    assert (types(refused), entry.state, entry.sends) == (["refused"], State.CLOSED, 0)
    assert desk.office.calls == []
    assert isinstance(refused, Completed)
    assert isinstance(repeated, Completed)
    assert refused.results[0].published == repeated.results[0].published


async def test_should_leave_the_number_free(desk: Desk) -> None:
    """The corrected file goes under an id of its own, and nobody waits for the one that was refused."""
    desk.office.objects = True
    await desk.deliver()
    desk.office.objects = False
    sent = await desk.deliver(id="e-2")

    assert (types(sent), desk.office.deposits) == (["received"], 1)


async def test_should_refuse_once_it_was_looked_up(desk: Desk) -> None:
    """What only a look-up tells refuses just the same, still without a send."""
    desk.may_call = False
    desk.office.objects_when_ready = True
    refused = await desk.deliver()
    entry = await desk.entry()

    assert (types(refused), entry.state, entry.sends) == (["refused"], State.CLOSED, 0)
    assert desk.office.calls == []


@pytest.mark.parametrize("objects", ["objects", "objects_when_ready"])
async def test_should_never_refuse_what_may_have_been_sent(desk: Desk, objects: str) -> None:
    """A lost answer is resolved by looking and sending, whatever rules came into force meanwhile."""
    desk.office.next_answers = ["drops"]
    outcome = await desk.deliver()
    setattr(desk.office, objects, True)
    for _ in range(3):
        outcome = await desk.deliver(moved(outcome))
        if desk.office.deposits > 1:
            break
    desk.office.flow = "integrated"
    done = await desk.deliver(moved(outcome))

    assert (types(done), desk.office.deposits) == (["done"], 2)


async def test_should_refuse_after_a_send_that_did_not_happen(desk: Desk) -> None:
    """A connection that was refused sent nothing, so that rules still count."""
    desk.office.next_answers = ["unreachable"]
    waiting = await desk.deliver()
    desk.office.objects = True
    refused = await desk.deliver(moved(waiting))
    entry = await desk.entry()

    assert isinstance(waiting, RetryLater)
    assert (types(refused), entry.sends, desk.office.deposits) == (["refused"], 0, 1)


async def test_should_go_on_following_what_was_sent(desk: Desk) -> None:
    """A deposit under way ends by what the State says."""
    sent = await desk.deliver()
    desk.office.objects = desk.office.objects_when_ready = True
    desk.office.flow = "integrated"
    done = await desk.deliver(moved(sent))

    assert types(done) == ["done"]

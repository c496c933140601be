"""Withdrawn before it was sent, or decided by a person: the two ways in which somebody else ends a request."""

from dataclasses import replace
from typing import Any

import pytest

from service.core.entry import Change, Entry, Standing, State
from service.core.errors import FenceLost
from service.ledger import Ledger
from tests.support.ledger_rig import ASKED, CLOSING, RIVAL, OpenAgain, bring, only, take, take_when_free

WITHDRAWN = b'[{"id": "withdrawn"}]'
HELD = Change(state=State.HELD, reason="needs_person", release=True)


async def withdraw(ledger: Ledger, outcome: bytes | None = WITHDRAWN) -> Entry | None:
    """What the ledger says to a withdrawal of the request."""
    return await ledger.withdraw(ASKED.source, ASKED.id, outcome)


async def decide(ledger: Ledger, to: State, **more: Any) -> Entry:
    """What the ledger makes of a person's decision."""
    given: dict[str, Any] = {"answer": None, "reason": "decided", **more}
    return await ledger.decide(ASKED.source, ASKED.id, to=to, **given)


async def test_should_close_what_nobody_works_on_and_nothing_was_sent_for(ledger: Ledger) -> None:
    """With its outcome, its keys given back, and every copy that still waits able to say how it ended."""
    before = await bring(ledger)
    told = await withdraw(ledger)
    after = await only(ledger)

    assert told == before
    assert (after.state, after.outcome, after.reason) == (State.CLOSED, WITHDRAWN, "cancelled")
    assert (await take(ledger, turn=0, unseen_wait=0.0)).standing is Standing.CLOSED
    assert (await take(ledger, turn=0)).standing is Standing.CLOSED
    assert (await take(ledger, RIVAL, owner="worker-2")).standing is Standing.HELD


async def test_should_leave_a_mark_for_a_request_that_never_came(ledger: Ledger) -> None:
    """Should it come, whatever its content, it is closed; with no outcome, for nobody knew what it was."""
    told = await withdraw(ledger, None)
    begun = await take(ledger, send=True)
    again = await withdraw(ledger)

    assert told is None
    assert (begun.standing, begun.entry.outcome, begun.entry.reason) == (Standing.CLOSED, None, "cancelled")
    assert again == begun.entry


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        (("default",), Standing.CLOSED),
        (("another",), Standing.HELD),
        (("another", "default"), Standing.CLOSED),
        (("default", "another"), Standing.CLOSED),
    ],
)
async def test_should_withdraw_what_never_came_for_its_own_account_only(
    ledger: Ledger, accounts: tuple[str, ...], expected: Standing
) -> None:
    """A mark of another account is no obstacle: its request is not this one."""
    told = [await ledger.withdraw(ASKED.source, ASKED.id, None, account) for account in accounts]
    begun = await take(ledger)

    assert told == [None] * len(accounts)
    assert (begun.standing, begun.created) == (expected, expected is Standing.HELD)


async def test_should_not_withdraw_without_an_outcome(ledger: Ledger) -> None:
    """A request that exists must never be closed with nothing to publish."""
    before = await bring(ledger)
    told = await withdraw(ledger, None)

    assert (told, await only(ledger)) == (before, before)


async def test_should_not_withdraw_what_somebody_works_on(ledger: Ledger, neighbour: Ledger) -> None:
    """Its owner may be about to send it."""
    begun = await take(ledger)
    told = await withdraw(neighbour)

    assert told is not None
    assert (await only(ledger)).state is State.CLAIMED
    assert (await ledger.advance(begun.entry, "worker-1", CLOSING)).outcome == b"[]"


async def test_should_withdraw_what_a_dead_worker_had_claimed(open_again: OpenAgain) -> None:
    """Once its lease is over; should that worker come back, it can send nothing."""
    dying, surviving = await open_again(lease=0.2), await open_again()
    lost = await take(dying)
    taken = await take_when_free(surviving, owner="worker-2")
    await surviving.release(taken.entry, "worker-2")
    await withdraw(surviving)

    with pytest.raises(FenceLost):
        await dying.advance(lost.entry, "worker-1", Change(state=State.SENDING, sent=1))


@pytest.mark.parametrize("state", [state for state in State if state is not State.CLAIMED])
async def test_should_not_withdraw_what_was_perhaps_sent(ledger: Ledger, state: State) -> None:
    """The entry stays as it is, and says why."""
    before = await bring(ledger, Change(state=state, outcome=b"[]" if state is State.CLOSED else None))
    told = await withdraw(ledger)

    assert (told, await only(ledger)) == (before, before)


async def test_should_refuse_a_decision_about_what_is_not_held(ledger: Ledger) -> None:
    """Nothing known, or not held: nobody waits for a person."""
    with pytest.raises(LookupError):
        await decide(ledger, State.CLAIMED)
    for state in (state for state in State if state is not State.HELD):
        await ledger.purge(-1.0)
        await bring(ledger, Change(state=state))
        with pytest.raises(LookupError, match="e-1"):
            await decide(ledger, State.CLAIMED)


async def test_should_send_again_what_a_person_says_to_send(ledger: Ledger) -> None:
    """The count of what was sent stays: it is not a first sending."""
    await bring(ledger, Change(state=State.SENDING, sent=1), Change(looks=3), HELD)
    decided = await decide(ledger, State.CLAIMED)
    begun = await take(ledger, owner="worker-2")

    assert (decided.state, decided.sends, decided.looks, decided.reason) == (State.CLAIMED, 1, 0, "decided")
    assert (begun.standing, begun.entry.state) == (Standing.HELD, State.CLAIMED)


async def test_should_follow_what_a_person_found_upstream(ledger: Ledger) -> None:
    """With the answer the person gives; its keys stay taken."""
    await bring(ledger, Change(state=State.SENDING, sent=1), HELD)
    decided = await decide(ledger, State.ANSWERED, answer={"flow_number": "CPP1"})
    rival = await take(ledger, RIVAL, owner="worker-2")

    assert (decided.state, decided.answer) == (State.ANSWERED, {"flow_number": "CPP1"})
    assert rival.standing is Standing.CONFLICT


async def test_should_close_what_a_person_gives_up(ledger: Ledger) -> None:
    """With the outcome to publish; its keys are free, and whoever takes them is told that it may be there."""
    await bring(ledger, Change(state=State.SENDING, sent=1), HELD)
    await decide(ledger, State.CLOSED, outcome=b'[{"id": "given-up"}]')
    again = await take(ledger, owner="worker-2")
    rival = await take(ledger, RIVAL, owner="worker-3")

    assert (again.standing, again.entry.outcome) == (Standing.CLOSED, b'[{"id": "given-up"}]')
    assert (rival.standing, rival.sent_before and rival.sent_before.reason) == (Standing.HELD, "decided")


async def test_should_let_one_of_two_persons_decide(ledger: Ledger, neighbour: Ledger) -> None:
    """The second hears that nothing is held any more."""
    await bring(ledger, HELD)
    await decide(ledger, State.CLAIMED)

    with pytest.raises(LookupError):
        await decide(neighbour, State.CLOSED, outcome=b"[]")


async def test_should_let_a_decision_overrule_a_worker(ledger: Ledger, neighbour: Ledger) -> None:
    """A worker that had the held request in hand writes nothing over the decision."""
    await bring(ledger, HELD)
    begun = await take(ledger, owner="worker-2")
    await decide(neighbour, State.CLOSED, outcome=b"[]")

    with pytest.raises(FenceLost):
        await ledger.advance(begun.entry, "worker-2", replace(HELD, reason="still"))

"""What a change writes, and what it leaves as it is."""

from dataclasses import replace

import pytest

from service.core.entry import Change, Entry, Registration, Standing, State
from service.ledger import Ledger
from tests.support.ledger_rig import ANOTHER, ASKED, CLOSING, bring, only, take

SENDING = Change(state=State.SENDING, sent=1)
ANSWER = {"flow_number": "CPP0000012345", "polls": 2, "errors": ["é", None]}


async def test_should_write_what_a_change_names_and_nothing_else(ledger: Ledger, neighbour: Ledger) -> None:
    """Every field is read back by another worker as it was written; what is not named stays."""
    entry = (await take(ledger)).entry
    sent = await ledger.advance(entry, "worker-1", SENDING)
    answered = await ledger.advance(sent, "worker-1", Change(state=State.ANSWERED, answer=ANSWER, reason="sent"))
    looked = await ledger.advance(answered, "worker-1", Change(looks=2))

    assert answered == replace(sent, state=State.ANSWERED, answer=ANSWER, reason="sent")
    assert looked == replace(answered, looks=2)
    assert await only(neighbour) == looked


async def test_should_count_what_was_sent(ledger: Ledger) -> None:
    """The first sending keeps its time."""
    first = await bring(ledger, SENDING)
    second = await bring(ledger, Change(state=State.IN_DOUBT), SENDING)

    assert (first.sends, second.sends) == (1, 2)
    assert first.first_sent_at is not None
    assert second.first_sent_at == first.first_sent_at


async def test_should_forget_a_sending_that_never_left(ledger: Ledger) -> None:
    """With the only one its time is forgotten; with another before it, that one's is kept."""
    never = await bring(ledger, SENDING, Change(state=State.CLAIMED, sent=-1))
    again = await bring(ledger, SENDING, SENDING, Change(state=State.IN_DOUBT, sent=-1))

    assert (never.state, never.sends, never.first_sent_at) == (State.CLAIMED, 0, None)
    assert (again.sends, again.first_sent_at is not None) == (1, True)


async def test_should_say_how_long_until_the_next_look(ledger: Ledger) -> None:
    """Counted down by the ledger's clock to nothing, and never beyond."""
    later = await bring(ledger, Change(state=State.IN_DOUBT, looks=1, next_look_in=60.0))
    due = await bring(ledger, Change(next_look_in=0.0))

    assert 50.0 < later.next_look_in <= 60.0
    assert (due.next_look_in, due.looks) == (0.0, 1)


async def test_should_give_the_lease_back_with_the_change(ledger: Ledger, neighbour: Ledger) -> None:
    """In the same commit, so that the next worker sees the change."""
    entry = (await take(ledger)).entry
    await ledger.advance(entry, "worker-1", Change(state=State.ANSWERED, answer=ANSWER, release=True))
    begun = await take(neighbour, owner="worker-2")

    assert (begun.standing, begun.entry.state, begun.entry.answer) == (Standing.HELD, State.ANSWERED, ANSWER)


async def test_should_give_back_only_ones_own_lease(ledger: Ledger, neighbour: Ledger) -> None:
    """Whoever lost it gives back nothing."""
    entry = (await take(ledger)).entry
    await neighbour.release(entry, "worker-2")

    assert (await take(neighbour, owner="worker-2")).standing is Standing.BUSY


async def test_should_keep_an_outcome_to_the_byte(ledger: Ledger, neighbour: Ledger) -> None:
    """Whatever bytes it is made of."""
    outcome = bytes(range(256)) * 8
    await bring(ledger, Change(state=State.CLOSED, outcome=outcome, reason="done"))

    assert (await only(neighbour)).outcome == outcome


async def test_should_find_by_id_and_by_source(ledger: Ledger) -> None:
    """An id belongs to its source; without one, all that have it are found."""
    elsewhere = replace(ANOTHER, id=ASKED.id, source="/tests/another")
    for number, asked in enumerate((ASKED, elsewhere)):
        await take(ledger, asked, owner=f"worker-{number}")
    both = {entry.source for entry in await ledger.find("e-1")}
    one = [entry.source for entry in await ledger.find("e-1", "/tests/another")]

    assert (both, one) == ({ASKED.source, "/tests/another"}, ["/tests/another"])
    assert await ledger.find("e-9") == []


async def test_should_list_the_states_asked_for_oldest_first(ledger: Ledger) -> None:
    """And no other."""
    for number, state in enumerate((State.HELD, State.CLOSED, State.IN_DOUBT, State.HELD)):
        await bring(ledger, Change(state=state), asked=_numbered(number), owner=f"worker-{number}")
    found = await ledger.in_state(State.HELD, State.IN_DOUBT)

    assert [entry.id for entry in found] == ["e-0", "e-2", "e-3"]


async def test_should_count_what_an_operator_watches(ledger: Ledger) -> None:
    """Doubts and held requests, and the age of the oldest deposit without an end."""
    before = await ledger.totals()
    states = (State.HELD, State.IN_DOUBT, State.IN_DOUBT, State.CLOSED, State.ANSWERED)
    for number, state in enumerate(states):
        await bring(ledger, Change(state=state), asked=_numbered(number), owner=f"worker-{number}")
    after = await ledger.totals()

    assert (before.in_doubt, before.held, before.oldest_in_doubt, before.oldest_unfinished_deposit) == (0, 0, 0, 0)
    assert (after.in_doubt, after.held) == (3, 1)
    assert 0 < after.oldest_in_doubt <= after.oldest_unfinished_deposit < 60


@pytest.mark.parametrize("state", [state for state in State if state is not State.CLOSED])
async def test_should_never_purge_what_is_unfinished(ledger: Ledger, state: State) -> None:
    """However old it is."""
    entry = await bring(ledger, Change(state=state))
    deleted = await ledger.purge(-1.0)

    assert (deleted, (await only(ledger)).state, entry.state) == (0, state, state)


async def test_should_purge_only_what_is_old_enough(ledger: Ledger) -> None:
    """Closed requests leave with all that is known of them, and may then come as new."""
    await bring(ledger, replace(CLOSING, kept=ASKED.keys))
    await bring(ledger, asked=ANOTHER)
    young = await ledger.purge(1.0)
    old = await ledger.purge(-1.0)
    again = await take(ledger, replace(ASKED, id="e-3"))

    assert (young, old) == (0, 1)
    assert (await ledger.find(ASKED.id), again.standing, again.sent_before) == ([], Standing.HELD, None)


async def test_should_prove_that_it_can_be_written(ledger: Ledger) -> None:
    """And leave everything as it was."""
    before: Entry = await bring(ledger)
    await ledger.ping()

    assert await only(ledger) == before


def _numbered(number: int) -> Registration:
    return replace(ANOTHER, id=f"e-{number}", keys=(f"key-{number}",), subject=None)

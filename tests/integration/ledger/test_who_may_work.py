"""One request is one worker's at a time: leases, fences, turns, and what the same identity with other content is."""

from dataclasses import replace
from time import monotonic

import pytest

from service.core.entry import Change, Standing, State
from service.core.errors import FenceLost
from service.ledger import Ledger
from tests.support.ledger_rig import (
    ANOTHER,
    ASKED,
    CLOSING,
    OpenAgain,
    bring,
    only,
    take,
    take_when_free,
)

OTHER_CONTENT = replace(ASKED, digest="digest-of-another-content")
SHORT = 0.2
"""Seconds of a lease that a test waits to see expire."""


async def test_should_claim_a_request_nobody_asked_before(ledger: Ledger) -> None:
    """The entry holds everything that was registered, and nothing is sent yet."""
    begun = await take(ledger)
    entry = begun.entry
    registered = (entry.source, entry.id, entry.type, entry.account, entry.operation, entry.digest, entry.subject)

    assert (begun.standing, begun.created, begun.is_sending, begun.sent_before) == (Standing.HELD, True, False, None)
    assert (entry.state, entry.sends, entry.first_sent_at, entry.looks) == (State.CLAIMED, 0, None, 0)
    assert registered == (
        *(ASKED.source, ASKED.id, ASKED.type, ASKED.account, ASKED.operation, ASKED.digest, ASKED.subject),
    )
    assert (entry.echo, await only(ledger)) == ({"subject": "F-1"}, entry)


async def test_should_claim_and_send_in_one_step(ledger: Ledger, neighbour: Ledger) -> None:
    """Whoever will send at once has it written down before the answer, for every worker to see."""
    begun = await take(ledger, send=True)
    seen = await only(neighbour)

    assert begun.is_sending
    assert begun.entry == seen
    assert (seen.state, seen.sends) == (State.SENDING, 1)
    assert seen.first_sent_at is not None


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT, State.ANSWERED, State.HELD])
async def test_should_not_send_again_what_was_perhaps_sent(ledger: Ledger, state: State) -> None:
    """Asking to send at once changes nothing about an entry that is not merely claimed."""
    await bring(ledger, Change(state=State.SENDING, sent=1), Change(state=state))
    begun = await take(ledger, owner="worker-2", send=True)

    assert (begun.standing, begun.is_sending) == (Standing.HELD, False)
    assert (begun.entry.state, begun.entry.sends) == (state, 1)


async def test_should_send_at_once_what_was_claimed_before(ledger: Ledger) -> None:
    """A request that waited after its claim goes on in one step too."""
    await bring(ledger)
    begun = await take(ledger, owner="worker-2", send=True)

    assert (begun.created, begun.is_sending, begun.entry.state) == (False, True, State.SENDING)


async def test_should_let_one_worker_at_a_time_work_on_a_request(ledger: Ledger, neighbour: Ledger) -> None:
    """Until it gives the request back, which frees it at once."""
    mine = await take(ledger)
    theirs = await take(neighbour, owner="worker-2")
    await ledger.release(mine.entry, "worker-1")
    at_last = await take(neighbour, owner="worker-2")

    assert (theirs.standing, theirs.created) == (Standing.BUSY, False)
    assert at_last.standing is Standing.HELD
    assert at_last.entry.fence == mine.entry.fence + 1


async def test_should_take_over_from_a_worker_that_died(open_again: OpenAgain) -> None:
    """Its lease expires by the ledger's clock; should it come back, it can write nothing any more."""
    dying, surviving = await open_again(lease=SHORT), await open_again()
    lost = await take(dying, send=True)
    taken = await take_when_free(surviving, owner="worker-2")
    with pytest.raises(FenceLost):
        await dying.advance(lost.entry, "worker-1", Change(state=State.ANSWERED, answer={"flow_number": "CPP1"}))
    await dying.release(lost.entry, "worker-1")
    after = await only(surviving)

    assert (taken.standing, taken.entry.state, after.answer) == (Standing.HELD, State.SENDING, None)
    assert (await take(dying, owner="worker-3")).standing is Standing.BUSY


async def test_should_renew_the_lease_with_each_change(open_again: OpenAgain) -> None:
    """An owner that goes on writing keeps a request, and its subject if it has one, though its first lease is over."""
    ledger, neighbour = await open_again(lease=1.5), await open_again()
    bare, rival, standings = replace(ASKED, id="e-3", keys=(), subject=None), replace(ANOTHER, keys=ASKED.keys), set()
    mine = [(await take(ledger, asked, owner=asked.id)).entry for asked in (ASKED, bare)]
    end = monotonic() + 2.5
    while monotonic() < end:
        standings |= {(await take(neighbour, asked, owner="other")).standing for asked in (ASKED, bare, rival)}
        mine = [await ledger.advance(entry, entry.id, Change(state=State.CLAIMED)) for entry in mine]

    assert standings == {Standing.BUSY}


async def test_should_refuse_a_change_by_the_right_worker_with_an_old_fence(ledger: Ledger) -> None:
    """The fence counts, not the name: the same name may have been given the request again."""
    first = await take(ledger)
    await take(ledger)

    with pytest.raises(FenceLost):
        await ledger.advance(first.entry, "worker-1", CLOSING)


async def test_should_refuse_a_change_after_giving_the_lease_back(ledger: Ledger) -> None:
    """Nobody writes without a lease."""
    begun = await take(ledger)
    await ledger.release(begun.entry, "worker-1")

    with pytest.raises(FenceLost):
        await ledger.advance(begun.entry, "worker-1", CLOSING)


async def test_should_not_work_on_one_subject_twice_at_once(ledger: Ledger, neighbour: Ledger) -> None:
    """Two requests of different operations about the same subject follow each other."""
    first = replace(ASKED, keys=())
    second = replace(ANOTHER, keys=(), subject=ASKED.subject, operation="completerFacture")
    begun = await take(ledger, first)
    busy = await take(neighbour, second, owner="worker-2")
    await ledger.advance(begun.entry, "worker-1", Change(state=State.ANSWERED, release=True))
    free = await take(neighbour, second, owner="worker-2")

    assert (busy.standing, free.standing) == (Standing.BUSY, Standing.HELD)


async def test_should_keep_the_accounts_apart(ledger: Ledger) -> None:
    """The same subject under another account is another thing."""
    await take(ledger)
    begun = await take(ledger, replace(ASKED, id="e-2", account="second"), owner="worker-2")

    assert begun.standing is Standing.HELD


async def test_should_answer_again_what_is_closed(ledger: Ledger, neighbour: Ledger) -> None:
    """A redelivery and a request published anew both get the stored outcome."""
    await bring(ledger, Change(state=State.CLOSED, outcome=b'[{"id": "r-1"}]', reason="done", release=True))
    redelivered = await take(neighbour, owner="worker-2", unseen_wait=1.0)
    anew = await take(neighbour, owner="worker-3")

    assert [(begun.standing, begun.entry.outcome) for begun in (redelivered, anew)] == [
        (Standing.CLOSED, b'[{"id": "r-1"}]')
    ] * 2


async def test_should_not_take_other_content_for_the_same_request(ledger: Ledger) -> None:
    """It waits while the first is unfinished, whoever has the lease, and is refused once that is answered."""
    entry = (await take(ledger)).entry
    leased = await take(ledger, OTHER_CONTENT, owner="worker-2")
    await ledger.release(entry, "worker-1")
    unfinished = await take(ledger, OTHER_CONTENT, owner="worker-2")
    await bring(ledger, CLOSING)
    closed = await take(ledger, OTHER_CONTENT, owner="worker-2")

    assert [begun.standing for begun in (leased, unfinished, closed)] == [
        Standing.TAKEN,
        Standing.TAKEN,
        Standing.REUSED,
    ]


async def test_should_drop_a_copy_that_was_overtaken(ledger: Ledger) -> None:
    """A turn is never lowered, and a copy of this turn or a later one goes on."""
    await bring(ledger)
    await ledger.raise_turn(ASKED.source, ASKED.id, 3)
    await ledger.raise_turn(ASKED.source, ASKED.id, 2)
    standings = {
        turn: (await take(ledger, turn=turn, unseen_wait=0.0, owner="worker-2")).standing for turn in (0, 2, 3, 4)
    }

    assert standings == {0: Standing.OVERTAKEN, 2: Standing.OVERTAKEN, 3: Standing.HELD, 4: Standing.HELD}


async def test_should_drop_an_overtaken_copy_of_what_is_closed(ledger: Ledger) -> None:
    """But answer a request that is published anew: its requester wants the results again."""
    await bring(ledger, CLOSING)
    await ledger.raise_turn(ASKED.source, ASKED.id, 3)
    copy = await take(ledger, turn=2, unseen_wait=0.0)
    anew = await take(ledger, turn=0)
    moved_before_it_was_taken = await take(ledger, turn=1)

    assert copy.standing is Standing.OVERTAKEN
    assert (anew.standing, moved_before_it_was_taken.standing) == (Standing.CLOSED, Standing.CLOSED)


async def test_should_answer_what_is_published_anew_also_when_its_first_worker_died(ledger: Ledger) -> None:
    """Delivered a second time it cannot be told from the first message, and results may come twice, but not never."""
    await bring(ledger, CLOSING)
    await ledger.raise_turn(ASKED.source, ASKED.id, 3)
    redelivered = await take(ledger, turn=0, unseen_wait=0.0)

    assert redelivered.standing is Standing.CLOSED


async def test_should_take_in_doubt_what_was_seen_before_and_is_unknown(ledger: Ledger) -> None:
    """It may have been sent before the ledger was lost: a look is due after the wait, and it is not sent at once."""
    begun = await take(ledger, unseen_wait=900.0, turn=4, send=True)
    entry = begun.entry

    assert (begun.created, begun.is_sending) == (True, False)
    assert (entry.state, entry.sends, entry.looks, entry.turn) == (State.IN_DOUBT, 1, 0, 4)
    assert 890.0 < entry.next_look_in <= 900.0


async def test_should_wait_for_the_subject_before_working_on_what_was_lost(ledger: Ledger, neighbour: Ledger) -> None:
    """An entry made in doubt while its subject is busy stays in doubt for whoever takes it later."""
    mine = await take(ledger)
    rival = replace(ASKED, id="e-2", digest="digest-2")
    busy = await take(neighbour, rival, owner="worker-2", unseen_wait=0.0)
    await ledger.advance(mine.entry, "worker-1", CLOSING)
    free = await take(neighbour, rival, owner="worker-2")

    assert (busy.standing, busy.created) == (Standing.BUSY, True)
    assert (free.standing, free.entry.state) == (Standing.HELD, State.IN_DOUBT)

"""One natural key is asked for by one unfinished request at a time, and remembered once it exists upstream."""

from dataclasses import replace

import pytest

from service.core.entry import PART, Begun, Change, Registration, Standing, State
from service.core.errors import KeyBusy
from service.ledger import Ledger
from tests.support.ledger_rig import ANOTHER, ASKED, CLOSING, RIVAL, bring, take

KEPT = replace(CLOSING, kept=ASKED.keys)


@pytest.mark.parametrize("state", [state for state in State if state is not State.CLOSED])
async def test_should_let_a_rival_wait_while_the_first_is_unfinished(ledger: Ledger, state: State) -> None:
    """Whatever state it is in, with nobody working on it."""
    await bring(ledger, Change(state=state))
    begun = await take(ledger, RIVAL, owner="worker-2")

    assert (begun.standing, begun.created, begun.is_sending) == (Standing.CONFLICT, True, False)


async def test_should_not_send_what_has_to_wait(ledger: Ledger) -> None:
    """A rival that would send at once is written down as claimed only, and sent when the key is free."""
    await bring(ledger)
    waiting = await take(ledger, RIVAL, owner="worker-2", send=True)
    await bring(ledger, CLOSING)
    begun = await take(ledger, RIVAL, owner="worker-2", send=True)

    assert (waiting.entry.state, waiting.entry.sends) == (State.CLAIMED, 0)
    assert (begun.standing, begun.is_sending, begun.entry.state) == (Standing.HELD, True, State.SENDING)


async def test_should_free_the_keys_of_what_ended_without_them(ledger: Ledger) -> None:
    """A refused invoice can be asked for again, and nobody says it was there before."""
    await bring(ledger, CLOSING)
    begun = await take(ledger, RIVAL, owner="worker-2")

    assert (begun.standing, begun.sent_before) == (Standing.HELD, None)


async def test_should_name_who_put_it_upstream_before(ledger: Ledger) -> None:
    """So that it is looked for before it is sent; and it is not sent at once."""
    await bring(ledger, KEPT)
    begun = await take(ledger, RIVAL, owner="worker-2", send=True)

    assert begun.standing is Standing.HELD
    assert _named(begun) == (ASKED.source, ASKED.id)
    assert (begun.is_sending, begun.entry.state, begun.entry.sends) == (False, State.CLAIMED, 0)


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT, State.ANSWERED, State.HELD])
async def test_should_not_name_it_to_what_was_perhaps_sent(ledger: Ledger, state: State) -> None:
    """What is upstream may be its own by now: its own doubt decides."""
    await bring(ledger, KEPT)
    await bring(ledger, Change(state=state), asked=RIVAL, owner="worker-2")
    begun = await take(ledger, RIVAL, owner="worker-3")

    assert (begun.standing, begun.sent_before) == (Standing.HELD, None)


async def test_should_remember_only_the_keys_that_exist(ledger: Ledger) -> None:
    """Of a file of which some invoices were refused, those may be asked for again."""
    asked = replace(ASKED, keys=("taken", "refused"))
    await bring(ledger, replace(CLOSING, kept=("taken",)), asked=asked)
    refused = await take(ledger, replace(ANOTHER, keys=("refused",)), owner="worker-2")
    taken = await take(ledger, replace(ANOTHER, id="e-3", keys=("taken",)), owner="worker-3")

    assert (_named(refused), _named(taken)) == (None, (ASKED.source, ASKED.id))


async def test_should_take_another_name_once_it_is_known(ledger: Ledger) -> None:
    """A write that learns what else its invoice is called claims that too, where no other unfinished one has it."""
    await take(ledger)
    other = await take(ledger, ANOTHER, owner="worker-2")
    with pytest.raises(KeyBusy):
        await ledger.advance(other.entry, "worker-2", Change(claim=ASKED.keys))
    named = await ledger.advance(other.entry, "worker-2", Change(claim=("id 1", *ANOTHER.keys)))
    third = await take(ledger, replace(RIVAL, id="e-3", keys=("id 1",)), owner="worker-3")
    await ledger.advance(named, "worker-2", CLOSING)
    again = await take(ledger, replace(RIVAL, id="e-3", keys=("id 1",)), owner="worker-3")

    assert (third.standing, again.standing) == (Standing.CONFLICT, Standing.HELD)


async def test_should_remember_a_key_that_came_with_the_answer(ledger: Ledger) -> None:
    """What the State names itself has no key before it exists, and has one afterwards."""
    asked = replace(ASKED, keys=())
    await bring(ledger, replace(CLOSING, kept=("given",)), asked=asked)
    begun = await take(ledger, replace(ANOTHER, keys=("given",)), owner="worker-2")

    assert _named(begun) == (ASKED.source, ASKED.id)


async def test_should_name_the_last_who_put_it_upstream(ledger: Ledger) -> None:
    """A search may not show yet what the last of them made, however long ago the first one ended."""
    ids = [f"a-{number}" for number in (3, 1, 2)]
    for id in ids:
        await bring(ledger, KEPT, asked=replace(RIVAL, id=id), owner=id)
    begun = await take(ledger, owner="worker-2")

    assert begun.sent_before is not None
    assert (begun.sent_before.id, begun.sent_before.ago < 60.0) == (ids[-1], True)


async def test_should_let_one_shared_key_of_many_make_a_rival(ledger: Ledger) -> None:
    """Two files with one invoice in common are not worked on at once, and the waiting one takes none of its keys."""
    await bring(ledger, asked=replace(ASKED, keys=("a", "b")))
    rival = await take(ledger, replace(ANOTHER, keys=("b", "c")), owner="worker-2")
    third = await take(ledger, replace(ANOTHER, id="e-3", keys=("c",)), owner="worker-3")

    assert (rival.standing, third.standing) == (Standing.CONFLICT, Standing.HELD)


async def test_should_not_remember_ones_own_keys_against_oneself(ledger: Ledger) -> None:
    """A request taken again has no rival in itself."""
    await bring(ledger)
    begun = await take(ledger, owner="worker-2", send=True)

    assert (begun.standing, begun.sent_before, begun.is_sending) == (Standing.HELD, None, True)


@pytest.mark.parametrize(
    "other",
    [replace(RIVAL, subject=None, account="second"), replace(RIVAL, subject=None, operation="enregistrerDume")],
    ids=["account", "operation"],
)
async def test_should_keep_accounts_and_operations_apart(ledger: Ledger, other: Registration) -> None:
    """The same key under another account, or of another operation, is another thing."""
    await bring(ledger)
    begun = await take(ledger, other, owner="worker-2")

    assert begun.standing is Standing.HELD


async def test_should_let_many_without_a_key_go_on_at_once(ledger: Ledger) -> None:
    """A request that cannot be read has no natural key, and is in nobody's way."""
    unreadable = [replace(ASKED, id=f"e-{number}", keys=(), subject=None) for number in range(3)]
    begun = [await take(ledger, asked, owner=f"worker-{asked.id}") for asked in unreadable]

    assert {one.standing for one in begun} == {Standing.HELD}


async def test_should_claim_the_keys_of_what_could_not_be_read_before(ledger: Ledger) -> None:
    """A request taken without its keys takes them when it is taken with them."""
    await bring(ledger, asked=replace(ASKED, keys=()))
    await bring(ledger)
    begun = await take(ledger, RIVAL, owner="worker-2")

    assert begun.standing is Standing.CONFLICT


def _named(begun: Begun) -> tuple[str, str] | None:
    """Who put it upstream before."""
    return (begun.sent_before.source, begun.sent_before.id) if begun.sent_before else None


WHOLE, LOT_1, LOT_2 = f"tender{PART}", f"tender{PART}lot 1", f"tender{PART}lot 2"


@pytest.mark.parametrize(
    ("first", "second", "standing"),
    [
        (LOT_1, LOT_2, Standing.HELD),
        (LOT_1, LOT_1, Standing.CONFLICT),
        (LOT_1, WHOLE, Standing.CONFLICT),
        (WHOLE, LOT_1, Standing.CONFLICT),
        (WHOLE, WHOLE, Standing.CONFLICT),
        (WHOLE, f"tender b{PART}lot 1", Standing.HELD),
        (f"ten%er{PART}", LOT_1, Standing.HELD),
    ],
)
async def test_should_let_parts_be_and_a_whole_be_in_their_way(
    ledger: Ledger, first: str, second: str, standing: Standing
) -> None:
    """Whoever wants all of something waits for whoever works on a part of it, and the other way round."""
    await bring(ledger, Change(state=State.IN_DOUBT), asked=replace(ASKED, keys=(first,)))
    begun = await take(ledger, replace(ANOTHER, keys=(second,)), owner="worker-2")

    assert begun.standing is standing


@pytest.mark.parametrize(("kept", "asked"), [(LOT_1, WHOLE), (WHOLE, LOT_2), (LOT_1, LOT_1)])
async def test_should_name_who_put_a_part_or_the_whole_upstream(ledger: Ledger, kept: str, asked: str) -> None:
    """So that it is looked for before the other is sent."""
    await bring(ledger, replace(CLOSING, kept=(kept,)), asked=replace(ASKED, keys=(kept,)))
    begun = await take(ledger, replace(ANOTHER, keys=(asked,)), owner="worker-2")

    assert _named(begun) == (ASKED.source, ASKED.id)


async def test_should_tell_who_keeps_what(ledger: Ledger) -> None:
    """Each key with its keeper and what that was answered, the last one first; what is free is kept by nobody."""
    for id, lot in (("a-1", LOT_1), ("a-2", LOT_2)):
        end = replace(CLOSING, kept=(lot, f"made by {id}"), answer={"dume_id": id})
        await bring(ledger, end, asked=replace(RIVAL, id=id, keys=(lot,)), owner=id)
    all_of_it = await ledger.keepers(ASKED.account, ASKED.operation, (WHOLE,))
    one = await ledger.keepers(ASKED.account, ASKED.operation, (LOT_1, "made by a-2"))
    none = await ledger.keepers("second", ASKED.operation, (WHOLE,))

    assert [(keeper.key, keeper.id, keeper.answer) for keeper in all_of_it] == [
        (LOT_2, "a-2", {"dume_id": "a-2"}),
        (LOT_1, "a-1", {"dume_id": "a-1"}),
    ]
    assert ([keeper.key for keeper in one], none) == (["made by a-2", LOT_1], ())


async def test_should_free_the_parts_of_what_is_no_more(ledger: Ledger) -> None:
    """Whoever made it keeps what else it knows of it, and the part it took up is anybody's."""
    made = replace(CLOSING, kept=(LOT_1, "made"))
    await bring(ledger, made, asked=replace(ASKED, keys=(LOT_1,)))
    await bring(ledger, replace(CLOSING, freed=("made",)), asked=replace(ANOTHER, keys=("made",)), owner="worker-2")
    freed = await take(ledger, replace(ANOTHER, id="e-3", keys=(LOT_1,)), owner="worker-3")
    known = await take(ledger, replace(ANOTHER, id="e-4", keys=("made",)), owner="worker-4")

    assert (_named(freed), _named(known)) == (None, (ASKED.source, ASKED.id))

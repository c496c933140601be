"""What a person may want to know of a write stays beside it, through every change, until the write is forgotten."""

from service.core.entry import Change, State
from service.ledger import Ledger
from tests.support.ledger_rig import take

NOTES = {"question": {"why": "Nobody knows."}, "calls": [{"at": "2026-11-24T09:00:00+00:00"}]}


async def test_should_keep_notes_through_changes_that_do_not_speak_of_them(ledger: Ledger) -> None:
    """A change replaces them only when it brings others; a decision may add to them."""
    begun = await take(ledger)
    sending = await ledger.advance(begun.entry, "worker-1", Change(state=State.SENDING, sent=1, notes=NOTES))
    held = await ledger.advance(sending, "worker-1", Change(state=State.HELD, release=True))
    decided = {**NOTES, "decision": {"verdict": "sent"}}
    entry = await ledger.decide(
        held.source, held.id, to=State.ANSWERED, answer={"flow_number": "CPP1"}, reason="decided_sent", notes=decided
    )

    assert (begun.entry.notes, held.notes, entry.notes) == ({}, NOTES, decided)


async def test_should_tell_people_the_natural_keys(ledger: Ledger) -> None:
    """Whoever asks for a write by id or state learns what it is about, also when its event cannot be read any more."""
    begun = await take(ledger)
    (found,) = await ledger.find(begun.entry.id)
    (listed,) = await ledger.in_state(State.CLAIMED)

    assert found.keys == listed.keys != ()

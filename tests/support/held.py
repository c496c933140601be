"""Puts a write that waits for a person into a ledger, as a worker leaves it."""

from __future__ import annotations

from dataclasses import replace

from service.core.entry import Change, Entry, Registration, State
from service.core.question import Number, Question, Screen
from service.ledger import open_ledger

ASKED = Registration(
    source="/erp",
    id="e-1",
    type="invoice.deposit.requested.v1",
    account="default",
    operation="deposerFluxFacture",
    digest="d",
    subject=None,
    keys=("99900001100018 F-1",),
)
SCREEN = Screen(deed="deposit an invoice file", place="in the list of flows", number="flow_number")


async def hold(url: str, *, source: str = "/erp", number: Number | None = "flow_number") -> None:
    """Hold the deposit e-1 of a source in this ledger."""
    asked = replace(ASKED, source=source, keys=(f"{source} F-1",))
    async with open_ledger(url, lease=60.0) as ledger:
        begun = await ledger.begin(asked, owner="a-worker", turn=0, unseen_wait=None)
        sending = await ledger.advance(begun.entry, "a-worker", Change(state=State.SENDING, sent=1))
        question = Question(
            why="Nobody knows.", screen=SCREEN, number=number, about=asked.keys, upstream="chorus-pro", entry=sending
        )
        notes = {"question": question.to_json()}
        held = Change(state=State.HELD, reason="needs_person", notes=notes, release=True)
        await ledger.advance(sending, "a-worker", held)


async def found(url: str) -> Entry:
    """The write as this ledger has it now."""
    async with open_ledger(url, lease=60.0) as ledger:
        (entry,) = await ledger.find("e-1")
        return entry

"""What is shown of an invoice after a lost answer is taken for a supplement of this request, or left to a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from service.core.outcome import Completed, Rejected, RetryLater
from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.bus import Json
from tests.support.counter import Counter
from tests.support.supplier import COMPLETE, RECYCLE, placed, recycling, supplement

UNSUSPENDED = "MISE_A_DISPOSITION"


@pytest.mark.parametrize(
    ("status", "comment", "is_held"),
    [
        (UNSUSPENDED, None, True),
        (UNSUSPENDED, "Autre chose.", True),
        (UNSUSPENDED, "Voici.", False),
        ("COMPLETEE", None, False),
        ("COMPLETEE", "Autre chose.", True),
        ("REJETEE", "Trop tard.", None),
    ],
)
async def test_should_tell_by_status_and_comment_whose_a_comment_is(
    counter: Counter, simulator: Simulator, status: str, comment: str | None, *, is_held: bool | None
) -> None:
    """A recipient may lift a suspension too: the status after it proves nothing, the comment does; None: sent again."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    counter.fault("reset_before", COMPLETE)
    event = supplement(number, attachments=[])
    await counter.pipeline.handle(counter.delivery(event))
    invoice.move_status(status, simulator.world.clock(), comment)
    ended = await counter.hand_in(event, redelivered=True)

    assert (isinstance(ended, Rejected), len(counter.calls(COMPLETE))) == (bool(is_held), 2 if is_held is None else 1)


@pytest.mark.parametrize("status", [UNSUSPENDED, "COMPLETEE"])
@pytest.mark.parametrize("by_hand", [True, False])
async def test_should_tell_by_the_files_whose_they_are(
    counter: Counter, simulator: Simulator, status: str, *, by_hand: bool
) -> None:
    """The files that go with an invoice are shown by their numbers: what shows others was not added by this request."""
    simulator.world.apply(simulator.world.settings.changed(supplement_status=status))
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    counter.fault("reset_before" if by_hand else "lost_answer", COMPLETE)
    event = supplement(number, comment=None)
    await counter.pipeline.handle(counter.delivery(event))
    if by_hand:
        attachments = simulator.world.chorus_pro.attachments
        other = attachments.add(login="somebody", name="autre.pdf", extension="PDF", content=b"%PDF-")
        invoice.attachments.append(other.id)
        invoice.move_status(status, simulator.world.clock())
    ended = await counter.hand_in(event, redelivered=True)

    assert (isinstance(ended, Rejected), len(counter.calls(COMPLETE))) == (by_hand, 1)


async def test_should_believe_a_person_about_an_invoice_that_is_suspended_no_more(
    counter: Counter, simulator: Simulator
) -> None:
    """Nobody can tell by the history whose it is; the person can, and the history does not say otherwise."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    counter.fault("reset_before", COMPLETE)
    event = supplement(number)
    await counter.pipeline.handle(counter.delivery(event))
    invoice.move_status(UNSUSPENDED, simulator.world.clock())
    held = await counter.hand_in(event, redelivered=True)
    await counter.decided_sent(event)
    ended = await counter.hand_in(event, redelivered=True)

    assert (isinstance(held, Rejected), isinstance(ended, Completed)) == (True, True)


@pytest.mark.parametrize("first_by_id", [True, False])
@pytest.mark.parametrize("request_of", [supplement, recycling])
async def test_should_let_two_names_of_one_invoice_wait_for_each_other(
    tmp_path: Path, simulator: Simulator, request_of: Callable[[str], Json], *, first_by_id: bool
) -> None:
    """One names it by its id alone, one by its number alone, at two workers: the later one waits, without a send."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE" if request_of is supplement else "A_RECYCLER")
    by_number, by_id = request_of(number), request_of(number)
    by_id["data"] = {
        name: told for name, told in by_id["data"].items() if name not in {"invoice_number", "supplier_siret"}
    }
    by_id["data"]["chorus_pro_id"] = invoice.id
    first, second = (by_id, by_number) if first_by_id else (by_number, by_id)
    call = COMPLETE if request_of is supplement else RECYCLE
    async with Counter(simulator, tmp_path) as one, Counter(simulator, tmp_path) as other:
        one.fault("reset_before", call)
        sent = await one.pipeline.handle(one.delivery(first))
        waiting = await other.pipeline.handle(other.delivery(second))
        await one.hand_in(first)
        ended = await other.hand_in(second)

    assert isinstance(sent, RetryLater)
    assert isinstance(waiting, RetryLater)
    assert (sent.reason, waiting.reason, isinstance(ended, Completed)) == ("in_doubt", "key_busy", True)
    assert one.calls(call) == ["none", "changed", "none"]


async def test_should_ask_a_person_when_a_refused_repetition_may_have_added_it(
    counter: Counter, simulator: Simulator
) -> None:
    """Sent again it was added and refused all the same, and by now nobody gives the history."""
    number = new_number()
    placed(simulator.world, number, "SUSPENDUE")
    counter.fault("reset_before", COMPLETE)
    event = supplement(number)
    await counter.pipeline.handle(counter.delivery(event))
    refused = {"status": 200, "body": {"codeRetour": 20002, "libelle": "X"}, "work": True}
    counter.fault("status", COMPLETE, params=refused)
    unreadable = {"status": 200, "body": {"codeRetour": 20001, "libelle": "GDP_MSG_11.005"}}
    counter.fault("status", "consulterHistoriqueFacture", params=unreadable, skip=2, count=None)
    held = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected), held
    assert (held.reason, counter.calls(COMPLETE)) == ("needs_person", ["none", "changed"])

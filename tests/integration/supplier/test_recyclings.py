"""An invoice that came to the wrong place is sent on once, under its number."""

from __future__ import annotations

import pytest

from service.core.outcome import Completed, Rejected, RetryLater
from service.sandbox.samples import RECIPIENT
from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.counter import Counter
from tests.support.supplier import RECYCLE, placed, recycling

ELSEWHERE = "99900045600014"


async def test_should_send_an_invoice_on_under_its_number(counter: Counter, simulator: Simulator) -> None:
    """Recipient, service and commitment are the new ones, and the invoice is shown with them."""
    number = new_number()
    invoice = placed(simulator.world, number, "A_RECYCLER")
    event = recycling(number, "SVC-9", recipient_siret=ELSEWHERE, commitment_number="EJ-9")
    answer = await counter.answer(event)

    assert (answer["ended"], answer["chorus_pro_id"], answer["status"], answer["adopted"]) == (
        "invoice.recycling.done.v1",
        invoice.id,
        "being_routed",
        False,
    )
    facts = invoice.facts
    assert (facts.number, invoice.recipient.siret, facts.service_code, facts.commitment_number) == (
        number,
        ELSEWHERE,
        "SVC-9",
        "EJ-9",
    )


@pytest.mark.parametrize("kind", ["lost_answer", "gateway_timeout_after"])
async def test_should_see_that_it_was_sent_on_although_the_answer_was_lost(
    counter: Counter, simulator: Simulator, kind: str
) -> None:
    """It has moved since, and is where it was to go: taken over, not sent again."""
    number = new_number()
    placed(simulator.world, number, "A_RECYCLER")
    counter.fault(kind, RECYCLE)
    answer = await counter.answer(recycling(number))

    assert (answer["ended"], answer["adopted"], answer["recipient_siret"], counter.calls(RECYCLE)) == (
        "invoice.recycling.done.v1",
        True,
        RECIPIENT,
        ["changed"],
    )


async def test_should_send_on_again_what_did_not_arrive(counter: Counter, simulator: Simulator) -> None:
    """It has not moved: the recycling is sent once more."""
    number = new_number()
    placed(simulator.world, number, "A_RECYCLER")
    counter.fault("gateway_timeout_before", RECYCLE)
    answer = await counter.answer(recycling(number))

    assert (answer["ended"], answer["adopted"], counter.calls(RECYCLE)) == (
        "invoice.recycling.done.v1",
        False,
        ["none", "changed"],
    )


async def test_should_leave_to_a_person_what_went_elsewhere(counter: Counter, simulator: Simulator) -> None:
    """Somebody else sent it on meanwhile: whether that is what was wanted is not for the relay to say."""
    number = new_number()
    invoice = placed(simulator.world, number, "A_RECYCLER")
    counter.fault("reset_before", RECYCLE)
    event = recycling(number)
    first = await counter.pipeline.handle(counter.delivery(event))
    invoice.move_status("MISE_A_DISPOSITION", simulator.world.clock())
    held = await counter.hand_in(event, redelivered=True)

    assert not isinstance(first, Completed)
    assert isinstance(held, Rejected)
    assert (held.detail.startswith("The invoice has moved on"), counter.calls(RECYCLE)) == (True, ["none"])


async def test_should_pass_on_that_the_status_does_not_allow_it(counter: Counter, simulator: Simulator) -> None:
    """The State's code has a stable reason."""
    number = new_number()
    placed(simulator.world, number, "MISE_A_DISPOSITION")
    answer = await counter.answer(recycling(number))

    assert (answer["ended"], answer["reason"], answer["code"]) == (
        "invoice.recycling.refused.v1",
        "status_not_suitable",
        "GDP_MSG_11.001",
    )


async def test_should_send_on_what_moved_on_and_came_back_before_it_was_sent(
    counter: Counter, simulator: Simulator
) -> None:
    """Looked at, not sent, sent on by somebody else and returned: the history counts from the send, and asks nobody."""
    number = new_number()
    invoice = placed(simulator.world, number, "A_RECYCLER")
    counter.fault("empty_400", RECYCLE)
    event = recycling(number)
    waiting = await counter.pipeline.handle(counter.delivery(event))
    for status in ("MISE_A_DISPOSITION", "A_RECYCLER"):
        invoice.move_status(status, simulator.world.clock())
    counter.fault("reset_before", RECYCLE)
    ended = await counter.hand_in(event)

    assert isinstance(waiting, RetryLater)
    assert isinstance(ended, Completed)
    assert counter.calls(RECYCLE) == ["none", "none", "changed"]

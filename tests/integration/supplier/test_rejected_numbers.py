"""The number of a rejected invoice is used up: whoever sends it once more is told so, not that it is there already."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.core.outcome import Completed
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.invoices import Invoice
from tests.builders import deposit, new_number
from tests.support.bus import Json
from tests.support.counter import Counter
from tests.support.supplier import SUBMIT, submission


def rejected(simulator: Simulator) -> Invoice:
    """The one invoice the State holds, after its recipient rejected it."""
    (invoice,) = simulator.world.chorus_pro.invoices.values()
    return simulator.world.chorus_pro.move_status(invoice.id, "REJETEE", "Le montant est faux.")


@pytest.mark.parametrize(("build", "operation"), [(submission, SUBMIT), (deposit, "deposerFluxFacture")])
async def test_should_say_that_the_number_is_used_up(
    counter: Counter, simulator: Simulator, build: Callable[[str], Json], operation: str
) -> None:
    """The same invoice under another id takes a new number; nothing is sent for it."""
    number = new_number()
    await counter.answer(build(number))
    invoice = rejected(simulator)
    answer = await counter.answer(build(number))

    assert (answer["ended"].split(".")[-2], answer["reason"]) == ("refused", "number_already_used")
    assert answer["conflict"]["found"]["chorus_pro_id"] == invoice.id
    assert len(counter.calls(operation)) == 1


async def test_should_take_over_what_was_rejected_while_its_answer_was_lost(
    counter: Counter, simulator: Simulator
) -> None:
    """It arrived, which is what was asked for; that it was rejected since is another matter."""
    event = submission(new_number())
    counter.fault("lost_answer", SUBMIT)
    first = await counter.pipeline.handle(counter.delivery(event))
    rejected(simulator)
    ended = await counter.hand_in(event, redelivered=True)

    assert not isinstance(first, Completed)
    assert isinstance(ended, Completed)
    assert (ended.results[-1].type, counter.calls(SUBMIT)) == ("invoice.submission.done.v1", ["created"])

"""Where several invoices have one number, nothing is done about one of them that nobody named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.bus import Json
from tests.support.counter import Counter
from tests.support.supplier import COMPLETE, RECYCLE, TREAT, acknowledgement, placed, recycling, supplement

KINDS = [
    (supplement, COMPLETE, "SUSPENDUE", "invoice.supplement"),
    (recycling, RECYCLE, "A_RECYCLER", "invoice.recycling"),
    (acknowledgement, TREAT, "REJETEE", "invoice.rejection.acknowledgement"),
]


@pytest.mark.parametrize("are_ready", [True, False])
@pytest.mark.parametrize(("asked", "call", "status", "family"), KINDS)
async def test_should_not_choose_between_invoices(
    counter: Counter,
    simulator: Simulator,
    asked: Callable[[str], Json],
    call: str,
    status: str,
    family: str,
    *,
    are_ready: bool,
) -> None:
    """Both or neither of them may be meant: their number does not say which."""
    number = new_number()
    for _ in range(2):
        placed(simulator.world, number, status if are_ready else "MISE_A_DISPOSITION")
    answer = await counter.answer(asked(number))

    assert (answer["ended"], answer["reason"], answer["code"], answer["upstream_text"]) == (
        f"{family}.refused.v1",
        "invoice_ambiguous",
        None,
        None,
    )
    assert counter.calls(call) == []


@pytest.mark.parametrize(("asked", "call", "status", "family"), KINDS)
async def test_should_take_the_only_one_it_can_be_about(
    counter: Counter, simulator: Simulator, asked: Callable[[str], Json], call: str, status: str, family: str
) -> None:
    """Of several with one number one alone can be completed, sent on or acknowledged."""
    number = new_number()
    placed(simulator.world, number, "MISE_A_DISPOSITION")
    meant = placed(simulator.world, number, status)
    answer = await counter.answer(asked(number))
    about = answer["invoices"][0] if "invoices" in answer else answer

    assert (answer["ended"], about["chorus_pro_id"], counter.calls(call)) == (
        f"{family}.done.v1",
        meant.id,
        ["changed"],
    )

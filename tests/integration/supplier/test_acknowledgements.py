"""Rejected invoices are marked as dealt with, and marking them again harms nobody."""

from __future__ import annotations

import pytest

from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.counter import Counter
from tests.support.supplier import TREAT, acknowledgement, placed


async def test_should_mark_several_invoices_at_once(counter: Counter, simulator: Simulator) -> None:
    """Each is found by number, all are marked in one call, and searches show the mark."""
    numbers = [new_number(), new_number()]
    invoices = [placed(simulator.world, number, "REJETEE") for number in numbers]
    answer = await counter.answer(acknowledgement(*numbers))

    assert (answer["ended"], [one["invoice_number"] for one in answer["invoices"]]) == (
        "invoice.rejection.acknowledgement.done.v1",
        numbers,
    )
    assert ([invoice.is_rejection_treated for invoice in invoices], counter.calls(TREAT)) == ([True, True], ["changed"])


@pytest.mark.parametrize("kind", ["lost_answer", "reset_before"])
async def test_should_mark_again_when_the_answer_was_lost(counter: Counter, simulator: Simulator, kind: str) -> None:
    """A mark that is set twice is set: nothing is looked for, and nobody asked."""
    number = new_number()
    invoice = placed(simulator.world, number, "REJETEE")
    counter.fault(kind, TREAT)
    answer = await counter.answer(acknowledgement(number))

    assert (answer["ended"], invoice.is_rejection_treated, len(counter.calls(TREAT))) == (
        "invoice.rejection.acknowledgement.done.v1",
        True,
        2,
    )


async def test_should_find_the_mark_that_a_refusal_is_about(counter: Counter, simulator: Simulator) -> None:
    """Refused, although every invoice bears the mark: it is as it was asked for."""
    number = new_number()
    placed(simulator.world, number, "REJETEE").is_rejection_treated = True
    refusal = {"codeRetour": 20009, "libelle": "GDP_MSG_99.999 Rejet deja traite"}
    counter.fault("status", TREAT, params={"status": 200, "body": refusal})
    answer = await counter.answer(acknowledgement(number))

    assert (answer["ended"], answer["adopted"]) == ("invoice.rejection.acknowledgement.done.v1", True)


async def test_should_name_the_invoices_nobody_can_see(counter: Counter, simulator: Simulator) -> None:
    """One that is not there keeps all of them from being marked."""
    known, unknown = new_number(), new_number()
    placed(simulator.world, known, "REJETEE")
    answer = await counter.answer(acknowledgement(known, unknown))

    assert (answer["reason"], [one.split()[-1] for one in answer["unknown"]]) == ("invoice_not_found", [unknown])
    assert counter.calls(TREAT) == []


async def test_should_pass_on_that_an_invoice_is_not_rejected(counter: Counter, simulator: Simulator) -> None:
    """The State's code has a stable reason."""
    number = new_number()
    placed(simulator.world, number, "MISE_A_DISPOSITION")
    answer = await counter.answer(acknowledgement(number))

    assert (answer["ended"], answer["reason"]) == (
        "invoice.rejection.acknowledgement.refused.v1",
        "status_not_suitable",
    )

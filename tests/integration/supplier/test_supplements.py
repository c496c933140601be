"""What is added to a suspended invoice is added once, and the history of the invoice tells when nobody else does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.core.outcome import Completed, Rejected, RetryLater
from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.canaries import LOGIN, PASSWORD
from tests.support.counter import Counter
from tests.support.supplier import COMPLETE, SUPPLEMENT, UPLOAD, placed, supplement

OTHER = "99988877700016"


def codes_of(simulator: Simulator, number: str) -> list[str]:
    """The statuses that the recipient and the supplier brought an invoice to."""
    (invoice,) = simulator.world.chorus_pro.candidates(flow=None, number=number)
    codes = [status.code for status in invoice.statuses(simulator.world.clock())]
    return codes[codes.index("SUSPENDUE") :]


async def test_should_add_to_a_suspended_invoice(counter: Counter, simulator: Simulator) -> None:
    """The invoice is found by number and supplier; the attachment goes up first."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    answer = await counter.answer(supplement(number))

    assert (answer["ended"], answer["chorus_pro_id"], answer["adopted"]) == (
        "invoice.supplement.done.v1",
        invoice.id,
        False,
    )
    assert (codes_of(simulator, number), len(invoice.attachments)) == (["SUSPENDUE", "COMPLETEE"], 1)


async def test_should_find_the_invoice_by_its_own_id(counter: Counter, simulator: Simulator) -> None:
    """A comment alone will do, and nothing is searched or uploaded."""
    invoice = placed(simulator.world, new_number(), "SUSPENDUE")
    event = {**supplement("x"), "data": {"chorus_pro_id": invoice.id, "comment": "Voici."}}
    answer = await counter.answer(event)

    assert (answer["ended"], answer["invoice_number"]) == ("invoice.supplement.done.v1", invoice.facts.number)
    assert (counter.calls("rechercherFactureParFournisseur"), counter.calls(UPLOAD)) == ([], [])


@pytest.mark.parametrize("status", ["COMPLETEE", "MISE_A_DISPOSITION"])
async def test_should_see_in_its_history_that_it_was_completed(
    counter: Counter, simulator: Simulator, status: str
) -> None:
    """The answer was lost: whichever status follows a supplement, it is taken over and not sent again."""
    simulator.world.apply(simulator.world.settings.changed(supplement_status=status))
    number = new_number()
    placed(simulator.world, number, "SUSPENDUE")
    counter.fault("lost_answer", COMPLETE)
    answer = await counter.answer(supplement(number))

    assert (answer["ended"], answer["adopted"], counter.calls(COMPLETE)) == (
        "invoice.supplement.done.v1",
        True,
        ["changed"],
    )


async def test_should_add_again_what_did_not_arrive(counter: Counter, simulator: Simulator) -> None:
    """The history shows nothing new: it is sent once more, with the attachment that is there already."""
    number = new_number()
    placed(simulator.world, number, "SUSPENDUE")
    counter.fault("reset_before", COMPLETE)
    answer = await counter.answer(supplement(number))

    assert (answer["ended"], codes_of(simulator, number)) == ("invoice.supplement.done.v1", ["SUSPENDUE", "COMPLETEE"])
    assert (counter.calls(COMPLETE), len(counter.calls(UPLOAD))) == (["none", "changed"], 1)


async def test_should_not_take_an_earlier_supplement_for_its_own(counter: Counter, simulator: Simulator) -> None:
    """The invoice was completed before and suspended again: only what came since counts."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    for status in ("COMPLETEE", "SUSPENDUE"):
        invoice.move_status(status, simulator.world.clock())
    counter.fault("reset_before", COMPLETE)
    answer = await counter.answer(supplement(number))

    assert (answer["adopted"], codes_of(simulator, number)[-2:]) == (False, ["SUSPENDUE", "COMPLETEE"])


async def test_should_leave_to_a_person_what_no_history_tells(counter: Counter, simulator: Simulator) -> None:
    """A request whose ledger is lost, and whose time nobody told, may or may not be the supplement that is there."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    invoice.move_status("COMPLETEE", simulator.world.clock())
    event = {name: value for name, value in supplement(number).items() if name != "time"}
    held = await counter.hand_in(event, redelivered=True)

    assert isinstance(held, Rejected)
    assert (held.detail.startswith("The history of the invoice tells nothing"), counter.calls(COMPLETE)) == (True, [])


async def test_should_believe_a_person_when_the_history_does(tmp_path: Any, simulator: Simulator) -> None:
    """Held because resending is not allowed; the person completed it by hand, which is what was asked for."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    async with Counter(simulator, tmp_path, {"RELAY_DOUBT__THEN": "ask"}) as counter:
        counter.fault("reset_before", COMPLETE)
        event = supplement(number)
        held = await counter.hand_in(event)
        await counter.decided_sent(event)
        doubted = await counter.hand_in(event, redelivered=True)
        invoice.move_status("COMPLETEE", simulator.world.clock())
        await counter.decided_sent(event)
        ended = await counter.hand_in(event, redelivered=True)

    assert (isinstance(held, Rejected), isinstance(doubted, Rejected), isinstance(ended, Completed)) == (True,) * 3


@pytest.mark.parametrize("status", [200, 400])
async def test_should_say_that_an_invoice_is_not_suspended(counter: Counter, simulator: Simulator, status: int) -> None:
    """The State's code has a stable reason, whichever HTTP status it comes with; its own text is kept."""
    simulator.world.apply(simulator.world.settings.changed(refusal_status=status))
    number = new_number()
    placed(simulator.world, number, "MISE_A_DISPOSITION")
    answer = await counter.answer(supplement(number))

    assert (answer["ended"], answer["reason"], answer["code"], answer["upstream_text"], answer["invoice_number"]) == (
        "invoice.supplement.refused.v1",
        "invoice_not_suspended",
        "GDP_MSG_11.033",
        "GDP_MSG_11.033",
        number,
    )


async def test_should_say_that_an_invoice_is_not_there(counter: Counter) -> None:
    """Nothing is uploaded for an invoice that Chorus Pro does not show."""
    answer = await counter.answer(supplement(new_number()))

    assert (answer["reason"], answer["upstream_text"], counter.calls(UPLOAD)) == ("invoice_not_found", None, [])


async def test_should_take_nothing_that_adds_nothing(counter: Counter) -> None:
    """Attachments, a comment, or both."""
    event = {**supplement("F-1"), "type": SUPPLEMENT}
    answer = await counter.answer({**event, "data": {"chorus_pro_id": 1}})

    assert (answer["reason"], counter.simulator.journal.calls()) == ("invalid_event", [])


@pytest.mark.parametrize("claims", [True, False])
async def test_should_leave_alone_what_is_of_another_supplier(
    tmp_path: Path, simulator: Simulator, *, claims: bool
) -> None:
    """One login may serve companies that are none of each other's business, whatever a request says of an id."""
    invoice = placed(simulator.world, new_number(), "SUSPENDUE")
    named = {"chorus_pro_id": invoice.id, "comment": "Voici.", **({"supplier_siret": OTHER} if claims else {})}
    signing_in, accounts = {"login": LOGIN, "password": PASSWORD}, tmp_path / "accounts.yaml"
    accounts.write_text(json.dumps({"one": {"chorus_pro": signing_in, "suppliers": [OTHER]}}))
    async with Counter(simulator, tmp_path, {"RELAY_ACCOUNTS": str(accounts)}) as counter:
        by_id = await counter.answer({**supplement("x"), "data": named})
        by_number = await counter.answer(supplement(invoice.facts.number))

    assert (by_id["ended"], by_id["reason"]) == ("invoice.supplement.refused.v1", "invoice_not_found")
    assert (by_number["ended"], by_number["reason"]) == ("invoice.supplement.failed.v1", "supplier_not_in_account")
    assert counter.calls(COMPLETE) == []


async def test_should_not_take_over_what_somebody_added_before_it_was_sent(
    counter: Counter, simulator: Simulator
) -> None:
    """Looked at, not sent, completed by somebody else and suspended again: the history counts from the send."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    counter.fault("empty_400", COMPLETE)
    event = supplement(number)
    waiting = await counter.pipeline.handle(counter.delivery(event))
    for status in ("COMPLETEE", "SUSPENDUE"):
        invoice.move_status(status, simulator.world.clock())
    counter.fault("reset_before", COMPLETE)
    ended = await counter.hand_in(event)

    assert isinstance(waiting, RetryLater)
    assert isinstance(ended, Completed)
    assert (codes_of(simulator, number)[-2:], counter.calls(COMPLETE)) == (
        ["SUSPENDUE", "COMPLETEE"],
        ["none", "none", "changed"],
    )


async def test_should_let_one_supplement_of_an_invoice_wait_for_the_other(
    counter: Counter, simulator: Simulator
) -> None:
    """One names it by id and number, one by its number alone: neither may take what the other added for its own."""
    number = new_number()
    invoice = placed(simulator.world, number, "SUSPENDUE")
    counter.fault("reset_before", COMPLETE)
    first = await counter.pipeline.handle(counter.delivery(supplement(number, chorus_pro_id=invoice.id)))
    second = await counter.pipeline.handle(counter.delivery(supplement(number, comment="Et voila.")))

    assert isinstance(first, RetryLater)
    assert isinstance(second, RetryLater)
    assert (first.reason, second.reason, counter.calls(COMPLETE)) == ("in_doubt", "key_busy", ["none"])

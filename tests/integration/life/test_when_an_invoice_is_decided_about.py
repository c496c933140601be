"""A decision about an invoice is taken once, whatever becomes of its answer: the invoice's history is the witness."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from contracts.results import ResultEvent
from service.core.entry import State
from service.core.outcome import Completed, Rejected
from service.core.question import DECIDED, READY
from service.core.standing_before import BEFORE
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.invoices import Invoice
from tests.support.bench import Bench, open_bench
from tests.support.bus import request
from tests.support.decisions import FIRST_VALIDATOR, KINDS, OTHER_VALIDATOR, decision, recipient
from tests.support.until import until

HISTORY = "consulterHistoriqueFacture"
UNREADABLE = {"status": 200, "body": {"codeRetour": 20001, "libelle": "GDP_MSG_11.005"}}
"""What an account is answered that may not see the history."""


@pytest.fixture
async def bench(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Bench]:
    """A worker that sends again what was not done."""
    async with open_bench(tmp_path, simulator) as ready:
        yield ready


@pytest.fixture
async def asking(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Bench]:
    """A worker that asks a person after one empty look."""
    async with open_bench(tmp_path, simulator, {"RELAY_DOUBT__THEN": "ask", "RELAY_DOUBT__LOOKS": "1"}) as ready:
        yield ready


def correct_by_hand(bench: Bench, invoice: Invoice, validator: str) -> None:
    """Somebody gives an invoice a validator on the portal."""
    invoice.validator = bench.simulator.world.chorus_pro.parties.of_siret(validator)
    bench.simulator.world.chorus_pro.move_status(invoice.id, "A_VALIDER_1")


def said(result: ResultEvent) -> tuple[str, Any]:  # Any: a field of any result
    """How a request ended, and the status it tells."""
    data: Any = result.data
    return result.type.split(".")[-2], getattr(data, "status_code", None) or data.reason


@pytest.mark.parametrize("kind", KINDS)
async def test_should_decide_once(bench: Bench, kind: str) -> None:
    """One call, one line in the history, one result; asked again under the same id, the same result."""
    asked = await decision(bench, kind)
    result = await bench.end(asked.event)
    again = await bench.end(asked.event)

    assert (result.type.split(".")[-2], again.published) == ("done", result.published)
    assert (bench.calls(asked.operation), bench.status(asked.invoice)) == (1, asked.status_code)


@pytest.mark.parametrize("fault", ["lost_answer", "truncated", "gateway_timeout_after"])
@pytest.mark.parametrize("kind", KINDS)
async def test_should_adopt_what_was_done(bench: Bench, kind: str, fault: str) -> None:
    """The work was done and its answer lost: the history tells, and nothing is sent again."""
    asked = await decision(bench, kind)
    bench.fault(asked.operation, fault)
    result: Any = await bench.end(asked.event)

    assert (said(result), result.data.adopted) == (("done", asked.status_code), True)
    assert (bench.calls(asked.operation), bench.status(asked.invoice)) == (1, asked.status_code)


@pytest.mark.parametrize("kind", KINDS)
async def test_should_adopt_what_a_worker_left_behind(bench: Bench, kind: str) -> None:
    """Stopped between the call and its answer: whoever takes it up finds it sent, and looks."""
    asked = await decision(bench, kind)
    bench.fault(asked.operation, "timeout_after")
    working = asyncio.create_task(bench.handle(asked.event))
    await until(bench.done(asked.operation), "the work of the call")
    working.cancel()
    await asyncio.wait([working])
    left = (await bench.entry(asked.event)).state
    result: Any = await bench.end(asked.event, redelivered=True)

    assert (left, said(result), bench.calls(asked.operation)) == (State.SENDING, ("done", asked.status_code), 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_should_send_again_what_was_not_done(bench: Bench, kind: str) -> None:
    """Nothing was added to the history: it is sent once more, and done once."""
    asked = await decision(bench, kind)
    before = len(bench.statuses(asked.invoice))
    bench.fault(asked.operation, "gateway_timeout_before")
    result: Any = await bench.end(asked.event)

    assert (result.type.split(".")[-2], result.data.adopted) == ("done", False)
    assert (bench.calls(asked.operation), len(bench.statuses(asked.invoice))) == (2, before + 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_should_not_decide_about_what_the_invoice_is_no_more(bench: Bench, kind: str) -> None:
    """The answer is lost, nothing was done, and somebody else moved the invoice: nothing is put on top of that."""
    asked = await decision(bench, kind)
    bench.fault(asked.operation, "gateway_timeout_before")
    first = await bench.handle(asked.event)
    bench.simulator.world.chorus_pro.move_status(asked.invoice.id, "MISE_EN_PAIEMENT")
    result: Any = await bench.end(asked.event, turn=0, redelivered=True)

    assert getattr(first, "reason", "") == "in_doubt"
    assert (said(result), result.data.reason) == (("refused", "MISE_EN_PAIEMENT"), "status_changed")
    assert bench.calls(asked.operation) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_should_hold_for_a_person_what_no_history_tells(asking: Bench, kind: str) -> None:
    """The history cannot be read any more: a person is asked, says that it is done, and that is checked."""
    asked = await decision(asking, kind)
    asking.fault(asked.operation, "lost_answer")
    asking.fault(HISTORY, "status", params=UNREADABLE, skip=1)
    held = await asking.settle(asked.event)
    entry = await asking.entry(asked.event)
    await asking.pipeline.ledger.decide(
        entry.source, entry.id, to=State.ANSWERED, answer={DECIDED: True}, reason="seen"
    )
    result: Any = await asking.end(asked.event, redelivered=True)

    assert isinstance(held, Rejected)
    assert ((held.question or {})["operation"], "number" in (held.question or {})) == (asked.operation, False)
    assert (said(result), result.data.adopted, asking.calls(asked.operation)) == (("done", asked.status_code), True, 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_should_send_what_a_person_did_not_find(asking: Bench, kind: str) -> None:
    """Held after an empty look; decided as not sent, it is sent once more."""
    asked = await decision(asking, kind)
    asking.fault(asked.operation, "gateway_timeout_before")
    held = await asking.settle(asked.event)
    entry = await asking.entry(asked.event)
    await asking.pipeline.ledger.decide(entry.source, entry.id, to=State.CLAIMED, answer={}, reason="not there")
    result = await asking.end(asked.event, redelivered=True)

    assert (isinstance(held, Rejected), BEFORE in str(entry.notes[READY])) == (True, True)
    assert (result.type.split(".")[-2], asking.status(asked.invoice)) == ("done", asked.status_code)


async def test_should_ask_again_when_a_person_was_mistaken(asking: Bench) -> None:
    """Said to be done, and the history shows no such thing: it stays with the person."""
    asked = await decision(asking, "recipient")
    asking.fault(asked.operation, "gateway_timeout_before")
    await asking.settle(asked.event)
    entry = await asking.entry(asked.event)
    await asking.pipeline.ledger.decide(
        entry.source, entry.id, to=State.ANSWERED, answer={DECIDED: True}, reason="seen"
    )
    held = await asking.settle(asked.event, redelivered=True)

    assert isinstance(held, Rejected)
    assert "shows no such decision" in held.detail


@pytest.mark.parametrize(("done_before", "adopted"), [(True, True), (False, False)])
async def test_should_go_by_the_invoice_when_the_ledger_knows_nothing(
    bench: Bench, *, done_before: bool, adopted: bool
) -> None:
    """Redelivered, and unknown to the ledger: what the invoice is already is adopted, what it never was is done."""
    asked = await decision(bench, "recipient")
    del asked.event["time"]
    if done_before:
        bench.simulator.world.chorus_pro.move_status(asked.invoice.id, "SUSPENDUE", "Il manque tout.")
    result: Any = await bench.end(asked.event, redelivered=True)

    assert (said(result), result.data.adopted, bench.calls(asked.operation)) == (
        ("done", "SUSPENDUE"),
        adopted,
        int(not done_before),
    )


async def test_should_ask_when_only_an_older_line_could_be_ours(bench: Bench) -> None:
    """Unknown to the ledger, suspended once and taken up again since: nobody can tell whose line that is."""
    asked = await decision(bench, "recipient")
    del asked.event["time"]
    for code in ("SUSPENDUE", "MISE_A_DISPOSITION"):
        bench.simulator.world.chorus_pro.move_status(asked.invoice.id, code, "Il manque tout.")
    held = await bench.settle(asked.event, redelivered=True)

    assert (isinstance(held, Rejected), bench.calls(asked.operation)) == (True, 0)


@pytest.mark.parametrize(("kind", "is_held"), [("validator", True), ("recipient", False), ("correction", False)])
async def test_should_ask_about_what_a_validator_may_see_no_more(bench: Bench, kind: str, *, is_held: bool) -> None:
    """Unknown to the ledger, and not shown: a validator may see it no more since it decided; others see it for ever."""
    asked = await decision(bench, kind)
    del asked.event["time"]
    asked.event["data"] |= {"invoice_number": "F-0"}
    ended = await bench.settle(asked.event, redelivered=True)

    assert (isinstance(ended, Rejected), bench.calls(asked.operation)) == (is_held, 0)


@pytest.mark.parametrize("lost", [False, True])
async def test_should_decide_without_a_history(bench: Bench, *, lost: bool) -> None:
    """The account may not read it: that keeps nobody from deciding, and makes a lost answer a question."""
    asked = await decision(bench, "recipient")
    bench.fault(HISTORY, "status", params=UNREADABLE, count=None)
    if lost:
        bench.fault(asked.operation, "lost_answer")
    ended = await bench.settle(asked.event)

    assert (isinstance(ended, Rejected), bench.status(asked.invoice)) == (lost, "SUSPENDUE")
    assert bench.calls(asked.operation) == 1


@pytest.mark.parametrize(("lost", "by_hand"), [("gateway_timeout_before", True), ("lost_answer", False)])
async def test_should_not_take_over_the_correction_of_somebody_else(bench: Bench, *, lost: str, by_hand: bool) -> None:
    """The history tells that a validator was corrected, and the invoice who it is: another one is for a person."""
    asked = await decision(bench, "correction")
    bench.fault(asked.operation, lost)
    await bench.handle(asked.event)
    if by_hand:
        correct_by_hand(bench, asked.invoice, FIRST_VALIDATOR)
    ended = await bench.settle(asked.event, turn=0, redelivered=True)

    assert (isinstance(ended, Rejected), bench.calls(asked.operation)) == (by_hand, 1)


@pytest.mark.parametrize("shown", [OTHER_VALIDATOR, FIRST_VALIDATOR])
async def test_should_believe_a_person_about_the_validator_that_is_shown(bench: Bench, shown: str) -> None:
    """Corrected by hand while in doubt and said to be done: taken over when it is the validator that was asked for."""
    asked = await decision(bench, "correction")
    del asked.event["time"]
    correct_by_hand(bench, asked.invoice, shown)
    held = await bench.settle(asked.event, redelivered=True)
    entry = await bench.entry(asked.event)
    await bench.pipeline.ledger.decide(entry.source, entry.id, to=State.ANSWERED, answer={DECIDED: True}, reason="seen")
    ended = await bench.settle(asked.event, redelivered=True)

    assert (isinstance(held, Rejected), isinstance(ended, Completed)) == (True, shown == OTHER_VALIDATOR)
    assert bench.calls(asked.operation) == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_should_let_two_names_of_one_invoice_wait_for_each_other(bench: Bench, kind: str) -> None:
    """One names it by its number, one by Chorus Pro's own: the later one waits for the end of the first."""
    asked = await decision(bench, kind)
    second = request(asked.event["type"], dict(asked.event["data"]))
    for name in ("invoice_number", "supplier_siret"):
        del second["data"][name]
    second["data"]["chorus_pro_id"] = asked.invoice.id
    bench.fault(asked.operation, "gateway_timeout_before")
    first, waiting = await bench.handle(asked.event), await bench.handle(second)

    assert [getattr(one, "reason", None) for one in (first, waiting)] == ["in_doubt", "key_busy"]
    assert bench.calls(asked.operation) == 1


async def test_should_suspend_again_what_was_suspended_before(bench: Bench) -> None:
    """A second decision of the same kind is not taken for the first, nor for its repetition."""
    invoice = await bench.invoice()
    await bench.end(recipient(invoice, status="suspended", reason="Il manque tout."))
    bench.simulator.world.chorus_pro.move_status(invoice.id, "COMPLETEE")
    second = recipient(invoice, status="SUSPENDUE", reason="Il manque encore la commande.")
    bench.fault("traiterUneFactureRecue", "lost_answer")
    result: Any = await bench.end(second)

    assert (said(result), result.data.comment) == (("done", "SUSPENDUE"), "Il manque encore la commande.")
    assert (bench.calls("traiterUneFactureRecue"), bench.statuses(invoice).count("SUSPENDUE")) == (2, 2)


async def test_should_adopt_after_a_refusal_of_the_repetition(bench: Bench) -> None:
    """Done late, after every look: the repetition is refused, which is about our own decision."""
    asked = await decision(bench, "recipient")
    asked.event["data"] |= {"status": "rejected"}
    bench.fault(asked.operation, "gateway_timeout_before")
    await bench.handle(asked.event)
    bench.fault(
        asked.operation, "status", params={"status": 200, "body": {"codeRetour": 20002, "libelle": "X"}, "work": True}
    )
    result: Any = await bench.end(asked.event, redelivered=True)

    assert (said(result), result.data.adopted, bench.statuses(asked.invoice).count("REJETEE")) == (
        ("done", "REJETEE"),
        True,
        1,
    )

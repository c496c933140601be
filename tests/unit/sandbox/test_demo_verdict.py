"""The verdict of the demonstration: each thing that may go wrong is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.sandbox.demo.requests import Request, Requests
from service.sandbox.demo.story import Story
from service.sandbox.demo.summary import to_lines
from service.sandbox.demo.verdict import Evidence, judge

pytestmark = pytest.mark.unit

DEPOSIT, *_, TENDER, _DRAFT = Requests().opening()
NUMBER = "F-2026-101"
INVOICE = {"supplier": "99911122200017", "number": NUMBER}
DEPOSITED = {"operation": "deposerFluxFacture", "effect": "created", "summary": {"file": DEPOSIT.file}}
CREATED = {"operation": "creerDumeSimple", "effect": "created", "summary": {"idConsultation": TENDER.consultation}}
PROBE = {"operation": "healthCheck", "fault": "maintenance", "effect": "none", "summary": {}}
NOTICED = {"operation": "deposerFluxFacture", "fault": "maintenance", "effect": "none", "summary": {}}


def terminal(request: Request, ending: str = "done", *, id: str = "", **data: Any) -> dict[str, Any]:
    return {
        "id": id or request.id,
        "type": f"{request.family}.{ending}.v1",
        "causationid": request.id,
        "final": True,
        "data": data,
    }


def story() -> Story:
    """A deposit that was parked and a tender, both asked for and answered as they must be."""
    told = Story()
    for request in (DEPOSIT, TENDER):
        told.ask(request, 0.0)
    parked = {"type": "invoice.deposit.delayed.v1", "causationid": DEPOSIT.id, "data": {"cause": "maintenance"}}
    told.hear(parked, 1.0)
    told.hear(terminal(DEPOSIT, invoices=[{"invoice_number": NUMBER, "integrated": True}]), 3.0)
    told.hear(terminal(TENDER, dume_id="abcd1234", state="draft"), 3.0)
    return told


def evidence(**changes: Any) -> Evidence:
    """What is found when all went well, with some of it changed."""
    found = Evidence(
        story=story(),
        calls=[NOTICED, PROBE, PROBE, DEPOSITED, CREATED],
        invoices=[INVOICE],
        left={"invoices": 0},
        pause=5.0,
    )
    return replace(found, **changes)


def test_should_be_content_when_all_went_well() -> None:
    """Nothing doubled, nothing lost, few calls; and it says so."""
    verdict = judge(evidence())

    lines = list(to_lines(evidence(), verdict))
    assert verdict.is_good
    assert {"Not as expected: 0", "Doubled: 0", "Lost: 0", "Everything went as it must."} <= set(lines)
    assert "Calls during the maintenance of Chorus Pro (5.0 s): 1 that noticed it, 2 health checks" in lines
    assert any(DEPOSIT.title in line and "done" in line and "parked 2.0 s" in line for line in lines)


def test_should_notice_another_ending() -> None:
    """Refused where it had to be done."""
    told = story()
    (other,) = [request for request in Requests().opening() if request.file == "F-2026-102.xml"]
    told.ask(other, 0.0)
    told.hear(terminal(other, "refused", reason="invoice_rejected"), 1.0)

    assert judge(evidence(story=told)).unexpected == (f"{other.title}: refused: invoice_rejected in place of done",)


def test_should_notice_a_maintenance_that_parked_nothing() -> None:
    """It would prove nothing."""
    assert judge(evidence(story=Story(), invoices=[])).unexpected == ("the maintenance parked no request",)


def test_should_notice_a_result_nobody_asked_for() -> None:
    """It may be somebody else's lost one."""
    told = story()
    told.hear({"type": "invoice.deposit.done.v1", "id": "x", "causationid": "nobody", "data": {}}, 3.0)

    assert not judge(evidence(story=told)).is_good


def test_should_notice_two_different_last_results() -> None:
    """The same one again is none."""
    told = story()
    told.hear(terminal(TENDER), 4.0)
    once = judge(evidence(story=told))
    told.hear(terminal(TENDER, id="other"), 4.0)

    assert once.doubled == ()
    assert judge(evidence(story=told)).doubled == (f"{TENDER.title}: 2 different last results",)


@pytest.mark.parametrize(("call", "request_"), [(DEPOSITED, DEPOSIT), (CREATED, TENDER)])
def test_should_notice_what_the_state_did_twice(call: dict[str, Any], request_: Request) -> None:
    """Whatever the bus says."""
    verdict = judge(evidence(calls=[DEPOSITED, CREATED, call]))

    assert verdict.doubled == (f"{request_.title}: carried out 2 times by the State",)
    assert not verdict.is_good


def test_should_notice_an_invoice_that_exists_twice() -> None:
    """By supplier and number."""
    assert judge(evidence(invoices=[INVOICE, INVOICE])).doubled == (f"invoice {NUMBER} exists 2 times",)


def test_should_notice_a_request_without_a_last_result() -> None:
    """It is lost, and the summary says NONE."""
    told = story()
    (other,) = [request for request in Requests().opening() if request.file == "F-2026-102.xml"]
    told.ask(other, 5.0)
    found = evidence(story=told)

    verdict = judge(found)

    assert verdict.lost == (f"{other.title}: no last result",)
    assert any(other.title in line and "NONE" in line for line in to_lines(found, verdict))
    assert "Something is WRONG, see above." in to_lines(found, verdict)


def test_should_notice_an_invoice_that_is_done_and_does_not_exist() -> None:
    """The State knows nothing of it."""
    assert judge(evidence(invoices=[])).lost == (f"{DEPOSIT.title}: {NUMBER} is not at Chorus Pro",)


def test_should_notice_an_invoice_nobody_was_told_of() -> None:
    """It exists, and no result says so."""
    other = INVOICE | {"number": "F-2026-999"}

    assert judge(evidence(invoices=[INVOICE, other])).lost == ("invoice F-2026-999 exists and nobody was told",)


def test_should_notice_what_is_left_in_a_queue() -> None:
    """When everything is answered every queue is empty."""
    assert judge(evidence(left={"dead-letter": 2, "parked.dume": 0})).lost == ("2 left in dead-letter",)


@pytest.mark.parametrize("calls", [[PROBE] * 9, [NOTICED] * 2], ids=["probes", "others"])
def test_should_notice_too_many_calls_during_the_maintenance(calls: list[dict[str, Any]]) -> None:
    """A check every second, and at most one call for each request that was parked."""
    found = evidence(calls=calls)

    verdict = judge(found)

    assert verdict.too_many_calls
    assert not verdict.is_good
    assert "  TOO MANY calls: whoever waits must not call" in to_lines(found, verdict)


def test_should_notice_what_was_done_during_the_maintenance() -> None:
    """A closed State does nothing; the summary says how often it did."""
    found = evidence(calls=[DEPOSITED | {"fault": "maintenance"}])

    verdict = judge(found)

    assert not verdict.is_good
    assert any(line.startswith("  1 of them had an effect") for line in to_lines(found, verdict))

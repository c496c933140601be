"""The simulator shows the oddities that clients of the real service have met."""

from __future__ import annotations

import pytest

from service.sandbox.samples import make_ubl
from tests.integration.simulator.caller import Caller


async def test_should_answer_an_empty_search_in_both_ways(caller: Caller) -> None:
    """Nothing found is a code at one time and an empty list at another."""
    await caller.post("/_sim/settings", {"empty_search": "alternate"})
    answers = [await caller.search(numeroFacture="F-none") for _ in range(2)]

    assert [(one["codeRetour"], one.get("listeFactures")) for one in answers] == [(20000, None), (0, [])]


async def test_should_leave_paging_numbers_out_at_times(caller: Caller) -> None:
    """One search in five has null for every paging number, with its rows complete."""
    await caller.post("/_sim/settings", {"quirks": True})
    await caller.integrated(make_ubl("F-1"))
    answers = [await caller.search(numeroFacture="F-1") for _ in range(5)]

    assert [one["parametresRetour"]["total"] for one in answers] == [1, 1, 1, 1, None]


async def test_should_write_a_list_of_one_as_an_object_at_times(caller: Caller) -> None:
    """A single error stands alone in every second flow."""
    await caller.post("/_sim/settings", {"quirks": True})
    flows = [await caller.integrated(make_ubl("F#1")), await caller.integrated(make_ubl("F#2"))]

    assert [type((await caller.report(flow))["listeErreurDP"]) for flow in flows] == [list, dict]


@pytest.mark.parametrize(
    ("rule", "state", "invoices"),
    [
        ({"number": "F-1", "outcome": "refused", "text": "Refusee"}, "IN_REJETE", 0),
        ({"contains": "-", "outcome": "stuck"}, "IN_EN_ATTENTE_RETRAITEMENT_CPP", 0),
        ({"contains": "-", "outcome": "incident"}, "IN_INCIDENTE", 0),
        ({"contains": "-", "outcome": "state", "state": "QP_RECEVABLE"}, "QP_RECEVABLE", 0),
        ({"contains": "-", "outcome": "technical_error"}, "IN_REJETE", 0),
        ({"number": "F-2", "outcome": "incident"}, "IN_INTEGRE", 1),
    ],
)
async def test_should_end_flows_as_a_rule_says(caller: Caller, rule: dict[str, str], state: str, invoices: int) -> None:
    """A rule by invoice number decides the end of a flow, whatever is in the file."""
    await caller.post("/_sim/rules", rule)
    report = await caller.report(await caller.integrated(make_ubl("F-1")))
    held = (await caller.send("GET", "/_sim/state")).json["invoices"]["count"]

    assert (report["etatCourantDepotFlux"], held) == (state, invoices)


async def test_should_apply_a_rule_as_often_as_told(caller: Caller) -> None:
    """With a count of one the second deposit goes through."""
    await caller.post("/_sim/rules", {"contains": "F", "outcome": "incident", "count": 1})
    flows = [await caller.integrated(make_ubl("F-1")) for _ in range(2)]

    assert [(await caller.report(flow))["etatCourantDepotFlux"] for flow in flows] == ["IN_INCIDENTE", "IN_INTEGRE"]


async def test_should_take_up_a_stuck_flow_again(caller: Caller) -> None:
    """A person at Chorus Pro may integrate what was stuck."""
    await caller.post("/_sim/rules", {"contains": "F", "outcome": "stuck"})
    number = await caller.integrated(make_ubl("F-1"))
    await caller.post(f"/_sim/flows/{number}", {"integrate": True})

    assert (await caller.report(number))["etatCourantDepotFlux"] == "IN_INTEGRE"

"""The audit of acceptance tests finds what it is there to find."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from service.sandbox.samples import make_ubl
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.deposits import deposit
from service.sandbox.simulator.operations import Caller
from tests.support.audit import Audit
from tests.support.bus import Bus, Json

LOGIN = "TECH_1_1@cpro.fr"


def ending(request: str, id: str, kind: str = "invoice.deposit.done.v1", **data: Any) -> Json:
    """A terminal result as the bus would have kept it."""
    return {"id": id, "type": kind, "causationid": request, "final": True, "data": data}


def heard(*results: Json) -> Audit:
    """An audit over a bus that kept these results, and a State that holds nothing."""
    bus = Bus("")
    bus.received.extend(results)
    return Audit(bus, Simulator(), ())


async def deposited(audit: Audit, number: str) -> None:
    """Let the State take a file, as after a call."""
    content = base64.b64encode(make_ubl(number)).decode()
    body = {"fichierFlux": content, "nomFichier": f"{number}.xml", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE"}
    await deposit(audit.simulator.world.chorus_pro, Caller(login=LOGIN), body)


@pytest.mark.parametrize(
    ("results", "complaint"),
    [
        pytest.param([], "request A has 0 terminal results", id="lost"),
        pytest.param([ending("A", "1"), ending("A", "2")], "request A has 2 terminal results", id="two ends"),
        pytest.param(
            [ending("A", "1"), ending("A", "1", flow_number="F")],
            "result 1 (invoice.deposit.done.v1) came with two contents",
            id="two contents",
        ),
        pytest.param(
            [ending("A", "1", "tender.dume.simplified.done.v1", dume_id="k7p2x9qd")],
            "k7p2x9qd is named by a result and the State does not hold it",
            id="invented",
        ),
    ],
)
def test_should_complain(results: list[Json], complaint: str) -> None:
    """What is wrong with a request is said in one sentence."""
    assert heard(*results).complaints(["A"]) == [complaint]


async def test_should_complain_of_a_double() -> None:
    """A file the State took twice is complained of."""
    audit = heard(ending("A", "1"))

    await deposited(audit, "F-1")
    await deposited(audit, "F-1")

    assert audit.complaints(["A"]) == ["F-1.xml was deposited 2 times"]


async def test_should_complain_of_what_no_result_names() -> None:
    """An invoice the State holds and no result names is complained of where all requests are known."""
    audit = heard(ending("A", "1"))
    await deposited(audit, "F-1")
    audit.simulator.world.clock.move(60)
    (held,) = audit.invoices()

    assert audit.complaints(["A"]) == []
    assert audit.complaints_in_full(["A"]) == [f"the State holds {held}, which no result names"]


def test_should_be_content_when_all_is_well() -> None:
    """A request with one end, heard twice, is nothing to complain of."""
    assert heard(ending("A", "1"), ending("A", "1")).complaints_in_full(["A"]) == []

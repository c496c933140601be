"""The audit of chaos finds what it is there to find: each thing that may go wrong has a sentence of its own."""

from __future__ import annotations

import base64
import random

import pytest

from service.sandbox.samples import make_ubl
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.deposits import deposit
from service.sandbox.simulator.operations import Caller
from tests.chaos.asked import Asked
from tests.chaos.requests import Mixture
from tests.chaos.table import Row, lines
from tests.chaos.verdict import Expected, Reckoning
from tests.support.audit import Audit
from tests.support.bus import Bus, Json

MIXTURE = Mixture(random.Random(1))  # noqa: S311 - made-up values need no cryptography
TENDER = MIXTURE.tender()
INVOICE = MIXTURE.invoice()
CALLER = Caller(login="TECH_1_1@cpro.fr")


def ending(asked: Asked, word: str, id: str = "1", **data: object) -> Json:
    """A terminal result as the bus would have kept it."""
    kind = asked.type.replace(".requested.", f".{word}.")
    return {"id": id, "type": kind, "causationid": asked.id, "final": True, "data": data}


def reckoned(*results: Json, asked: Asked = TENDER, left: dict[str, int] | None = None, dead: int = 0) -> list[str]:
    """What is complained of when this request was published and these results were heard."""
    bus = Bus("")
    bus.received.extend(results)
    return Reckoning([asked], Audit(bus, Simulator(), ()), left or {}, dead).complaints()


@pytest.mark.parametrize(
    ("results", "complaint"),
    [
        pytest.param([], f"lost: {TENDER.type} {TENDER.id} ({TENDER.key})", id="lost"),
        pytest.param(
            [ending(TENDER, "refused", "1"), ending(TENDER, "refused", "2")],
            f"request {TENDER.id} has 2 terminal results",
            id="two ends",
        ),
        pytest.param(
            [ending(TENDER, "done", dume_id="k7p2x9qd")],
            f"{TENDER.key} was never made at the State, and a result says so",
            id="invented",
        ),
        pytest.param(
            [ending(TENDER, "failed", reason="upstream_error", detail="d", effect="unknown")],
            f"{TENDER.type} {TENDER.id} ({TENDER.key}) ended as failed: upstream_error, d",
            id="given up",
        ),
        pytest.param(
            [ending(INVOICE, "done", invoices=[])],
            f"a result 1 answers {INVOICE.id}, which nobody asked",
            id="a stranger",
        ),
    ],
)
def test_should_complain(results: list[Json], complaint: str) -> None:
    """What is wrong with a request is said in one sentence that names it."""
    assert complaint in reckoned(*results)


def test_should_complain_of_what_is_left() -> None:
    """Events in a queue, and dead letters nobody can explain, are complained of."""
    complaints = reckoned(left={"tracking": 2, "dead-letter": 1}, dead=1)

    assert "2 events are left in tracking" in complaints
    assert "1 dead letters, where 0 have a cause" in complaints


def test_should_allow_what_a_scenario_expects() -> None:
    """A request given up with nothing sent, and dead letters with a cause, are no complaint where they are expected."""
    bus = Bus("")
    bus.received.append(ending(TENDER, "failed", reason="upstream_error", detail="d", effect="none"))
    audit = Audit(bus, Simulator(), ())

    assert Reckoning([TENDER], audit, {"dead-letter": 3}, 3, Expected(dead=3, given_up=1)).complaints() == []
    assert len(Reckoning([TENDER], audit, {}, 0, Expected()).complaints()) == 1


async def test_should_complain_of_a_double() -> None:
    """What the State made twice is named with the calls that made it."""
    simulator, bus = Simulator(), Bus("")
    for _ in range(2):
        call = simulator.journal.received(
            at=simulator.world.clock(), operation="deposerFluxFacture", upstream="chorus-pro", method="POST", path="",
            body=b"",
        )  # fmt: skip
        content = base64.b64encode(make_ubl(INVOICE.key)).decode()
        body = {"fichierFlux": content, "nomFichier": f"{INVOICE.key}.xml", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE"}
        done = await deposit(simulator.world.chorus_pro, CALLER, body)
        call.effect, call.summary = done.effect, done.summary

    reckoning = Reckoning([INVOICE], Audit(bus, simulator, ()), {}, 0)

    assert reckoning.doubled() == [f"{INVOICE.key} was made 2 times, by the calls [1, 2]"]
    assert f"{INVOICE.key}.xml was deposited 2 times" in reckoning.complaints()
    assert f"{INVOICE.key} was made at the State, and no result says so" in reckoning.complaints()


def test_should_make_the_same_requests_of_the_same_seed() -> None:
    """A scenario can be told again from its seed."""
    first, second = (Mixture(random.Random(7)) for _ in range(2))  # noqa: S311 - the same

    assert [first.next().id for _ in range(20)] == [second.next().id for _ in range(20)]


def test_should_lay_out_one_row_for_each_scenario() -> None:
    """The table has a head, a row for each scenario, and the sum."""
    row = Row(
        scenario="one", ledger="SQLite", workers=3, requests=10, done=9, refused=1, failed=0, calls=1234, repeated=2,
        doubled=0, lost=0, left=0, dead=0, decided=0, leaks=0, seconds=7, verdict="ok",
    )  # fmt: skip

    text = lines([row, row])

    assert [line.split()[0] for line in text[2:4]] == ["one", "one"]
    assert text[5] == "2 scenarios, 20 requests, 2,468 calls, 14 s: 0 lost, 0 doubled"

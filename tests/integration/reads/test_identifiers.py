"""A buyer whose number cannot be right: sent and warned of, refused, or not looked at, as the operator chose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from contracts.results import ResultEvent
from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.bench import Bench, open_bench
from tests.support.bus import Json, request

WRITE, READ = "tender.dume.simplified.requested.v1", "tender.dume.search.requested.v1"
WRONG = "99900012800011"
WARNING = [{"field": "buyer.id", "message": "buyer.id is not a SIRET: its check digits are wrong"}]


@pytest.fixture
async def bench(request: pytest.FixtureRequest, tmp_path: Path, simulator: Simulator) -> AsyncIterator[Bench]:
    """A bench that takes identifiers as the test says."""
    mode = {"RELAY_DUME__IDENTIFIERS": request.param} if request.param else {}
    async with open_bench(tmp_path, simulator, mode) as ready:
        yield ready


def simplified(buyer: str) -> Json:
    return request(WRITE, {"consultation": {"id": new_number()}, "buyer": {"id": buyer}})


def said(end: ResultEvent) -> dict[str, Any]:  # Any: JSON of a result
    return end.data.model_dump(mode="json")


@pytest.mark.parametrize("bench", [None], indirect=True)
async def test_should_send_it_and_say_so_in_the_result(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """DUME itself takes numbers made up for tests; who sees the result can still correct it."""
    right, wrong = await bench.end(simplified("99900012800010")), await bench.end(simplified(WRONG))
    lines = [line for line in capsys.readouterr().out.splitlines() if "identifier_doubted" in line]

    assert (right.type, "warnings" in said(right)) == ("tender.dume.simplified.done.v1", False)
    assert (wrong.type, said(wrong)["warnings"]) == ("tender.dume.simplified.done.v1", WARNING)
    assert len(lines) == 1


@pytest.mark.parametrize("bench", [None], indirect=True)
async def test_should_warn_of_it_in_a_refusal_and_again_when_asked_again(bench: Bench) -> None:
    """A refusal by the State may have to do with it; a redelivery gets the very same answer."""
    draft = "tender.dume.draft.requested.v1"
    asked = request(draft, {"consultation": {"id": new_number()}, "buyer": {"id": WRONG}, "dume_id": "zzzzzzzz"})
    refused, again = await bench.end(asked), await bench.end(asked, redelivered=True)

    assert (refused.type, said(refused)["warnings"]) == ("tender.dume.draft.refused.v1", WARNING)
    assert said(again) == said(refused)


@pytest.mark.parametrize("bench", ["refuse"], indirect=True)
@pytest.mark.parametrize("type_", [WRITE, READ])
async def test_should_refuse_it_without_a_call(bench: Bench, type_: str) -> None:
    """Whoever wants no such number at the State has it named, for questions too."""
    end = await bench.end(request(type_, {"consultation": {"id": new_number()}, "buyer": {"id": WRONG}}))

    assert (end.type.split(".")[-2], said(end)["reason"], said(end)["effect"]) == ("failed", "invalid_event", "none")
    assert said(end)["detail"] == "data.buyer.id is not a SIRET: its check digits are wrong."
    assert bench.calls("creerDumeSimple") + bench.calls("rechercherDumes") == 0


@pytest.mark.parametrize("bench", ["refuse"], indirect=True)
async def test_should_let_a_right_number_pass(bench: Bench) -> None:
    """Only what cannot be right is refused."""
    assert (await bench.end(simplified("99900012800010"))).type == "tender.dume.simplified.done.v1"


@pytest.mark.parametrize("bench", ["off"], indirect=True)
async def test_should_not_look_at_it_when_switched_off(bench: Bench) -> None:
    """An operator who tests with made-up numbers wants no warnings."""
    assert "warnings" not in said(await bench.end(simplified(WRONG)))

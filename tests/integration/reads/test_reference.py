"""Lists of codes, labels and evidence, asked of the simulated State through the pipeline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from service.core.outcome import Parked
from service.sandbox.simulator import Simulator, SimulatorSettings
from service.sandbox.simulator.dume_reference import CRITERION
from tests.support.bench import Bench, open_bench
from tests.support.bus import request
from tests.support.canaries import planted

LISTS, EVIDENCE = "tender.codelist.lookup.requested.v1", "tender.evidence.lookup.requested.v1"
ASKED = {"criterion": CRITERION, "language": "FR", "nation": "be"}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A bench before a State that has a long list, and forgets at once that it answered."""
    long = {f"CPV{number:05}": f"Objet {number}" for number in range(250)}
    settings = SimulatorSettings(dume_code_lists={"CPV": long})
    async with Simulator(planted(settings), port=0) as simulator, open_bench(tmp_path, simulator) as ready:
        yield ready


async def told(bench: Bench, type_: str, data: dict[str, Any]) -> dict[str, Any]:  # Any: JSON of a result
    """The data of the ending, its type included."""
    end = await bench.end(request(type_, data))
    return {**end.data.model_dump(mode="json"), "type": end.type}


async def test_should_tell_a_list_page_by_page(bench: Bench) -> None:
    """However long a list is, no result is."""
    outcome = await bench.settle(request(LISTS, {"code_list": "CPV"}))
    *pages, end = outcome.results
    codes = [code["code"] for page in pages for code in page.data.model_dump()["codes"]]

    assert [len(page.data.model_dump()["codes"]) for page in pages] == [100, 100, 50]
    assert codes == [f"CPV{number:05}" for number in range(250)]
    assert end.data.model_dump(exclude={"as_of"}) == {
        "what": "values",
        "code_list": "CPV",
        "language": None,
        "total": 250,
        "pages": 3,
        "complete": True,
        "cached": False,
    }


async def test_should_tell_which_lists_there_are_and_the_labels(bench: Bench) -> None:
    """Three questions of one request, each with its own operation."""
    lists = await told(bench, LISTS, {})
    labels = await told(bench, LISTS, {"labels": True, "language": "EN"})

    assert (lists["what"], labels["what"], labels["language"], labels["total"]) == ("code_lists", "labels", "en", 2)
    assert (bench.calls("listerReferentiel"), bench.calls("RecupererLibellesDUME")) == (1, 1)


async def test_should_pass_on_that_there_is_no_such_list(bench: Bench) -> None:
    """A refusal is an answer, with the words of the State; it is asked anew the next time."""
    first, second = [await told(bench, LISTS, {"code_list": "NONE"}) for _ in range(2)]

    assert (first["type"], first["code"]) == ("tender.codelist.lookup.refused.v1", "SIM-REF-001")
    assert second == first
    assert bench.calls("listerValeursDeReferentiel") == 2


async def test_should_tell_what_a_country_takes_as_evidence(bench: Bench) -> None:
    """What nobody described stands in the details; a country that has none is told so."""
    known, none = [await told(bench, EVIDENCE, {**ASKED, "nation": nation}) for nation in ("be", "xx")]
    unknown = await told(bench, EVIDENCE, {**ASKED, "criterion": "none"})
    (evidence,) = known["evidences"]

    assert (known["criterion_uuid"], known["language"], known["complete"]) == (CRITERION, "fr", True)
    assert evidence["details"] == {"emetteur": {"nom": "Registre imaginaire", "pays": "be"}}
    assert (none["total"], none["evidences"]) == (0, [])
    assert (unknown["type"], unknown["code"]) == ("tender.evidence.lookup.refused.v1", "SIM-CERT-001")


async def test_should_answer_from_memory_while_dume_is_paused(bench: Bench) -> None:
    """What is remembered needs no call; what is not waits in the parking queue."""
    before = await told(bench, EVIDENCE, ASKED)
    bench.fault("recupererEvidence", "maintenance", count=None)
    bench.fault("healthCheck", "maintenance", count=None)
    other = await bench.handle(request(EVIDENCE, {**ASKED, "nation": "de"}))
    after = await told(bench, EVIDENCE, ASKED)

    assert isinstance(other, Parked)
    assert after == {**before, "cached": True}

"""A public body is looked up by name without reading the whole directory, whatever the name."""

from __future__ import annotations

from tests.support.bench import Bench
from tests.support.bus import request

LOOKUP, SEARCH = "recipient.lookup.requested.v1", "rechercherStructure"


def page(number: int) -> dict[str, object]:
    """One page of three, as full as was asked for."""
    rows = [
        {"idStructureCPP": number * 1000 + place, "identifiantStructure": f"999{number * 1000 + place:011}"}
        for place in range(500)
    ]
    return {"codeRetour": 0, "listeStructures": rows, "parametresRetour": {"pages": 3, "total": 1500}}


async def test_should_list_no_more_than_somebody_can_choose_from(bench: Bench) -> None:
    """A name as common as that of a town hall fits tens of thousands: one page, one call, and said to be incomplete."""
    for number in (1, 2, 3):
        params = {"status": 200, "body": page(number)}
        bench.fault(SEARCH, "status", params=params, contains=f'"pageResultatDemandee":{number}')
    end = await bench.end(request(LOOKUP, {"name": "MAIRIE"}))
    report = end.data.model_dump()

    assert (bench.calls(SEARCH), len(report["recipients"])) == (1, 500)
    assert (report["exists"], report["total"], report["complete"]) == (True, 500, False)

"""Requests of a buyer about DUMEs, and what the simulated State has of them."""

from __future__ import annotations

from typing import Any

from service.sandbox.simulator import Simulator
from tests.builders import BUYER, new_number
from tests.support.bus import Json, request
from tests.support.counter import Counter

SIMPLE, SAVE, DELETE, SEARCH = "creerDumeSimple", "enregistrerDume", "supprimerDume", "rechercherDumes"
DOCUMENT, TELL = "recupererDumeFormate", "mettreAJourDume"
UNSHOWN = 3600.0
"""Seconds that a search stays behind so that it shows nothing of what a test did."""


def consultation(*lots: str, id: str | None = None) -> Json:
    """A call for tenders of its own, with these lots."""
    return {"id": id or new_number("C"), "title": "Travaux imaginaires", "lots": [{"number": lot} for lot in lots]}


def wish(kind: str, about: Json, **data: Any) -> Json:
    """A request of a kind about a consultation."""
    return request(f"tender.dume.{kind}.requested.v1", {"consultation": about, "buyer": BUYER, **data})


def deletion(dume_id: str, **data: Any) -> Json:
    """A request to delete a DUME."""
    return request("tender.dume.deletion.requested.v1", {"dume_id": dume_id, "buyer": BUYER, **data})


async def made(counter: Counter, kind: str, about: Json, **data: Any) -> str:
    """The identifier of a DUME that a request made."""
    answer = await counter.answer(wish(kind, about, **data))
    assert answer["ended"] == f"tender.dume.{kind}.done.v1", answer
    return str(answer["dume_id"])


async def validated(counter: Counter, about: Json) -> str:
    """The identifier of a new DUME that is validated."""
    dume_id = await made(counter, "draft", about)
    assert await made(counter, "validation", about, dume_id=dume_id) == dume_id
    return dume_id


def kept(simulator: Simulator, about: Json) -> dict[str, str]:
    """The DUMEs of a consultation at the State, each with its state."""
    dumes: Any = simulator.world.dume.state()["dumes"]  # Any: JSON of our own
    return {dume["idDume"]: dume["statut"] for dume in dumes if dume["idConsultation"] == about["id"]}


def by_hand(simulator: Simulator, about: Json, *lots: str) -> str:
    """The identifier of a DUME that somebody made on the portal, for these lots."""
    said = simulator.world.dume.answer(
        "dumeA",
        {
            "operation": SIMPLE,
            "plateforme": {"idPlateforme": "99900001100018", "idTechniquePlateforme": "TND001"},
            "rsDemandeur": BUYER["name"],
            "idDemandeur": BUYER["id"],
            "idConsultation": about["id"],
            "lots": [{"numeroLot": lot} for lot in lots],
        },
        simulator.world.clock(),
    )
    response: Any = said.json["response"]  # Any: JSON of our own
    return str(response["idDume"])


def lag(simulator: Simulator, seconds: float = UNSHOWN) -> None:
    """Let searches stay behind from now on."""
    simulator.world.dume.search_lag = seconds

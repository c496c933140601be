"""Requests of a buyer about DUMEs, and what the simulated State has of them."""

from __future__ import annotations

import base64
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
    fields = {"idConsultation": about["id"], "lots": [{"numeroLot": lot} for lot in lots]}
    return str(_asked(simulator, SIMPLE, **fields)["idDume"])


def document_of(simulator: Simulator, dume_id: str) -> bytes:
    """The document of a DUME as the State has it."""
    return base64.b64decode(_asked(simulator, DOCUMENT, idDume=dume_id, format="2")["dume"])


def shown_lots(simulator: Simulator, dume_id: str) -> list[str]:
    """The lots that a DUME serves at the State."""
    dumes: Any = simulator.world.dume.state()["dumes"]  # Any: JSON of our own
    return next(list(dume["lots"]) for dume in dumes if dume["idDume"] == dume_id)


def _asked(simulator: Simulator, operation: str, **fields: Any) -> Json:
    said = simulator.world.dume.answer(
        "dumeA",
        {
            "operation": operation,
            "plateforme": {"idPlateforme": "99900001100018", "idTechniquePlateforme": "TND001"},
            "rsDemandeur": BUYER["name"],
            "idDemandeur": BUYER["id"],
            **fields,
        },
        simulator.world.clock(),
    )
    response: Json = dict(said.json["response"])  # type: ignore[call-overload]  # JSON of our own
    if response["messageList"]:
        raise AssertionError(response["messageList"])
    return response


def lag(simulator: Simulator, seconds: float = UNSHOWN) -> None:
    """Let searches stay behind from now on."""
    simulator.world.dume.search_lag = seconds


def refusing(counter: Counter, operation: str, code: str = "EX-1", text: str = "Non.") -> None:
    """Let the next call of an operation be refused, whatever it asks."""
    body = {"response": {"messageList": [{"type": "ERREUR", "code": code, "message": text}]}}
    counter.fault("status", operation, params={"status": 200, "body": body})

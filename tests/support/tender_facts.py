"""Facts about a consultation as a buyer profile tells them, and what the State keeps of it."""

from __future__ import annotations

from typing import Any

from service.sandbox.simulator import Simulator
from tests.builders import BUYER
from tests.support.bus import Json, request

SAVE, SIMPLE, DELETE, METADATA = "enregistrerDume", "creerDumeSimple", "supprimerDume", "mettreAJourDume"
SAME: Json = {
    "title": "Travaux imaginaires",
    "procedure": "Procédure adaptée",
    "lots": [{"number": "1", "title": "Gros œuvre"}],
}


def fact(kind: str, consultation: str, revision: int, *, id: str | None = None, **changes: Any) -> Json:
    """A fact; `changes` are to the consultation, but `simplified`, `dume_id` and `buyer`, which stand beside it."""
    beside: Json = {name: changes.pop(name) for name in ("simplified", "dume_id") if name in changes}
    buyer = changes.pop("buyer", BUYER)
    told: Json = {}
    if kind != "cancelled":
        told = {**SAME, **changes}
    data: Json = {"consultation": {"id": consultation, "revision": revision, **told}, "buyer": buyer, **beside}
    return request(f"tender.{kind}.v1", data, id=id)


def kept(simulator: Simulator, consultation: str) -> list[Json]:
    """The DUMEs of a consultation, the oldest first, whatever became of them."""
    dumes: list[Json] = list(simulator.world.dume.state()["dumes"])  # type: ignore[call-overload]  # JSON of our own
    return [dume for dume in dumes if dume["idConsultation"] == consultation]


def states(simulator: Simulator, consultation: str) -> list[str]:
    """Their states, in the State's own words."""
    return [str(dume["statut"]) for dume in kept(simulator, consultation)]

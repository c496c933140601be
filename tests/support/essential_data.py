"""Requests about essential data, and a State that has many of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from service.sandbox.simulator import Simulator
from service.sandbox.simulator.dume_essential_register import Facts
from service.sandbox.simulator.dume_request import Platform
from tests.builders import BUYER, new_number
from tests.support.bus import Json, request
from tests.support.worker import SECRETS

FAMILY = "tender.essential_data"
PUBLISH, UPDATE = "enregistrerDE", "MettreAJourDonneesEssentielles"
FIND, FIND_V1 = "recupererDEV2", "recupererDE"
HOLDER = "99900045800037"
OTHER_BUYER = "99900045600014"
PLATFORM = Platform(
    owner_id=SECRETS["RELAY_DUME__PLATFORM_ID"], technical_id=SECRETS["RELAY_DUME__TECHNICAL_PLATFORM_ID"]
)
NATURES = {"MP": "Marché", "CC": "Concession de service"}
PROCEDURES = {"MP": "Procédure adaptée", "CC": "Procédure négociée ouverte"}


def contract(**changes: Any) -> Json:  # Any: fields of every kind
    """A contract with all that the look compares."""
    usual = {
        "id": new_number("M")[:16],
        "object": "Maintenance d'un réseau imaginaire",
        "nature": "Marché",
        "procedure": "Procédure adaptée",
        "notified_on": "2026-10-28",
        "amount": "182000.50",
        "cpv": "50312600",
        "techniques": ["Sans objet"],
        "holders": [{"id": HOLDER}],
        "place": {"code": "99999", "code_type": "Code commune"},
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def concession(**changes: Any) -> Json:  # Any: as above
    """A concession with all that the look compares."""
    usual = {
        "id": new_number("C")[:16],
        "object": "Exploitation d'un port imaginaire",
        "nature": "Concession de service",
        "procedure": "Procédure négociée ouverte",
        "signed_on": "2026-09-01",
        "total_value": "4000000",
        "concessionaires": [{"id": HOLDER}],
    }
    return {**usual, **changes}


def publication(subject: Json | None = None, *, kind: str = "contract", **data: Any) -> Json:  # Any: as above
    """A request to publish a contract, or a concession."""
    return request(f"{FAMILY}.publication.requested.v1", {"buyer": BUYER, kind: subject or contract(), **data})


def update(reference: str, **data: Any) -> Json:  # Any: as above
    """A request to update what stands under a reference."""
    return request(f"{FAMILY}.update.requested.v1", {"reference": reference, **data})


def search(**criteria: Any) -> Json:  # Any: as above
    """A request to search by these criteria."""
    return request(f"{FAMILY}.search.requested.v1", criteria)


def kept(simulator: Simulator) -> list[Json]:
    """What the State holds, as it shows people."""
    return [one.to_json() for one in simulator.world.dume.essential_data.all()]


def publish_all(simulator: Simulator) -> None:
    """Let as much time pass as the State takes to publish, and its searches to show it."""
    simulator.world.clock.move(60)


def put(
    simulator: Simulator,
    days: Iterable[date],
    *,
    kind: str = "MP",
    buyer: str = BUYER["id"],
    nature: str | None = None,
    procedure: str | None = None,
) -> list[str]:
    """Let the State have one contract published on each of these days; gives their references in that order."""
    register = simulator.world.dume.essential_data
    references = []
    for day in days:
        values = {
            "id": new_number("X")[:16],
            "objet": "Objet imaginaire",
            "nature": nature or NATURES[kind],
            "procedure": procedure or PROCEDURES[kind],
        }
        facts = Facts(
            kind=kind, buyer_id=buyer, values=values, operators=({"id": HOLDER},), consultation={}, followed={}
        )
        at = datetime.combine(day, time(12), UTC)
        references.append(register.add(PLATFORM, facts, at, published_at=at).reference)
    return references


def span(first: date, count: int) -> list[date]:
    """So many days, one after the other."""
    return [first + timedelta(days=number) for number in range(count)]

"""Requests of a bidder's platform, and DUMEs of buyers that a bidder may answer."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from service.core.outcome import RetryLater
from service.sandbox.simulator import Simulator
from service.sandbox.simulator import dume_response as documents
from service.sandbox.simulator.dume_bids import KeptBid
from service.sandbox.simulator.world import World
from tests.builders import BUYER, new_number
from tests.support.bus import Json, request
from tests.support.counter import Counter
from tests.support.worker import SECRETS

MERGE = "tender.bid.merge.requested.v1"
SAVE = "tender.bid.save.requested.v1"
CREATION = "tender.bid.creation.requested.v1"
SEARCH = "tender.dume.search.requested.v1"
COMPANY = "tender.company.lookup.requested.v1"

BIDDER = {"id": "99900045800037", "name": "Atelier Exemple SARL"}
MERGING, SAVING, CREATING = (
    "FusionnerDumeAvecDonneesEntreprise",
    "enregistrerDume",
    "recupererDumeOEAvecDonnesEntreprise",
)
XML = documents.of_company(BIDDER["id"], BIDDER["name"])
ASKED = b'<QualificationApplicationRequest xmlns="urn:oasis:names:specification:ubl:schema:xsd:Q-2"/>'


def text(document: bytes) -> str:
    """A document as events carry it."""
    return base64.b64encode(document).decode()


def consultation(**more: Any) -> Json:  # Any: fields of every kind
    """A consultation that nobody has used before."""
    return {"id": new_number("C"), **more}


def saving(about: Json, document: bytes = XML, **more: Any) -> Json:  # Any: as above
    """A request to save a DUME of the usual bidder."""
    return request(SAVE, {"document": text(document), "consultation": about, "bidder": BIDDER, **more})


def creation(**more: Any) -> Json:  # Any: as above
    """A request to create a DUME of the usual bidder out of company data."""
    return request(CREATION, {"bidder": BIDDER, **more})


def merging(**data: Any) -> Json:  # Any: as above
    """A request to merge."""
    return request(MERGE, data)


def company(siret: str = BIDDER["id"], **more: Any) -> Json:  # Any: as above
    """A request for what is known of a company."""
    return request(COMPANY, {"siret": siret, **more})


def told(world: World, domain: str, operation: str, *, at: datetime | None = None, **fields: Any) -> Json:
    """What DUME answers another product on the relay's own platform; raises AssertionError for a refusal."""
    platform = {
        "typeIdPlateforme": "1",
        "idPlateforme": SECRETS["RELAY_DUME__PLATFORM_ID"],
        "idTechniquePlateforme": SECRETS["RELAY_DUME__TECHNICAL_PLATFORM_ID"],
    }
    body = {"operation": operation, "plateforme": platform, "rsDemandeur": "Un produit", "idDemandeur": BUYER["id"]}
    answer = world.dume.answer(domain, {**body, **fields}, at or world.clock())
    response: Json = dict(answer.json["response"])  # type: ignore[call-overload]  # JSON of our own
    if any(message["type"] == "ERREUR" for message in response["messageList"]):
        raise AssertionError(response["messageList"])
    return response


def published(world: World, consultation_id: str) -> str:
    """The identifier of a buyer's DUME that bidders can merge from."""
    made = told(world, "dumeA", "creerDumeSimple", idConsultation=consultation_id, idAcheteur=BUYER["id"])
    world.dume.set_state(str(made["idDume"]), "publié")
    return str(made["idDume"])


def elsewhere(world: World, consultation_id: str | None, *, at: datetime | None = None, **fields: Any) -> str:
    """The identifier of a DUME of the usual bidder that another product saved."""
    about = {} if consultation_id is None else {"idConsultation": consultation_id}
    saved = told(world, "dumeOE", SAVING, at=at, dume=text(XML), siretOE=BIDDER["id"], **about, **fields)
    return str(saved["idDume"])


def bids_of(simulator: Simulator) -> tuple[KeptBid, ...]:
    """The DUMEs of bidders as the State keeps them, documents included."""
    return simulator.world.dume._books.bids.all()


def ids(simulator: Simulator) -> list[str]:
    """The identifiers of the bidders' DUMEs that the State holds."""
    return [one.dume_id for one in bids_of(simulator)]


async def in_doubt(counter: Counter, event: Json) -> None:
    """Let a request be sent, its answer lost."""
    outcome = await counter.pipeline.handle(counter.delivery(event))
    if not isinstance(outcome, RetryLater) or outcome.reason != "in_doubt":
        raise AssertionError(outcome)

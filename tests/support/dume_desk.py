"""A buyer's product that talks to the DUME side of the simulator, for tests of it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from service.sandbox.simulator.dume import DumeAnswer, DumeService

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PLATFORM = ("99900001100018", "TND001")
OTHER = ("99900001200016", "TND002")
BUYER = "99900012800010"
CONSULTATION = "2026-DSI-0142"
XML = (
    '<QualificationApplicationRequest xmlns="urn:oasis:names:specification:ubl:schema:xsd:'
    'QualificationApplicationRequest-2"/>'
)
DOCUMENT = base64.b64encode(XML.encode()).decode()

Json = dict[str, Any]  # reason: bodies as they are on the wire


class Desk:
    """A buyer's product that talks to one service; its clock moves by hand."""

    def __init__(self, **settings: Any) -> None:
        self.service = DumeService(platforms={PLATFORM, OTHER}, **settings)
        self.now = NOW
        self.platform = PLATFORM

    def ask(self, operation: str, domain: str = "dumeA", **fields: Any) -> DumeAnswer:
        """One request with the usual envelope, over which the fields are laid; None takes a field away."""
        owner, technical = self.platform
        body: Json = {
            "operation": operation,
            "plateforme": {"typeIdPlateforme": "1", "idPlateforme": owner, "idTechniquePlateforme": technical},
            "rsDemandeur": "Ville de Exempleville",
            "idDemandeur": BUYER,
            **fields,
        }
        body = {name: value for name, value in body.items() if value is not None}
        return self.service.answer(domain, body, self.now)

    def response(self, operation: str, **fields: Any) -> Json:
        """The answer of a request that must succeed."""
        return taken(self.ask(operation, **fields))

    def simple(self, **fields: Any) -> str:
        """A simplified DUME; gives its identifier."""
        response = self.response("creerDumeSimple", **{"idConsultation": CONSULTATION, "idAcheteur": BUYER, **fields})
        return str(response["idDume"])

    def draft(self, **fields: Any) -> str:
        """A draft with a document; gives its identifier."""
        return str(self.response("enregistrerDume", **to_save(**fields))["idDume"])

    def found(self) -> list[Json]:
        """What a search for the consultation shows."""
        return list(self.response("rechercherDumes", idConsultation=CONSULTATION)["dumes"])


def to_save(**fields: Any) -> Json:
    """The fields of a draft of the usual consultation."""
    return {"dume": DOCUMENT, "statut": "brouillon", "idConsultation": CONSULTATION, "idAcheteur": BUYER, **fields}


def taken(answer: DumeAnswer) -> Json:
    """The response of an answer without a message."""
    response: Json = dict(answer.json["response"])  # type: ignore[call-overload]  # JSON of our own
    if response["messageList"]:
        raise AssertionError(response["messageList"])
    return response


def refused(answer: DumeAnswer) -> str:
    """The code of an answer that refuses and did nothing."""
    if answer.effect != "none":
        raise AssertionError(f"refused, and yet {answer.effect}")
    response: Json = answer.json["response"]  # type: ignore[assignment]  # JSON of our own
    (message,) = response["messageList"]
    if message["type"] != "ERREUR" or not message["message"]:
        raise AssertionError(message)
    return str(message["code"])

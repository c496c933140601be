"""The DUME side of the simulator: how it reads requests, and what it says of wrong ones."""

from __future__ import annotations

import base64

import pytest

from tests.support.dume_desk import (
    BUYER,
    CONSULTATION,
    DOCUMENT,
    OTHER,
    PLATFORM,
    XML,
    Desk,
    Json,
    refused,
    taken,
    to_save,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("operation", ["recupererDumeFormate", "rechercherDumeA", "RECHERCHERDUMEA"])
def test_should_know_the_other_spellings_of_an_operation(operation: str) -> None:
    """The official page of one operation prints another constant; case does not count."""
    desk = Desk()
    answer = desk.ask(operation, idDume=desk.draft(), format=2)

    assert base64.b64decode(taken(answer)["dume"]) == XML.encode()
    assert answer.operation == "recupererDumeFormate"


@pytest.mark.parametrize("field", ["dume", "dumeA", "DumeOE"])
def test_should_take_the_document_under_each_of_its_names(field: str) -> None:
    """The pages do not agree on it."""
    assert Desk().ask("enregistrerDume", **to_save(**{"dume": None, field: DOCUMENT})).effect == "created"


def test_should_take_the_consultation_in_an_object_of_its_own() -> None:
    """The pages group these rows under headings that may be objects."""
    desk = Desk()
    nested = {"consultation": {"idConsultation": CONSULTATION, "lots": [{"numeroLot": "1"}]}}

    desk.response("creerDumeSimple", **nested, acheteur={"idAcheteur": BUYER})

    assert [row["numeroLot"] for row in desk.response("rechercherDumes", **nested)["dumes"]] == ["1"]


def test_should_render_a_pdf() -> None:
    """Of a DUME that is kept or of the document given in its place."""
    desk = Desk()
    dume_id = desk.simple()
    document = desk.response("recupererDumeFormate", idDume=dume_id, format="2")["dume"]

    kept = desk.response("recupererDumeFormate", idDume=dume_id, format="1")
    given = desk.response("recupererDumeFormate", dumeA=document, format="1")

    assert base64.b64decode(kept["dume"]).startswith(b"%PDF-")
    assert base64.b64decode(given["dume"]).startswith(b"%PDF-")
    assert "idDume" not in given


PLATFORM_OK = {"typeIdPlateforme": "1", "idPlateforme": PLATFORM[0], "idTechniquePlateforme": PLATFORM[1]}
WRONG = {
    "no platform": ("creerDumeSimple", {"plateforme": None}, "SIM-PARAM-002"),
    "no platform id": ("creerDumeSimple", {"plateforme": {"idTechniquePlateforme": "TND001"}}, "SIM-PARAM-002"),
    "no requester": ("creerDumeSimple", {"idDemandeur": None}, "SIM-PARAM-002"),
    "long name": ("creerDumeSimple", {"rsDemandeur": "x" * 101}, "SIM-PARAM-001"),
    "short SIRET": ("creerDumeSimple", {"plateforme": PLATFORM_OK | {"idPlateforme": "9990"}}, "SIM-PARAM-001"),
    "RIDET": ("creerDumeSimple", {"plateforme": PLATFORM_OK | {"typeIdPlateforme": "4"}}, "SIM-PARAM-001"),
    "type": ("creerDumeSimple", {"plateforme": PLATFORM_OK | {"typeIdPlateforme": "6"}}, "SIM-PARAM-004"),
    "technical id": ("creerDumeSimple", {"plateforme": PLATFORM_OK | {"idTechniquePlateforme": "T"}}, "SIM-PARAM-001"),
    "another pair": (
        "creerDumeSimple",
        {"plateforme": PLATFORM_OK | {"idTechniquePlateforme": OTHER[1]}},
        "SIM-PLAT-001",
    ),
    "no consultation": ("creerDumeSimple", {"idConsultation": None}, "SIM-PARAM-002"),
    "a list": ("creerDumeSimple", {"idConsultation": ["a"]}, "SIM-PARAM-001"),
    "lots": ("creerDumeSimple", {"lots": ["1"]}, "SIM-PARAM-001"),
    "buyer": ("creerDumeSimple", {"idAcheteur": "1"}, "SIM-PARAM-001"),
    "no document": ("enregistrerDume", {"dume": None}, "SIM-PARAM-002"),
    "base64": ("enregistrerDume", {"dume": "***"}, "SIM-PARAM-005"),
    "not XML": ("enregistrerDume", {"dume": base64.b64encode(b"hello").decode()}, "SIM-PARAM-005"),
    "another XML": ("enregistrerDume", {"dume": base64.b64encode(b"<Invoice/>").decode()}, "SIM-PARAM-005"),
    "state": ("enregistrerDume", {"statut": "publié"}, "SIM-PARAM-004"),
    "unknown state": ("enregistrerDume", {"statut": "fini"}, "SIM-PARAM-004"),
    "unknown DUME": ("enregistrerDume", {"idDume": "aaaaaaaa"}, "SIM-DUME-010"),
    "no criterion": ("rechercherDumes", {"idConsultation": None, "idAcheteur": None}, "SIM-PARAM-002"),
    "format": ("recupererDumeFormate", {"idDume": "aaaaaaaa", "format": "4", "dume": None}, "SIM-PARAM-004"),
    "both": ("recupererDumeFormate", {"idDume": "aaaaaaaa", "format": "2"}, "SIM-PARAM-003"),
    "neither": ("recupererDumeFormate", {"format": "2", "dume": None}, "SIM-PARAM-003"),
    "nothing to delete": ("supprimerDume", {}, "SIM-PARAM-002"),
}


@pytest.mark.parametrize(("operation", "wrong", "code"), WRONG.values(), ids=WRONG.keys())
def test_should_say_what_is_wrong(operation: str, wrong: Json, code: str) -> None:
    """Each mistake has its code, and leaves nothing behind."""
    desk = Desk()

    answer = desk.ask(operation, **to_save(**wrong))

    assert refused(answer) == code
    assert answer.summary["code"] == code
    assert desk.service.state()["count"] == 0


def test_should_look_at_the_platform_before_the_rest() -> None:
    """An unregistered platform hears that alone, whatever else is missing."""
    answer = Desk().ask("enregistrerDume", plateforme=PLATFORM_OK | {"idTechniquePlateforme": "NOBODY"})

    assert refused(answer) == "SIM-PLAT-001"

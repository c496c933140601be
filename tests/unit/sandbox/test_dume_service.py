"""The DUME side of the simulator: what it does and keeps."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from contracts.events import Buyer, Consultation
from service.core.espd import consultation_of, fill
from service.sandbox.simulator.dume import DumeService
from tests.support.dume_desk import (
    BUYER,
    CONSULTATION,
    DOCUMENT,
    NOW,
    Desk,
    Json,
    refused,
    taken,
    to_save,
)

pytestmark = pytest.mark.unit

DOMAINS = [
    "dumeA",
    "dumeOE",
    "donnees",
    "metadonnees",
    "referentiels",
    "ecertis",
    "attestations",
    "donneesEssentielles",
]


@pytest.mark.parametrize("domain", DOMAINS)
def test_should_be_well_in_every_domain(domain: str) -> None:
    """The health check is part of every domain and asks for nothing."""
    answer = DumeService(platforms=()).answer(domain, {"operation": "healthcheck"}, NOW)

    assert answer.operation == "healthCheck"
    assert taken(answer)["etat"] == "OK"


@pytest.mark.parametrize(
    ("domain", "operation"),
    [("dumeA", "validerDume"), ("attestations", "rechercherDumes"), ("dumeA", ""), ("dumeA", ["a"])],
)
def test_should_refuse_an_operation_it_does_not_know(domain: str, operation: Any) -> None:
    """As a message, and in every domain."""
    assert refused(Desk().ask(operation, domain)) == "SIM-OPER-001"


def test_should_give_a_model_that_the_relay_can_fill() -> None:
    """The blank document takes reference, procedure, buyer and lots."""
    response = Desk().response("recupererModelDume", rsDemandeur=None, idDemandeur=None)
    consultation = Consultation.model_validate({"id": CONSULTATION, "reference": "DSI/1", "lots": [{"number": "7"}]})
    buyer = Buyer.model_validate({"id": BUYER, "name": "Ville de Exempleville"})

    filled = fill(base64.b64decode(response["dumeA"]), consultation=consultation, buyer=buyer, procedure_code="OPEN")

    assert consultation_of(filled) == "DSI/1"
    assert b">OPEN<" in filled
    assert filled.count(b"ProcurementProjectLot>") == 2


def test_should_create_a_simplified_dume() -> None:
    """With an identifier of eight lower-case letters and digits, in the state that the settings say."""
    desk = Desk(simplified_state="valide")

    answer = desk.ask("creerDumeSimple", idConsultation=CONSULTATION, idAcheteur=BUYER)

    dume_id = taken(answer)["idDume"]
    assert answer.effect == "created"
    assert taken(answer)["statut"] == "validé"
    assert len(dume_id) == 8
    assert dume_id.isalnum()
    assert dume_id == dume_id.lower()
    assert answer.summary == {"idDume": dume_id, "idConsultation": CONSULTATION, "statut": "validé"}


def test_should_leave_a_simplified_dume_as_a_draft_by_default() -> None:
    """No public page says which state it is."""
    assert Desk().response("creerDumeSimple", idConsultation=CONSULTATION)["statut"] == "brouillon"


def test_should_write_the_consultation_into_a_simplified_dume() -> None:
    """Its document can be fetched and validated like any other."""
    desk = Desk()
    dume_id = desk.simple(
        refFonctionnelleConsultation="DSI/<1>", procedure="Procédure adaptée", typeMarche="SERVICES",
        lots=[{"numeroLot": "1", "libelle": "Câblage & prises"}, {"numeroLot": "2"}],
    )  # fmt: skip

    document = base64.b64decode(desk.response("recupererDumeFormate", idDume=dume_id, format="2")["dume"])

    assert consultation_of(document) == "DSI/<1>"
    assert "Câblage &amp; prises" in document.decode()
    assert b">OPEN<" in document
    assert b">SERVICES<" in document


def test_should_keep_changing_a_draft_and_then_validate_it() -> None:
    """Under one identifier throughout."""
    desk = Desk()
    dume_id = desk.draft()

    changed = desk.ask("enregistrerDume", **to_save(idDume=dume_id, libelleConsultation="Réseau"))
    validated = desk.ask("enregistrerDume", **to_save(idDume=dume_id, statut="VALIDE"))

    assert (changed.effect, taken(changed)["idDume"], taken(changed)["statut"]) == ("changed", dume_id, "brouillon")
    assert (validated.effect, taken(validated)["idDume"], taken(validated)["statut"]) == ("changed", dume_id, "validé")
    assert [row["statut"] for row in desk.found()] == ["validé"]


def test_should_validate_without_hearing_of_the_consultation_again() -> None:
    """What a request leaves out stays as it was."""
    desk = Desk()
    dume_id = desk.draft(lots=[{"numeroLot": "3"}])

    desk.response("enregistrerDume", idDume=dume_id, dume=DOCUMENT, statut="validé")

    (row,) = desk.found()
    assert row == {"idDume": dume_id, "statut": "validé", "idConsultation": CONSULTATION, "numeroLot": "3"}


@pytest.mark.parametrize("state", ["brouillon", "validé"])
def test_should_not_change_a_validated_dume(state: str) -> None:
    """Nor validate it twice."""
    desk = Desk()
    dume_id = desk.draft(statut="validé")

    assert refused(desk.ask("enregistrerDume", **to_save(idDume=dume_id, statut=state))) == "SIM-DUME-021"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"lots": [{"numeroLot": "1"}, {"numeroLot": "2"}]}, {"lots": [{"numeroLot": "2"}]}),
        ({"lots": [{"numeroLot": "1"}]}, {}),
    ],
)
def test_should_keep_one_living_dume_per_consultation_lot_and_buyer(first: Json, second: Json) -> None:
    """However the second one is made; a DUME without lots serves the whole consultation."""
    desk = Desk()
    desk.simple(**first)

    answers = [desk.ask("enregistrerDume", **to_save(**second)), desk.ask("creerDumeSimple", **to_save(**second))]

    assert [refused(answer) for answer in answers] == ["SIM-DUME-011", "SIM-DUME-011"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"lots": [{"numeroLot": "1"}]}, {"lots": [{"numeroLot": "2"}]}),
        ({}, {"idConsultation": "another"}),
        ({}, {"idAcheteur": "99900045800037"}),
    ],
)
def test_should_keep_dumes_side_by_side_that_serve_different_things(first: Json, second: Json) -> None:
    """Another lot, another consultation or another buyer."""
    desk = Desk()
    desk.simple(**first)

    assert desk.ask("enregistrerDume", **to_save(**second)).effect == "created"


def test_should_not_turn_a_draft_into_a_second_dume_for_a_lot() -> None:
    """A change of lots is looked at like a new DUME."""
    desk = Desk()
    desk.draft(lots=[{"numeroLot": "1"}])
    second = desk.draft(lots=[{"numeroLot": "2"}])

    answer = desk.ask("enregistrerDume", **to_save(idDume=second, lots=[{"numeroLot": "1"}]))

    assert refused(answer) == "SIM-DUME-011"


def test_should_replace_a_validated_dume_by_another() -> None:
    """The new one has its own identifier; the old one stays visible as replaced."""
    desk = Desk()
    old = desk.draft(statut="validé")

    response = desk.response("enregistrerDume", **to_save(statut="validé", idDumeRemplace=old))

    assert response["idDumeRemplace"] == old
    assert response["idDume"] != old
    assert {row["idDume"]: row["statut"] for row in desk.found()} == {old: "remplacé", response["idDume"]: "validé"}


def test_should_replace_only_once_the_replacement_is_validated() -> None:
    """As a draft it leaves the old one in its place."""
    desk = Desk()
    old = desk.draft(statut="validé")
    new = desk.draft(idDumeRemplace=old)
    before = {row["idDume"]: row["statut"] for row in desk.found()}

    desk.response("enregistrerDume", **to_save(idDume=new, statut="validé"))

    assert before == {old: "validé", new: "brouillon"}
    assert {row["idDume"]: row["statut"] for row in desk.found()} == {old: "remplacé", new: "validé"}


@pytest.mark.parametrize("state", ["brouillon", "remplacé", "04"])
def test_should_replace_only_what_is_validated_or_published(state: str) -> None:
    """A draft is changed instead, and what is gone stays gone."""
    desk = Desk()
    old = desk.draft()
    desk.service.set_state(old, state)

    assert refused(desk.ask("enregistrerDume", **to_save(idDumeRemplace=old))) == "SIM-DUME-022"


def test_should_free_the_consultation_when_a_dume_is_deleted() -> None:
    """It gets the one code that is known, and another DUME may follow without a replacement."""
    desk = Desk()
    first = desk.draft(statut="validé")

    response = desk.response("supprimerDume", IdDume=first)

    assert response == {"messageList": [], "idDume": first, "statut": "04"}
    assert desk.simple() != first


def test_should_delete_twice_with_one_effect() -> None:
    """A repeat is not refused."""
    desk = Desk()
    dume_id = desk.draft()

    effects = [desk.ask("supprimerDume", idDume=dume_id).effect for _ in range(2)]

    assert effects == ["changed", "none"]


def test_should_not_delete_what_was_replaced() -> None:
    """Bidders may still start from it."""
    desk = Desk()
    dume_id = desk.draft()
    desk.service.set_state(dume_id, "remplace")

    assert refused(desk.ask("supprimerDume", idDume=dume_id)) == "SIM-DUME-023"

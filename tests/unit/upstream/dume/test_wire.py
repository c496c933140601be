"""What DUME takes and gives, by the names of the mapping."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from contracts.events import Buyer, Consultation
from service.core.errors import EventInvalid
from service.upstream.dume.mapping import DumeMapping
from service.upstream.dume.wire import NotInAnswer, Wire
from service.upstream.mapping import load_mapping
from service.upstream.values import Platform, Requester

pytestmark = pytest.mark.unit

CONSULTATION = Consultation.model_validate(
    {
        "id": "2026-DSI-0142",
        "reference": "DSI/2026/0142",
        "title": "Maintenance du réseau",
        "procedure": "Procédure adaptée",
        "contract_type": "services",
        "cpv": ["50312300"],
        "lots": [{"number": "1", "title": "Equipements"}, {"number": "2"}],
    }
)
BUYER = Buyer.model_validate({"id": "99900012800010", "name": "Ville de Exempleville"})
PLATFORM = Platform(platform_id="99900001100018", technical_platform_id="TND001")
REQUESTER = Requester(id="99900012800028", name="Métropole de Exempleville")
HEAD = {
    "plateforme": {
        "typeIdPlateforme": "1",
        "idPlateforme": "99900001100018",
        "idTechniquePlateforme": "TND001",
    },
    "rsDemandeur": "Ville de Exempleville",
    "idDemandeur": "99900012800010",
}


def wire(mapping: DumeMapping | None = None, requester: Requester | None = REQUESTER) -> Wire:
    return Wire(mapping=mapping or load_mapping().dume, platform=PLATFORM, requester=requester)


def changed(tmp_path: Path, text: str) -> DumeMapping:
    file = tmp_path / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return load_mapping(file).dume


def test_should_ask_for_a_simplified_dume() -> None:
    """Envelope, consultation, buyer and lots; what is unknown is left out."""
    assert wire().simple(CONSULTATION, BUYER).root == {
        "operation": "creerDumeSimple",
        **HEAD,
        "idConsultation": "2026-DSI-0142",
        "refFonctionnelleConsultation": "DSI/2026/0142",
        "libelleConsultation": "Maintenance du réseau",
        "typeMarche": "SERVICES",
        "procedure": "Procédure adaptée",
        "typeIdAcheteur": "1",
        "idAcheteur": "99900012800010",
        "lots": [{"numeroLot": "1", "libelle": "Equipements"}, {"numeroLot": "2"}],
    }


@pytest.mark.parametrize(
    ("validated", "dume_id", "replaces", "expected"),
    [
        (False, None, None, {"statut": "brouillon"}),
        (False, "k7p2x9qd", None, {"statut": "brouillon", "idDume": "k7p2x9qd"}),
        (True, "k7p2x9qd", None, {"statut": "validé", "idDume": "k7p2x9qd"}),
        (True, None, "k7p2x9qd", {"statut": "validé", "idDumeRemplace": "k7p2x9qd"}),
    ],
)
def test_should_ask_to_keep_a_document(
    validated: bool,  # noqa: FBT001 - the column of a table
    dume_id: str | None,
    replaces: str | None,
    expected: dict[str, str],
) -> None:
    """As a draft or for good, over a draft, or in place of another."""
    request = wire().save(
        document=b"<xml/>", validated=validated, consultation=None, buyer=BUYER, dume_id=dume_id, replaces=replaces
    )

    assert request.root == {
        "operation": "enregistrerDume",
        **HEAD,
        "dume": base64.b64encode(b"<xml/>").decode(),
        "typeIdAcheteur": "1",
        "idAcheteur": "99900012800010",
        **expected,
    }


def test_should_ask_for_a_replacement_as_an_operator_says(tmp_path: Path) -> None:
    """How one is asked for is not published: a state of its own may be what the State wants."""
    mapping = changed(tmp_path, "dume: {sent_states: {replacement: remplacé}, left_out: [replaced_dume_id]}")

    request = wire(mapping).save(
        document=b"<xml/>", validated=True, consultation=None, buyer=BUYER, dume_id=None, replaces="k7p2x9qd"
    )

    assert (request.root["statut"], "idDumeRemplace" in request.root) == ("remplacé", False)


def test_should_ask_to_delete_a_dume() -> None:
    """The requester and the identifier, which the page prints as optional."""
    assert wire().delete(dume_id="k7p2x9qd", buyer=BUYER).root == {
        "operation": "supprimerDume",
        **HEAD,
        "idDume": "k7p2x9qd",
    }


def test_should_tell_metadata_under_names_of_their_own(tmp_path: Path) -> None:
    """What the document says stays; names may differ from those of other requests, and be left out on their own."""
    text = "dume: {metadata: {fields: {consultation_title: objet}}, left_out: [metadata.lots, cpv, bids_due]}"

    request = wire(changed(tmp_path, text)).metadata(dume_id="k7p2x9qd", consultation=CONSULTATION, buyer=BUYER)

    assert request.root == {
        "operation": "mettreAJourDume",
        **HEAD,
        "idDume": "k7p2x9qd",
        "idConsultation": "2026-DSI-0142",
        "refFonctionnelleConsultation": "DSI/2026/0142",
        "objet": "Maintenance du réseau",
        "typeMarche": "SERVICES",
        "procedure": "Procédure adaptée",
    }


def test_should_name_only_the_platform_when_asking_for_the_model() -> None:
    """The one operation that takes no requester."""
    assert wire().model().root == {"operation": "recupererModelDume", "plateforme": HEAD["plateforme"]}


def test_should_search_in_the_name_of_the_configured_requester() -> None:
    """A search is nobody's in particular."""
    assert wire().search(consultation_id="C-1", buyer_id="99900012800010").root == {
        "operation": "rechercherDumes",
        "plateforme": HEAD["plateforme"],
        "rsDemandeur": "Métropole de Exempleville",
        "idDemandeur": "99900012800028",
        "idConsultation": "C-1",
        "siretAcheteur": "99900012800010",
    }


def test_should_take_the_configured_requester_for_the_buyer() -> None:
    """An event that names no buyer is about the configured body."""
    request = wire().simple(Consultation(id="C-1"), None).root

    assert (request["idAcheteur"], request["idDemandeur"]) == ("99900012800028", "99900012800028")


@pytest.mark.parametrize(
    ("platform", "requester"), [(None, REQUESTER), (PLATFORM, None)], ids=["no platform", "no requester"]
)
def test_should_say_what_is_not_configured(platform: Platform | None, requester: Requester | None) -> None:
    """The event is answered with the reason, not with a crash."""
    incomplete = Wire(mapping=load_mapping().dume, platform=platform, requester=requester)

    with pytest.raises(EventInvalid) as caught:
        incomplete.simple(CONSULTATION, None)

    assert caught.value.reason == "not_configured"


def test_should_nest_fields_where_the_mapping_has_dots(tmp_path: Path) -> None:
    """The State may want the consultation in an object of its own."""
    mapping = changed(
        tmp_path,
        """
dume:
  operations: {create_simple: creerDUMESimplifie}
  fields: {consultation_id: consultation.idConsultation, lots: consultation.lots, lot_title: objet.libelle}
""",
    )

    request = wire(mapping).simple(CONSULTATION, BUYER).root

    assert request["operation"] == "creerDUMESimplifie"
    assert request["consultation"] == {
        "idConsultation": "2026-DSI-0142",
        "lots": [{"numeroLot": "1", "objet": {"libelle": "Equipements"}}, {"numeroLot": "2"}],
    }


@pytest.mark.parametrize("name", ["idConsultation", "idConsultation.reference", "rsDemandeur"])
def test_should_send_nothing_when_two_values_meet(name: str) -> None:
    """Neither of the two may take the place of the other, whatever became of the checks at start."""
    dume = load_mapping().dume
    meeting = dume.model_copy(update={"fields": dume.fields.model_copy(update={"consultation_reference": name})})

    with pytest.raises(EventInvalid, match="two values of this request into one place"):
        wire(meeting).simple(CONSULTATION, BUYER)


def test_should_send_what_an_operator_wants_sent(tmp_path: Path) -> None:
    """Fields left out as too uncertain can be switched on."""
    mapping = changed(tmp_path, "dume: {left_out: []}")

    assert wire(mapping).simple(CONSULTATION, BUYER).root["codesCPV"] == ["50312300"]


@pytest.mark.parametrize("field", ["dume", "dumeA", "DUMEA", "Dume"])
def test_should_read_a_document_under_any_of_its_names(field: str) -> None:
    """The pages disagree on the name and on its capitals."""
    assert wire().read_document({field: base64.b64encode(b"<xml/>").decode()}) == b"<xml/>"


@pytest.mark.parametrize("answer", [{}, {"dume": ""}, {"dume": "***"}, {"dume": ["a"]}, {"dume": "PHhtbC8"}])
def test_should_not_take_anything_for_a_document(answer: dict[str, object]) -> None:
    """Missing, empty, or not base64."""
    with pytest.raises(NotInAnswer):
        wire().read_document(answer)


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ({}, 0),
        ({"dumes": None}, 0),
        ({"dumes": []}, 0),
        ({"dumes": [{"idDume": "a"}, {"idDume": "b"}]}, 2),
        ({"listeDumes": {"idDume": "a"}}, 1),
        ({"dumes": ["a", "b"]}, 2),
    ],
)
def test_should_read_a_list_of_dumes_in_every_form(answer: dict[str, object], count: int) -> None:
    """A list, one object, or identifiers alone."""
    found = wire().read_dumes(answer)

    assert [wire().read_text(dume, ("idDume",)) for dume in found] == ["a", "b"][:count]


def test_should_not_take_anything_for_a_list() -> None:
    """An answer of another shape is said to be one."""
    with pytest.raises(NotInAnswer):
        wire().read_dumes({"dumes": "a"})

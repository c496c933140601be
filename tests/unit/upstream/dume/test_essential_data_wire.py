"""What DUME takes as essential data, by the names of the mapping."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts.events import TenderEssentialDataPublicationRequested, TenderEssentialDataUpdateRequested
from service.core.errors import EventInvalid
from service.core.sweep import Slice
from service.upstream.dume.essential_data_names import EssentialDataMapping
from service.upstream.dume.essential_data_wire import EssentialDataWire, Named
from service.upstream.dume.mapping import DumeMapping
from service.upstream.dume.wire import Wire
from service.upstream.mapping import load_mapping
from service.upstream.values import Platform

PLATFORM = Platform(platform_id="99900001100018", technical_platform_id="TND001")
BUYER = {"id": "99900012800010", "name": "Ville imaginaire"}
HEAD = {
    "plateforme": {"typeIdPlateforme": "1", "idPlateforme": "99900001100018", "idTechniquePlateforme": "TND001"},
    "rsDemandeur": "Ville imaginaire",
    "idDemandeur": "99900012800010",
}
CONTRACT = {
    "id": "M-1",
    "object": "Toiture imaginaire",
    "nature": "Marché",
    "procedure": "Procédure adaptée",
    "notified_on": "2026-10-28",
    "techniques": ["Sans objet"],
    "place": {"code": "99999", "code_type": "Code postal"},
    "amount": "1200.10",
    "advance_rate": "0.05",
    "innovative": False,
    "holders": [{"id": "99900045800037"}, {"id": "FR00999000000", "scheme": "TVA"}],
    "further": {"lieuExecution": {"nom": "Exempleville"}, "champ": [1]},
}


def essential(mapping: DumeMapping | None = None) -> EssentialDataWire:
    return EssentialDataWire(wire=Wire(mapping=mapping or load_mapping().dume, platform=PLATFORM, requester=None))


def changed(tmp_path: Path, text: str) -> DumeMapping:
    file = tmp_path / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return load_mapping(file).dume


def published(**data: Any) -> TenderEssentialDataPublicationRequested:
    return TenderEssentialDataPublicationRequested.model_validate({"buyer": BUYER, **data})


def updated(**data: Any) -> TenderEssentialDataUpdateRequested:
    asked = {"reference": "AIFEDUME-a1b2c3d4", "buyer": BUYER, **data}
    return TenderEssentialDataUpdateRequested.model_validate(asked)


def test_should_put_a_contract_into_the_words_of_the_schema() -> None:
    """Amounts are numbers, lists are where the schema has them, further fields lie beside."""
    asked = published(contract=CONTRACT, consultation={"id": "C-1", "lot_number": "2"})

    assert essential().publication(asked).root == {
        "operation": "enregistrerDE",
        **HEAD,
        "donneesEssentielles": {
            "typeDE": "MP",
            "acheteur": {"id": "99900012800010"},
            "id": "M-1",
            "objet": "Toiture imaginaire",
            "nature": "Marché",
            "procedure": "Procédure adaptée",
            "dateNotification": "2026-10-28",
            "techniques": {"technique": ["Sans objet"]},
            "lieuExecution": {"code": "99999", "typeCode": "Code postal", "nom": "Exempleville"},
            "montant": 1200.1,
            "tauxAvance": 0.05,
            "marcheInnovant": False,
            "titulaires": [
                {"titulaire": {"id": "99900045800037", "typeIdentifiant": "SIRET"}},
                {"titulaire": {"id": "FR00999000000", "typeIdentifiant": "TVA"}},
            ],
            "donneesConsultation": {"idConsultation": "C-1", "numeroLot": "2"},
            "champ": [1],
        },
    }


def test_should_keep_every_digit_of_an_amount() -> None:
    """Fifteen digits are the same as a number and as a decimal."""
    amounts = ("999999999999999", "9999999999999.99", "0.1", "1200.00")
    requests = [essential().publication(published(contract={**CONTRACT, "amount": one})).root for one in amounts]

    assert [request["donneesEssentielles"]["montant"] for request in requests] == [  # type: ignore[index]  # a tree
        999999999999999,
        9999999999999.99,
        0.1,
        1200,
    ]


def test_should_name_a_conceding_authority() -> None:
    """A concession has other names for whose it is and who holds it."""
    concession = {
        "id": "C-1",
        "object": "Port imaginaire",
        "nature": "Concession de service",
        "procedure": "Procédure négociée ouverte",
        "signed_on": "2026-09-01",
        "concessionaires": [{"id": "99900045800037"}],
    }
    data: Any = essential().publication(published(concession=concession)).root["donneesEssentielles"]

    assert (data["typeDE"], data["autoriteConcedante"], data["dateSignature"]) == (
        "CC",
        {"id": "99900012800010"},
        "2026-09-01",
    )
    assert data["concessionnaires"] == [{"concessionnaire": {"id": "99900045800037", "typeIdentifiant": "SIRET"}}]


def test_should_put_further_fields_of_a_part_into_its_object() -> None:
    """A modification lies in an object of its own, and so do its further fields."""
    modification = {"number": 2, "notified_on": "2027-01-05", "further": {"motif": "x"}, "holders": [{"id": "9" * 14}]}
    root = essential().update(updated(modifications=[modification])).root

    assert (root["operation"], root["referenceUnique"]) == ("MettreAJourDonneesEssentielles", "AIFEDUME-a1b2c3d4")
    assert root["donneesEssentielles"] == {
        "modifications": [
            {
                "modification": {
                    "id": 2,
                    "dateNotificationModification": "2027-01-05",
                    "titulaires": [{"titulaire": {"id": "9" * 14, "typeIdentifiant": "SIRET"}}],
                    "motif": "x",
                }
            }
        ]
    }


@pytest.mark.parametrize(
    ("further", "path"),
    [
        ({"montant": 5}, "data.contract.further.montant"),
        ({"acheteur": {"id": "1"}}, "data.contract.further.acheteur.id"),
        ({"techniques": "x"}, "data.contract.further.techniques"),
    ],
)
def test_should_not_say_a_thing_twice(further: dict[str, object], path: str) -> None:
    """A further field that the request has a word for is named, and nothing is built."""
    with pytest.raises(EventInvalid) as caught:
        essential().publication(published(contract={**CONTRACT, "further": further}))

    assert (caught.value.reason, path in caught.value.detail) == ("invalid_event", True)


def test_should_follow_the_mapping(tmp_path: Path) -> None:
    """Names and nesting of an operator, and what it leaves out."""
    text = """
dume:
  left_out: [essential_data.place_code_type, essential_data.published_until]
  essential_data:
    fields: {techniques: technique, holder_id: id, holder_scheme: typeIdentifiant, inside: donnees.marche}
    operations: {publish: enregistrerDonnees}
"""
    wire = essential(changed(tmp_path, text))
    root: Any = wire.publication(published(contract={**CONTRACT, "further": {}})).root
    data = root["donnees"]["marche"]

    assert (root["operation"], data["technique"], data["lieuExecution"]) == (
        "enregistrerDonnees",
        ["Sans objet"],
        {"code": "99999"},
    )
    assert data["titulaires"][0] == {"id": "99900045800037", "typeIdentifiant": "SIRET"}
    assert "dateFinPublication" not in wire.search(Slice(until=date(2026, 1, 1)), Named(), None).root


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("contract", {"typeDE": "MP", "idAcheteur": "B", "idTitulaire": "H"}),
        ("concession", {"typeDE": "CC", "idAutoriteConcedante": "B", "idConcessionnaire": "H"}),
    ],
)
def test_should_name_whom_a_search_is_about_by_kind(kind: Any, expected: dict[str, str]) -> None:
    """The State has two names for each."""
    root = essential().search(Slice(kind=kind), Named(buyer_id="B", holder_id="H"), None).root
    root.pop("plateforme")

    assert root == {"operation": "recupererDEV2", **expected}


def test_should_ask_for_one_day_more_where_the_last_is_not_included(tmp_path: Path) -> None:
    """Whether a search of days includes the last of them is a guess, which an operator may turn round."""
    part = Slice(since=date(2026, 1, 1), until=date(2026, 1, 31))
    usual = essential().search_v1(part).root
    other = essential(changed(tmp_path, "dume: {essential_data: {last_day_included: false}}")).search_v1(part).root
    last = essential(changed(tmp_path, "dume: {essential_data: {last_day_included: false}}")).search_v1(
        Slice(until=date.max)
    )

    assert (usual["dateDebutPublication"], usual["dateFinPublication"]) == ("2026-01-01", "2026-01-31")
    assert (other["dateFinPublication"], last.root["dateFinPublication"]) == ("2026-02-01", "9999-12-31")


@pytest.mark.parametrize(
    ("message", "changed"),
    [
        (("X", "Données modifiées."), True),
        (("X", "Les données ont été mises à jour"), True),
        (("X", "Aucune modification"), False),
        (("X", "Données non modifiées"), False),
        (("X", "Bien reçu"), None),
        (("", ""), None),
    ],
)
def test_should_tell_whether_data_were_changed(message: tuple[str, str], changed: bool | None) -> None:  # noqa: FBT001 - a row
    """By parts of what the State says; what says neither is not guessed."""
    mapping: EssentialDataMapping = load_mapping().dume.essential_data

    assert mapping.was_changed((message,)) is changed


def test_should_tell_by_codes_an_operator_knows(tmp_path: Path) -> None:
    """A code stands for what it means as a whole."""
    mapping = changed(tmp_path, "dume: {essential_data: {changed_words: [DE_12], unchanged_words: [DE_1]}}")

    assert mapping.essential_data.was_changed((("DE_12", ""),)) is True


def test_should_send_no_header_where_none_is_named(tmp_path: Path) -> None:
    """The header of the State's web pages goes along unless an operator takes it away."""
    none = changed(tmp_path, "dume: {essential_data: {version_header: null}}").essential_data

    assert load_mapping().dume.essential_data.headers == {"recupererDEV2": {"X-Api-Version": "2"}}
    assert none.headers == {}

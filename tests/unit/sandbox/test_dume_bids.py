"""The DUMEs of bidders in the simulator, and what it knows of companies."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from service.sandbox.simulator import dume_response as documents
from tests.support.dume_desk import BUYER, CONSULTATION, DOCUMENT, NOW, OTHER, Desk, Json, refused, taken

pytestmark = pytest.mark.unit

BIDDER = "99900045800037"
XML = base64.b64encode(documents.of_company(BIDDER, "Atelier Exemple SARL")).decode()


def save(desk: Desk, **fields: Any) -> str:  # Any: fields of every kind
    """A DUME of the usual bidder; gives its identifier."""
    asked = {"dume": XML, "idConsultation": CONSULTATION, "siretOE": BIDDER, **fields}
    return str(taken(desk.ask("enregistrerDume", "dumeOE", **asked))["idDume"])


def found(desk: Desk, **criteria: Any) -> list[Json]:  # Any: as above
    """What a search shows."""
    rows: list[Json] = taken(desk.ask("rechercherDumes", "dumeOE", **criteria))["dumes"]
    return rows


def test_should_give_bidders_and_buyers_identifiers_of_their_own() -> None:
    """Eight letters and digits by lot, and none twice, whoever it is for."""
    desk = Desk()
    bids = [save(desk) for _ in range(50)]
    buyers = [desk.simple(idConsultation=f"C-{number}") for number in range(50)]

    assert len({*bids, *buyers}) == 100
    assert {len(dume_id) for dume_id in bids} == {8}


def test_should_keep_as_many_for_one_consultation_as_are_saved() -> None:
    """Nothing at the State keeps a bidder from having two."""
    desk = Desk()
    ids = [save(desk, lots=[{"numeroLot": "1"}, {"numeroLot": "2"}]), save(desk)]

    assert [(row["idDume"], row.get("numeroLot")) for row in found(desk, idConsultation=CONSULTATION)] == [
        (ids[0], "1"),
        (ids[0], "2"),
        (ids[1], None),
    ]


def test_should_show_what_was_saved_only_after_a_while() -> None:
    """To its own platform alone; that it is there is exact everywhere else."""
    desk = Desk(search_lag=5.0)
    dume_id = save(desk)
    at_once = found(desk, siretOE=BIDDER)
    desk.now = NOW + timedelta(seconds=5)
    later = found(desk, siretOE=BIDDER)
    save(desk, idDume=dume_id)
    desk.platform = OTHER

    assert (at_once, [row["idDume"] for row in later], found(desk, siretOE=BIDDER)) == ([], [dume_id], [])
    assert desk.service.state()["bids"][0]["saves"] == 2  # type: ignore[index]  # JSON of our own


@pytest.mark.parametrize(
    ("operation", "fields", "code"),
    [
        ("enregistrerDume", {"dume": None}, "SIM-PARAM-002"),
        ("enregistrerDume", {"dume": DOCUMENT}, "SIM-PARAM-005"),
        ("enregistrerDume", {"dume": XML, "idDume": "abcdefgh"}, "SIM-DUME-010"),
        ("rechercherDumes", {}, "SIM-PARAM-002"),
        ("FusionnerDumeAvecDonneesEntreprise", {"dumeA": DOCUMENT}, "SIM-PARAM-002"),
        ("FusionnerDumeAvecDonneesEntreprise", {"siretOE": BIDDER}, "SIM-PARAM-003"),
        (
            "FusionnerDumeAvecDonneesEntreprise",
            {"dumeA": DOCUMENT, "siretOE": "9", "typeDonnees": "3"},
            "SIM-PARAM-004",
        ),
        ("FusionnerDumes", {"dumeA": DOCUMENT}, "SIM-PARAM-003"),
        ("FusionnerDumes", {"dumeA": XML, "dumeOE": XML}, "SIM-PARAM-005"),
        ("recupererDumeOEAvecDonnesEntreprise", {}, "SIM-PARAM-002"),
    ],
)
def test_should_refuse_what_is_wrong(operation: str, fields: Json, code: str) -> None:
    """As a message, with nothing done."""
    assert refused(Desk().ask(operation, "dumeOE", **fields)) == code


@pytest.mark.parametrize("state", ["brouillon", "validé", "04"])
def test_should_not_merge_from_what_is_neither_published_nor_replaced(state: str) -> None:
    """The State says so in words."""
    desk = Desk()
    dume_id = desk.simple(idAcheteur=BUYER)
    desk.service.set_state(dume_id, state)

    asked = {"idDume": dume_id, "siretOE": BIDDER}
    assert refused(desk.ask("FusionnerDumeAvecDonneesEntreprise", "dumeOE", **asked)) == "SIM-DUME-031"


@pytest.mark.parametrize(
    "names",
    [
        {"idDumeA": "buyer", "idDumeOE": "bid"},
        {"IDDUME": "buyer", "idDumeOE": "bid"},
        {"dumeA": {"idDume": "buyer"}, "dumeOE": {"idDume": "bid"}},
        {"dumeAcheteur": {"idDume": "buyer"}, "idDumeOE": "bid"},
    ],
)
def test_should_take_two_identifiers_however_they_are_told_apart(names: Json) -> None:
    """Named apart, or each in an object of its own."""
    desk = Desk()
    buyer = desk.simple(idAcheteur=BUYER)
    desk.service.set_state(buyer, "remplacé")
    ids = {"buyer": buyer, "bid": save(desk)}
    fields = {
        name: {inner: ids[said] for inner, said in value.items()} if isinstance(value, dict) else ids[value]
        for name, value in names.items()
    }
    merged = base64.b64decode(taken(desk.ask("fusionnerDumes", "dumeOE", **fields))["dumeOE"])

    assert b"Atelier Exemple SARL" in merged
    assert CONSULTATION.encode() in merged


@pytest.mark.parametrize(
    ("how", "messages", "has_data"),
    [("up", [], True), ("no_data", [], False), ("message", ["INFORMATION"], False), ("timeout", [], True)],
)
def test_should_tell_in_each_way_that_the_company_service_is_down(
    how: str, messages: list[str], *, has_data: bool
) -> None:
    """By what is missing, by a message, by a refusal, or by nothing at all."""
    desk = Desk(company_service=how)
    answer: Json = desk.ask("recupererDonneesOE", "donnees", siretOE=BIDDER).json["response"]  # type: ignore[assignment]

    assert ([one["type"] for one in answer["messageList"]], "donneesOE" in answer) == (messages, has_data)
    assert desk.service.hangs("donnees", {"operation": "RecupererDonneesOE"}) is (how == "timeout")


def test_should_refuse_for_want_of_company_data() -> None:
    """The one way of being down that is an error."""
    desk = Desk(company_service="refusal")

    assert refused(desk.ask("recupererDonneesOE", "donnees", siretOE=BIDDER)) == "SIM-DATA-001"
    assert desk.service.hangs("donnees", {"operation": "recupererDonneesOE"}) is False


def test_should_begin_with_a_blank_document() -> None:
    """As buyers do."""
    blank = base64.b64decode(taken(Desk().ask("recupererModelDume", "dumeOE", rsDemandeur=None))["dumeOE"])

    documents.check(blank)
    assert documents.ROOT.encode() in blank

"""The DUME side of the simulator: what searches and its operator see."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.support.dume_desk import (
    BUYER,
    CONSULTATION,
    NOW,
    OTHER,
    PLATFORM,
    Desk,
    refused,
    to_save,
)

pytestmark = pytest.mark.unit


def test_should_show_one_row_per_lot() -> None:
    """The row names a single lot; a search for one lot shows that one."""
    desk = Desk()
    desk.draft(lots=[{"numeroLot": "1"}, {"numeroLot": "2"}])

    one = desk.response("rechercherDumes", siretAcheteur=BUYER, numeroLot="2")["dumes"]

    assert [row["numeroLot"] for row in desk.found()] == ["1", "2"]
    assert [row["numeroLot"] for row in one] == ["2"]


def test_should_search_by_consultation_buyer_and_state() -> None:
    """All that is named must agree."""
    desk = Desk()
    desk.draft()

    found = [
        len(desk.response("rechercherDumes", **criteria)["dumes"])
        for criteria in (
            {"idConsultation": CONSULTATION, "siretAcheteur": BUYER, "statut": "brouillon"},
            {"idConsultation": CONSULTATION, "statut": "publié"},
            {"idConsultation": CONSULTATION, "siretAcheteur": "99900045800037"},
            {"idConsultation": "another"},
        )
    ]

    assert found == [1, 0, 0, 0]


def test_should_let_searches_lag_behind() -> None:
    """Both the appearance of a DUME and its changes; the document itself is there at once."""
    desk = Desk(search_lag=5)
    dume_id = desk.draft()
    at_once = desk.found()
    desk.now += timedelta(seconds=5)
    desk.response("enregistrerDume", **to_save(idDume=dume_id, statut="validé"))
    later = desk.found()
    desk.now += timedelta(seconds=5)

    assert at_once == []
    assert [row["statut"] for row in later] == ["brouillon"]
    assert [row["statut"] for row in desk.found()] == ["validé"]


def test_should_hide_a_dume_from_other_platforms() -> None:
    """They neither find nor touch it, and may have one for a consultation of the same name."""
    desk = Desk()
    dume_id = desk.draft()
    desk.platform = OTHER

    assert refused(desk.ask("supprimerDume", idDume=dume_id)) == "SIM-DUME-010"
    assert desk.found() == []
    assert desk.draft() != dume_id


def test_should_show_everything_to_whoever_runs_it() -> None:
    """As JSON, with counts by state."""
    desk = Desk()
    dume_id = desk.draft(lots=[{"numeroLot": "1"}])

    state = json.loads(json.dumps(desk.service.state()))

    assert state["by_state"]["brouillon"] == 1
    assert state["dumes"][0] == {
        "idDume": dume_id,
        "statut": "brouillon",
        "idConsultation": CONSULTATION,
        "idAcheteur": BUYER,
        "lots": ["1"],
        "idDumeRemplace": None,
        "idPlateforme": PLATFORM[0],
        "created_at": NOW.isoformat(),
    }


def test_should_take_a_state_from_whoever_runs_it() -> None:
    """Published is reached in no other way; a search shows it at once."""
    desk = Desk()
    dume_id = desk.draft()

    shown = desk.service.set_state(dume_id, "publie")

    assert shown["statut"] == "publié"
    assert [row["statut"] for row in desk.found()] == ["publié"]


def test_should_name_the_states_there_are() -> None:
    """To whoever asks for another."""
    desk = Desk()

    with pytest.raises(ValueError, match="brouillon, validé, publié, remplacé, 04"):
        desk.service.set_state(desk.draft(), "fini")


def test_should_give_the_same_identifiers_again_after_a_reset() -> None:
    """So that what was recorded once can be repeated; another seed gives others."""
    desk = Desk(seed=7)
    first = desk.draft()
    desk.service.reset()
    again = desk.draft()

    assert first == again
    assert Desk(seed=8).draft() != first

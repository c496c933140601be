"""The metadata side of the simulated DUME: what is told of a DUME beside its document."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.support.dume_desk import CONSULTATION, DOCUMENT, Desk, refused, taken

pytestmark = pytest.mark.unit

UPDATE = "mettreAJourDume"


def shown(desk: Desk) -> list[Any]:
    return [(row["idConsultation"], row.get("numeroLot")) for row in desk.found()]


def test_should_regroup_the_lots_of_a_validated_dume() -> None:
    """In any state, and the document stays as it is."""
    desk = Desk()
    dume_id = desk.draft(statut="validé", lots=[{"numeroLot": "1"}])
    answer = desk.ask(UPDATE, "metadonnees", idDume=dume_id, lots=[{"numeroLot": "1"}, {"numeroLot": "2"}])
    document = desk.response("recupererDumeFormate", idDume=dume_id, format="2")["dume"]

    assert (taken(answer)["idDume"], answer.effect) == (dume_id, "changed")
    assert shown(desk) == [(CONSULTATION, "1"), (CONSULTATION, "2")]
    assert base64.b64decode(document) == base64.b64decode(DOCUMENT)


def test_should_let_the_last_one_count() -> None:
    """Told twice it is told once; what a request leaves out stays as it was."""
    desk = Desk()
    dume_id = desk.draft(lots=[{"numeroLot": "1"}])
    for reference in ("A", "B", "B"):
        taken(desk.ask(UPDATE, "metadonnees", idDume=dume_id, refFonctionnelleConsultation=reference))

    assert shown(desk) == [(CONSULTATION, "1")]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"idDume": None}, "SIM-PARAM-002"),
        ({"idDume": "unknown1"}, "SIM-DUME-010"),
        ({"lots": [{"numeroLot": "2"}]}, "SIM-DUME-011"),
        ({"rsDemandeur": None}, "SIM-PARAM-002"),
    ],
)
def test_should_refuse_what_cannot_be_told(fields: dict[str, Any], code: str) -> None:
    """No DUME, an unknown one, a lot that another one serves, nobody who asks."""
    desk = Desk()
    desk.simple(lots=[{"numeroLot": "2"}])
    dume_id = desk.simple(lots=[{"numeroLot": "1"}])

    assert refused(desk.ask(UPDATE, "metadonnees", **{"idDume": dume_id, **fields})) == code


def test_should_tell_nothing_more_of_a_deleted_dume() -> None:
    """It serves nothing any more."""
    desk = Desk()
    dume_id = desk.simple()
    desk.response("supprimerDume", idDume=dume_id)

    assert refused(desk.ask(UPDATE, "metadonnees", idDume=dume_id)) == "SIM-DUME-021"

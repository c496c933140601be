"""What the State writes about lists of codes, labels and evidence, read as the look-ups do."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from service.upstream import load_mapping
from service.upstream.dume.operations import DumeAnswer
from service.upstream.dume.reference import (
    Code,
    Codes,
    EvidenceShown,
    EvidenceTold,
    read_codes,
    read_evidence,
)
from service.upstream.dume.wire import NotInAnswer, Wire

pytestmark = pytest.mark.contract
ANSWERS = Path(__file__).parent / "answers" / "reference"
MAPPING = load_mapping().dume
NAMES = MAPPING.reference
WIRE = Wire(mapping=MAPPING, platform=None, requester=None)
CODE = "04"


def told(name: str) -> dict[str, object]:
    """The fields of one recorded answer, as the client reads them."""
    document = json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    return DumeAnswer.model_validate(document["body"]["response"]).fields


@pytest.mark.parametrize(
    ("name", "lists", "rows"),
    [
        pytest.param(
            "lists",
            NAMES.answers.code_lists,
            (Code(code="STATUT_DUME", label=None), Code(code="TYPE_NOUVEAU", label="Types")),
            id="bare names beside objects",
        ),
        pytest.param(
            "values",
            NAMES.answers.values,
            (
                Code(code=CODE, label="supprimé"),
                Code(code="5", label=None),
                Code(code=None, label="sans code"),
            ),
            id="numbers, and values that lack one of the two",
        ),
        pytest.param(
            "values-of-one", NAMES.answers.values, (Code(code=CODE, label="supprimé"),), id="a list of one as object"
        ),
        pytest.param(
            "labels",
            NAMES.answers.labels,
            (Code(code="titre", label="Document unique"), Code(code="lot", label="Lot")),
            id="labels by their keys",
        ),
    ],
)
def test_should_read_codes_however_they_are_written(name: str, lists: tuple[str, ...], rows: tuple[Code, ...]) -> None:
    """Nobody knows the shape of the answer: lists of objects, of names, and objects of labels are all read."""
    assert read_codes(told(name), lists, NAMES, WIRE) == Codes(rows=rows, total=len(rows))


@pytest.mark.parametrize("answer", [{}, {"valeurs": "04"}, {"valeurs": [{}]}, {"valeurs": [{"code": None}]}])
def test_should_not_take_another_answer_for_a_list(answer: dict[str, object]) -> None:
    """A list that cannot be read is no empty list: an empty list is an answer, which somebody may rely on."""
    with pytest.raises(NotInAnswer):
        read_codes(answer, NAMES.answers.values, NAMES, WIRE)


def test_should_read_evidence_and_pass_the_rest_on() -> None:
    """What is known of a piece of evidence has its place; what nobody described stands in the details."""
    shown = EvidenceShown(
        id="e-1",
        name="Extrait",
        text=None,
        address=None,
        details={"id": 7, "url": None, "emetteurs": [{"nom": "Registre fictif", "frais": "12.5"}]},
        whole=True,
    )

    assert read_evidence(told("evidence"), NAMES, WIRE) == EvidenceTold(
        uuid="005eb9ed-1347-4ca3-bb29-9bc0db64e1ab",
        type="TYPE_NOUVEAU",
        text="Un critère",
        evidences=(shown,),
        total=1,
    )


def test_should_take_no_evidence_for_an_answer() -> None:
    """A country without any says so in more than one way."""
    nothing = EvidenceTold(uuid="c-1", type=None, text=None, evidences=(), total=0)

    assert read_evidence(told("evidence-none"), NAMES, WIRE) == nothing
    assert read_evidence({"evidences": []}, NAMES, WIRE).total == 0


@pytest.mark.parametrize("answer", [{}, {"preuves": [{"nom": "Extrait"}]}, {"evidences": "none"}])
def test_should_not_take_another_answer_for_none(answer: dict[str, object]) -> None:
    """Evidence under a name that the mapping does not have is not the same as no evidence."""
    with pytest.raises(NotInAnswer):
        read_evidence(answer, NAMES, WIRE)

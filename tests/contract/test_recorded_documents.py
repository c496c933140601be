"""What the State writes when documents of DUMEs are fetched, in the shapes it may have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.upstream import load_mapping
from service.upstream.dume.documents import (
    Form,
    Formatted,
    GivenFile,
    Metadata,
    Oversized,
    read_files,
    read_formatted,
)
from service.upstream.dume.operations import LARGEST_DOCUMENT, DumeAnswer
from service.upstream.dume.wire import NotInAnswer, Wire

pytestmark = pytest.mark.contract
ANSWERS = Path(__file__).parent / "answers" / "documents"
WIRE = Wire(mapping=load_mapping().dume, platform=None, requester=None)
NOTHING = Formatted(content=None, dume_id=None, state_code=None, metadata=None)
LARGE = "QUJD" * (LARGEST_DOCUMENT // 6)
"""Three bytes for every four characters: more than half of what a result may hold."""


def told(name: str) -> dict[str, object]:
    """The fields of one recorded answer, as the client reads them."""
    document = json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"))
    return DumeAnswer.model_validate(document["body"]["response"]).fields


ONE_LOT = Metadata(
    consultation_id="C-1", lot_numbers=("1",), told=(("idConsultation", "C-1"), ("numeroLot", "1"))
)  # fmt: skip
TWO_LOTS = Metadata(
    consultation_id="C-1",
    consultation_reference="DSI/1",
    lot_numbers=("1", "2"),
    told=(
        ("consultation.idConsultation", "C-1"),
        ("consultation.refFonctionnelleConsultation", "DSI/1"),
        ("lots.numeroLot", "1"),
        ("lots.libelle", "Bancs"),
        ("lots.numeroLot", "2"),
        ("statut", "validé"),
        ("nouveau", "true"),
    ),
)
BARE_LOTS = Metadata(
    consultation_id="C-1",
    lot_numbers=("1", "2"),
    told=(("idConsultation", "C-1"), ("numerosLots", "1"), ("numerosLots", "2")),
)


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        (
            "bidders-pdf",
            "pdf",
            Formatted(content=b"%PDF-1.4 x", dume_id="t3n6b8yc", state_code=None, metadata=ONE_LOT),
        ),
        ("bidders-metadata", "none", Formatted(content=None, dume_id=None, state_code="validé", metadata=TWO_LOTS)),
        ("bidders-only-document", "xml", Formatted(content=b"<a/>", dume_id=None, state_code=None, metadata=None)),
        ("bidders-list-of-lots", "none", Formatted(content=None, dume_id=None, state_code=None, metadata=BARE_LOTS)),
    ],
)
def test_should_read_a_document_and_what_is_said_of_it(name: str, form: Form, expected: Formatted) -> None:
    """State and lots stand in several places, and whatever else is said is passed on in the State's own words."""
    assert read_formatted(told(name), form, WIRE) == expected


@pytest.mark.parametrize("answer", [{}, {"dume": None}, {"dume": "not base64"}, {"metadonnees": {}}])
def test_should_not_take_another_answer_for_a_document(answer: dict[str, object]) -> None:
    """Nothing is handed over under the name of a document that is none."""
    with pytest.raises(NotInAnswer):
        read_formatted(answer, "pdf", WIRE)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        (
            "download-flat",
            [("kbis.pdf", b"%PDF-1.4", "t3n6b8yc"), ("a.bin", b"x", None)],
        ),
        (
            "download-by-dume",
            [
                (None, b"<a/>", "t3n6b8yc"),
                ("m.txt", b"m", "t3n6b8yc"),
                ("fiscale", b"%PDF-1.4", "t3n6b8yc"),
                (None, b"<b/>", "u4n6b8yc"),
            ],
        ),
        ("download-one-archive", [(None, b"PK\x03\x04", None)]),
        ("download-texts", [(None, b"<a/>", None), (None, b"<b/>", None)]),
        ("download-none", []),
    ],
)
def test_should_read_files_however_they_are_listed(
    name: str, files: list[tuple[str | None, bytes, str | None]]
) -> None:
    """In one list, by DUME with what belongs to each, as bare texts, or as a single file."""
    assert read_files(told(name), WIRE) == tuple(
        GivenFile(name=named, content=content, dume_id=dume_id) for named, content, dume_id in files
    )


@pytest.mark.parametrize(
    "answer", [{}, {"fichiers": 5}, {"fichiers": [{"nomFichier": "a"}]}, {"fichiers": [{"contenu": "é"}]}]
)
def test_should_not_take_another_answer_for_files(answer: dict[str, object]) -> None:
    """No list of files is not an empty list."""
    with pytest.raises(NotInAnswer):
        read_files(answer, WIRE)


def test_should_not_follow_files_without_end() -> None:
    """Lists within lists are followed a few levels."""
    nested: dict[str, object] = {"contenu": "eA=="}
    for _ in range(500):
        nested = {"fichiers": [nested]}

    with pytest.raises(NotInAnswer):
        read_files(nested, WIRE)


@pytest.mark.parametrize(
    "files", [[{"contenu": LARGE}, {"contenu": LARGE}, {"contenu": LARGE}], [{"contenu": "eA=="}] * 1_001]
)
def test_should_say_that_files_are_more_than_a_result_holds(files: list[object]) -> None:
    """All of them count together, their number too."""
    assert read_files({"fichiers": files}, WIRE) == Oversized()


def test_should_say_that_a_document_is_more_than_a_result_holds() -> None:
    """One document may be too large by itself."""
    assert read_formatted({"dume": LARGE * 3}, "pdf", WIRE) == Oversized()

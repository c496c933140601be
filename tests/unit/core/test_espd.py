"""The State's model of a DUME, filled for one consultation."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring

from contracts.events import Buyer, Consultation
from service.core.espd import EspdInvalid, consultation_of, fill

pytestmark = pytest.mark.unit

CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:QualificationApplicationRequest-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
MODEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<QualificationApplicationRequest {NAMESPACES}>
  <cbc:UBLVersionID>2.2</cbc:UBLVersionID>
  <cbc:ContractFolderID schemeAgencyID="AIFE"/>
  <cbc:IssueDate>2026-11-23</cbc:IssueDate>
  <cbc:ProcedureCode listID="ProcedureType">OTHER</cbc:ProcedureCode>
  <cac:ContractingParty><cac:Party><cac:PostalAddress/></cac:Party></cac:ContractingParty>
  <cac:ProcurementProjectLot><cbc:ID schemeAgencyID="AIFE">1</cbc:ID><cbc:Note>gardée</cbc:Note>
  </cac:ProcurementProjectLot>
  <cac:ProcurementProjectLot><cbc:ID>9</cbc:ID></cac:ProcurementProjectLot>
  <!-- criteria -->
  <cac:TenderingCriterion><cbc:ID>CRIT-1</cbc:ID></cac:TenderingCriterion>
</QualificationApplicationRequest>""".encode()
ROOT = "QualificationApplicationRequest"
BARE = f"<{ROOT} {NAMESPACES}><cac:TenderingCriterion/></{ROOT}>".encode()
CONSULTATION = Consultation.model_validate(
    {
        "id": "2026-DSI-0142",
        "reference": "DSI/2026/0142",
        "lots": [{"number": "1", "title": "Câblage & <actifs>"}, {"number": "2"}],
    }
)
BUYER = Buyer.model_validate({"id": "99900012800010", "name": "Ville de Exempleville"})


def texts(document: bytes, path: str) -> list[str | None]:
    return [element.text for element in fromstring(document).findall(path)]


def test_should_fill_in_what_is_known() -> None:
    """Reference, procedure, buyer and lots, in the places the model has for them."""
    filled = fill(MODEL, consultation=CONSULTATION, buyer=BUYER, procedure_code="OPEN")

    party = f"{CAC}ContractingParty/{CAC}Party"
    assert texts(filled, f"{CBC}ContractFolderID") == ["DSI/2026/0142"]
    assert texts(filled, f"{CBC}ProcedureCode") == ["OPEN"]
    assert texts(filled, f"{party}/{CAC}PartyIdentification/{CBC}ID") == ["99900012800010"]
    assert texts(filled, f"{party}/{CAC}PartyName/{CBC}Name") == ["Ville de Exempleville"]
    assert texts(filled, f"{CAC}ProcurementProjectLot/{CBC}ID") == ["1", "2"]
    assert texts(filled, f"{CAC}ProcurementProjectLot/{CAC}ProcurementProject/{CBC}Name") == ["Câblage & <actifs>"]


def test_should_keep_everything_else() -> None:
    """Attributes, comments, criteria and what a lot of the same number says besides."""
    filled = fill(MODEL, consultation=CONSULTATION, buyer=BUYER)

    root = fromstring(filled)
    assert texts(filled, f"{CBC}ProcedureCode") == ["OTHER"]
    assert texts(filled, f"{CAC}TenderingCriterion/{CBC}ID") == ["CRIT-1"]
    assert texts(filled, f"{CAC}ProcurementProjectLot/{CBC}Note") == ["gardée"]
    assert root.find(f"{CBC}ContractFolderID").attrib == {"schemeAgencyID": "AIFE"}  # type: ignore[union-attr]  # it is there
    assert b"<!-- criteria -->" in filled


def test_should_put_new_elements_where_the_schema_wants_them() -> None:
    """A model without them gets them in order, before its criteria."""
    filled = fill(BARE, consultation=CONSULTATION, buyer=BUYER, procedure_code="OPEN")

    order = [element.tag.partition("}")[2] for element in fromstring(filled)]
    assert order == [
        "ContractFolderID",
        "ProcedureCode",
        "ContractingParty",
        "ProcurementProjectLot",
        "ProcurementProjectLot",
        "TenderingCriterion",
    ]


def test_should_leave_the_lots_of_the_model_when_there_are_none_to_put() -> None:
    """A consultation that tells no lots says nothing about them."""
    filled = fill(MODEL, consultation=Consultation(id="C-1"), buyer=None)

    assert texts(filled, f"{CBC}ContractFolderID") == ["C-1"]
    assert texts(filled, f"{CAC}ProcurementProjectLot/{CBC}ID") == ["1", "9"]
    assert texts(filled, f"{CAC}ContractingParty/{CAC}Party/{CAC}PartyName/{CBC}Name") == []


def test_should_give_the_same_document_when_filled_twice() -> None:
    """A repeated request sends the same bytes."""
    once = fill(MODEL, consultation=CONSULTATION, buyer=BUYER, procedure_code="OPEN")

    assert fill(once, consultation=CONSULTATION, buyer=BUYER, procedure_code="OPEN") == once


def test_should_declare_the_namespaces_that_a_model_lacks() -> None:
    """A model with other prefixes, or none, still gets elements of the right names."""
    bare = f'<{ROOT} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{ROOT}-2"/>'.encode()

    filled = fill(bare, consultation=CONSULTATION, buyer=BUYER)

    assert texts(filled, f"{CBC}ContractFolderID") == ["DSI/2026/0142"]


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not xml", id="no XML"),
        pytest.param(b"<QualificationApplicationRequest>", id="cut short"),
        pytest.param(b"<Invoice/>", id="another document"),
        pytest.param(f'<!DOCTYPE a [<!ENTITY b "c">]><{ROOT}>&b;</{ROOT}>'.encode(), id="entity"),
        pytest.param(b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><QualificationApplicationRequest/>', id="external"),
        pytest.param(
            b"<QualificationApplicationRequest>" + b"<a>" * 300 + b"</a>" * 300 + b"</QualificationApplicationRequest>",
            id="too deep",
        ),
    ],
)  # fmt: skip
def test_should_refuse_what_cannot_be_filled(model: bytes) -> None:
    """Nothing outside of the document is ever read."""
    with pytest.raises(EspdInvalid):
        fill(model, consultation=CONSULTATION, buyer=BUYER)


def test_should_read_which_consultation_a_document_is_for() -> None:
    """What it was filled with comes back."""
    assert consultation_of(fill(MODEL, consultation=CONSULTATION, buyer=BUYER)) == "DSI/2026/0142"


@pytest.mark.parametrize("document", [MODEL, b"%PDF-1.4", b""])
def test_should_say_when_a_document_names_no_consultation(document: bytes) -> None:
    """An empty name, or no DUME at all."""
    assert consultation_of(document) is None

"""Every byte of a DUME that is not filled stays as it was, in any encoding and however it is written."""

from __future__ import annotations

import codecs
from xml.sax.saxutils import escape

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import Buyer, Consultation
from service.core.espd import BIDDER_ROOT, LARGEST, ROOT, EspdInvalid, check, consultation_of, fill, same_content

pytestmark = pytest.mark.unit

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC, CBC = f"{{{UBL}CommonAggregateComponents-2}}", f"{{{UBL}CommonBasicComponents-2}}"
SIRET = "99900012800010"
# Between the values that are filled: everything that a parser would write otherwise.
DOCUMENT = """<?xml version='1.0'  encoding="{encoding}" standalone='yes'?>
<?xml-stylesheet href='a.xsl'?><!-- é {{}} -->
<Q:QualificationApplicationRequest  xmlns:Q='{ubl}QualificationApplicationRequest-2'\tb="2"  a='1>'
 xmlns:x="{ubl}CommonAggregateComponents-2"  xmlns='{ubl}CommonBasicComponents-2' >
  <UBLVersionID\t>2.2</UBLVersionID ><ContractFolderID  z='"' y="'"  >{reference}</ContractFolderID
  >
\t<IssueDate></IssueDate><IssueTime/><IssueTime   />
<ProcedureCode l='P'><?keep me?>{procedure}<!-- kept --></ProcedureCode>
  <x:ContractingParty><x:Party><x:PartyIdentification><ID schemeID =\t'{scheme}'>{buyer}</ID></x:PartyIdentification>
   <x:PartyName  ><Name>{name}</Name></x:PartyName ><x:PostalAddress/></x:Party></x:ContractingParty>
  <x:ProcurementProject><ProcurementTypeCode>{project}</ProcurementTypeCode></x:ProcurementProject>{lots}
  <x:TenderingCriterion><ID>&#233;&amp;<![CDATA[<&]]></ID><!-- a > b --><?pi <>?><Note xml:space="preserve"> &lt; </Note
  ></x:TenderingCriterion>
</Q:QualificationApplicationRequest   >
<!-- after -->"""
LOT = """
  <x:ProcurementProjectLot  ><ID schemeAgencyID='AIFE'>{number}</ID><x:ProcurementProject ><Name lang="fr">{title}</Name
  ><Note/></x:ProcurementProject></x:ProcurementProjectLot>"""
ENCODINGS = [
    ("UTF-8", "utf-8", b""),
    ("utf-8", "utf-8", codecs.BOM_UTF8),
    ("ISO-8859-1", "iso-8859-1", b""),
    ("ISO-8859-15", "iso-8859-15", b""),
    ("windows-1252", "cp1252", b""),
    ("UTF-16", "utf-16-le", codecs.BOM_UTF16_LE),
    ("UTF-16", "utf-16-be", codecs.BOM_UTF16_BE),
]
VALUE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=12,
).filter(lambda text: text == " ".join(text.split()))
NUMBER = st.integers(0, 12).map(str)


def consultation(reference: str, lots: dict[str, str]) -> Consultation:
    said = [{"number": number, "title": title} for number, title in lots.items()]
    return Consultation.model_validate({"id": "C-1", "reference": reference, "lots": said})


def document(encoding: tuple[str, str, bytes], lots: dict[str, str], **said: str) -> bytes:
    """The document with these values in their places, what the encoding lacks as character references."""
    name, codec, mark = encoding
    values = {key: escape(value) for key, value in said.items()}
    written = "".join(LOT.format(number=number, title=escape(title)) for number, title in lots.items())
    text = DOCUMENT.format(encoding=name, ubl=UBL, lots=written, **values)
    return mark + text.encode(codec, "xmlcharrefreplace")


BEFORE = {"reference": "", "procedure": "OTHER", "scheme": "VAT", "buyer": "X", "name": "ancien", "project": "OTHER"}


@settings(max_examples=60)
@given(encoding=st.sampled_from(ENCODINGS), reference=VALUE, name=VALUE, titles=st.dictionaries(NUMBER, VALUE))
def test_should_change_the_values_alone(
    encoding: tuple[str, str, bytes], reference: str, name: str, titles: dict[str, str]
) -> None:
    """The filled document is the one that somebody would have written with the new values, byte for byte."""
    said = {"reference": reference, "procedure": "OPEN", "scheme": "SIRET", "buyer": SIRET, "name": name}
    buyer = Buyer.model_construct(id=SIRET, scheme="siret", name=name)

    filled = fill(
        document(encoding, dict.fromkeys(titles, "ancien"), **BEFORE),
        consultation=consultation(reference, titles),
        buyer=buyer,
        procedure_code="OPEN",
        project_type="WORKS",
    )

    assert filled == document(encoding, titles, **said, project="WORKS")
    assert consultation_of(filled) == reference


@settings(max_examples=60)
@given(
    encoding=st.sampled_from(ENCODINGS),
    there=st.dictionaries(NUMBER, VALUE),
    wanted=st.dictionaries(NUMBER, VALUE),
    reference=VALUE,
)
def test_should_give_back_a_filled_document_as_it_is(
    encoding: tuple[str, str, bytes], there: dict[str, str], wanted: dict[str, str], reference: str
) -> None:
    """Filling it again changes nothing, whatever lots it had; it has those of the consultation."""
    asked = consultation(reference, wanted)
    buyer = Buyer.model_construct(id=SIRET, scheme="siret", name=reference)

    once = fill(document(encoding, there, **BEFORE), consultation=asked, buyer=buyer, procedure_code="OPEN")

    assert fill(once, consultation=asked, buyer=buyer, procedure_code="OPEN") is once
    titles = {
        lot.findtext(f"{CBC}ID"): lot.findtext(f"{CAC}ProcurementProject/{CBC}Name")
        for lot in fromstring(once).findall(f"{CAC}ProcurementProjectLot")
    }
    assert titles == (wanted or there)


def test_should_keep_what_the_lots_hold_and_where_they_stand() -> None:
    """A new lot comes before the next of its consultation, others go, and the blanks around them stay."""
    before = document(ENCODINGS[0], {"1": "a", "9": "x", "3": "c"}, **BEFORE)

    filled = fill(before, consultation=consultation("R", {"1": "a", "2": "b", "3": "c", "4": "d"}), buyer=None)

    new = (
        "<x:ProcurementProjectLot><ID>{0}</ID><x:ProcurementProject><Name>{1}</Name></x:ProcurementProject>"
        "</x:ProcurementProjectLot>"
    )
    first, gone, third = (
        LOT.format(number=number, title=title) for number, title in [("1", "a"), ("9", "x"), ("3", "c")]
    )
    blanks = "\n  "
    expected = before.decode().replace("<ContractFolderID  z='\"' y=\"'\"  >", "<ContractFolderID  z='\"' y=\"'\"  >R")
    expected = expected.replace(
        first + gone + third + blanks,
        first + blanks + blanks + new.format(2, "b") + third.removeprefix(blanks) + blanks + new.format(4, "d"),
    )
    assert filled.decode() == expected


@pytest.mark.parametrize("encoding", ENCODINGS, ids=[f"{name} {len(mark)}" for name, _codec, mark in ENCODINGS])
def test_should_open_empty_elements(encoding: tuple[str, str, bytes]) -> None:
    """Tags without content become pairs around what is filled in, under the prefixes that are known there."""
    name, codec, mark = encoding
    bare = f'<?xml version="1.0" encoding="{name}"?><q:{ROOT} é="" xmlns:q="u" xmlns:é="{CBC[1:-1]}" />'
    filled = fill(
        mark + bare.encode(codec),
        consultation=consultation("日本 œ", {"1": "é"}),
        buyer=Buyer.model_construct(id=SIRET, scheme="siret", name=None),
    )

    assert filled.startswith(mark + bare.removesuffix("/>").encode(codec))
    assert filled.endswith(f"</q:{ROOT}>".encode(codec))
    assert consultation_of(filled) == "日本 œ"
    assert "<é:ContractFolderID>".encode(codec) in filled


def test_should_prefer_the_identifier_of_the_buyers_scheme() -> None:
    """A party may be identified in several ways; those of other schemes stay."""
    party = "<PartyIdentification><ID schemeID='{}'>{}</ID></PartyIdentification>"
    buyer = "<ContractingParty><Party>{}</Party></ContractingParty>"
    before = f"<{ROOT}><ContractFolderID>R</ContractFolderID>{buyer}</{ROOT}>"
    filled = fill(
        before.format(party.format("VAT", "FR1") + party.format("SIRET", "1")).encode(),
        consultation=consultation("R", {}),
        buyer=Buyer.model_construct(id=SIRET, scheme="siret", name=None),
    )

    assert filled.decode() == before.format(party.format("VAT", "FR1") + party.format("SIRET", SIRET))


def test_should_fill_a_project_type_only_where_there_is_a_place_for_it() -> None:
    """A model that does not speak of it is not made to."""
    bare = f"<{ROOT}><ContractFolderID>R</ContractFolderID><ProcurementProject/></{ROOT}>".encode()

    assert fill(bare, consultation=consultation("R", {}), buyer=None, project_type="WORKS") is bare


@pytest.mark.parametrize(
    ("buyer", "procedure", "project", "same"),
    [
        (SIRET, "OPEN", "WORKS", True),
        (SIRET, None, None, True),
        (None, None, None, True),
        ("99900099900010", "OPEN", "WORKS", False),
        (SIRET, "RESTRICTED", "WORKS", False),
        (SIRET, "OPEN", "SERVICES", False),
    ],
)
def test_should_tell_whether_the_content_is_the_same(
    buyer: str | None, procedure: str | None, project: str | None, *, same: bool
) -> None:
    """Buyer, procedure and project type count; what is not known cannot differ."""
    said = {"reference": "R", "procedure": "OPEN", "scheme": "SIRET", "buyer": SIRET, "name": "A", "project": "WORKS"}
    named = Buyer.model_construct(id=buyer, scheme="siret", name="A") if buyer else None

    assert same is same_content(
        document(ENCODINGS[0], {"1": "a"}, **said), buyer=named, procedure_code=procedure, project_type=project
    )


def test_should_refuse_a_value_that_xml_cannot_hold() -> None:
    """Rather than a document that nobody can read."""
    with pytest.raises(EspdInvalid, match="characters"):
        fill(document(ENCODINGS[0], {}, **BEFORE), consultation=Consultation.model_construct(id="a\x00b"), buyer=None)


@pytest.mark.parametrize(
    ("content", "root", "said"),
    [
        (f"<{ROOT}/>", BIDDER_ROOT, "root is not QualificationApplicationResponse"),
        (f"<a:{BIDDER_ROOT} xmlns:a='u'/>", ROOT, "root is not QualificationApplicationRequest"),
        (f"<{ROOT}>", ROOT, "line 1"),
        (f"<!DOCTYPE a><{ROOT}/>", ROOT, "declares"),
        (f'<?xml version="1.0" encoding="rot13"?><{ROOT}/>', ROOT, "."),
        (f'<?xml version="1.0" encoding="shift_jis"?><{ROOT}/>', ROOT, "encoding"),
        (f"<{ROOT}>{'<a/>' * 200_001}</{ROOT}>", ROOT, "tags"),
        (f"<{ROOT}>{'a' * LARGEST}</{ROOT}>", ROOT, "larger"),
        (f"<{ROOT}>{'<a>' * 100}{'</a>' * 100}</{ROOT}>", ROOT, "deeper"),
    ],
)  # fmt: skip
def test_should_say_in_a_sentence_why_a_document_is_not_taken(content: str, root: str, said: str) -> None:
    """And repeat nothing of it."""
    with pytest.raises(EspdInvalid, match=said) as raised:
        check(content.encode(), root)

    assert str(raised.value).endswith(".")


@pytest.mark.parametrize("root", [ROOT, BIDDER_ROOT])
def test_should_take_the_document_of_its_kind(root: str) -> None:
    """Under any prefix."""
    check(f"<a:{root} xmlns:a='u'/>".encode(), root)

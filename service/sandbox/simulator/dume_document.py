"""Makes the documents of the simulated DUME service: blank model, simplified DUME, and their rendering as PDF."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from service.sandbox.simulator.dume_request import Code, Refused, folded_word

ROOT: Final = "QualificationApplicationRequest"
BIDDER_ROOT: Final = "QualificationApplicationResponse"

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC: Final = f"{{{_UBL}CommonAggregateComponents-2}}"
_CBC: Final = f"{{{_UBL}CommonBasicComponents-2}}"
_PROCEDURES: Final = {
    "procedure adaptee": "OPEN",
    "appel d'offres ouvert": "OPEN",
    "appel d'offres restreint": "RESTRICTED",
    "procedure avec negociation": "COMP_NEGOTIATION",
    "dialogue competitif": "COMP_DIALOGUE",
}
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_KINDS: Final = {"travaux": "WORKS", "fournitures": "SUPPLIES", "services": "SERVICES"}
_SIMPLIFIED_CRITERIA: Final = (
    ("SIM-TURNOVER", "Chiffre d'affaires annuel general"),
    ("SIM-HEADCOUNT", "Effectif moyen annuel"),
)
_ALL_CRITERIA: Final = (
    ("SIM-CONVICTIONS", "Condamnations penales"),
    ("SIM-TAXES", "Paiement des impots et taxes"),
    ("SIM-SOCIAL-SECURITY", "Paiement des cotisations de securite sociale"),
    ("SIM-BANKRUPTCY", "Situation de faillite ou de liquidation"),
    ("SIM-REGISTRATION", "Inscription sur un registre professionnel"),
    *_SIMPLIFIED_CRITERIA,
    ("SIM-REFERENCES", "References de prestations comparables"),
)


def blank() -> bytes:
    """The model a buyer starts from: every criterion, nothing about a consultation."""
    return _document("", "", "", "", _ALL_CRITERIA)


def simplified(
    *,
    reference: str,
    buyer_id: str,
    buyer_name: str,
    title: str | None,
    contract_type: str | None,
    procedure: str | None,
    lots: Mapping[str, str | None],
) -> bytes:
    """A DUME of turnover and headcount only, filled from what is known of the consultation."""
    buyer = (
        f'<cac:PartyIdentification><cbc:ID schemeID="SIRET">{_in_xml(buyer_id)}</cbc:ID></cac:PartyIdentification>'
        f"<cac:PartyName><cbc:Name>{_in_xml(buyer_name)}</cbc:Name></cac:PartyName>"
    )
    kind = _KINDS.get(folded_word(contract_type or ""), "OTHER")
    project = (
        "<cac:ProcurementProject>"
        f"<cbc:Name>{_in_xml(title or reference)}</cbc:Name>"
        f'<cbc:ProcurementTypeCode listID="ProjectType">{kind}</cbc:ProcurementTypeCode>'
        "</cac:ProcurementProject>"
    )
    parts = project + "".join(_lot(number, name) for number, name in lots.items())
    code = _PROCEDURES.get(folded_word(procedure or ""), "OTHER")
    return _document(_in_xml(reference), code, buyer, parts, _SIMPLIFIED_CRITERIA)


def check(document: bytes, root: str = ROOT) -> None:
    """Refuse what is not the request of a buyer's DUME, or not of another root that is asked for."""
    _root(document, root)


def to_pdf(document: bytes, root: str = ROOT) -> bytes:
    """One page that says what the document is for."""
    return page(_lines(_root(document, root), root))


def to_html(document: bytes, root: str = ROOT) -> bytes:
    """The same as a plain page for a browser."""
    title, *lines = (escape(line) for line in _lines(_root(document, root), root))
    shown = "".join(f"<p>{line}</p>" for line in lines)
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f'<!DOCTYPE html>\n<html lang="fr">{head}<body><h1>{title}</h1>{shown}</body></html>\n'.encode()


def page(lines: Sequence[str]) -> bytes:
    """A PDF of one page."""
    writer = PdfWriter()
    sheet = writer.add_blank_page(595, 842)
    font = {"/Type": NameObject("/Font"), "/Subtype": NameObject("/Type1"), "/BaseFont": NameObject("/Helvetica")}
    named = DictionaryObject({NameObject(name): value for name, value in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): named})
    sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    drawing = DecodedStreamObject()
    shown = "\n".join(f"({_in_pdf(line)}) Tj T*" for line in lines)
    drawing.set_data(f"BT /F1 12 Tf 18 TL 60 760 Td\n{shown}\nET".encode("latin-1", "replace"))
    sheet[NameObject("/Contents")] = writer._add_object(drawing)  # noqa: SLF001 - pypdf has no public way
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def _document(reference: str, procedure: str, buyer: str, parts: str, criteria: tuple[tuple[str, str], ...]) -> bytes:
    party = f"<cac:ContractingParty><cac:Party>{buyer}</cac:Party></cac:ContractingParty>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{ROOT} xmlns="{_UBL}{ROOT}-2" xmlns:cac="{_CAC[1:-1]}" xmlns:cbc="{_CBC[1:-1]}">\n'
        "<cbc:UBLVersionID>2.2</cbc:UBLVersionID>"
        '<cbc:ID schemeAgencyID="SIMULATOR">DUME-SIMULATOR</cbc:ID>'
        "<cbc:CopyIndicator>false</cbc:CopyIndicator>"
        f'<cbc:ContractFolderID schemeAgencyID="SIMULATOR">{reference}</cbc:ContractFolderID>\n'
        f'<cbc:ProcedureCode listID="ProcedureType">{procedure}</cbc:ProcedureCode>\n'
        f"{party}\n{parts}\n{''.join(_criterion(*criterion) for criterion in criteria)}</{ROOT}>\n"
    ).encode()


def _lot(number: str, title: str | None) -> str:
    name = f"<cac:ProcurementProject><cbc:Name>{_in_xml(title)}</cbc:Name></cac:ProcurementProject>" if title else ""
    return f"<cac:ProcurementProjectLot><cbc:ID>{_in_xml(number)}</cbc:ID>{name}</cac:ProcurementProjectLot>"


def _criterion(code: str, name: str) -> str:
    return (
        f'<cac:TenderingCriterion><cbc:ID schemeAgencyID="SIMULATOR">{code}</cbc:ID>'
        f"<cbc:Name>{_in_xml(name)}</cbc:Name></cac:TenderingCriterion>\n"
    )


def _root(document: bytes, expected: str = ROOT) -> Element:
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Refused(Code.DOCUMENT, "dume : XML illisible") from None
    if root.tag.rpartition("}")[2] != expected:
        raise Refused(Code.DOCUMENT, f"dume : la racine {expected} est attendue")
    return root


def _lines(root: Element, kind: str) -> list[str]:
    found = {
        "Consultation": root.findtext(f"{_CBC}ContractFolderID"),
        "Acheteur": root.findtext(f"{_CAC}ContractingParty/{_CAC}Party/{_CAC}PartyName/{_CBC}Name"),
        "Lots": ", ".join(lot.text or "" for lot in root.findall(f"{_CAC}ProcurementProjectLot/{_CBC}ID")),
    }
    whose = "ACHETEUR" if kind == ROOT else "OPERATEUR"
    return [f"DUME {whose} (simulateur)", *(f"{name} : {value}" for name, value in found.items() if value)]


def _in_xml(text: str) -> str:
    """A text as XML may hold it: without control characters, which no XML can carry."""
    return escape(_NOT_IN_XML.sub("", text))


def _in_pdf(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")

"""Makes the documents of bidders' DUMEs in the simulated service: blank, of a company, and merged."""

from __future__ import annotations

import copy
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from service.sandbox.simulator.dume_request import Code, Refused

ROOT: Final = "QualificationApplicationResponse"
ASKED: Final = "QualificationApplicationRequest"

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC: Final = f"{{{_UBL}CommonAggregateComponents-2}}"
_CBC: Final = f"{{{_UBL}CommonBasicComponents-2}}"
_PARTY: Final = f"{_CAC}EconomicOperatorParty"
_ANSWER: Final = f"{_CAC}TenderingCriterionResponse"


def blank() -> bytes:
    """The model a bidder starts from."""
    return _written(_empty())


def of_company(bidder: str, name: str | None) -> bytes:
    """A DUME that says who bids and nothing else."""
    root = _empty()
    root.append(_party(bidder, name))
    return _written(root)


def merged(asked: bytes, bidder: str, name: str | None) -> bytes:
    """What a buyer asks, to be answered by a company; without a name nothing is known of that."""
    root = _answering(asked)
    if name is not None:
        root.append(_party(bidder, name))
    return _written(root)


def merged_with(asked: bytes, given: bytes) -> bytes:
    """What a buyer asks, with what a bidder's earlier DUME answers."""
    root = _answering(asked)
    for element in _root(given, ROOT):
        if element.tag in {_PARTY, _ANSWER}:
            root.append(element)
    return _written(root)


def check(document: bytes) -> None:
    """Refuse what is not the DUME of a bidder."""
    _root(document, ROOT)


def _empty() -> Element:
    root = Element(f"{{{_UBL}{ROOT}-2}}{ROOT}")
    SubElement(root, f"{_CBC}UBLVersionID").text = "2.2"
    SubElement(root, f"{_CBC}ID", {"schemeAgencyID": "SIMULATOR"}).text = "DUMEOE-SIMULATOR"
    SubElement(root, f"{_CBC}CopyIndicator").text = "false"
    return root


def _answering(asked: bytes) -> Element:
    """Everything of a buyer's DUME in the place where it is answered."""
    root = _empty()
    present = {element.tag for element in root}
    root.extend(copy.deepcopy(element) for element in _root(asked, ASKED) if element.tag not in present)
    return root


def _party(bidder: str, name: str | None) -> Element:
    operator = Element(_PARTY)
    party = SubElement(operator, f"{_CAC}Party")
    SubElement(SubElement(party, f"{_CAC}PartyIdentification"), f"{_CBC}ID", {"schemeID": "SIRET"}).text = bidder
    if name is not None:
        SubElement(SubElement(party, f"{_CAC}PartyName"), f"{_CBC}Name").text = name
    return operator


def _written(root: Element) -> bytes:
    register_namespace("cac", _CAC[1:-1])
    register_namespace("cbc", _CBC[1:-1])
    register_namespace("espd", f"{_UBL}{ROOT}-2")
    content: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _root(document: bytes, name: str) -> Element:
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Refused(Code.DOCUMENT, "dumeOE : XML illisible") from None
    if root.tag.rpartition("}")[2] != name:
        raise Refused(Code.DOCUMENT, f"dumeOE : la racine {name} est attendue")
    return root

"""Tells whether the DUME of a bidder holds data of the company, as far as the document itself says."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from service.core.espd import EspdInvalid, check

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from contracts.results import CompanyData

ROOT = "QualificationApplicationResponse"

_PARTY = "EconomicOperatorParty"
_NAMES = frozenset({"Name", "RegistrationName"})


def company_data_in(document: bytes | None) -> CompanyData:
    """`included` when the document names the company, `missing` when it says nothing of one, `unknown` in between.

    A document that only repeats the identifier it was asked for may or may not have been filled.
    """
    if document is None:
        return "unknown"
    try:
        check(document, ROOT)
        root: Element = fromstring(document, forbid_dtd=True)
    except (EspdInvalid, ParseError, DefusedXmlException, ValueError, LookupError):
        return "unknown"
    said = [
        element for party in root if _is(party, {_PARTY}) for element in party.iter() if (element.text or "").strip()
    ]
    if not said:
        return "missing"
    return "included" if any(_is(element, _NAMES) for element in said) else "unknown"


def _is(element: Element, names: frozenset[str] | set[str]) -> bool:
    return str(element.tag).rpartition("}")[2] in names

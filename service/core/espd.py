"""Fills the State's own model of a buyer's DUME, and reads back which consultation a document is for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.dom.minidom import Document, Element, Node
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException
from defusedxml.minidom import parseString

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.events import Buyer, Consultation

ROOT = "QualificationApplicationRequest"
LARGEST = 10 * 1024 * 1024
DEEPEST = 100
MOST_TAGS = 200_000
"""A tree takes about a kilobyte for each element; the State's own model has some thousands."""

_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_SCHEMES = {"siret": "SIRET", "vat": "VAT", "non_eu": "HORS-UE", "ridet": "RIDET", "tahiti": "TAHITI"}

# The order of the schema, for elements that the model does not have yet.
_ORDER = {
    ROOT: (
        "UBLExtensions", "UBLVersionID", "CustomizationID", "ProfileID", "ProfileExecutionID", "ID", "CopyIndicator",
        "UUID", "ContractFolderID", "IssueDate", "IssueTime", "VersionID", "PreviousVersionID", "ProcedureCode",
        "QualificationApplicationTypeCode", "WeightScoringMethodologyNote", "WeightingTypeCode", "Signature",
        "ContractingParty", "EconomicOperatorParty", "ProcurementProject", "ProcurementProjectLot",
        "TenderingCriterion", "AdditionalDocumentReference",
    ),
    "Party": (
        "MarkCareIndicator", "MarkAttentionIndicator", "WebsiteURI", "LogoReferenceID", "EndpointID",
        "IndustryClassificationCode", "PartyIdentification", "PartyName", "Language", "PostalAddress",
        "PhysicalLocation", "PartyTaxScheme", "PartyLegalEntity", "Contact", "Person", "AgentParty",
        "ServiceProviderParty", "PowerOfAttorney", "FinancialAccount",
    ),
}  # fmt: skip


class EspdInvalid(ValueError):
    """The document is not one that can be filled; the message says why and repeats nothing of it."""


def fill(model: bytes, *, consultation: Consultation, buyer: Buyer | None, procedure_code: str | None = None) -> bytes:
    """Return the document for this consultation and buyer, everything else kept; raises EspdInvalid.

    What is not known (no buyer, no procedure code, no lots) stays as the model has it.
    """
    document = _parse(model)
    root = _root(document)
    _set_text(_child(root, _CBC, "ContractFolderID"), consultation.reference or consultation.id)
    if procedure_code is not None:
        _set_text(_child(root, _CBC, "ProcedureCode"), procedure_code)
    if buyer is not None:
        _fill_buyer(root, buyer)
    if consultation.lots:
        _fill_lots(root, consultation)
    try:
        return document.toxml(encoding="UTF-8")
    except ValueError as error:
        raise EspdInvalid("a value that XML cannot hold") from error


def consultation_of(document: bytes) -> str | None:
    """Return what the document calls its consultation, None when it does not say or is not a DUME."""
    try:
        root = _root(_parse(document))
    except EspdInvalid:
        return None
    for element in _children(root):
        if element.localName == "ContractFolderID":
            return _text(element).strip() or None
    return None


def check(document: bytes, root: str = ROOT) -> None:
    """Raise EspdInvalid unless the document is safe and well-formed, with this root."""
    _root(_parse(document), root)


def _parse(content: bytes) -> Document:
    if len(content) > LARGEST:
        raise EspdInvalid(f"larger than {LARGEST} bytes")
    if content.count(b"<") > MOST_TAGS:
        raise EspdInvalid(f"more than {MOST_TAGS} tags")
    try:
        document: Document = parseString(content, forbid_dtd=True)  # type: ignore[arg-type]  # bytes are taken too
    except DefusedXmlException as error:
        raise EspdInvalid("declares a document type or entities") from error
    except (ExpatError, ValueError, LookupError, RecursionError) as error:
        raise EspdInvalid("not well-formed XML") from error
    if _is_too_deep(document):
        raise EspdInvalid(f"nested deeper than {DEEPEST} elements")
    return document


def _is_too_deep(document: Document) -> bool:
    level: list[Node] = [document]
    for _ in range(DEEPEST):
        level = [child for node in level for child in node.childNodes]
        if not level:
            return False
    return True


def _root(document: Document, name: str = ROOT) -> Element:
    root = document.documentElement
    if root is None or root.localName != name:
        raise EspdInvalid(f"its root is not {name}")
    return root


def _fill_buyer(root: Element, buyer: Buyer) -> None:
    party = _child(_child(root, _CAC, "ContractingParty"), _CAC, "Party")
    identifier = _child(_child(party, _CAC, "PartyIdentification"), _CBC, "ID")
    identifier.setAttribute("schemeID", _SCHEMES[buyer.scheme])
    _set_text(identifier, buyer.id)
    if buyer.name:
        _set_text(_child(_child(party, _CAC, "PartyName"), _CBC, "Name"), buyer.name)


def _fill_lots(root: Element, consultation: Consultation) -> None:
    """The lots of the consultation in place of those of the model; a lot of the same number keeps what else it says."""
    present = {_lot_number(lot): lot for lot in list(_children(root)) if lot.localName == "ProcurementProjectLot"}
    for element in present.values():
        root.removeChild(element)
    for lot in consultation.lots:
        element = present.get(lot.number) or _made(root, _CAC, "ProcurementProjectLot")
        _insert(root, element)
        _set_text(_child(element, _CBC, "ID"), lot.number)
        if lot.title:
            _set_text(_child(_child(element, _CAC, "ProcurementProject"), _CBC, "Name"), lot.title)


def _lot_number(lot: Element) -> str:
    return next((_text(element).strip() for element in _children(lot) if element.localName == "ID"), "")


def _children(parent: Element) -> Iterator[Element]:
    return (node for node in parent.childNodes if isinstance(node, Element))


def _child(parent: Element, namespace: str, name: str) -> Element:
    """The first child of this name, made in its place when there is none."""
    for element in _children(parent):
        if element.localName == name:
            return element
    element = _made(parent, namespace, name)
    _insert(parent, element)
    return element


def _insert(parent: Element, element: Element) -> None:
    order = _ORDER.get(parent.localName or "")
    if order is None or element.localName not in order:
        parent.appendChild(element)
        return
    following = set(order[order.index(element.localName) + 1 :])
    before = next((other for other in _children(parent) if other.localName in following), None)
    parent.insertBefore(element, before)


def _made(parent: Element, namespace: str, name: str) -> Element:
    """A new element under the prefix that the document uses for this namespace."""
    document = parent.ownerDocument
    if document is None:
        raise EspdInvalid("an element outside of the document")
    prefix, declared = _prefix_of(parent, namespace)
    element = document.createElementNS(namespace, f"{prefix}:{name}" if prefix else name)
    if not declared:
        element.setAttribute(f"xmlns:{prefix}", namespace)
    return element


def _prefix_of(element: Element, namespace: str) -> tuple[str, bool]:
    place: Node | None = element
    while isinstance(place, Element):
        for name, value in place.attributes.items():
            if value == namespace and name.startswith("xmlns"):
                return name.partition(":")[2], True
        place = place.parentNode
    return ("cac" if namespace == _CAC else "cbc"), False


def _text(element: Element) -> str:
    return "".join(
        node.data for node in element.childNodes if node.nodeType in {Node.TEXT_NODE, Node.CDATA_SECTION_NODE}
    )


def _set_text(element: Element, text: str) -> None:
    document = element.ownerDocument
    if document is None:
        raise EspdInvalid("an element outside of the document")
    for node in list(element.childNodes):
        element.removeChild(node)
    element.appendChild(document.createTextNode(text))

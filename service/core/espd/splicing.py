"""Writes what is wanted into the bytes of a document, and touches no other byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape

from service.core.espd.reading import ROOT, Document, Element, EspdInvalid

CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"

# The order of the schema, for elements that the document does not have yet.
_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
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
    "ProcurementProjectLot": ("ID", "TenderingTerms", "ProcurementProject"),
    "ProcurementProject": (
        "UUID", "ID", "Name", "Description", "ProcurementTypeCode", "ProcurementSubTypeCode", "QualityControlCode",
        "RequiredFeeAmount", "FeeDescription", "RequestedDeliveryDate", "EstimatedOverallContractQuantity", "Note",
        "RequestedTenderTotal", "MainCommodityClassification", "AdditionalCommodityClassification",
        "RealizedLocation", "PlannedPeriod", "ContractExtension", "RequestForTenderLine",
    ),
}  # fmt: skip

_ATTRIBUTE: Final = re.compile(r"""([^ \t\r\n=/>"']+)[ \t\r\n]*=[ \t\r\n]*("[^"]*"|'[^']*')""")
_START_TAG: Final = re.compile(
    r"""<(?P<name>[^ \t\r\n/>"'=]+)"""
    r"""(?P<said>(?:[ \t\r\n]+[^ \t\r\n=/>"']+[ \t\r\n]*=[ \t\r\n]*(?:"[^"]*"|'[^']*'))*)"""
    r"""[ \t\r\n]*(?P<close>/?>)"""
)
_REMARK_OR_VALUE: Final = re.compile(r"<!--.*?-->|<\?.*?\?>|(<!\[CDATA\[.*?\]\]>|<[^>]*>|[^<]+)", re.DOTALL)
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What an element is to say. Among several of its name, the first that it `prefers`, else the first, is meant."""

    name: str
    namespace: str = CBC
    text: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    within: tuple[Want, ...] = ()
    prefers: Callable[[Element], bool] = lambda _element: True

    def found_in(self, parent: Element) -> Element | None:
        """The element that is meant, None when there is none of its name."""
        named = tuple(parent.named(self.name))
        return next((element for element in named if self.prefers(element)), named[0] if named else None)


@dataclass(slots=True, kw_only=True)
class Changes:
    """What has to become of a document for it to say what is wanted: nothing at all when it says so already."""

    document: Document
    _cuts: list[tuple[int, int, str]] = field(default_factory=list)
    _opened: dict[Element, list[str]] = field(default_factory=dict)
    _followers: dict[tuple[Element, str], Element | None] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether the document has to change."""
        return bool(self._cuts or self._opened)

    def bring(self, element: Element, want: Want) -> None:
        """Have an element say what is wanted, and the elements within it."""
        for name, value in want.attributes.items():
            if element.attributes.get(name) != value:
                self._set_attribute(element, name, value)
        if want.text is not None and element.text != want.text.strip():
            self._set_text(element, want.text)
        for inner in want.within:
            found = inner.found_in(element)
            if found is None:
                self.add(element, inner)
            else:
                self.bring(found, inner)

    def add(self, parent: Element, want: Want, *, before: Element | None = None) -> None:
        """Put a new element into its parent: before another one, else where the schema has its place."""
        text = _written(want, parent.scope())
        if parent.is_closed:
            self._opened.setdefault(parent, []).append(text)
        else:
            follower = before or self._follower(parent, want.name)
            self._cut(follower.start if follower else parent.end, "", text)

    def remove(self, element: Element) -> None:
        """Take an element out, and nothing around it."""
        self._cuts.append((element.start, element.end if element.is_closed else self._behind(element.end), ""))

    def applied(self) -> bytes:
        """The document with every change in it."""
        content, parts, at = self.document.content, list[bytes](), 0
        for start, stop, text in sorted([*self._cuts, *self._openings()], key=lambda cut: cut[:2]):
            parts += [content[at:start], self._encoded(text)]
            at = stop
        return b"".join([*parts, content[at:]])

    def _openings(self) -> Iterator[tuple[int, int, str]]:
        """`<empty/>` becomes a pair of tags around what it holds now."""
        for element, texts in self._opened.items():
            tag = self._tag(element)
            start = element.start + self._length(tag.string[: tag.start("close")])
            yield start, element.end, f">{''.join(texts)}</{tag['name']}>"

    def _set_text(self, element: Element, text: str) -> None:
        """The text alone: comments and processing instructions beside it stay."""
        value = _escaped(text)
        if element.is_closed:
            self._opened.setdefault(element, []).append(value)
            return
        tag = self._tag(element)
        at = element.start + self._length(tag.string[: tag.end()])
        for part in _REMARK_OR_VALUE.finditer(tag.string, tag.end()):
            if part[1] is not None:
                self._cut(at, part[1], value)
                value = ""
            at += self._length(part[0])
        if value:
            self._cut(at, "", value)

    def _set_attribute(self, element: Element, name: str, value: str) -> None:
        tag = self._tag(element)
        said = next((one for one in _ATTRIBUTE.finditer(tag.string, *tag.span("said")) if one[1] == name), None)
        place = said.start(2) + 1 if said else tag.end("said")
        start = element.start + self._length(tag.string[:place])
        self._cut(start, said[2][1:-1] if said else "", value if said else f' {name}="{value}"')

    def _follower(self, parent: Element, name: str) -> Element | None:
        """The first child that the schema puts behind an element of this name; looked for once, there may be many."""
        if (parent, name) not in self._followers:
            order = _ORDER.get(parent.name, ())
            following = frozenset(order[order.index(name) + 1 :] if name in order else ())
            found = next((child for child in parent.children if child.name in following), None)
            self._followers[parent, name] = found
        return self._followers[parent, name]

    def _cut(self, start: int, out: str, text: str) -> None:
        self._cuts.append((start, start + self._length(out), text))

    def _tag(self, element: Element) -> re.Match[str]:
        """The start tag of an element, in a text that goes on to its end tag."""
        text = self.document.content[element.start : element.end].decode(self.document.codec, "surrogatepass")
        match = _START_TAG.match(text)
        if match is None:
            raise EspdInvalid("The document is in an encoding that cannot be written.")
        return match

    def _behind(self, at: int) -> int:
        """Where the tag that begins there ends; half a letter of two bytes may look like its end."""
        sign = self._encoded(">")
        stop = self.document.content.index(sign, at)
        while (stop - at) % len(sign):
            stop = self.document.content.index(sign, stop + 1)
        return stop + len(sign)

    def _length(self, text: str) -> int:
        """The bytes that a part of the document takes there."""
        return len(text.encode(self.document.codec, "surrogatepass"))

    def _encoded(self, text: str) -> bytes:
        """In the encoding of the document; what it has no letter for becomes a character reference."""
        return text.encode(self.document.codec, "xmlcharrefreplace")


def _written(want: Want, scope: Mapping[str, str]) -> str:
    """A new element, under the prefix that stands for its namespace here, else under one that it declares."""
    prefix, declaration = next((name for name, uri in scope.items() if uri == want.namespace), None), ""
    if prefix is None:
        prefix = "cac" if want.namespace == CAC else "cbc"
        declaration, scope = f' xmlns:{prefix}="{want.namespace}"', {**scope, prefix: want.namespace}
    name = f"{prefix}:{want.name}" if prefix else want.name
    attributes = "".join(f' {key}="{value}"' for key, value in want.attributes.items())
    inner = _escaped(want.text or "") + "".join(_written(one, scope) for one in want.within)
    return f"<{name}{declaration}{attributes}>{inner}</{name}>"


def _escaped(text: str) -> str:
    if _NOT_IN_XML.search(text):
        raise EspdInvalid("The document cannot take a value with characters that XML does not allow.")
    return escape(text, {"\r": "&#13;"})

"""The requests of the demonstration, and how each of them is to end."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from service.sandbox.samples import SUPPLIER, make_archive, make_cii, make_facturx, make_ubl

DEPOSIT: Final = "invoice.deposit"
SIMPLIFIED: Final = "tender.dume.simplified"
DRAFT: Final = "tender.dume.draft"
VALIDATION: Final = "tender.dume.validation"
SEARCH: Final = "tender.dume.search"
STATUS: Final = "invoice.status"
CREATED: Final = "tender.created"
PUBLISHED: Final = "tender.published"

FIRST: Final = "F-2026-101"
UNADDRESSED: Final = "F-2026-106"
"""An invoice without the commitment number that its recipient demands, which Chorus Pro refuses at integration."""
DEMANDING: Final = "99900067800011"
"""A public body of the simulator that demands a commitment number."""
LOST: Final = "F-2026-108.xml"
"""The file whose deposit works while its answer gets lost."""

_STREAM_NUMBERS: Final = range(201, 211)
_BUYER: Final = {"id": "99900012800010", "scheme": "siret", "name": "Ville imaginaire de Valclair"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request event. `expected` is the ending its terminal result must have, with the reason of a refusal.

    `file` and `consultation` are what the State knows it by; `invoices` are the numbers it brings into being.
    """

    id: str
    title: str
    family: str
    data: Mapping[str, object] = field(repr=False)
    expected: str
    file: str | None = None
    consultation: str | None = None
    invoices: frozenset[str] = frozenset()

    @property
    def type(self) -> str:
        """The type of the event."""
        return f"{self.family}.v1" if self.family in {CREATED, PUBLISHED} else f"{self.family}.requested.v1"


@dataclass(frozen=True, slots=True)
class Requests:
    """Makes requests, numbered in the order they are made."""

    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def opening(self) -> list[Request]:
        """One of each format, one refused at integration and one before, one whose answer gets lost, tenders."""
        archive = [(f"{number}.xml", make_ubl(number)) for number in ("F-2026-104", "F-2026-105")]
        archive.append((f"{UNADDRESSED}.xml", make_ubl(UNADDRESSED, recipient=DEMANDING)))
        return [
            self._deposit(f"{FIRST}.xml", make_ubl(FIRST), "UBL", {FIRST}),
            self._deposit("F-2026-102.xml", make_cii("F-2026-102"), "CII", {"F-2026-102"}),
            self._deposit("F-2026-103.pdf", make_facturx("F-2026-103"), "Factur-X", {"F-2026-103"}),
            self._deposit("archive.tar.gz", make_archive(archive), "3 UBL", {"F-2026-104", "F-2026-105"}),
            self._deposit(
                "F-2026-107.xml",
                make_ubl("F-2026-107", framework="Z9"),
                "bad framework",
                set(),
                expected="refused: rules_not_met",
            ),
            self._deposit(LOST, make_ubl("F-2026-108"), "answer lost", {"F-2026-108"}),
            self._tender(SIMPLIFIED, "2026-DEMO-1", "simplified"),
            self._tender(DRAFT, "2026-DEMO-2", "draft"),
        ]

    def duplicate(self) -> Request:
        """The first invoice once more, under an id of its own."""
        return self._deposit(f"{FIRST}.xml", make_ubl(FIRST), "once more", set(), expected="failed: already_requested")

    def facts(self) -> list[Request]:
        """What a buyer profile tells of a consultation that is prepared and published in one go."""
        return [
            self._tender(family, "2026-DEMO-4", note, revision=revision)
            for revision, (family, note) in enumerate(((CREATED, "created"), (PUBLISHED, "published")), start=1)
        ]

    def validation(self, dume_id: str, consultation_id: str) -> Request:
        """The validation of a draft that exists."""
        return Request(
            id=self._id(),
            title=f"validate  {consultation_id} ({dume_id})",
            family=VALIDATION,
            data={"dume_id": dume_id, "consultation_id": consultation_id, "buyer": _BUYER},
            expected="done",
        )

    def search(self, consultation_id: str) -> Request:
        """A search for the DUMEs of a consultation."""
        return Request(
            id=self._id(),
            title=f"search    DUME of {consultation_id}",
            family=SEARCH,
            data={"consultation_id": consultation_id},
            expected="reported",
        )

    def status(self, number: str) -> Request:
        """A question about an invoice deposited before."""
        return Request(
            id=self._id(),
            title=f"status    {number}",
            family=STATUS,
            data={"invoice_number": number, "supplier_siret": SUPPLIER},
            expected="reported",
        )

    def stream(self) -> list[Request]:
        """Deposits that come one after the other, in all formats."""
        made = (("UBL", "xml", make_ubl), ("CII", "xml", make_cii), ("Factur-X", "pdf", make_facturx))
        rows = ((f"F-2026-{number}", *made[number % len(made)]) for number in _STREAM_NUMBERS)
        return [
            self._deposit(f"{number}.{suffix}", make(number), syntax, {number}) for number, syntax, suffix, make in rows
        ]

    def other_tender(self) -> Request:
        """A tender while Chorus Pro is away, which is no business of DUME's."""
        return self._tender(SIMPLIFIED, "2026-DEMO-3", "simplified")

    def _id(self) -> str:
        return f"demo-{next(self._numbers):02}"

    def _deposit(self, name: str, content: bytes, note: str, invoices: set[str], *, expected: str = "done") -> Request:
        return Request(
            id=self._id(),
            title=f"deposit   {name.partition('.')[0]} ({note})",
            family=DEPOSIT,
            data={"file": {"name": name, "content": base64.b64encode(content).decode()}},
            expected=expected,
            file=name,
            invoices=frozenset(invoices),
        )

    def _tender(self, family: str, consultation_id: str, note: str, **more: int) -> Request:
        consultation = {
            **more,
            "id": consultation_id,
            "reference": consultation_id.replace("-", "/"),
            "title": "Entretien d'un parc imaginaire",
            "procedure": "Procédure adaptée",
            "contract_type": "services",
            "lots": [{"number": "1", "title": "Allées"}, {"number": "2", "title": "Bassins"}],
        }
        return Request(
            id=self._id(),
            title=f"DUME      {consultation_id} ({note})",
            family=family,
            data={"consultation": consultation, "buyer": _BUYER},
            expected="done",
            consultation=consultation_id,
        )

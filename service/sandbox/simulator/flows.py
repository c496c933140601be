"""Holds a deposited file and its way to a final state, which is a function of the time passed since its deposit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from service.core.documents import DocumentInvalid, InvoiceFacts

UNDERWAY: Final = (
    "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP",
    "IN_RECU",
    "IN_TRAITE_SE_CPP",
    "IN_EN_ATTENTE_TRAITEMENT_CPP",
    "IN_EN_COURS_TRAITEMENT_CPP",
)
INTEGRATED: Final = "IN_INTEGRE"
PARTIAL: Final = "IN_INTEGRE_PARTIEL"
REJECTED: Final = "IN_REJETE"
STUCK: Final = "IN_EN_ATTENTE_RETRAITEMENT_CPP"
INCIDENT: Final = "IN_INCIDENTE"

INTERFACES: Final = {
    "IN_DP_E1_UBL_INVOICE": "1100",
    "IN_DP_E1_CII": "1102",
    "IN_DP_E1_CII_16B": "1106",
    "IN_DP_E1_PES_FACTURE": "1103",
    "IN_DP_E1_XCBL": "1104",
    "IN_DP_E2_UBL_INVOICE_MIN": "1111",
    "IN_DP_E2_CII_MIN": "1112",
    "IN_DP_E2_CII_MIN_16B": "1116",
    "IN_DP_E2_PES_FACTURE_MIN": "1113",
    "IN_DP_E2_CPP_FACTURE_MIN": "1110",
    "IN_DP_E2_CII_FACTURX": "1117",
    "IN_DP_PDFARCHIVE_UBL_INVOICE_MUG": "1121",
    "IN_DP_PDFARCHIVE_CII_MUG": "1122",
    "IN_DP_E3_UBL_INVOICE": "1131",
}
"""Every `syntaxeFlux` that is taken, with its interface; 1100, 1106 and 1117 are known, the others made up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceError:
    """Why one invoice of a flow was not taken."""

    number: str
    supplier: str | None
    recipient: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileError:
    """What is wrong with the file itself."""

    code: str
    text: str
    kind: str = "BLOQUANTE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a flow ended: its state, and what was wrong."""

    state: str
    invoice_errors: tuple[InvoiceError, ...] = ()
    file_errors: tuple[FileError, ...] = ()


@dataclass(slots=True, kw_only=True)
class Flow:
    """One deposited file. `read` is what it says, or why it cannot be read; `ending` is None until it is decided."""

    number: str
    counter: int
    login: str
    name: str
    syntax: str
    digest: str
    read: tuple[InvoiceFacts, ...] | DocumentInvalid
    read_syntax: str | None
    deposited_at: datetime
    known_at: datetime
    due_at: datetime
    ending: Ending | None = None
    ended_at: datetime | None = None
    invoice_ids: list[int] = field(default_factory=list)

    @property
    def facts(self) -> tuple[InvoiceFacts, ...]:
        """The invoices in the file, none when it cannot be read."""
        return () if isinstance(self.read, DocumentInvalid) else self.read

    @property
    def interface(self) -> str:
        """The interface that its syntax goes through."""
        return f"FSO{INTERFACES[self.syntax]}A"

    def state(self, now: datetime) -> tuple[str, datetime] | None:
        """Where it stands and since when; None while it is not known yet."""
        if now < self.known_at:
            return None
        if self.ending is not None and self.ended_at is not None:
            return self.ending.state, self.ended_at
        step = (self.due_at - self.known_at) / len(UNDERWAY)
        passed = min(int((now - self.known_at) / step), len(UNDERWAY) - 1) if step > timedelta() else 0
        return UNDERWAY[passed], self.known_at + passed * step

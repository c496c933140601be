"""The part of the mapping that says what DUME calls things."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, Self

from pydantic import field_validator, model_validator

from contracts.reasons import Reason
from contracts.results.common import RefusalReason
from service.upstream.dume.bidder_names import BidderFields, BidderNames
from service.upstream.dume.documents_names import DocumentFields, DocumentNames
from service.upstream.dume.essential_data_names import EssentialDataMapping, EssentialFields
from service.upstream.dume.metadata_names import MetadataFields, MetadataNames
from service.upstream.dume.reference_names import ReferenceFields, ReferenceNames
from service.upstream.entries import Entries, Prefix, folded, reason_in
from service.upstream.reply_names import ReplyNames

DumeWord = Literal["draft", "validated", "published", "replaced", "deleted", "unknown"]


ENVELOPE = (
    "operation",
    "platform_type",
    "platform_id",
    "technical_platform_id",
    "requester_name",
    "requester_id",
)
"""The entries of `dume.fields` that go into every request, whatever part of DUME it is for."""


class DumeOperations(Entries):
    """The constant of each operation."""

    health: str
    model: str
    create_simple: str
    save: str
    search: str
    document: str
    delete: str


class DumeFields(Entries):
    """Where each value goes in a request, dots standing for objects."""

    operation: str
    platform_type: str
    platform_id: str
    technical_platform_id: str
    requester_name: str
    requester_id: str
    consultation_id: str
    consultation_reference: str
    consultation_title: str
    contract_type: str
    procedure: str
    cpv: str
    bids_due: str
    buyer_type: str
    buyer_id: str
    searched_buyer: str
    lots: str
    lot_number: str
    lot_title: str
    dume_id: str
    replaced_dume_id: str
    document: str
    state: str
    format: str

    @classmethod
    def needed(cls) -> frozenset[str]:
        """What makes a request be about this DUME, and no other: without it, another one would be made or shown."""
        about = {"consultation_id", "dume_id", "replaced_dume_id", "document", "state", "format"}
        return frozenset({"operation", "platform_id", "technical_platform_id", *about})

    @classmethod
    def rows(cls) -> tuple[frozenset[str], ...]:
        """Each lot is an object."""
        return (frozenset({"lot_number", "lot_title"}),)

    @classmethod
    def requests(cls) -> tuple[frozenset[str], ...]:
        """Whose DUMEs are looked for is asked by a search alone."""
        saved = frozenset(cls.model_fields).difference({"searched_buyer"}, *cls.rows())
        return saved, frozenset({*ENVELOPE, "consultation_id", "searched_buyer"})


class DumeAnswers(Entries):
    """Where each value may stand in an answer, the likeliest first."""

    dume_id: tuple[str, ...]
    state: tuple[str, ...]
    document: tuple[str, ...]
    dumes: tuple[str, ...]
    consultation_id: tuple[str, ...]
    lot_number: tuple[str, ...]


PARTS: dict[str, type[Entries]] = {
    "documents": DocumentFields,
    "bidders": BidderFields,
    "metadata": MetadataFields,
    "essential_data": EssentialFields,
    "reference": ReferenceFields,
}
"""The fields of each part of DUME that has names of its own: an entry of it is `part.entry` in `left_out`."""


class DumeMapping(Entries):
    """What DUME calls things."""

    prefixes: dict[str, Prefix]
    certificate_prefixes: dict[str, Prefix]
    operations: DumeOperations
    fields: DumeFields
    left_out: frozenset[str]
    answers: DumeAnswers
    states: dict[str, DumeWord]
    sent_states: dict[str, str]
    contract_types: dict[str, str]
    procedures: dict[str, str]
    project_types: dict[str, str]
    id_types: dict[str, str]
    formats: dict[str, str]
    nothing_found: frozenset[str]
    transient_codes: frozenset[str]
    documents: DocumentNames
    bidders: BidderNames
    refusals: dict[str, dict[str, RefusalReason]]
    metadata: MetadataNames
    essential_data: EssentialDataMapping
    reference: ReferenceNames
    replies: ReplyNames

    @field_validator("left_out")
    @classmethod
    def _known_fields(cls, names: frozenset[str]) -> frozenset[str]:
        unknown = sorted(names - _sendable())
        if unknown:
            raise ValueError(f"{unknown[0]} is not one of the entries of dume.fields, nor of the fields of a part")
        return names

    @model_validator(mode="after")
    def _nothing_needed_left_out(self) -> Self:
        needed = DumeFields.needed()
        if self.sent_states.get("replacement") != self.sent_states.get("validated"):
            needed -= {"replaced_dume_id"}  # the state says it
        missing = sorted(self.left_out & needed)
        if missing:
            raise ValueError(f"left_out: {missing[0]} cannot be left out: without it a request means something else")
        return self

    def state_of(self, code: str | None) -> DumeWord:
        """Our word for a state as DUME writes it."""
        return self._words.get(folded(code or ""), "unknown")

    def reason_of(self, operation: str, code: str | None) -> Reason:
        """Our reason for a refusal: that of its code for the operation, else for any, else `upstream_refused`."""
        return reason_in(self.refusals, operation, code)

    def espd_procedure(self, procedure: str | None) -> str | None:
        """The code of the European document for a French procedure; None when none is known for it."""
        return self._codes.get(folded(procedure or ""))

    @property
    def always_sent(self) -> dict[str, str]:
        """The entries that go into every request, with their names."""
        return {entry: str(getattr(self.fields, entry)) for entry in ENVELOPE}

    @cached_property
    def _words(self) -> dict[str, DumeWord]:
        return {folded(name): word for name, word in self.states.items()}

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {folded(name): code for name, code in self.procedures.items()}


def _sendable() -> set[str]:
    """Every value that a request may hold, by the name of its entry."""
    return {
        *DumeFields.model_fields,
        *(f"{part}.{name}" for part, model in PARTS.items() for name in model.model_fields),
    }

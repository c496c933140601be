"""What DUME calls lists of codes, labels and evidence; a part of the mapping."""

from __future__ import annotations

from typing import Literal

from service.upstream.entries import Entries


class ReferenceOperations(Entries):
    """The constant of each operation."""

    code_lists: str
    code_list_values: str
    labels: str
    evidence: str


class ReferenceFields(Entries):
    """Where each value goes in a request, dots standing for objects."""

    code_list: str
    labels_language: str
    criterion: str
    evidence_language: str
    nation: str

    @classmethod
    def requests(cls) -> tuple[frozenset[str], ...]:
        """Each question has its own."""
        evidence = frozenset({"criterion", "evidence_language", "nation"})
        return frozenset({"code_list"}), frozenset({"labels_language"}), evidence


class ReferenceAnswers(Entries):
    """Where each value may stand in an answer, the likeliest first."""

    code_lists: tuple[str, ...]
    values: tuple[str, ...]
    labels: tuple[str, ...]
    code: tuple[str, ...]
    label: tuple[str, ...]
    criterion_uuid: tuple[str, ...]
    criterion_type: tuple[str, ...]
    criterion_text: tuple[str, ...]
    evidences: tuple[str, ...]
    evidence_id: tuple[str, ...]
    evidence_name: tuple[str, ...]
    evidence_text: tuple[str, ...]
    evidence_address: tuple[str, ...]


class ComparedLists(Entries):
    """The list of codes that belongs to each part of the mapping; None where none is compared."""

    states: str | None
    contract_types: str | None
    procedures: str | None
    id_types: str | None
    formats: str | None


class ReferenceNames(Entries):
    """What DUME calls reference data."""

    operations: ReferenceOperations
    fields: ReferenceFields
    answers: ReferenceAnswers
    letters: Literal["lower", "upper"]
    code_lists: ComparedLists

"""What DUME calls the documents it hands over; a part of the mapping."""

from __future__ import annotations

from service.upstream.entries import Entries


class DocumentOperations(Entries):
    """The constant of each operation."""

    bidders_document: str
    download: str


class DocumentFields(Entries):
    """Where each value goes in a request, dots standing for objects."""

    buyers_document: str
    bidders_document: str
    bid_dume_ids: str


class DocumentAnswers(Entries):
    """Where each value may stand in an answer, the likeliest first.

    Of `inner_files` every one counts: they are the lists of what belongs to one DUME of a download.
    """

    document: tuple[str, ...]
    state: tuple[str, ...]
    metadata: tuple[str, ...]
    consultation_id: tuple[str, ...]
    consultation_reference: tuple[str, ...]
    lot_number: tuple[str, ...]
    lots: tuple[str, ...]
    files: tuple[str, ...]
    inner_files: tuple[str, ...]
    file_name: tuple[str, ...]
    file_content: tuple[str, ...]


class DocumentNames(Entries):
    """What DUME calls documents."""

    operations: DocumentOperations
    fields: DocumentFields
    answers: DocumentAnswers

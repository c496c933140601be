"""The part of the mapping that says what DUME calls the metadata of a DUME."""

from __future__ import annotations

from service.upstream.entries import Entries


class MetadataOperations(Entries):
    """The constant of each operation."""

    update: str


class MetadataFields(Entries):
    """Where a value goes that has a name of its own there; every other goes by `dume.fields`."""

    consultation_reference: str
    consultation_title: str
    lots: str


class MetadataNames(Entries):
    """What DUME calls things when metadata are updated."""

    operations: MetadataOperations
    fields: MetadataFields

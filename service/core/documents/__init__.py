"""Reads invoice files: bytes in, the few facts the relay needs out, or one reason why not."""

from service.core.documents.facts import (
    ARCHIVE,
    MAX_ARCHIVE_BYTES,
    MAX_ARCHIVE_MEMBERS,
    MAX_FILE_BYTES,
    Archive,
    Document,
    DocumentInvalid,
    DocumentProblem,
    InvoiceFacts,
    InvoiceKind,
    Syntax,
)
from service.core.documents.reader import read, recognise

__all__ = [
    "ARCHIVE",
    "MAX_ARCHIVE_BYTES",
    "MAX_ARCHIVE_MEMBERS",
    "MAX_FILE_BYTES",
    "Archive",
    "Document",
    "DocumentInvalid",
    "DocumentProblem",
    "InvoiceFacts",
    "InvoiceKind",
    "Syntax",
    "read",
    "recognise",
]

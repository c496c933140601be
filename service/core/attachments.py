"""Decides whether files may go with an invoice: their sizes, names and kinds, before anything is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final, Protocol

from contracts.reasons import Reason
from service.core.errors import EventInvalid

MAX_ATTACHMENT_BYTES: Final = 10_000_000
"""10 MB each; whether Chorus Pro counts in thousands or in 1024s is not written, so the smaller one."""

MAX_TOTAL_BYTES: Final = 120_000_000
"""120 MB for an invoice and everything that goes with it."""

LONGEST_NAME: Final = 50
"""Characters of a name, ending included."""

MEDIA_TYPES: Final = {
    "BMP": "image/bmp", "BZ2": "application/x-bzip2", "CSV": "text/csv", "DOC": "application/msword",
    "DOCX": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "FAX": "image/g3fax",
    "GIF": "image/gif", "GZ": "application/gzip", "GZIP": "application/gzip", "HTM": "text/html", "HTML": "text/html",
    "JPEG": "image/jpeg", "JPG": "image/jpeg", "ODP": "application/vnd.oasis.opendocument.presentation",
    "ODS": "application/vnd.oasis.opendocument.spreadsheet", "ODT": "application/vnd.oasis.opendocument.text",
    "P7S": "application/pkcs7-signature", "PDF": "application/pdf", "PNG": "image/png",
    "PPS": "application/vnd.ms-powerpoint", "PPT": "application/vnd.ms-powerpoint",
    "PPTX": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "RTF": "application/rtf",
    "SVG": "image/svg+xml", "TGZ": "application/gzip", "TIF": "image/tiff", "TIFF": "image/tiff", "TXT": "text/plain",
    "XHTML": "application/xhtml+xml", "XLC": "application/vnd.ms-excel", "XLM": "application/vnd.ms-excel",
    "XLS": "application/vnd.ms-excel",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XML": "application/xml",
    "ZIP": "application/zip",
}  # fmt: skip
"""The endings that Chorus Pro takes, each with what such a file is."""

_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1_024


class Given(Protocol):
    """A file as a request gives it."""

    @property
    def name(self) -> str:
        """Its name, ending included."""

    @property
    def content(self) -> bytes | None:
        """Its bytes; None when it is given by reference."""

    @property
    def sha256(self) -> str | None:
        """Its announced checksum, in hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that may be uploaded."""

    name: str
    extension: str
    media_type: str
    content: bytes = field(repr=False)


def checked(files: Iterable[tuple[str, Given]]) -> tuple[Attached, ...]:
    """The files, each given with the field it is in; raises EventInvalid for the first that may not go along."""
    attached = tuple(_checked(where, file) for where, file in files)
    total = sum(len(one.content) for one in attached)
    if total > MAX_TOTAL_BYTES:
        detail = f"The files of the invoice have {total:,} bytes together; at most {MAX_TOTAL_BYTES:,} are taken."
        raise EventInvalid(Reason.ATTACHMENTS_TOO_LARGE, detail)
    return attached


def check_pdf(where: str, attached: Attached) -> None:
    """Raise EventInvalid unless the file is a PDF by its name and its first bytes."""
    if attached.extension != "PDF" or _PDF not in attached.content[:_PDF_WITHIN]:
        raise EventInvalid(Reason.ATTACHMENT_TYPE_UNSUPPORTED, f"{where} is no PDF; the invoice itself has to be one.")


def _checked(where: str, file: Given) -> Attached:
    if file.content is None:
        detail = f"{where}.ref cannot be fetched; send {where}.content."
        raise EventInvalid(Reason.DOCUMENT_BY_REFERENCE_UNSUPPORTED, detail)
    if file.sha256 is not None and hashlib.sha256(file.content).hexdigest() != file.sha256:
        raise EventInvalid(Reason.CHECKSUM_MISMATCH, f"{where}.content does not have the announced sha256.")
    if not file.content:
        raise EventInvalid(Reason.FILE_EMPTY, f"{where} has no content.")
    if len(file.content) > MAX_ATTACHMENT_BYTES:
        detail = f"{where} has {len(file.content):,} bytes; at most {MAX_ATTACHMENT_BYTES:,} are taken."
        raise EventInvalid(Reason.ATTACHMENT_TOO_LARGE, detail)
    extension = PurePath(file.name).suffix.removeprefix(".").upper()
    if len(file.name) > LONGEST_NAME or not extension:
        detail = f"{where}.name needs an ending and at most {LONGEST_NAME} characters; it has {len(file.name)}."
        raise EventInvalid(Reason.ATTACHMENT_NAME_UNSUITABLE, detail)
    if extension not in MEDIA_TYPES:
        detail = f"{where} is of a kind Chorus Pro does not take; it takes {', '.join(sorted(MEDIA_TYPES))}."
        raise EventInvalid(Reason.ATTACHMENT_TYPE_UNSUPPORTED, detail)
    return Attached(name=file.name, extension=extension, media_type=MEDIA_TYPES[extension], content=file.content)

"""Tells what a downloaded file is from its first bytes, and gives it a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_KINDS: Final = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"PK\x03\x04", "application/zip", "zip"),
    (b"PK\x05\x06", "application/zip", "zip"),
    (b"\x1f\x8b", "application/gzip", "gz"),
    (b"<?xml", "application/xml", "xml"),
    (b"\xef\xbb\xbf<", "application/xml", "xml"),
    (b"<", "application/xml", "xml"),
    (b"\xff\xfe<\0", "application/xml", "xml"),
    (b"\xfe\xff\0<", "application/xml", "xml"),
)
_HTML: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_BEGINNING: Final = 1_024
_UNUSUAL = re.compile(r"[^A-Za-z0-9._+-]+")
_LONGEST: Final = 100


def media_type(content: bytes) -> str:
    """Return the media type of a file, `application/octet-stream` where its beginning does not tell."""
    return _kind(content)[0]


def file_name(content: bytes, numbers: Sequence[str]) -> str:
    """Return a name that is safe on any disk: of the invoice, or of the first and how many more there are."""
    first = _UNUSUAL.sub("_", numbers[0]).strip("._")[:_LONGEST] or "invoice"
    more = f"-and-{len(numbers) - 1}-more" if len(numbers) > 1 else ""
    return f"{first}{more}.{_kind(content)[1]}"


def _kind(content: bytes) -> tuple[str, str]:
    if _HTML.match(content[:_BEGINNING].removeprefix(b"\xef\xbb\xbf")):
        return "text/html", "html"
    for start, kind, ending in _KINDS:
        if content.startswith(start):
            return kind, ending
    return "application/octet-stream", "bin"

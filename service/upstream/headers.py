"""Reads the headers of an answer: what kind of body, which trace, why refused, how long to wait."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_RETRY_AFTER = 3600.0
"""Seconds; a gateway that asks for more is asked again after this."""

_PARAMETER = re.compile(r'(\w+)\s*=\s*"([^"]*)"')
_UNTYPED = ("", "text/plain", "application/octet-stream")


def is_json(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the body may be parsed: declared as JSON, or of no declared kind and beginning like an object."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.endswith(("/json", "+json")):
        return bool(body.strip())
    return kind in _UNTYPED and body.lstrip()[:1] == b"{"


def correlation_id(headers: Mapping[str, str]) -> str | None:
    """The first header that names the call in the traces of the gateway, for support tickets."""
    for name, value in headers.items():
        if "correlation" in name or "request-id" in name:
            return value[:200]
    return None


def challenge(headers: Mapping[str, str]) -> dict[str, str] | None:
    """The parameters of a challenge (`realm`, `error`, …), of PISTE or for a login; None when there is none."""
    value = headers.get("www-authenticate", "")
    if not value.lower().startswith(("bearer", "basic")):
        return None
    return {name.lower(): text for name, text in _PARAMETER.findall(value)}


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float:
    """Seconds to wait, from a number or a date, at most an hour; 0 when the gateway did not say."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), LONGEST_RETRY_AFTER)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return min(max(0.0, (date - (now or datetime.now(UTC))).total_seconds()), LONGEST_RETRY_AFTER)

"""Shortens the messages of the State to what may be repeated: no account numbers, no documents."""

from __future__ import annotations

import re

from service.observability.bank_details import without_account_numbers

LONGEST = 2000
"""Characters; what is longer repeats a request, and is no message."""

# A run this long without a blank is a document in base64, never a word.
_DOCUMENT = re.compile(r"[A-Za-z0-9+/_-]{120,}={0,2}")


def masked(text: str) -> str:
    """Return the text with account numbers reduced to their first characters, without documents, not too long."""
    shorter = without_account_numbers(_DOCUMENT.sub("…", text), "{}…".format)
    return shorter if len(shorter) <= LONGEST else f"{shorter[:LONGEST]}…"

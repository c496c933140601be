"""Knows every value that must never be printed, and takes them out of whatever is about to be."""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from urllib.parse import quote

MASK = "[secret]"
SHORTEST = 4
"""Shorter values are left alone: masking every `a` would hide the log, not the secret."""
PASSING_KEPT = 64
"""Tokens remembered after they were replaced; they live an hour."""

# A run this long without a blank is a document in base64, never a word.
BASE64_RUN = r"[A-Za-z0-9+/_-]{160,}={0,2}"
# A French account number; upstream texts are masked where they are read, this is the second net.
FRENCH_IBAN = r"\bFR\d{2}(?:[ .-]?[A-Z0-9]{4}){5}[ .-]?[A-Z0-9]{3}\b"
ALWAYS = f"{BASE64_RUN}|{FRENCH_IBAN}"

_BASE64 = re.compile(BASE64_RUN)
_IBAN = re.compile(FRENCH_IBAN)


class Secrets:
    """The registered values, in every spelling they are likely to be printed in."""

    def __init__(self) -> None:
        self._lasting: set[str] = set()
        self._passing: deque[str] = deque(maxlen=PASSING_KEPT)
        self._spellings: tuple[str, ...] = ()
        self._pattern = re.compile(ALWAYS)

    def register(self, value: str) -> None:
        """Never print `value` again."""
        if len(value) >= SHORTEST and value not in self._lasting:
            self._lasting.add(value)
            self._compile()

    def register_passing(self, value: str) -> None:
        """Do not print `value`, a token say, for as long as it may be in use."""
        if len(value) >= SHORTEST and value not in self._passing:
            self._passing.append(value)
            self._compile()

    def mask(self, text: str) -> str:
        """The same text without any registered value, account numbers, or documents in base64."""
        # Nearly every line is clean, and to see that is much cheaper than to try each spelling at each character.
        return text if self._is_clean(text) else self._pattern.sub(MASK, text)

    def _is_clean(self, text: str) -> bool:
        if any(spelling in text for spelling in self._spellings) or _BASE64.search(text):
            return False
        return "FR" not in text or _IBAN.search(text) is None

    def _compile(self) -> None:
        spellings = {s for value in (*self._lasting, *self._passing) for s in _spellings(value)}
        self._spellings = tuple(sorted(spellings, key=len, reverse=True))  # the longest first
        self._pattern = re.compile("|".join((*(re.escape(s) for s in self._spellings), ALWAYS)))


def _spellings(value: str) -> set[str]:
    encoded = value.encode("utf-8", "surrogatepass")
    return {
        value,
        quote(value, safe=""),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        base64.b64encode(encoded).decode(),
    }

"""Masks the account numbers that the State repeats in its messages."""

from __future__ import annotations

import re

# Two letters and two digits, then the rest in one piece or in groups of four: an IBAN, wherever it comes from.
_IBAN = re.compile(
    r"\b([A-Z]{2}\d{2})(?:[A-Z0-9]{11,30}|(?:[ .-][A-Z0-9]{4}\b){2,7}(?:[ .-][A-Z0-9]{1,3})?)\b", re.IGNORECASE
)
# A French account number without its country: bank, branch, account and key.
_RIB = re.compile(r"\b(\d{5})[ .-]?\d{5}[ .-]?[A-Z0-9]{11}[ .-]?\d{2}\b", re.IGNORECASE)
_FEWEST_DIGITS = 10


def masked(text: str) -> str:
    """Return the text with account numbers reduced to their first characters."""
    return _RIB.sub(r"\1…", _IBAN.sub(_reduced, text))


def _reduced(match: re.Match[str]) -> str:
    """An IBAN is mostly digits; words that happen to follow a code of four characters are not."""
    if sum(character.isdecimal() for character in match.group()) < _FEWEST_DIGITS:
        return match.group()
    return f"{match.group(1)}…"

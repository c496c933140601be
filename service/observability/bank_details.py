"""Finds account numbers in a text: IBANs of any country, written in one piece or in groups, and French RIBs."""

from __future__ import annotations

import re
from collections.abc import Callable

# Two letters and two digits, then the rest in one piece or in groups of four. What stands between groups may be any
# blank (French texts use those that do not break), a dot or a dash.
_IBAN = re.compile(
    r"\b([A-Z]{2}\d{2})(?:[A-Z0-9]{11,30}|(?:[\s.-]{1,2}[A-Z0-9]{4}\b){2,7}(?:[\s.-]{1,2}[A-Z0-9]{1,3})?)\b",
    re.IGNORECASE,
)
# A French account number without its country: bank, branch, account and key.
_RIB = re.compile(r"\b(\d{5})[\s.-]{0,3}\d{5}[\s.-]{0,3}[A-Z0-9]{11}[\s.-]{0,3}\d{2}\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:IBAN|RIB|compte)\b[^A-Z0-9]{0,4}(?:n[°o]\W{0,2})?$", re.IGNORECASE)
_FEWEST_DIGITS = 10

# Characters of an IBAN by country: an invoice number may well begin with two letters and two digits.
_LENGTHS = {
    country: int(length)
    for length, *countries in (
        line.split()
        for line in (
            "15 NO", "16 BE", "18 DK FI FO GL NL", "19 MK SI", "20 AT BA EE KZ LT LU XK", "21 CH HR LI LV",
            "22 BG BH CR DE GB GE IE ME RS VA", "23 AE GI IL IQ TL", "24 AD CZ ES MD PK RO SA SE SK TN VG",
            "25 LY PT ST", "26 IS TR", "27 FR GR IT MC MR SM", "28 AL AZ BY CY DO GT HU LB PL SV",
            "29 BR EG PS QA UA", "30 JO KW MU", "31 MT SC", "32 LC",
        )
    )
    for country in countries
}  # fmt: skip


def without_account_numbers(text: str, instead: Callable[[str], str]) -> str:
    """The text with each account number replaced by what `instead` makes of its first characters."""
    shorter = _IBAN.sub(lambda match: _iban(match, instead), text)
    return _RIB.sub(lambda match: instead(match[1]), shorter)


def _iban(match: re.Match[str], instead: Callable[[str], str]) -> str:
    found, head = match[0], match[1]
    if sum(character.isdecimal() for character in found) < _FEWEST_DIGITS:
        return found  # words that happen to follow a code of four characters
    end = _end(found, _LENGTHS.get(head[:2].upper(), 0))
    if end is not None:
        return instead(head) + found[end:]
    # Of another length it is none, unless the text says so: a wrong one is just what the State complains about.
    return instead(head) if _NAMED.search(match.string, 0, match.start()) else found


def _end(found: str, length: int) -> int | None:
    """Where an account number of so many characters ends in what looks like one; None when it is of another length."""
    places = [place for place, character in enumerate(found) if character.isalnum()]
    if not length or len(places) < length:
        return None
    end = places[length - 1] + 1
    return end if end == len(found) or not found[end].isalnum() else None

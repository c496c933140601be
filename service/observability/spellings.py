"""Knows every way a secret is likely to be written: escaped, quoted for an address, in base64, in hexadecimal."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass

SHORT = 12
"""Characters; a shorter value is only looked for on its own, because it may well be part of a longer word or number."""

SHORTEST_PROBE = 4
_RUN = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Spellings:
    """How to find one value: `probes` are cheap to look for, and no text without any of them holds the value."""

    probes: tuple[str, ...]
    pattern: re.Pattern[str]

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth looking closely."""
        return any(probe in text for probe in self.probes)


def spellings(value: str) -> Spellings:
    """Every spelling of a value that is not empty."""
    encoded = value.encode("utf-8", "surrogatepass")
    literal = {encoded.hex(), encoded.hex().upper(), *_in_base64(encoded)}
    plain = "".join(_character(character) for character in value)
    if len(value) < SHORT:
        plain = rf"(?<![A-Za-z0-9_]){plain}(?![A-Za-z0-9_])"
    longest = max(_RUN.findall(value), key=len, default="")
    probe = longest if len(longest) >= SHORTEST_PROBE else ""
    patterns = (plain, *(re.escape(form) for form in sorted(literal, key=len, reverse=True)))
    return Spellings((probe, *sorted(literal)), re.compile("|".join(patterns)))


def _character(character: str) -> str:
    """One character as it is, or in any of the forms that JSON, Python, addresses and pages give it."""
    if character.isascii() and character.isalnum():
        return character
    code = ord(character)
    in_address = "".join(f"%(?:25)?{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    in_bytes = "".join(rf"\\+x{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    in_code = rf"\\+u{code:04x}" if code < 0x10000 else _pair(character)  # noqa: PLR2004 - what one unit can hold
    in_python = rf"\\+x{code:02x}|\\+u{code:08x}"
    forms = [
        rf"\\*{re.escape(character)}",
        f"(?i:{in_address}|{in_bytes}|{in_code}|{in_python}|&#{code};|&#x{code:x};)",
    ]
    forms.append(re.escape(html.escape(character)))
    if character == " ":
        forms.append(r"\+")
    if character == "\\":
        forms.append(r"\\+")
    return f"(?:{'|'.join(dict.fromkeys(forms))})"


def _pair(character: str) -> str:
    """A character beyond 16 bits as JSON writes it: two units."""
    units = character.encode("utf-16-be")
    return rf"\\+u{units[:2].hex()}\\+u{units[2:].hex()}"


def _in_base64(encoded: bytes) -> set[str]:
    """What base64 makes of a value at each of the three places in its groups, without what depends on its neighbours.

    Of those, each is looked for in the alphabet of texts and in that of addresses.
    """
    forms = set()
    for before in range(3):
        whole = base64.b64encode(bytes(before) + encoded).decode()
        inner = whole[(8 * before + 5) // 6 : 8 * (before + len(encoded)) // 6]
        forms |= {inner, inner.translate(str.maketrans("+/", "-_"))}
    return {form for form in forms if len(form) > SHORTEST_PROBE} | {base64.b64encode(encoded).decode()}

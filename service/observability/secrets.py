"""Knows every value that must never be printed, and takes them out of whatever is about to be."""

from __future__ import annotations

import re
from collections import deque

from service.observability.bank_details import without_account_numbers
from service.observability.spellings import Spellings, spellings
from service.observability.words import is_ordinary

MASK = "[secret]"
SHORTEST = 6
"""A shorter value, and one that is a word of the log itself, is only masked where its place shows what it is: masking
every `a` or `relay` would hide the log, and tell the reader what the secret is."""
PASSING_KEPT = 16
"""Tokens remembered after they were replaced; they live an hour."""

# A run this long without a blank is a document in base64, never a word.
_DOCUMENT = re.compile(r"[A-Za-z0-9+/_-]{160,}={0,2}")
# The bytes of a message, as Python shows them.
_BYTES = re.compile(r"""\bb(?:'(?:[^'\\]|\\.){16,}'|"(?:[^"\\]|\\.){16,}")""")

_NAMES = (
    "password", "passwd", "passphrase", "pwd", "secret", "api_key", "apikey", "cpro-account", "cpro_account",
    "authorization", "access_token", "refresh_token", "id_token",
)  # fmt: skip
_NAMED = "|".join(_NAMES)
_QUOTED = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
_BARE = r"(?:(?:basic|bearer)\s+)?[^\s&,;\"'\\(){}\[\]<>]+"
_PLACES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    # A password in an address.
    (("://",), re.compile(r"(?<=://)([^\s/?#\"<>@:\\]*):[^\s/?#\"<>\\]*@"), rf"\1:{MASK}@"),
    # What signs in, in a header or where one is talked about; a digit or a sign tells it from prose.
    (("bearer ", "basic "),
     re.compile(r"\b(bearer|basic)(\s+)(?=[^\s\"',;]*[0-9+/=_~])[\w.~+/=-]{12,}", re.IGNORECASE), rf"\1\2{MASK}"),
    # name=value, and "name": "value".
    (_NAMES, re.compile(rf"({_NAMED})([\"']?\s*=\s*)(?:{_QUOTED}|{_BARE})", re.IGNORECASE), rf"\1\2{MASK}"),
    (_NAMES, re.compile(rf"({_NAMED})([\"'])(\s*:\s*){_QUOTED}", re.IGNORECASE), rf"\1\2\3\2{MASK}\2"),
    # The two headers.
    (("cpro-account", "authorization"),
     re.compile(rf"\b(cpro-account|authorization)(\s*:\s*){_BARE}", re.IGNORECASE), rf"\1\2{MASK}"),
)  # fmt: skip
"""Where a value is a secret whatever it is: what to look for first in small letters, the place, what is left of it."""


_HINTS = ("b'", 'b"', 'b\\"', *dict.fromkeys(hint for hints, _, _ in _PLACES for hint in hints))


class Secrets:
    """The registered values, in every spelling they are likely to be printed in."""

    def __init__(self) -> None:
        self._lasting: dict[str, Spellings] = {}
        self._passing: deque[tuple[str, Spellings]] = deque(maxlen=PASSING_KEPT)
        self._longest_first: tuple[Spellings, ...] = ()

    def register(self, value: str) -> bool:
        """Never print `value` again; False when it is so short or ordinary that only its place can give it away."""
        if not is_distinctive(value):
            return False
        if value not in self._lasting:
            self._lasting[value] = spellings(value)
            self._arrange()
        return True

    def register_passing(self, value: str) -> None:
        """Do not print `value`, a token say, for as long as it may be in use."""
        if is_distinctive(value) and all(value != known for known, _ in self._passing):
            self._passing.append((value, spellings(value)))
            self._arrange()

    def mask(self, text: str) -> str:
        """The same text without registered values, values at a place of secrets, account numbers, or documents."""
        return mask_places(self.mask_registered(text))

    def mask_registered(self, text: str) -> str:
        """The same text without any registered value; a clean text, as nearly every one is, costs little."""
        for known in self._longest_first:
            if known.may_be_in(text):
                text = known.pattern.sub(MASK, text)
        return text

    def may_be_in(self, line: str) -> bool:
        """Whether a line may hold a secret that can only be told from its neighbours before they are escaped."""
        if any(known.may_be_in(line) for known in self._longest_first):
            return True
        small = line.lower()
        return any(hint in small for hint in _HINTS)

    def _arrange(self) -> None:
        known = sorted([*self._lasting.items(), *self._passing], key=lambda pair: len(pair[0]), reverse=True)
        self._longest_first = tuple(spelt for _, spelt in known)


def is_distinctive(value: str) -> bool:
    """Whether a value can be told from an ordinary word wherever it appears."""
    return len(value) >= SHORTEST and not is_ordinary(value)


def mask_places(text: str) -> str:
    """The same text without what is a secret by its place or its form: nothing has to be known for that."""
    small = text.lower()
    for hints, pattern, instead in _PLACES:
        if any(hint in small for hint in hints):
            text = pattern.sub(instead, text)
    if "b'" in text or 'b"' in text:
        text = _BYTES.sub("[bytes]", text)
    return without_account_numbers(_DOCUMENT.sub(MASK, text), lambda _: MASK)

"""What a part of the mapping is made of, and how words of people are compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from contracts.reasons import Reason

ANY = "any"
"""Instead of the name of an operation: a code that means the same wherever it comes."""


class Entries(BaseModel):
    """A part of the mapping: every entry is there, and nothing else is.

    A part named `fields` says where the values of requests go; two of one request must not go to the same place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def rows(cls) -> tuple[frozenset[str], ...]:
        """The entries that go into the objects of a list, for each such list."""
        return ()

    @classmethod
    def requests(cls) -> tuple[frozenset[str], ...]:
        """The entries that may go into one request, for each request: all of them, unless a part knows better."""
        return (frozenset(cls.model_fields).difference(*cls.rows()),)


Prefix = Annotated[str, Field(pattern=r"^(/[^/\s]+)+$")]
"""A path that begins with a stroke and does not end with one."""


def folded(text: str) -> str:
    """Fold what people write differently: accents, case, apostrophes, blanks."""
    plain = unicodedata.normalize("NFKD", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().split())


def reason_in(refusals: Mapping[str, Mapping[str, Reason]], operation: str, code: str | None) -> Reason:
    """Our reason for a refusal: that of its code for the operation, else for any, else `upstream_refused`."""
    known = {**refusals.get(ANY, {}), **refusals.get(operation, {})}
    return known.get(code or "", Reason.UPSTREAM_REFUSED)

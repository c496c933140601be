"""Tells from two histories of an invoice whether a decision about it was carried out while nobody saw the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

BEFORE = "before"
"""Part of what the ledger keeps of a decision: where its invoice stood before it was sent for the first time."""


class Since(StrEnum):
    """What happened to an invoice since then."""

    OURS = "ours"
    """It came to what was asked for, whatever happened next."""
    NOTHING = "nothing"
    """It stands where it stood."""
    OTHER = "other"
    """It came to something else, and never to what was asked for."""
    UNCLEAR = "unclear"
    """What the State shows now is no continuation of what it showed then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """An invoice as its history showed it: every status it went through, in the State's codes.

    Statuses are compared, not their times: those are of the State's clock, sometimes no more than a day, and where two
    are the same the order of their statuses is not certain. Without any, the account could not read it.
    """

    chorus_pro_id: int
    number: str | None
    supplier_siret: str | None
    recipient_siret: str | None
    status_code: str
    passed: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """What the ledger keeps."""
        return {
            "chorus_pro_id": self.chorus_pro_id,
            "number": self.number,
            "supplier_siret": self.supplier_siret,
            "recipient_siret": self.recipient_siret,
            "status_code": self.status_code,
            "passed": list(self.passed),
        }

    @classmethod
    def of(cls, noted: Mapping[str, Any]) -> Self | None:  # Any: JSON of our own
        """What is kept of a decision that was made ready; None when none was."""
        kept = noted.get(BEFORE)
        return cls(**{**kept, "passed": tuple(kept["passed"])}) if isinstance(kept, dict) else None

    def since(self, passed: Sequence[str], wanted: frozenset[str]) -> Since:
        """What happened to it, by the statuses it has gone through now and those that were asked for."""
        if not self.passed:
            return Since.UNCLEAR
        then, now = Counter(self.passed), Counter(passed)
        if then - now:
            return Since.UNCLEAR
        new = now - then
        if not new:
            return Since.NOTHING
        return Since.OURS if wanted & new.keys() else Since.OTHER


def without_earlier(passed: Sequence[str], status_code: str, wanted: frozenset[str]) -> Since:
    """The same for an invoice of which no earlier history is known: only what it says by itself is certain."""
    if status_code in wanted:
        return Since.OURS
    return Since.UNCLEAR if not passed or wanted & set(passed) else Since.NOTHING

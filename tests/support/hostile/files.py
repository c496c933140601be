"""A file made to hurt, and what the relay must say of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class File:
    """One file; `reasons` are those it may be refused for, one or more between bars, none when it may be taken."""

    name: str
    content: bytes = field(repr=False)
    reasons: str = ""

    def is_answered_by(self, reason: str) -> bool:
        """Whether this reason, empty when it was taken, is one of those expected."""
        return reason in self.reasons.split("|")

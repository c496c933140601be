"""A result before it has an envelope: what a handler says."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.base import Outgoing

TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A result without its envelope. `kind` and `discriminator` make its id; the terminal one has kind `terminal`."""

    type: str
    data: Outgoing
    kind: str = TERMINAL
    discriminator: str = ""

    @property
    def is_final(self) -> bool:
        """Whether this is the one terminal result of its request."""
        return self.kind == TERMINAL

"""One message as received from a queue, with what the relay itself wrote on earlier copies of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message as received: the publisher's part, and the relay's own marks (trusted only on copies the relay made).

    `queue` is the short name of the queue it was read from (`invoices`, `tracking`, `parked.chorus-pro`, …) and
    `origin` the short name of the queue a moved copy comes back to. `turn` counts the relay's own moves of the event,
    `attempt` the counted tries (1 on the first), `closings` how often its failure closed a gate, `returns` how often
    the broker gave it back. `said` holds the causes of delay already published, `state` what tracking must remember.
    """

    body: bytes = field(repr=False)
    queue: str
    origin: str
    first_seen: datetime
    content_type: str | None = None
    headers: Mapping[str, object] = field(default_factory=lambda: NOTHING, repr=False)
    message_id: str | None = None
    routing_key: str = ""
    redelivered: bool = False
    attempt: int = 1
    turn: int = 0
    returns: int = 0
    closings: int = 0
    said: frozenset[str] = frozenset()
    state: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    @property
    def is_copy(self) -> bool:
        """Whether the relay itself put this message where it was read from."""
        return self.turn > 0

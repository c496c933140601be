"""Decides which call meets which fault: by operation, by upstream, by count, by chance or for a time."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PrivateAttr

from service.sandbox.simulator.settings import Seconds

Kind = Literal[
    "status",
    "maintenance",
    "throttle",
    "slow",
    "reset_before",
    "lost_answer",
    "timeout_after",
    "gateway_timeout_before",
    "gateway_timeout_after",
    "truncated",
    "html_200",
    "revoke_tokens",
    "empty_400",
    "expires_in_string",
]
TOKEN = "token"  # noqa: S105 - the name of an operation
EVERYTHING = "*"


class Fault(BaseModel):
    """Something to go wrong. Without count, rate, seconds and until it lasts until it is removed."""

    model_config = ConfigDict(extra="forbid")

    id: str = ""
    operation: str = EVERYTHING
    upstream: Literal["chorus-pro", "dume"] | None = None
    kind: Kind
    count: int | None = Field(default=None, ge=1)
    """How many calls meet it."""
    skip: int = Field(default=0, ge=0)
    """How many calls go through before the first meets it."""
    rate: float | None = Field(default=None, ge=0, le=1)
    """The share of calls that meet it, drawn by lot."""
    seconds: Seconds | None = Field(default=None, gt=0)
    """How long it lasts from the moment it is added."""
    until: AwareDatetime | None = None
    contains: str | None = None
    """Only calls whose body holds this text (a file name, an invoice number, a consultation)."""
    spare: tuple[str, ...] = ()
    """Operations that never meet it, such as healthCheck."""
    params: dict[str, Any] = Field(default_factory=dict)  # Any: each kind has its own, see `injection`
    _met: int = PrivateAttr(default=0)
    _passed: int = PrivateAttr(default=0)

    @property
    def met(self) -> int:
        """How many calls met it so far."""
        return self._met

    def to_json(self) -> dict[str, object]:
        """The fault as the admin API shows it."""
        return self.model_dump(mode="json", exclude_none=True) | {"met": self._met}

    def concerns(self, *, operation: str, upstream: str, body: bytes) -> bool:
        """Whether a call is of the sort meant. Maintenance leaves the token host alone unless it is named."""
        if operation in self.spare or self.operation not in {EVERYTHING, operation, upstream}:
            return False
        if self.upstream is not None and self.upstream != upstream:
            return False
        if self.kind == "maintenance" and operation == TOKEN and self.operation != TOKEN:
            return False
        if self.kind == "expires_in_string" and operation != TOKEN:
            return False
        return self.contains is None or self.contains.encode() in body

    def strikes(self, chance: random.Random) -> bool:
        """Whether this call meets it; counts it when so."""
        self._passed += 1
        if self._passed <= self.skip or (self.rate is not None and chance.random() >= self.rate):
            return False
        self._met += 1
        return True

    def is_over(self, now: datetime) -> bool:
        """Whether no further call can meet it."""
        return (self.until is not None and now >= self.until) or (self.count is not None and self._met >= self.count)


class Faults:
    """Every fault in force; of several that concern a call the one added first strikes."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._faults: dict[str, Fault] = {}
        self._last = 0

    def add(self, fault: Fault, now: datetime) -> Fault:
        """Put a fault in force under its id, in place of one of the same id; an id is made when it has none."""
        self._last += 1
        until = now + timedelta(seconds=fault.seconds) if fault.seconds is not None else fault.until
        added = fault.model_copy(update={"id": fault.id or f"fault-{self._last}", "until": until})
        self._faults[added.id] = added
        return added

    def remove(self, id: str | None = None) -> bool:
        """Take one fault away, or all of them; tells whether there was any."""
        if id is not None:
            return self._faults.pop(id, None) is not None
        found = bool(self._faults)
        self._faults.clear()
        return found

    def all(self) -> list[Fault]:
        """The faults in the order they were added, those that are over included."""
        return list(self._faults.values())

    def strike(self, *, operation: str, upstream: str, body: bytes, now: datetime) -> Fault | None:
        """The fault that this call meets, if any."""
        for fault in self._faults.values():
            if fault.is_over(now) or not fault.concerns(operation=operation, upstream=upstream, body=body):
                continue
            if fault.strikes(self._chance):
                return fault
        return None

"""Holds an invoice taken by Chorus Pro and the statuses it goes through."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from service.core.documents import InvoiceFacts
from service.sandbox.simulator.parties import Structure

BY_ITSELF: Final = ("DEPOSEE", "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION")
TO_VALIDATE: Final = ("DEPOSEE", "A_VALIDER_1")
_CENT: Final = Decimal("0.01")
_WITH_TAX: Final = Decimal("1.2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status and when the invoice came to it."""

    code: str
    at: datetime
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What somebody did with an invoice on the portal."""

    code: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Invoice:
    """One invoice. Statuses come by themselves until somebody sets one."""

    id: int
    facts: InvoiceFacts
    flow_number: str | None
    supplier: Structure
    recipient: Structure
    deposited_at: datetime
    integrated_at: datetime
    shown_at: datetime
    status_step: timedelta
    validator: Structure | None = None
    is_downloaded: bool = False
    actions: list[Action] = field(default_factory=list)
    made_by: str = "UPLOAD_API"
    stated_net: Decimal | None = None
    attachments: list[int] = field(default_factory=list)
    is_rejection_treated: bool = False
    _set: list[Status] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """The amount with tax, as the file states it."""
        return self.facts.total_including_tax if self.facts.total_including_tax is not None else Decimal(0)

    @property
    def net(self) -> Decimal:
        """The amount without tax, where none is stated at the full rate: the relay's reader does not tell it."""
        if self.stated_net is not None:
            return self.stated_net
        return (self.total / _WITH_TAX).quantize(_CENT)

    @property
    def due(self) -> Decimal:
        """The amount to pay, all of it unless the file says otherwise."""
        return self.total if self.facts.amount_due is None else self.facts.amount_due

    def statuses(self, now: datetime) -> list[Status]:
        """The statuses it went through, oldest first."""
        until = min(now, self._set[0].at) if self._set else now
        codes = BY_ITSELF if self.validator is None else TO_VALIDATE
        by_itself = (Status(code=code, at=self.integrated_at + n * self.status_step) for n, code in enumerate(codes))
        return [status for status in by_itself if status.at <= until] + [one for one in self._set if one.at <= now]

    def status(self, now: datetime) -> Status:
        """The present status."""
        return self.statuses(now)[-1]

    def indexed(self, now: datetime, lag: timedelta) -> Status:
        """The status that searches show, which may be late."""
        return self.status(max(self.integrated_at, now - lag))

    def move_status(self, code: str, now: datetime, comment: str | None = None) -> None:
        """Put it into a status, after which none comes by itself."""
        self._set = [status for status in self._set if status.at <= now]
        self._set.append(Status(code=code, at=now, comment=comment))

    def send_on(self, facts: InvoiceFacts, recipient: Structure, now: datetime, comment: str | None) -> None:
        """Send it to another place, where it comes in a while."""
        self.facts, self.recipient = facts, recipient
        self.move_status("EN_COURS_ACHEMINEMENT", now, comment)
        self._set.append(Status(code="MISE_A_DISPOSITION", at=now + self.status_step))

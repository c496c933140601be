"""Decides how near the end of something is that has to be renewed in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The moment from which on it is no longer taken."""

    at: datetime

    def days_left(self, now: datetime) -> int:
        """Whole days that are left; below nothing once it has expired."""
        return (self.at - now) // timedelta(days=1)

    def is_near(self, now: datetime, ahead: timedelta) -> bool:
        """Whether somebody should renew it now."""
        return self.at - now <= ahead

"""Decides when the password of a technical account has to be renewed, and whether that day is near."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from service.core.ending import Ending

LIFETIME = timedelta(days=424)
"""How long Chorus Pro takes a password after it was changed, as AIFE says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordEnd(Ending):
    """When a password expires; `is_told` by Chorus Pro, rather than counted from the day it was changed."""

    is_told: bool


def password_end(told: Iterable[datetime], changed: date | None, now: datetime) -> PasswordEnd | None:
    """The end that counts, None when nothing is known of it.

    Of several that Chorus Pro shows, the next one: an alarm too early costs a look. One that has passed is somebody
    else's, since the account was just taken; it counts only where no other is shown.
    """
    ends = sorted(told)
    if ends:
        return PasswordEnd(at=next((end for end in ends if end > now), ends[-1]), is_told=True)
    if changed is None:
        return None
    return PasswordEnd(at=datetime.combine(changed, time(), tzinfo=UTC) + LIFETIME, is_told=False)

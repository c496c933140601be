"""Tells the simulator's time, which a test may move forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """The time of the machine, or of `source`, plus what it was moved by."""

    def __init__(self, source: Callable[[], datetime] = _now) -> None:
        self._source = source
        self.moved = timedelta()

    def __call__(self) -> datetime:
        """The present moment, with its zone."""
        return self._source() + self.moved

    def move(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self.moved += timedelta(seconds=seconds)

    def set_right(self) -> None:
        """Tell the true time again."""
        self.moved = timedelta()

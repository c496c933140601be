"""Reads and writes durations the way people write them: `10s`, `1m`, `15m`, `6h`, `2d`, or a plain number."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
WRITTEN = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([smhd]?)", re.ASCII)
SHORTEST_STEP = 0.1
"""Seconds; the broker's timers are no finer, and nothing useful happens sooner."""
LONGEST = timedelta(days=3650)


def to_amount(text: object, unit: str) -> float:
    """The duration in `unit`s (`s`, `d`, …): a plain number counts in that unit, `30s` or `2h` in its own.

    Raises ValueError with what is expected, without repeating the text.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    match = WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError("write a number, or a number with its unit such as 30s, 15m, 6h or 2d")
    seconds = float(match[1]) * UNITS[match[2] or unit]
    if seconds > LONGEST.total_seconds():
        raise ValueError("longer than ten years")
    return seconds / UNITS[unit]


def to_steps(text: object) -> tuple[timedelta, ...]:
    """A list of waits such as `10s,1m,15m,6h`, in the order given; each a tenth of a second or more.

    Raises ValueError when the list is empty or a wait cannot be used.
    """
    parts = [p for p in text.split(",") if p.strip()] if isinstance(text, str) else text
    if not isinstance(parts, list | tuple) or not parts:
        raise ValueError("write at least one duration, such as 10s,1m,15m,6h")
    return tuple(p if isinstance(p, timedelta) else _step(p) for p in parts)


def _step(text: object) -> timedelta:
    seconds = to_amount(text, "s")
    if seconds < SHORTEST_STEP:
        raise ValueError("each wait is at least a tenth of a second")
    return timedelta(milliseconds=round(seconds * 1000))


def to_text(duration: timedelta) -> str:
    """The duration in its largest exact unit: `15m` for 900 seconds, `0.5s` for half a second."""
    seconds = duration.total_seconds()
    for unit, size in reversed(UNITS.items()):
        if seconds and seconds % size == 0:
            return f"{seconds // size:.0f}{unit}"
    return f"{seconds:g}s"

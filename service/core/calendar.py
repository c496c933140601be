"""Reads announced maintenance windows, and tells which one is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import yaml

PARIS = ZoneInfo("Europe/Paris")
"""The State announces its maintenance in its own time."""

EVERY = "all"
UPSTREAMS = {
    "chorus-pro": "chorus-pro",
    "chorus_pro": "chorus-pro",
    "chorus pro": "chorus-pro",
    "chorus": "chorus-pro",
    "cpro": "chorus-pro",
    "dume": "dume",
    "piste": EVERY,
    "all": EVERY,
    "*": EVERY,
}
START_KEYS = ("from", "start", "begin", "since")
END_KEYS = ("to", "end", "until")


class CalendarInvalid(ValueError):
    """The calendar cannot be used; the text is one sentence that says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time an upstream (`chorus-pro`, `dume` or `all`) is announced to be away: from `start` to before `end`."""

    upstream: str
    start: datetime
    end: datetime
    note: str = ""

    def is_active(self, upstream: str, now: datetime) -> bool:
        """Whether `upstream` is away at `now`."""
        return self.upstream in {upstream, EVERY} and self.start <= now < self.end


def parse(text: str) -> tuple[Window, ...]:
    """The windows of a calendar in JSON or YAML, earliest first; a list, or a list under `windows`.

    Times without an offset are those of Paris; a day alone begins and ends at midnight. Raises CalendarInvalid.
    """
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise CalendarInvalid(f"The calendar is neither JSON nor YAML{where}.") from None
    if isinstance(content, Mapping):
        content = content.get("windows")
    if content is None:
        return ()
    if not isinstance(content, Sequence) or isinstance(content, str):
        raise CalendarInvalid("The calendar must be a list of windows, or hold one under `windows`.")
    windows = [_window(number, row) for number, row in enumerate(content, start=1)]
    return tuple(sorted(windows, key=lambda window: window.start))


def active(windows: Sequence[Window], upstream: str, now: datetime) -> Window | None:
    """The window that keeps `upstream` away now; the one that ends last when several do."""
    return max((w for w in windows if w.is_active(upstream, now)), key=lambda window: window.end, default=None)


def _window(number: int, row: object) -> Window:
    if not isinstance(row, Mapping):
        raise CalendarInvalid(f"Window {number} of the calendar must have `from` and `to`.")
    upstream = UPSTREAMS.get(str(row.get("upstream", EVERY)).strip().lower())
    if upstream is None:
        raise CalendarInvalid(f"Window {number} of the calendar must name chorus-pro, dume or all as its upstream.")
    start = _moment(number, row, START_KEYS)
    end = _moment(number, row, END_KEYS)
    if end <= start:
        raise CalendarInvalid(f"Window {number} of the calendar ends before it begins.")
    return Window(upstream=upstream, start=start, end=end, note=str(row.get("note") or ""))


def _moment(number: int, row: Mapping[object, object], keys: tuple[str, ...]) -> datetime:
    value = next((row[key] for key in keys if row.get(key) is not None), None)
    moment = _read(value, is_end=keys is END_KEYS)
    if moment is None:
        raise CalendarInvalid(
            f"Window {number} of the calendar needs `{keys[0]}` as a time like 2026-11-29T22:00+01:00."
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def _read(value: object, *, is_end: bool) -> datetime | None:
    if isinstance(value, str):
        value = _from_text(value.strip())
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value + timedelta(days=is_end), time())
    return None


def _from_text(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-29") else datetime.fromisoformat(text)
    except ValueError:
        return None

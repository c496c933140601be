"""Remembers which upstream calls were made during one delivery, so that its one log line can name them."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeen:
    """One HTTP call: what was asked, and what is safe to print of the answer. `http_status` is None when none came."""

    upstream: str
    operation: str
    http_status: int | None = None
    code: str | None = None
    correlation_id: str | None = None
    seconds: float = 0.0


_seen: ContextVar[list[CallSeen] | None] = ContextVar("calls_seen", default=None)


@contextmanager
def calls_recorded() -> Iterator[list[CallSeen]]:
    """Give the list that fills with every call made inside, tasks started inside included."""
    calls: list[CallSeen] = []
    before = _seen.set(calls)
    try:
        yield calls
    finally:
        _seen.reset(before)


def record_call(call: CallSeen) -> None:
    """Add a call to the list of the running delivery; does nothing outside of one."""
    calls = _seen.get()
    if calls is not None:
        calls.append(call)

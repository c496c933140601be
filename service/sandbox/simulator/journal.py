"""Remembers every call received, so that a test can say: exactly one was made."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service.sandbox.simulator.answers import Effect


KEPT: Final = 100_000
"""Calls remembered; the oldest is forgotten first, so that a simulator may run for weeks."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One call as received, completed while it is answered. `status` stays None when no answer left."""

    n: int
    at: datetime
    operation: str
    upstream: str
    method: str
    path: str
    request_digest: str
    status: int | None = None
    fault: str | None = None
    token_ok: bool | None = None
    client_id: str | None = None
    account_login: str | None = None
    effect: Effect = "none"
    summary: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """The call as the admin API shows it; it holds no secret."""
        return asdict(self)


class Journal:
    """The calls in the order of their arrival, numbered from 1; numbers go on when it is cleared."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._last = 0

    def received(self, *, at: datetime, operation: str, upstream: str, method: str, path: str, body: bytes) -> Call:
        """Write down a call that just arrived; the caller completes it."""
        self._last += 1
        call = Call(
            n=self._last,
            at=at,
            operation=operation,
            upstream=upstream,
            method=method,
            path=path,
            request_digest=hashlib.sha256(body).hexdigest(),
        )
        self._calls.append(call)
        return call

    def calls(self, operation: str | None = None, *, since: int = 0) -> list[Call]:
        """The calls numbered above `since`, all or those of one operation."""
        return [call for call in self._calls if call.n > since and operation in {None, call.operation}]

    def clear(self) -> None:
        """Forget the calls."""
        self._calls.clear()

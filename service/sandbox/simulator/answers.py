"""Answers as values: what the simulated services say, before any of it is on a wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import orjson

Effect = Literal["none", "created", "changed"]
Summary = Mapping[str, object]

MAINTENANCE_PAGE = (
    "<html><head><title>Service indisponible</title></head>"
    "<body><h1>Maintenance en cours</h1><p>Veuillez reessayer plus tard.</p></body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer and what happened behind it; `body` is None, a page (text) or JSON (anything else)."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    effect: Effect = "none"
    summary: Summary = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        if self.body is None:
            return b""
        return self.body.encode() if isinstance(self.body, str) else to_json(self.body)

    @property
    def content_type(self) -> str | None:
        """The kind of the body; None when there is none."""
        if self.body is None:
            return None
        return "text/html;charset=utf-8" if isinstance(self.body, str) else "application/json;charset=utf-8"


def to_json(document: object) -> bytes:
    """JSON in which an amount keeps every digit it was given."""
    return orjson.dumps(document, default=_plain)


def _plain(value: Any) -> object:  # Any: what orjson does not know, of any type
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def challenge(error: str, description: str, *, realm: str = "DefaultRealm") -> dict[str, str]:
    """The header in which the gateway says what is wrong with who calls."""
    return {"WWW-Authenticate": f'Bearer realm="{realm}",error="{error}",error_description="{description}"'}

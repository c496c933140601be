"""Why something a supplier asked for was refused: the State's codes, by operation, and what the relay itself finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.reasons import Reason
from service.upstream import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection(Refusal):
    """What the relay itself has against sending it: a reason, and names that tell the requester more."""

    reason: Reason
    names: tuple[str, ...] = ()


def said(refusal: Refusal) -> dict[str, Any]:  # Any: fields of whatever result it goes into
    """Reason, code and original text as results carry them; the relay's own words are no text of the State's."""
    text = None if isinstance(refusal, Objection) else refusal.text or None
    return {"reason": refusal.reason, "code": refusal.code, "upstream_text": text}

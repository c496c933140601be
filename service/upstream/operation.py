"""One upstream operation described once: where it is, its models, its time-out, and how doubt about it is resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

from contracts.reasons import Reason
from service.core.doubt import Doubt

RequestT = TypeVar("RequestT", bound=BaseModel)
AnswerT = TypeVar("AnswerT", bound=BaseModel)

Certainty = Literal["official", "client", "inferred"]
"""How sure name, path and fields are: published by the State, read in programs in use, or deduced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[RequestT, AnswerT]):
    """A French `operationId` with everything a call needs.

    `api` is the part of the upstream that is subscribed on its own in PISTE (`factures`, `dumeA`, …), `timeout` is in
    seconds and bounds the whole call. `doubt` is how a lost answer is resolved, `purpose` tells two uses of one
    `operationId` apart. `does` says it in a few words for the page of all operations, `certainty` how sure its
    description is. An answer of more than `largest_answer` bytes is not read to its end.
    """

    name: str
    upstream: str
    api: str
    path: str
    request: type[RequestT]
    answer: type[AnswerT]
    timeout: float
    doubt: Doubt
    method: str = "POST"
    is_read: bool = False
    purpose: str = ""
    largest_answer: int | None = None
    does: str = ""
    certainty: Certainty = "official"

    @property
    def title(self) -> str:
        """What the ledger calls it, and a person reads."""
        return f"{self.name}:{self.purpose}" if self.purpose else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The upstream understood the request and said no: its code (the stable one when there is one) and French text.

    `reason` is ours for that code, where one is known.
    """

    operation: str
    code: str | None
    text: str
    reason: Reason = Reason.UPSTREAM_REFUSED
    http_status: int | None = None
    correlation_id: str | None = None


__all__ = ["AnswerT", "Certainty", "Doubt", "Operation", "Refusal", "RequestT"]

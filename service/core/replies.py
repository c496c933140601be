"""Makes results out of what handlers say, and stores them so that they can be published again word for word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType

import orjson

from contracts.base import Outgoing
from contracts.envelope import Envelope, Identity
from contracts.reasons import Reason
from contracts.registry import FAMILIES
from contracts.results import Delayed, ResultEvent, delay_reply, failure_reply, parse_result, publish_form, reply
from service.core.draft import Draft

MODELS: MappingProxyType[str, type[Outgoing]] = MappingProxyType(
    {name: model for family in FAMILIES for name, model in family.results()}
)


class Replies:
    """Answers in the name of one profile."""

    def __init__(self, profile: str) -> None:
        self._profile = profile

    def of(self, drafts: Iterable[Draft | ResultEvent], request: Envelope, now: datetime) -> tuple[ResultEvent, ...]:
        """The results `drafts` stand for, in the same order; what is a result already stays as it is."""
        return tuple(
            draft
            if isinstance(draft, ResultEvent)
            else reply(
                request,
                type=draft.type,
                data=draft.data,
                profile=self._profile,
                now=now,
                kind=draft.kind,
                discriminator=draft.discriminator,
            )
            for draft in drafts
        )

    def failure(self, request: Envelope | Identity, reason: Reason, detail: str, now: datetime) -> ResultEvent:
        """The terminal `X.failed` of a request."""
        return failure_reply(request, reason, detail, profile=self._profile, now=now)

    def delay(self, request: Envelope, delayed: Delayed, now: datetime) -> ResultEvent:
        """The `X.delayed` of a request."""
        return delay_reply(request, delayed, profile=self._profile, now=now)


def store(results: Iterable[ResultEvent]) -> bytes:
    """All results of an outcome, as the ledger keeps them."""
    return b"[" + b",".join(publish_form(result) for result in results) + b"]"


def restore(stored: bytes) -> tuple[ResultEvent, ...]:
    """The results `store` was given; their published form is the same to the byte."""
    return tuple(parse_result(orjson.dumps(event), MODELS) for event in orjson.loads(stored))

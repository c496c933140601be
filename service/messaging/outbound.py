"""A message about to be published: its bytes and the few properties the relay sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiormq import spec

from contracts.results import ResultEvent, publish_form
from service.core.delivery import NOTHING

APP_ID = "piste-relay"
STRUCTURED = "application/cloudevents+json"
PERSISTENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message. `id` is the AMQP message id: the same on every try, and never published twice at the same time."""

    id: str
    body: bytes = field(repr=False)
    content_type: str | None = None
    content_encoding: str | None = None
    type: str | None = None
    correlation_id: str | None = None
    timestamp: datetime | None = None
    headers: Mapping[str, object] = field(default_factory=lambda: NOTHING, repr=False)

    def properties(self) -> spec.Basic.Properties:
        """The AMQP properties; always persistent, never an expiration, a priority or a user."""
        return spec.Basic.Properties(
            message_id=self.id,
            content_type=self.content_type,
            content_encoding=self.content_encoding,
            message_type=self.type,
            correlation_id=self.correlation_id,
            timestamp=self.timestamp,
            headers=dict(self.headers),  # type: ignore[arg-type]  # filtered by marks to what the wire can carry
            delivery_mode=PERSISTENT,
            app_id=APP_ID,
        )


def result_message(result: ResultEvent) -> Outbound:
    """A result as it is published: structured mode, findable by the id of the request it answers."""
    return Outbound(
        id=result.id,
        body=publish_form(result),
        content_type=STRUCTURED,
        type=result.type,
        correlation_id=result.causationid,
        timestamp=result.time,
    )

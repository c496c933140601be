"""Looks at the identifiers in a request about tenders before anybody works on it, and says once what is odd."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contracts.base import Incoming
from service.core.errors import EventInvalid
from service.core.identifiers import Mode, doubtful
from service.handlers.base import Event
from service.observability import events as happened
from service.observability.log import get_logger

TENDERS = "tender."

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrutiny:
    """How identifiers are taken that cannot be right: sent and warned of, refused, or not looked at."""

    mode: Mode = "warn"

    def seen(self, event: Event, request: Incoming | EventInvalid, *, is_new: bool) -> Event:
        """The event with what is odd about its request; the log is told of an event that `is_new`."""
        if self.mode == "off" or isinstance(request, EventInvalid) or not event.envelope.type.startswith(TENDERS):
            return event
        found = doubtful(request)
        for one in found if is_new else ():
            facts = {"event_id": event.envelope.id, "type": event.envelope.type, "field": one.field}
            log.warning(happened.IDENTIFIER_DOUBTED, **facts, detail=one.problem, refused=self.mode == "refuse")
        return replace(event, doubtful=found, refuses_doubtful=self.mode == "refuse")

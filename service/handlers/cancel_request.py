"""Withdraws a request that was not sent yet."""

from __future__ import annotations

from typing import ClassVar

from contracts.envelope import Identity
from contracts.events import RequestCancellationRequested
from contracts.reasons import Reason
from contracts.results import RequestCancellationDone, RequestCancellationRefused, ResultEvent
from service.core.draft import Draft
from service.core.entry import Entry, State
from service.core.errors import SubjectBusy
from service.core.replies import store
from service.handlers.base import Calls, Event, Read

WITHDRAWN = "Withdrawn by a request.cancellation before anything was sent."
REFUSALS = {
    State.SENDING: Reason.ALREADY_SENT,
    State.IN_DOUBT: Reason.ALREADY_SENT,
    State.HELD: Reason.ALREADY_SENT,
    State.ANSWERED: Reason.ALREADY_SENT,
    State.CLOSED: Reason.ALREADY_ANSWERED,
}


class CancelRequest(Read[RequestCancellationRequested]):
    """`request.cancellation.requested.v1`. Makes no call; asking twice gives the same answer."""

    model: ClassVar[type[RequestCancellationRequested]] = RequestCancellationRequested
    upstream: ClassVar[str | None] = None

    async def handle(
        self, request: RequestCancellationRequested, event: Event, calls: Calls
    ) -> tuple[Draft | ResultEvent, ...]:
        """Close the request in the ledger if nothing was sent for it; its own `failed` goes out with this one."""
        source = request.source or event.envelope.source
        done = Draft(type="request.cancellation.done.v1", data=RequestCancellationDone(id=request.id, source=source))
        # Without an outcome this only leaves a mark; the request may be taken up by another worker at any moment.
        entry = await calls.ledger.withdraw(source, request.id, None, event.account)
        if entry is None or _is_mark(entry):
            return (done,)
        if _is_anothers(entry, event):
            return (_refused(request.id, source, Reason.REQUEST_UNKNOWN),)
        told = _told(entry, calls)
        before = await calls.ledger.withdraw(source, request.id, store((told,)), event.account) or entry
        after = (await calls.ledger.find(request.id, source))[0]
        if after.state is State.CLOSED and after.reason == Reason.CANCELLED:
            return told, done
        if before.state is State.CLAIMED:
            raise SubjectBusy(f"request {request.id} is being worked on at this moment")
        return (_refused(request.id, source, REFUSALS[before.state]),)


def _is_mark(entry: Entry) -> bool:
    """Whether the request was withdrawn before it came: should it come, its own delivery answers it."""
    return entry.state is State.CLOSED and entry.reason == Reason.CANCELLED and entry.outcome is None


def _is_anothers(entry: Entry, event: Event) -> bool:
    """Whether another account made the request; one that was given another name meanwhile is the same."""
    return entry.account != event.account and entry.echo.get("account") != event.envelope.account


def _told(entry: Entry, calls: Calls) -> ResultEvent:
    """The `failed` of the withdrawn request; always the same, since its time is that of its entry."""
    identity = Identity(entry.source, entry.id, entry.type, **entry.echo)
    return calls.replies.failure(identity, Reason.CANCELLED, WITHDRAWN, entry.created_at or calls.now)


def _refused(id: str, source: str, reason: Reason) -> Draft:
    data = RequestCancellationRefused(id=id, source=source, reason=reason, code=None, upstream_text=None)
    return Draft(type="request.cancellation.refused.v1", data=data)

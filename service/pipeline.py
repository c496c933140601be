"""The life of one event: a Delivery in, an Outcome out. Read this first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any, TypeVar

from pydantic import ValidationError

from contracts.base import Incoming
from contracts.envelope import EnvelopeInvalid, Received, receive
from contracts.events import data_invalid
from contracts.reasons import Reason
from service.accounts import AccountBook
from service.core.delivery import Delivery
from service.core.errors import EventInvalid, FenceLost, KeyBusy, LedgerUnavailable, SubjectBusy, UpstreamFailure
from service.core.outcome import TRACKING, Completed, Outcome, Rejected, RetryLater
from service.core.preflight import NO_INSPECTION
from service.core.recoverability import GiveUp
from service.core.replies import Replies
from service.handlers.base import Calls, Event, Read, Write
from service.handlers.scrutiny import Scrutiny
from service.ledger import Ledger
from service.lifecycle import Lifecycle
from service.observability import events as happened
from service.observability.calls import calls_recorded
from service.observability.log import get_logger
from service.observability.settled import Settled
from service.preflight import Preflight
from service.recovery import Recovery
from service.routes import ROUTES, Route
from service.task import Task
from service.upstream import Upstreams
from service.write_in_hand import WriteInHand

LARGE_BODY = 65_536
"""Bodies beyond this many bytes are read in a thread, so that one large file does not hold up the loop."""

UNROUTED = "unrouted"

UNCLAIMED = "unclaimed"
"""Mark on a write moved before the ledger knew it: its copy is new, not in doubt."""

T = TypeVar("T")
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Everything an event may need on its way; made once by `app`. `settled` is told of each delivery at its end."""

    upstreams: Upstreams
    ledger: Ledger
    lifecycle: Lifecycle
    accounts: AccountBook
    recovery: Recovery
    preflight: Preflight
    replies: Replies
    settled: Callable[[Settled], None]
    scrutiny: Scrutiny = field(default_factory=Scrutiny)

    async def handle(self, delivery: Delivery) -> Outcome:
        """What becomes of a delivery. Never raises, except when this very task is cancelled."""
        seen, started = Settled(delivery=delivery), monotonic()
        with calls_recorded() as seen.calls:
            try:
                outcome = await self._read_envelope(delivery, seen)
            except Exception as error:  # the relay's own mistakes end here: the event is kept and tried again
                log.exception(happened.EVENT_HANDLING_FAILED, event_id=delivery.message_id)
                outcome = self._after_mistake(error, delivery, seen)
        seen.outcome, seen.seconds = outcome, monotonic() - started
        self.settled(seen)
        return outcome

    async def _read_envelope(self, delivery: Delivery, seen: Settled) -> Outcome:
        try:
            received = await self._off_loop(
                delivery, lambda: receive(delivery.body, delivery.content_type, delivery.headers)
            )
        except EnvelopeInvalid as error:
            return self._unreadable(error, seen)
        seen.envelope = received.envelope
        route = ROUTES.get(received.envelope.type)
        if route is None or delivery.queue == UNROUTED:
            return await self._not_ours(received, delivery, seen)
        seen.upstream = route.handler.upstream
        event = self._event(received, delivery)
        seen.account = event.account
        try:
            request: Incoming | EventInvalid = await self._off_loop(
                delivery, lambda: self._request(route, event, delivery)
            )
        except EventInvalid as error:
            request = error
        event = self.scrutiny.seen(event, request, is_new=not delivery.redelivered and _is_unclaimed(delivery))
        if isinstance(route.handler, Read):
            return await self._run_read(route.handler, event.objection or request, event, delivery, seen)
        return await self._run_write(route.handler, request, event, delivery, seen)

    def _unreadable(self, error: EnvelopeInvalid, seen: Settled) -> Outcome:
        if error.identity is None:
            return Rejected(reason=error.reason, detail=error.detail)
        seen.envelope = error.identity
        return self._failure(error.identity, error.reason, error.detail)

    async def _not_ours(self, received: Received, delivery: Delivery, seen: Settled) -> Outcome:
        """Wait for the workers of a newer version when there are any: they may have begun with it, or may want to."""
        try:
            if delivery.queue == UNROUTED or not await self._is_newer(received, delivery):
                return self._unsupported(received, delivery)
        except LedgerUnavailable as error:
            return await self._recovered(error, delivery, seen)
        return self.recovery.newer(delivery, state={UNCLAIMED: True} if _is_unclaimed(delivery) else None)

    async def _is_newer(self, received: Received, delivery: Delivery) -> bool:
        """Whether a newer version takes this type: it has worked on this very event, or says so itself."""
        return not _is_unclaimed(delivery) or await self.ledger.is_known(received.envelope.type)

    def _unsupported(self, received: Received, delivery: Delivery) -> Completed:
        known = "known" if received.envelope.type in ROUTES else "unknown"
        detail = (
            f"The relay takes no event of the {known} type {received.envelope.type[:100]} under the routing key"
            f" {delivery.routing_key[:100]}; the routing key must be the type of a supported request."
        )
        return self._failure(received.envelope, Reason.UNSUPPORTED_TYPE, detail)

    def _event(self, received: Received, delivery: Delivery) -> Event:
        envelope = received.envelope
        account = self.accounts.name_of(envelope.account)
        return Event(
            envelope=envelope,
            data=received.data,
            digest=received.digest,
            account=account,
            inspection=NO_INSPECTION if delivery.origin == TRACKING else self.preflight.inspection(account),
            now=datetime.now(UTC),
            key=f"{envelope.source} {envelope.id}",
            requester=self.upstreams.settings.requester.id if self.upstreams.settings.requester else None,
        )

    def _request(self, route: Route, event: Event, delivery: Delivery) -> Incoming:
        """The data of the event by its contract; raises EventInvalid."""
        if delivery.queue == "returned":
            raise EventInvalid(Reason.UNDELIVERABLE, f"The broker gave the event back {delivery.returns} times.")
        self.accounts.check(event.envelope.account)
        try:
            return route.handler.model.model_validate(event.data)
        except ValidationError as error:
            raise EventInvalid(Reason.INVALID_EVENT, data_invalid(error)) from error

    async def _run_read(
        self, handler: Read[Any], request: Incoming | EventInvalid, event: Event, delivery: Delivery, seen: Settled
    ) -> Outcome:
        try:
            if isinstance(request, EventInvalid):
                raise request
            drafts = await handler.handle(request, event, self._calls(event, request))
        except (EventInvalid, UpstreamFailure, LedgerUnavailable, SubjectBusy) as error:
            return await self._recovered(error, delivery, seen, event=event)
        await self.recovery.worked(event, seen)
        results = self.replies.of(drafts, event.envelope, event.now)
        return Completed(results=results, reason=results[-1].type.split(".")[-2])

    async def _run_write(
        self,
        handler: Write[Any, Any],
        request: Incoming | EventInvalid,
        event: Event,
        delivery: Delivery,
        seen: Settled,
    ) -> Outcome:
        prepared: object = request
        if not isinstance(request, EventInvalid):
            try:
                prepared = await self._off_loop(
                    delivery, lambda: handler.prepare(request, event), is_slow=handler.opens_files
                )
            except EventInvalid as error:
                prepared = error
        calls = self._calls(event, request)
        task = Task(
            write=handler,
            prepared=prepared,
            event=event,
            delivery=delivery,
            calls=calls,
            objection=None if isinstance(prepared, EventInvalid) else handler.objected(prepared, event, calls),
            may_call=self._may_call(handler.upstream),
        )
        is_new = not delivery.redelivered and _is_unclaimed(delivery)
        try:
            hand = await self.lifecycle.begin(task, is_new=is_new)
        except (LedgerUnavailable, SubjectBusy) as error:
            outcome = await self._recovered(error, delivery, seen, event=event)
            return replace(outcome, state={UNCLAIMED: True}) if is_new and isinstance(outcome, RetryLater) else outcome
        if not isinstance(hand, WriteInHand):
            return self._claimed(hand, delivery, event)
        return self._claimed(await self._work(hand, delivery, seen, event), delivery, event)

    def _may_call(self, upstream: str) -> bool:
        return not self.upstreams.gates.is_paused(upstream) and self.upstreams.has_room(upstream)

    async def _work(self, hand: WriteInHand, delivery: Delivery, seen: Settled, event: Event) -> Outcome:
        try:
            outcome = await hand.work()
        except Exception as error:  # the ledger knows how far it came; recoverability decides
            if not isinstance(error, UpstreamFailure | EventInvalid | LedgerUnavailable | FenceLost | KeyBusy):
                log.exception(happened.EVENT_HANDLING_FAILED, event_id=event.envelope.id)
            return await self._recovered(error, delivery, seen, event=event, hand=hand)
        else:
            await self.recovery.worked(event, seen)
            return self.recovery.announced(outcome, delivery, seen.upstream, event)
        finally:
            if not hand.lease.is_released:
                await asyncio.shield(hand.lease.release())

    async def _recovered(
        self,
        error: Exception,
        delivery: Delivery,
        seen: Settled,
        *,
        event: Event | None = None,
        hand: WriteInHand | None = None,
    ) -> Outcome:
        verdict = await self.recovery.verdict(error, delivery, event=event, hand=hand)
        if isinstance(verdict, GiveUp):
            return await self._given_up(verdict, seen, hand)
        return self.recovery.announced(verdict, delivery, seen.upstream, event)

    def _after_mistake(self, error: Exception, delivery: Delivery, seen: Settled) -> Outcome:
        """What becomes of an event the relay itself failed on. A write is never given up: the ledger was not asked."""
        route = ROUTES.get(seen.envelope.type or "") if seen.envelope else None
        is_write = route is not None and isinstance(route.handler, Write)
        verdict = self.recovery.after_mistake(error, delivery, is_write=is_write)
        if not isinstance(verdict, GiveUp):
            return verdict
        if seen.envelope is None:
            return Rejected(reason=verdict.reason, detail=verdict.detail)
        return self._failure(seen.envelope, Reason(verdict.reason), verdict.detail)

    async def _given_up(self, verdict: GiveUp, seen: Settled, hand: WriteInHand | None) -> Outcome:
        if hand is not None:
            return await hand.give_up(verdict)
        if seen.envelope is None:
            return Rejected(reason=verdict.reason, detail=verdict.detail)
        return self._failure(seen.envelope, Reason(verdict.reason), verdict.detail)

    def _claimed(self, outcome: Outcome, delivery: Delivery, event: Event) -> Outcome:
        """The outcome of a write the ledger knows: its turn is raised when it moves, and it is new no more."""
        if isinstance(outcome, Completed):
            return outcome
        outcome = replace(outcome, write=(event.envelope.source, event.envelope.id))
        if UNCLAIMED in delivery.state and not isinstance(outcome, Rejected) and outcome.state is None:
            return replace(outcome, state={})
        return outcome

    async def moved(self, outcome: Outcome, turn: int) -> None:
        """Note in the ledger that a copy with this turn is safe in its queue; raises LedgerUnavailable."""
        if not isinstance(outcome, Completed) and outcome.write is not None:
            await self.ledger.raise_turn(*outcome.write, turn)

    def _failure(self, request: Any, reason: Reason, detail: str) -> Completed:
        return Completed(results=(self.replies.failure(request, reason, detail, datetime.now(UTC)),), reason=reason)

    def _calls(self, event: Event, request: Incoming | EventInvalid) -> Calls:
        return Calls(
            upstreams=self.upstreams,
            ledger=self.ledger,
            replies=self.replies,
            accounts=self.accounts,
            account=event.account,
            event=event.key,
            now=event.now,
            buyer=getattr(request, "buyer", None),
        )

    async def _off_loop(self, delivery: Delivery, work: Callable[[], T], *, is_slow: bool = False) -> T:
        return await asyncio.to_thread(work) if is_slow or len(delivery.body) >= LARGE_BODY else work()


def _is_unclaimed(delivery: Delivery) -> bool:
    """Whether nobody has written this event down before, as far as the message tells."""
    return not delivery.is_copy or UNCLAIMED in delivery.state

"""A desk at which one worker takes deliveries through the life of a write, and what comes back to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from contracts.envelope import Envelope
from service.core.delivery import Delivery
from service.core.doubt import Doubt, DoubtPolicy
from service.core.entry import Entry, Registration
from service.core.errors import EventInvalid, SubjectBusy, UpstreamFailure
from service.core.outcome import Completed, Outcome, Parked, RetryLater
from service.core.recoverability import GiveUp, Reached, RetryPolicy, Situation, recover
from service.core.replies import Replies
from service.handlers.base import Calls, Event
from service.ledger import Ledger
from service.lifecycle import Lifecycle
from service.task import Policies, Task
from service.write_in_hand import WriteInHand
from tests.support.office import Deposit, Office, Wanted

BEGINNING = datetime(2024, 11, 4, 9, 0, tzinfo=UTC)
"""Long before any ledger of a test began to remember."""

STEPS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=15))
HOLD = 60.0
TRACKING_STEPS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=6))
RETRIES = RetryPolicy(steps=STEPS, doubt_wait=timedelta(minutes=15), account_wait=timedelta(hours=6))


@dataclass(slots=True, kw_only=True)
class Desk:
    """One worker with a ledger. `may_call` false makes it claim first and send in a second commit."""

    ledger: Ledger
    office: Office
    write: Deposit
    wait: float = 0.0
    looks: int = 2
    resend: bool = True
    may_call: bool = True
    made_at: datetime = BEGINNING

    async def deliver(
        self,
        delivery: Delivery | None = None,
        *,
        id: str = "e-1",
        wanted: Wanted | EventInvalid | None = None,
        digest: str = "d",
        now: datetime = BEGINNING,
        expirytime: datetime | None = None,
    ) -> Outcome:
        """What becomes of a delivery; Killed and LedgerUnavailable come through, as from a worker that is gone."""
        delivery = delivery or first()
        event = _event(id, self.made_at, now, expirytime, digest)
        prepared = wanted or Wanted(number="F-1", content="one")
        objection = None if isinstance(prepared, EventInvalid) else self.write.objection(prepared)
        task = Task(
            write=self.write,
            prepared=prepared,
            event=event,
            delivery=delivery,
            calls=_calls(self.ledger, event),
            objection=event.objection or objection,
            may_call=self.may_call,
        )
        doubt = DoubtPolicy(wait=self.wait, looks=self.looks, resend=self.resend)
        lifecycle = Lifecycle(
            self.ledger, Replies("local"), Policies(retries=RETRIES, doubt=doubt, tracking=TRACKING_STEPS, hold=HOLD)
        )
        is_new = not delivery.redelivered and not delivery.is_copy
        try:
            hand = await lifecycle.begin(task, is_new=is_new)
        except SubjectBusy as error:
            return cast("Outcome", recover(error, _situation(delivery, None), RETRIES))
        if not isinstance(hand, WriteInHand):
            return hand
        return await _work(hand, delivery)

    async def entry(self, id: str = "e-1") -> Entry:
        """What the ledger has of the request."""
        (entry,) = await self.ledger.find(id)
        return entry


def _calls(ledger: Ledger, event: Event) -> Calls:
    """No upstream: these writes talk to their office alone."""
    nobody = cast("Any", None)  # Any: stands for whatever is not asked
    return Calls(
        upstreams=nobody,
        ledger=ledger,
        replies=Replies("local"),
        accounts=nobody,
        account=event.account,
        event=event.key,
        now=event.now,
    )


def asked_for(id: str) -> Registration:
    """The request as the ledger is asked for it."""
    return Registration(
        source="/tests",
        id=id,
        type="invoice.deposit.requested.v1",
        account="default",
        operation=Deposit.call.title,
        digest="d",
        subject=None,
        keys=("F-1",),
    )


def first() -> Delivery:
    """A request as its sender published it."""
    return Delivery(body=b"", queue="invoices", origin="invoices", first_seen=BEGINNING)


def again(delivery: Delivery | None = None) -> Delivery:
    """The same message, delivered once more by the broker."""
    return replace(delivery or first(), redelivered=True)


def moved(outcome: Outcome, delivery: Delivery | None = None) -> Delivery:
    """The copy that an outcome asks for, as it comes back."""
    assert isinstance(outcome, RetryLater | Parked), outcome
    before = delivery or first()
    origin = (outcome.queue if isinstance(outcome, RetryLater) else None) or before.origin
    state = before.state if outcome.state is None else outcome.state
    return replace(before, turn=before.turn + 1, origin=origin, queue=origin, state=state, redelivered=False)


async def _work(hand: WriteInHand, delivery: Delivery) -> Outcome:
    try:
        outcome = await hand.work()
    except (UpstreamFailure, EventInvalid) as error:
        verdict = recover(error, _situation(delivery, hand), RETRIES)
        outcome = await hand.give_up(verdict) if isinstance(verdict, GiveUp) else verdict
    if not hand.lease.is_released:
        await hand.lease.release()
    return outcome


def _situation(delivery: Delivery, hand: WriteInHand | None) -> Situation:
    return Situation(
        attempt=delivery.attempt,
        closings=0,
        age=timedelta(0),
        reached=hand.reached if hand else Reached.UNSENT,
        repeatable=hand is not None and hand.doubt is Doubt.REPEAT,
        gate_closed=False,
    )


def _event(id: str, made_at: datetime, now: datetime, expirytime: datetime | None, digest: str) -> Event:
    envelope = Envelope(
        id=id,
        source="/tests",
        type="invoice.deposit.requested.v1",
        subject=None,
        time=made_at,
        expirytime=expirytime,
    )
    return Event(envelope=envelope, data={}, digest=digest, account="default", now=now, key=f"/tests {id}")


def types(outcome: Outcome) -> list[str]:
    """The types of the results of an outcome."""
    assert isinstance(outcome, Completed | RetryLater), outcome
    return [result.type.removeprefix("invoice.deposit.").removesuffix(".v1") for result in outcome.results]

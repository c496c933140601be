"""Carries a failure to the recoverability policy with all it needs to know, and says once why an event is late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from contracts.results import Delayed
from contracts.words import DelayCause, Upstream
from service.core.delivery import Delivery
from service.core.doubt import Doubt
from service.core.errors import AccountRejected, UpstreamFailure
from service.core.outcome import Completed, Outcome, Parked, RetryLater
from service.core.recoverability import GiveUp, Reached, RetryPolicy, Situation, recover
from service.core.replies import Replies
from service.handlers.base import Event
from service.maintenance import Maintenance
from service.observability.settled import Settled
from service.rests import Rests
from service.write_in_hand import WriteInHand

CAUSES = {
    "maintenance": DelayCause.MAINTENANCE,
    "in_doubt": DelayCause.IN_DOUBT,
    "account_rejected": DelayCause.ACCOUNT_REJECTED,
    "needs_person": DelayCause.NEEDS_PERSON,
    "stuck": DelayCause.STUCK,
}

WORTH_TELLING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What the pipeline asks when an event could not be worked on to its end."""

    rests: Rests
    maintenance: Maintenance
    replies: Replies
    retries: RetryPolicy
    signs_dume: bool = False

    async def worked(self, event: Event, seen: Settled) -> None:
        """Note that an event was worked on without a failure of its upstream or its account."""
        if seen.calls and (seen.upstream == Upstream.CHORUS_PRO or self.signs_dume):
            await self.rests.accepted(event.account)
        await self.maintenance.worked(event.key, called=bool(seen.calls))

    async def verdict(
        self, error: Exception, delivery: Delivery, *, event: Event | None, hand: WriteInHand | None
    ) -> RetryLater | Parked | GiveUp:
        """What becomes of an event that failed with `error`; closes what must be closed."""
        now, closed, until = datetime.now(UTC), False, None
        if isinstance(error, AccountRejected) and error.facts.http_status is not None:
            await self.rests.rejected(error.account, now, error.mark)
        if event is not None and isinstance(error, UpstreamFailure):
            closed, until = await self.maintenance.suspect(error, event.key, delivery.closings)
        elif event is not None:
            await self.maintenance.worked(event.key, called=False)
        situation = Situation(
            attempt=delivery.attempt,
            closings=delivery.closings,
            age=now - delivery.first_seen,
            reached=hand.reached if hand else Reached.UNSENT,
            repeatable=hand is not None and hand.doubt is Doubt.REPEAT,
            gate_closed=closed,
            until=until,
        )
        return recover(error, situation, self.retries)

    def after_mistake(self, error: Exception, delivery: Delivery, *, is_write: bool) -> RetryLater | Parked | GiveUp:
        """What becomes of an event the relay itself failed on, before or after the ledger was asked."""
        age = datetime.now(UTC) - delivery.first_seen
        if is_write:
            delay = self.retries.patient(age)
            return RetryLater(delay=delay, reason="internal_error", counted=False, detail=type(error).__name__)
        situation = Situation(
            attempt=delivery.attempt,
            closings=delivery.closings,
            age=age,
            reached=Reached.UNSENT,
            repeatable=False,
            gate_closed=False,
        )
        return recover(error, situation, self.retries)

    def newer(self, delivery: Delivery, *, state: Mapping[str, object] | None) -> RetryLater:
        """The wait of an event that only workers of a newer version can work on, beside which this one still runs."""
        delay = self.retries.patient(datetime.now(UTC) - delivery.first_seen)
        return RetryLater(delay=delay, reason="newer_version", counted=False, state=state)

    def announced(self, outcome: Outcome, delivery: Delivery, upstream: str | None, event: Event | None) -> Outcome:
        """The outcome with `X.delayed` added, once per cause."""
        cause = _cause(outcome)
        if event is None or cause is None or isinstance(outcome, Completed) or cause in delivery.said:
            return outcome
        until = outcome.until if isinstance(outcome, Parked) else None
        delayed = Delayed(cause=cause, upstream=Upstream(upstream) if upstream else None, until=until)
        told = self.replies.delay(event.envelope, delayed, event.now)
        return replace(outcome, results=(*outcome.results, told), said=delivery.said | {cause})


def _cause(outcome: Outcome) -> DelayCause | None:
    """Why a requester waits longer than usual; a wait of seconds is not worth telling."""
    if isinstance(outcome, RetryLater) and outcome.counted and outcome.delay >= WORTH_TELLING:
        return DelayCause.RETRYING
    return CAUSES.get(outcome.reason)

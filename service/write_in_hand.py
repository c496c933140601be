"""A write whose lease this worker holds: sent, looked for, followed or held, each step in the ledger first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contracts.reasons import Reason
from contracts.results import ResultEvent
from service.core.doubt import Doubt, Step, after_empty_look, next_step
from service.core.entry import Begun, Change, Earlier, Entry, State
from service.core.errors import EventInvalid, LedgerUnavailable, UpstreamFailure
from service.core.outcome import TRACKING, Completed, Outcome, RetryLater
from service.core.question import DECIDED, QUESTION, with_ready, with_send
from service.core.recoverability import GiveUp, Reached
from service.core.replies import Replies, store
from service.handlers.base import Absent, Finished, Found, Incident, Pending, Unexplained, Unseen, UsedByOther
from service.lease import Lease
from service.task import Policies, Task, carried, closing
from service.upstream import Refusal

ANSWERED_AT = "answered_at"
IN_VAIN = "Looking upstream found nothing, and whether to send again is for a person."


class WriteInHand:
    """A write this worker holds the lease of: work on it, then release it."""

    def __init__(self, replies: Replies, policies: Policies, task: Task, lease: Lease, begun: Begun) -> None:
        self._replies = replies
        self._policies = policies
        self._task = task
        self.lease = lease
        self._sent_before = begun.sent_before
        self._is_sending = begun.is_sending

    @property
    def entry(self) -> Entry:
        """What the ledger knows of it."""
        return self.lease.entry

    @property
    def reached(self) -> Reached:
        """How far the request has come."""
        match self.entry.state:
            case State.CLAIMED | State.CLOSED:
                return Reached.UNSENT
            case State.ANSWERED:
                return Reached.ANSWERED
            case _:
                return Reached.MAYBE_SENT

    @property
    def doubt(self) -> Doubt:
        """How doubt about this request is resolved; a request that cannot be read any more is for a person."""
        task = self._task
        return Doubt.ASK if isinstance(task.prepared, EventInvalid) else task.write.doubt_about(task.prepared)

    async def work(self) -> Outcome:
        """Do the next thing as far as it goes; raises what the upstream, the ledger or the event is to blame for."""
        if self._is_sending:
            self._is_sending = False
            return await self._sent(self._task.prepared, replace(self.entry, state=State.CLAIMED))
        await self._believe_the_message()
        if (invalid := self._task.invalid(is_unsent=self._is_first)) is None:
            return await self._do(next_step(self.entry, self.doubt))
        if isinstance(invalid, Finished):
            return await self._finish(invalid)
        if self.reached is Reached.UNSENT:
            raise invalid
        return await self._hold(invalid.detail)

    async def _believe_the_message(self) -> None:
        """Go on following what the ledger has forgotten, or could not keep, and the message has."""
        state, entry = self._task.delivery.state, self.entry
        if ANSWERED_AT in state and entry.state in {State.SENDING, State.IN_DOUBT} and entry.answer is None:
            await self.lease.change(Change(state=State.ANSWERED, answer=dict(state)))

    @property
    def _is_first(self) -> bool:
        """Whether nothing was ever sent for it: only then may it still be refused here."""
        return self.reached is Reached.UNSENT and self.entry.sends == 0

    async def _do(self, step: Step) -> Outcome:
        match step:
            case Step.SEND:
                return await self._send_unless_there()
            case Step.LOOK:
                return await self._look()
            case Step.WAIT:
                return await self._wait(timedelta(seconds=self.entry.next_look_in))
            case Step.DOUBT:
                return await self._fall_in_doubt()
            case Step.FOLLOW:
                return await self._follow()
            case Step.HOLD:
                return await self._hold("A person has to decide about this request.")

    async def give_up(self, verdict: GiveUp) -> Completed:
        """Close it as failed; only for a write nothing was sent for."""
        reason = Reason(verdict.reason)
        result = self._replies.failure(self._task.event.envelope, reason, verdict.detail, self._task.event.now)
        return await self._close((result,), Finished(results=(), reason=reason))

    async def _send(self) -> Outcome:
        task, ready = self._task, await self._made_ready()
        if isinstance(ready, Finished):
            return await self._finish(ready)
        if isinstance(ready, Refusal):
            return await self._not_ready(ready)
        before = replace(self.entry, notes=with_ready(self.entry.notes, task.write.kept_ready(ready)))
        await self.lease.change(Change(state=State.SENDING, sent=1, notes=with_send(before.notes, task.event.now)))
        return await self._sent(ready, before)

    async def _sent(self, ready: Any, before: Entry) -> Outcome:
        """Make the call that counts; the ledger says `sending` by now, and `before` is where it stood."""
        task = self._task
        # Whoever lost the lease while it was frozen must not send any more.
        calls = replace(task.calls, until=self.lease.until)
        try:
            answer = await task.write.send(ready, calls)
        except (UpstreamFailure, EventInvalid) as failure:
            await self._after_failed_send(failure, before)
            if isinstance(failure, EventInvalid) and self.reached is not Reached.UNSENT:
                return await self._hold(failure.detail)
            raise
        return await (self._refused(answer) if isinstance(answer, Refusal) else self._accepted(answer))

    async def _made_ready(self) -> Any:
        """The request ready to be sent, or why it cannot be: once it may be upstream, an invalid one is held too."""
        task = self._task
        try:
            calls = replace(task.calls, until=self.lease.until, is_first=self._is_first, keep=self.lease.keep)
            return await task.write.make_ready(task.prepared, calls)
        except EventInvalid as invalid:
            if self.reached is Reached.UNSENT:
                raise
            return Refusal(operation=task.write.operation, code=None, text=invalid.detail)

    async def _not_ready(self, refusal: Refusal) -> Outcome:
        """Nothing was sent now; what an earlier send did, this refusal does not tell."""
        if self.reached is Reached.UNSENT:
            return await self._refused(refusal)
        return await self._hold(f"It may have arrived, and could not be made ready to be sent again: {refusal.text}")

    async def _after_failed_send(self, failure: UpstreamFailure | EventInvalid, before: Entry) -> None:
        await self.lease.change(self._policies.after_failed_send(failure, self.entry, before, self._task.event.now))

    async def _accepted(self, answer: Mapping[str, object]) -> Outcome:
        """Write down what the upstream answered, and go on; what the ledger cannot keep now, the message does."""
        answer = {**answer, ANSWERED_AT: self._task.event.now.isoformat()}
        try:
            return await self._answered(answer)
        except LedgerUnavailable as lost:
            wait, state = self._policies.retries.smallest, carried(answer)
            return RetryLater(delay=wait, reason="ledger_unavailable", counted=False, detail=str(lost), state=state)

    async def _answered(self, answer: Mapping[str, object]) -> Outcome:
        task = self._task
        finished = task.write.conclude(task.prepared, answer, task.event)
        if finished is not None:
            return await self._finish(finished, answer)
        reads_back = task.write.reads_back
        await self.lease.change(Change(state=State.ANSWERED, answer=answer, release=not reads_back))
        if reads_back:
            return await self._follow()
        return self._policies.tracked(self.entry.answer or {}, polls=0, reason="sent", results=self._progress())

    async def _refused(self, refusal: Refusal) -> Outcome:
        task = self._task
        match await task.write.refused(task.prepared, refusal, self.entry, task.event, task.calls):
            case Found(answer=answer):
                return await self._accepted(answer)
            case Unseen(detail=detail):
                return await self._hold(detail)
            case Unexplained(end=end, detail=detail):  # what was sent before may be the cause, and not be shown yet
                return await self._nothing_found(end, detail)
            case Finished() as finished:
                return await self._finish(finished)

    async def _send_unless_there(self) -> Outcome:
        """Send, unless an earlier request put the same thing upstream and it is still there."""
        task, earlier = self._task, self._sent_before
        if earlier is None or self.doubt is Doubt.REPEAT or task.write.builds_on_earlier:
            return await self._send()
        is_untold = earlier.reason == Reason.GIVEN_UP or self.entry.sends > 0  # nobody was told of what is found
        match await task.write.look(task.prepared, self.entry, task.calls) if self.doubt is Doubt.LOOK_UP else None:
            case Absent() as absent:
                return await self._look_for_it_again(earlier, absent)
            case UsedByOther() as other:
                return await self._finish(other.end)
            case Found() as found if is_untold:
                return await self._accepted(found.answer)
            case Found(over=UsedByOther() as other):
                return await self._finish(other.end)
            case _ if is_untold:
                return await self._send()  # whoever asks anew, or decided, was told to look first
            case looked:
                raise EventInvalid(Reason.ALREADY_REQUESTED, task.asked_before(earlier, looked))

    async def _look_for_it_again(self, earlier: Earlier, absent: Absent) -> Outcome:
        """A search lags behind what was just made: it is gone only when it is not shown so long after it was made."""
        if absent.is_certain or earlier.ago >= self._policies.doubt.wait:
            return await self._send()
        await self.lease.change(Change(release=True))
        return RetryLater(delay=self._policies.retries.smallest, reason="key_busy", counted=False)

    async def _look(self) -> Outcome:
        task = self._task
        match looked := await task.write.look(task.prepared, self.entry, task.calls):
            case Found():
                return await self._accepted(looked.answer)
            case UsedByOther():
                return await self._finish(looked.end)
            case Unseen(may_show=False):
                return await self._hold(looked.detail)
            case Unseen():
                return await self._nothing_found(None, looked.detail, proves=False)
            case Absent():
                return await self._nothing_found(looked.over.end if looked.over else None)

    async def _nothing_found(self, end: Finished | None, detail: str = IN_VAIN, *, proves: bool = True) -> Outcome:
        """Look again, as often as that counts; then `end` it where that is known, else send it once more, or ask."""
        match after_empty_look(self.entry, self._policies.doubt, proves=proves):
            case Step.SEND:
                return await (self._finish(end) if end else self._send())
            case Step.HOLD:
                return await self._hold(detail)
            case _:
                wait, looks = self._policies.doubt.wait, self.entry.looks + 1
                await self.lease.change(Change(state=State.IN_DOUBT, looks=looks, next_look_in=wait))
                return await self._wait(timedelta(seconds=wait))

    async def _wait(self, delay: timedelta) -> Outcome:
        await self.lease.change(Change(release=True))
        return RetryLater(delay=delay, reason="in_doubt", counted=False)

    async def _fall_in_doubt(self) -> Outcome:
        """Whoever was sending died or lost its lease: nobody knows whether it was sent."""
        await self.lease.change(Change(state=State.IN_DOUBT, looks=0, next_look_in=self._policies.doubt.wait))
        return await self._do(next_step(self.entry, self.doubt))

    async def _hold(self, detail: str) -> Outcome:
        question = self._task.question(self.entry, detail)
        notes = {**self.entry.notes, QUESTION: question}
        await self.lease.change(Change(state=State.HELD, reason="needs_person", notes=notes, release=True))
        return self._task.needs_person(question)

    async def _confirm(self, answer: Mapping[str, object]) -> Outcome:
        """A person saw it at the State: follow what the State shows, or ask again."""
        task = self._task
        confirmed = await task.write.confirm(task.prepared, answer, self.entry, task.calls)
        if isinstance(confirmed, Unseen):
            return await self._hold(confirmed.detail)
        return await self._accepted(confirmed.answer)

    async def _follow(self) -> Outcome:
        task, answer = self._task, self.entry.answer or {}
        if DECIDED in answer:
            return await self._confirm(answer)
        concluded = task.write.conclude(task.prepared, answer, task.event)
        if concluded is not None:
            return await self._finish(concluded, answer)
        followed = await task.write.follow(task.prepared, answer, self.entry, task.polls, task.event, task.calls)
        match followed:
            case Finished():
                return await self._finish(followed, answer)
            case Incident():
                change = Change(state=State.IN_DOUBT, answer={**answer, "incident": True}, looks=0, next_look_in=0.0)
                await self.lease.change(change)
                return await self._look()
            case Pending():
                await self.lease.change(Change(release=True))
                return self._pending(followed)

    def _pending(self, pending: Pending) -> Outcome:
        results = () if self._task.delivery.origin == TRACKING else self._progress()
        return self._policies.pending(pending, self.entry.answer or {}, polls=self._task.polls + 1, results=results)

    def _progress(self) -> tuple[ResultEvent, ...]:
        task, answer = self._task, self.entry.answer
        if not answer or ANSWERED_AT not in answer:
            return ()
        drafts = task.write.progress(task.prepared, answer, task.event)
        return self._replies.of(drafts, task.event.envelope, datetime.fromisoformat(str(answer[ANSWERED_AT])))

    async def _finish(self, finished: Finished, answer: Mapping[str, object] | None = None) -> Completed:
        results = self._replies.of(self._task.warned(finished.results), self._task.event.envelope, self._task.event.now)
        unsaid = () if self._task.delivery.origin == TRACKING else self._progress()
        return await self._close((*unsaid, *results), finished, finished.answer or answer)

    async def _close(
        self, results: tuple[ResultEvent, ...], end: Finished, answer: Mapping[str, object] | None = None
    ) -> Completed:
        await self.lease.change(closing(end, store(results), answer))
        return Completed(results=results, reason=end.reason)

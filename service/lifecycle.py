"""Takes hold of a write in the ledger, or says what becomes of its delivery when there is nothing to work on."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime

from contracts.reasons import Reason
from service.core.entry import Begun, Entry, Registration, Standing
from service.core.errors import EventInvalid, SubjectBusy
from service.core.outcome import OVERTAKEN, Completed, Outcome, RetryLater
from service.core.replies import Replies, restore
from service.lease import Lease, worker_name
from service.ledger import Ledger
from service.steady import steady
from service.task import Policies, Task
from service.write_in_hand import WriteInHand

ECHOED = ("subject", "correlationid", "businessref", "account")


class Lifecycle:
    """Takes hold of writes in the ledger."""

    def __init__(self, ledger: Ledger, replies: Replies, policies: Policies) -> None:
        self._ledger = ledger
        self._replies = replies
        self._policies = policies
        self._worker = worker_name()
        self._count = itertools.count(1)

    async def begin(self, task: Task, *, is_new: bool) -> WriteInHand | Outcome:
        """The write to work on, or the outcome when there is nothing to work on.

        Raises LedgerUnavailable, and SubjectBusy when the identity stands for other content that is not answered yet:
        such a copy has nothing to do with the entry, whose turn must not be raised when it moves.

        `is_new`: nobody has worked on this event before, so one that the ledger does not know is new, not in doubt.
        """
        owner = f"{self._worker}/{next(self._count)}"
        wait = None if is_new or _was_never_sent(task) else self._policies.doubt.wait
        asked_at = steady()
        begun = await self._ledger.begin(
            _registration(task), owner=owner, turn=task.delivery.turn, unseen_wait=wait, send=task.is_sendable
        )
        if begun.standing is Standing.HELD:
            lease = Lease(self._ledger, begun.entry, owner, asked_at=asked_at, hold=self._policies.hold)
            task = replace(task.recalling(begun.entry), calls=replace(task.calls, lag=self._policies.doubt.wait))
            return WriteInHand(self._replies, self._policies, task, lease, begun)
        if begun.standing is Standing.TAKEN:
            raise SubjectBusy(f"event {task.event.envelope.id} came before with other content, and is not answered yet")
        return self._not_ours(begun, task)

    def _not_ours(self, begun: Begun, task: Task) -> Outcome:
        retries = self._policies.retries
        age = task.event.now - task.delivery.first_seen
        match begun.standing:
            case Standing.OVERTAKEN:
                return OVERTAKEN
            case Standing.BUSY:
                return RetryLater(delay=retries.smallest, reason="subject_busy", counted=False)
            case Standing.CONFLICT:
                return RetryLater(delay=retries.patient(age), reason="key_busy", counted=False)
            case Standing.REUSED:
                detail = f"An earlier event {task.event.envelope.id} of this source had another content."
                return self._failed(task, Reason.ID_REUSED, detail)
            case _:
                return self._again(begun.entry, task)

    def _again(self, entry: Entry, task: Task) -> Completed:
        if entry.outcome is not None:
            return Completed(results=restore(entry.outcome), reason=entry.reason)
        return self._failed(task, Reason.CANCELLED, "The request was withdrawn before anything was sent.", entry)

    def _failed(self, task: Task, reason: Reason, detail: str, entry: Entry | None = None) -> Completed:
        now = entry.created_at if entry and entry.created_at else task.event.now
        return Completed(results=(self._replies.failure(task.event.envelope, reason, detail, now),), reason=reason)


def _was_never_sent(task: Task) -> bool:
    """Whether the request can never have been served; one that the broker gave back may have been."""
    return isinstance(task.prepared, EventInvalid) and task.prepared.reason != Reason.UNDELIVERABLE


def _registration(task: Task) -> Registration:
    unusable = isinstance(task.prepared, EventInvalid)
    return Registration(
        source=task.event.envelope.source,
        id=task.event.envelope.id,
        type=task.event.envelope.type,
        account=task.event.account,
        operation=task.write.operation,
        digest=task.event.digest,
        subject=None if unusable else task.event.envelope.subject,
        keys=() if unusable else task.write.keys(task.prepared),
        made_at=_made_at(task),
        echo={name: value for name in ECHOED if (value := getattr(task.event.envelope, name)) is not None},
    )


def _made_at(task: Task) -> datetime | None:
    """When the event was made, as its sender says, and never after the relay saw it: clocks and time zones go wrong."""
    told = task.event.envelope.time
    return min(told, task.delivery.first_seen) if told is not None else None


__all__ = ["Lifecycle", "Policies", "Task", "WriteInHand"]

"""Every way an event can fail, named for what to do about it; recoverability maps each to one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class EventInvalid(Exception):
    """The request itself cannot be served as it is; answered `failed` with `reason`, never retried."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What is known of the call that failed; safe to log (no body, no secret)."""

    upstream: str
    operation: str
    http_status: int | None = None
    code: str | None = None
    correlation_id: str | None = None


class UpstreamFailure(Exception):
    """A call that brought no usable answer. `sent` tells whether the upstream may have done the work."""

    sent: bool = False

    def __init__(self, facts: CallFacts, detail: str, *, sent: bool | None = None) -> None:
        super().__init__(f"{facts.upstream} {facts.operation}: {detail}")
        self.facts = facts
        self.detail = detail
        if sent is not None:
            self.sent = sent


class GateClosed(UpstreamFailure):
    """No call was made: the gate of the upstream (or of this operation) is closed, or tried by another event."""

    def __init__(self, facts: CallFacts, cause: str, until: datetime | None, *, is_tried: bool = False) -> None:
        super().__init__(facts, f"the gate is {'being tried' if is_tried else 'closed'} ({cause})")
        self.cause = cause
        self.until = until
        self.is_tried = is_tried


class Unreachable(UpstreamFailure):
    """Nothing was sent: connection refused, name or TLS failure, connect time-out."""


class Unavailable(UpstreamFailure):
    """503, a gateway or maintenance page, a 200 that is not the service's JSON: maintenance, in all likelihood."""

    sent = True


class AnswerLost(UpstreamFailure):
    """Sent, and no trustworthy answer: time-out, reset, 500, 502, 504, a truncated body."""

    sent = True


class AnswerUnreadable(UpstreamFailure):
    """An answer in JSON that does not fit the documented shape: the API changed. The work may have been done."""

    sent = True


class AnswerOversized(AnswerUnreadable):
    """An answer larger than the relay takes from this operation; the rest of it was not read."""


class Throttled(UpstreamFailure):
    """429: the quota is used up; `retry_after` in seconds, 0 when the gateway did not say."""

    def __init__(self, facts: CallFacts, detail: str, *, retry_after: float) -> None:
        super().__init__(facts, detail)
        self.retry_after = retry_after


class CredentialsRejected(UpstreamFailure):
    """PISTE refuses the application's own credentials, or a token it has just issued."""


class AccountRejected(UpstreamFailure):
    """Chorus Pro refuses the technical account `account` (wrong or expired password).

    `mark` is that of the sign-in which was refused: by now the account may have another.
    """

    def __init__(self, facts: CallFacts, detail: str, *, account: str, mark: str | None = None) -> None:
        super().__init__(facts, detail)
        self.account = account
        self.mark = mark


class NotSubscribed(UpstreamFailure):
    """403, 404 or 405: API not subscribed, wrong organisation, or wrong path."""


class RequestRejected(UpstreamFailure):
    """Another 4xx without a functional answer (empty 400, 413, 415): refused before the work."""


class LedgerUnavailable(Exception):
    """The ledger cannot be read or written now; nothing may be sent without it."""


class FenceLost(Exception):
    """Another worker has taken over this event: stop, publish nothing, settle nothing but this copy."""


class SubjectBusy(Exception):
    """Somebody works on the same thing right now: wait the smallest delay, uncounted."""


class KeyBusy(SubjectBusy):
    """Another unfinished request is about what this one turns out to be about: wait, uncounted, until that one ends."""

"""Decides which failed calls are worth another try within seconds; patience beyond that is the broker's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenacity import AsyncRetrying, RetryCallState, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

from service.core.errors import AnswerLost, NotSubscribed, RequestRejected, Throttled, Unreachable, UpstreamFailure
from service.upstream.operation import Doubt
from service.upstream.window import SHORT_WAIT

if TYPE_CHECKING:
    from service.upstream.operation import AnswerT, Operation, RequestT

TRIES = 3
SECONDS = 3.0

_jitter = wait_random_exponential(multiplier=0.1, max=1.0)


def brief_tries(operation: Operation[RequestT, AnswerT]) -> AsyncRetrying:
    """At most three tries within three seconds, of what cannot do the work of `operation` twice."""
    return AsyncRetrying(
        stop=stop_after_attempt(TRIES) | stop_after_delay(SECONDS),
        wait=_wait,
        retry=lambda state: _again(operation, state),
        reraise=True,
    )


def is_worth_another_try(operation: Operation[RequestT, AnswerT], error: BaseException, tries: int = 1) -> bool:
    """Whether trying again after `tries` may help, and cannot leave two effects."""
    match error:
        case Throttled():
            return 0 < error.retry_after <= SHORT_WAIT
        case Unreachable():
            return True
        case AnswerLost():
            return operation.is_read or operation.doubt is Doubt.REPEAT
        case RequestRejected() | NotSubscribed():
            # The gateway has been seen to answer a read with an odd 400 or 404, and the same read well afterwards.
            return operation.is_read and error.facts.http_status in {400, 404} and tries == 1
        case _:
            return False


def _again(operation: Operation[RequestT, AnswerT], state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return error is not None and is_worth_another_try(operation, error, state.attempt_number)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Throttled):
        return 0.0  # the window of the upstream waits as long as it was asked to
    return float(_jitter(state)) + 0.05 if isinstance(error, UpstreamFailure) else 0.0

"""Decides which failed calls are worth another try within seconds; patience beyond that is the broker's."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, TypeVar

from tenacity import AsyncRetrying, RetryCallState, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

from service.core.errors import AnswerLost, NotSubscribed, RequestRejected, Throttled, Unreachable, UpstreamFailure
from service.upstream.window import SHORT_WAIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from service.upstream.operation import AnswerT, Operation, RequestT

TRIES = 3
SECONDS = 3.0

ResultT = TypeVar("ResultT")

_jitter = wait_random_exponential(multiplier=0.1, max=1.0)


async def tried_briefly(operation: Operation[RequestT, AnswerT], attempt: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Return what `attempt` gives, at most three tries within three seconds, none that could do the work twice."""
    started = time.monotonic()
    try:
        # Nearly every call works at once, and then needs none of what follows.
        return await attempt()
    except UpstreamFailure as error:
        if not is_worth_another_try(operation, error):
            raise
        first = error
    left = SECONDS - (time.monotonic() - started)
    if left <= 0:
        raise first
    await asyncio.sleep(_pause(first))
    retrying = AsyncRetrying(
        stop=stop_after_attempt(TRIES - 1) | stop_after_delay(left),
        wait=lambda state: _pause(state.outcome.exception() if state.outcome else None) + _jitter(state),
        retry=lambda state: _is_worth_it(operation, state),
        reraise=True,
    )
    return await retrying(attempt)


def is_worth_another_try(operation: Operation[RequestT, AnswerT], error: BaseException, tries: int = 1) -> bool:
    """Whether trying again after `tries` may help, and cannot leave two effects."""
    match error:
        case Throttled():
            return 0 < error.retry_after <= SHORT_WAIT
        case Unreachable():
            return True
        case AnswerLost():
            # A write is sent again only by whoever has written down that it was sent before.
            return operation.is_read
        case RequestRejected() | NotSubscribed():
            # The gateway has been seen to answer a read with an odd 400 or 404, and the same read well afterwards.
            return operation.is_read and error.facts.http_status in {400, 404} and tries == 1
        case _:
            return False


def _is_worth_it(operation: Operation[RequestT, AnswerT], state: RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return error is not None and is_worth_another_try(operation, error, state.attempt_number + 1)


def _pause(error: BaseException | None) -> float:
    """Seconds before the next try: none after a 429, since the window of the upstream waits as long as it was asked."""
    return 0.0 if isinstance(error, Throttled) else random.uniform(0.05, 0.2)  # noqa: S311 - jitter, not a secret

"""Waits for a condition by asking again, never by guessing how long it takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

AnswerT = TypeVar("AnswerT")


async def until(question: Callable[[], Awaitable[AnswerT | None]], what: str, *, limit: float = 30.0) -> AnswerT:
    """The first answer that is true; raises TimeoutError naming what was waited for after the limit, in seconds."""
    give_up = time.monotonic() + limit
    while True:
        if answer := await question():
            return answer
        if time.monotonic() > give_up:
            raise TimeoutError(f"{what} did not happen within {limit:g} seconds")
        await asyncio.sleep(0.05)

"""What stands around the work of a program: the signal to stop, what comes before it, and what runs beside."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine


def stop_signal() -> asyncio.Event:
    """Set once the program was asked to stop, by SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def before(stopping: asyncio.Event, beginning: Coroutine[None, None, object]) -> bool:
    """Whether a part of the beginning came to its end; False when the worker was told to stop while it waited."""
    begun = asyncio.ensure_future(beginning)
    stopped = asyncio.ensure_future(stopping.wait())
    done, _ = await asyncio.wait((begun, stopped), return_when=asyncio.FIRST_COMPLETED)
    for task in {begun, stopped} - done:
        task.cancel()
    await asyncio.wait((begun, stopped))
    if begun.cancelled():
        return False
    begun.result()
    return True


@contextlib.asynccontextmanager
async def running(*background: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run these while inside; one that fails ends the block with its error."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in background]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()

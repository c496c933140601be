"""Plays the demonstration from its first request to its verdict, and stops everything it started."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Final

from rich.console import Console

from contracts.envelope import Envelope, structured_form
from service.messaging.asking import Requester
from service.sandbox.demo.board import Board
from service.sandbox.demo.machine import Machine
from service.sandbox.demo.queues import Queues
from service.sandbox.demo.requests import Request
from service.sandbox.demo.scenes import Stage, play
from service.sandbox.demo.state import State
from service.sandbox.demo.story import Story
from service.sandbox.demo.summary import to_lines
from service.sandbox.demo.verdict import Evidence, Verdict, judge

SOURCE: Final = "/demo/business-service"
LONGEST: Final = 300.0
"""Seconds after which nothing is listened to any more; the demonstration takes a sixth of it."""
LEFT_LIMIT: Final = 10.0
"""Seconds for the last acknowledgements after the last result."""
_LOOK_EVERY: Final = 0.4
_TICK: Final = 0.1


def run(*, keep: bool = False) -> bool:
    """Show everything and say whether all went well; with `keep` everything goes on running until Ctrl-C.

    Raises StartFailed or BrokerUnavailable when something cannot be started, KeyboardInterrupt when told to stop.
    """
    with _told_to_stop(), Machine() as machine:
        machine.start(lambda line: print(f"{line} …", flush=True))
        verdict = asyncio.run(_perform(machine))
        if not verdict.is_good:
            machine.keep_logs = True
            print(f"The logs are in {machine.folder}", flush=True)
        if keep:
            with suppress(KeyboardInterrupt):
                _stay(machine)
        return verdict.is_good


async def _perform(machine: Machine) -> Verdict:
    story, began = Story(), time.monotonic()

    def now() -> float:
        return time.monotonic() - began

    async with AsyncExitStack() as opened:
        state = await opened.enter_async_context(State(machine.api_url))
        requester = await opened.enter_async_context(Requester(machine.amqp_url, machine.topology))
        queues = await opened.enter_async_context(Queues(machine.amqp_url, machine.topology))
        with Board(Console(highlight=False), story) as board:

            async def publish(request: Request) -> None:
                board.tell(story.ask(request, now()), now())
                await requester.ask(_body(request), type=request.type, id=request.id)

            async def listen() -> None:
                async for _, body in requester.results(LONGEST):
                    board.tell(story.hear(json.loads(body), now()), now())

            async def look() -> None:
                while True:
                    story.depths = _shown(await queues.depths())
                    await asyncio.sleep(_LOOK_EVERY)

            async def tick() -> None:
                while True:
                    board.tick(now())
                    await asyncio.sleep(_TICK)

            stage = Stage(story=story, state=state, publish=publish)
            async with meanwhile(listen(), look(), tick()):
                await play(stage)
                left = await _left(queues)
        evidence = Evidence(
            story=story, calls=await state.calls(), invoices=await state.invoices(), left=left, pause=stage.pause
        )
    verdict = judge(evidence)
    print("\n".join(to_lines(evidence, verdict)), flush=True)
    return verdict


def _body(request: Request) -> bytes:
    # The time is part of no digest: the same request published again stays the same request.
    envelope = Envelope(id=request.id, source=SOURCE, type=request.type, time=datetime.now(UTC))
    return structured_form(envelope, request.data)


def _shown(depths: dict[str, int]) -> dict[str, int]:
    """The delay queues together: which one an event waits in says little."""
    shown = {name: count for name, count in depths.items() if not name.startswith("delay.")}
    return shown | {"delay": sum(count for name, count in depths.items() if name.startswith("delay."))}


async def _left(queues: Queues) -> dict[str, int]:
    """What is still in the relay's queues once everything has its last result."""
    give_up = time.monotonic() + LEFT_LIMIT
    while True:
        depths = await queues.depths()
        if not any(depths.values()) or time.monotonic() > give_up:
            return depths
        await asyncio.sleep(_LOOK_EVERY)


@asynccontextmanager
async def meanwhile(*background: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run these while inside; one that fails ends the block with its error."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in background]
        try:
            yield
        finally:
            await _end(tasks)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until it is heard: on Python 3.11 a time-out forgets a cancellation that comes together with an answer."""
    while unfinished := [task for task in tasks if not task.done()]:
        for task in unfinished:
            task.cancel()
        await asyncio.wait(unfinished, timeout=_LOOK_EVERY)


def _stay(machine: Machine) -> None:
    """Print where everything is, and wait for Ctrl-C."""
    named = ("RELAY_PROFILE", "RELAY_AMQP__URL", "RELAY_AMQP__PREFIX", "RELAY_LEDGER__URL")
    print(
        "",
        "Everything goes on running; Ctrl-C stops it.",
        f"  broker     {machine.amqp_url}",
        f"             events to {machine.topology.name('events')}, results from {machine.topology.name('results')}",
        f"  worker     {machine.worker_url}/readyz, {machine.worker_url}/metrics",
        f"  simulator  {machine.api_url}/_sim/journal, {machine.api_url}/_sim/state",
        f"  logs       {machine.folder}",
        "In another terminal, `piste-relay submit FILE`, `gates show`, `trace ID` and the rest work with:",
        *(f"  export {name}={machine.variables[name]}" for name in named),
        sep="\n",
        flush=True,
    )
    signal.pause()


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C, so that both end in the same orderly way."""

    def stop(*_: object) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what it puts in the background like this
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    former = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)

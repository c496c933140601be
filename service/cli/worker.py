"""`piste-relay worker`: the main job, on the fastest event loop there is."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator
from importlib.metadata import version

import typer

from service.cli.configured import FAILED, checked_settings, hush
from service.observability import events as happened
from service.observability.log import configure_logging, get_logger
from service.observability.secrets import Secrets
from service.settings import Settings

SWITCH_INTERVAL = 0.0005
"""Seconds after which a waiting thread gets the interpreter."""

YOUNG_OBJECTS = 10_000
"""Objects made before the collector looks for cycles among them, about as many as a few dozen events need."""


def worker() -> None:
    """Carry events to the State and publish what it answers, until SIGTERM."""
    settings, found = checked_settings()
    secrets = hush(settings)
    # The log masks what it writes itself, once a line.
    configure_logging(settings.log.format, settings.log.level, secrets, stream=sys.__stdout__)
    for finding in found:
        get_logger(__name__).warning(happened.STARTUP_NOTICED, detail=finding.text)
    if not _ran(settings, secrets):
        raise typer.Exit(FAILED)


def _ran(settings: Settings, secrets: Secrets) -> bool:
    """Whether the worker ran and was stopped; False when it could not start, or could not go on, for a known reason."""
    from service.app import run_worker
    from service.core.errors import LedgerUnavailable
    from service.messaging.failures import BrokerTrouble, TopologyMismatch

    # SQLite gives the interpreter up at each statement; by default its thread then waits 5 ms to get it back.
    sys.setswitchinterval(SWITCH_INTERVAL)
    # What was imported stays, and hardly anything made for an event is a cycle: both need no looking through again.
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    reasons: list[BaseException] = []
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(run_worker(settings, secrets, version=version("piste-relay")))
    except* (BrokerTrouble, TopologyMismatch, LedgerUnavailable, ValueError, OSError) as group:
        reasons = list(_leaves(group))
    for reason in reasons:
        get_logger(__name__).error(happened.WORKER_FAILED, reason=type(reason).__name__, detail=str(reason))
    return not reasons


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not built for this platform: the standard loop is slower and otherwise the same
        return None
    return uvloop.Loop

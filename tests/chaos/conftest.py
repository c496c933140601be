"""Sets up chaos: short or full, seeded, on both kinds of ledger, with one row for each scenario."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from service.sandbox.broker import Broker
from tests.chaos.scene import Chaos
from tests.chaos.table import keep

OpenChaos = Callable[..., Awaitable[Chaos]]


@dataclass(frozen=True, slots=True)
class Form:
    """How long scenarios take: the short form for every run of the tests, the full one for `make chaos`."""

    is_full: bool
    workers: int

    def of(self, short: float, full: float) -> float:
        """One of two sizes."""
        return full if self.is_full else short

    def times(self, short: int, full: int) -> int:
        """One of two counts."""
        return full if self.is_full else short


@pytest.fixture
def form(pytestconfig: pytest.Config) -> Form:
    """The form of this run."""
    return Form(is_full=pytestconfig.getoption("--chaos") == "full", workers=pytestconfig.getoption("--chaos-workers"))


@pytest.fixture
def chaos_seed(pytestconfig: pytest.Config) -> int:
    """Where chance begins."""
    return int(pytestconfig.getoption("--chaos-seed"))


@pytest.fixture
async def open_chaos(
    broker: Broker, form: Form, chaos_seed: int, request: pytest.FixtureRequest
) -> AsyncIterator[OpenChaos]:
    """Opens a scene on the session's broker, or on another one; closed after the test.

    The ledger is in a database of its own on PostgreSQL unless `ledger` says `sqlite`.
    """
    async with AsyncExitStack() as scenes:

        async def open_scene(
            on: Broker | None = None, *, ledger: Literal["postgresql", "sqlite"] = "postgresql", **options: Any
        ) -> Chaos:
            usual: dict[str, Any] = {
                "seed": chaos_seed,
                "workers": form.workers,
                "ledger": request.getfixturevalue("postgres_url") if ledger == "postgresql" else None,
                "rate": form.of(12.0, 20.0),
                "report": lambda row: keep(request.node, row),
                "keep": request.config.getoption("--chaos-keep"),
            }
            return await scenes.enter_async_context(Chaos(on or broker, **(usual | options)))

        yield open_scene

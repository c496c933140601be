"""A simulated State that publishes essential data late, and a counter in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.sandbox.simulator import Simulator, SimulatorSettings
from tests.support.canaries import planted
from tests.support.counter import Counter

PUBLISHED_AFTER = 30.0


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """The State, which publishes what it took half a minute later by its own clock."""
    settings = SimulatorSettings(search_lag=0.0, essential_data_published_after=PUBLISHED_AFTER)
    async with Simulator(planted(settings), port=0) as running:
        yield running


@pytest.fixture
async def counter(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Counter]:
    """A worker's pipeline with a ledger of its own."""
    async with Counter(simulator, tmp_path) as opened:
        yield opened

"""A simulated State, and a worker's pipeline that facts about tenders are told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.sandbox.simulator import Simulator, SimulatorSettings
from tests.support.canaries import planted
from tests.support.counter import Counter


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """The State, without a lag in its searches."""
    async with Simulator(planted(SimulatorSettings(search_lag=0.0)), port=0) as running:
        yield running


@pytest.fixture
async def counter(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Counter]:
    """A worker's pipeline with a ledger of its own."""
    async with Counter(simulator, tmp_path) as opened:
        yield opened

"""A simulated State, and a counter in front of it that knows some of its codes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.sandbox.simulator import Simulator, SimulatorSettings
from tests.support.canaries import planted
from tests.support.counter import Counter

MAPPING = """
dume:
  bidders:
    not_published: [SIM-DUME-031]
    company_missing: [SIM-DATA-001]
"""


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """The State, without a lag in its searches."""
    async with Simulator(planted(SimulatorSettings(search_lag=0.0)), port=0) as running:
        yield running


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """What an operator has set who has seen these codes."""
    file = tmp_path / "mapping.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    return {"RELAY_MAPPING": str(file)}


@pytest.fixture
async def counter(simulator: Simulator, tmp_path: Path, variables: dict[str, str]) -> AsyncIterator[Counter]:
    """A worker's pipeline with a ledger of its own."""
    async with Counter(simulator, tmp_path, variables) as opened:
        yield opened

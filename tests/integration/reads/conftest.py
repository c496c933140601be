"""A bench for reads: the pipeline before the simulated State, without a broker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.sandbox.simulator import Simulator
from tests.support.bench import Bench, open_bench


@pytest.fixture
async def bench(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Bench]:
    """A bench on a ledger of its own."""
    async with open_bench(tmp_path, simulator) as ready:
        yield ready

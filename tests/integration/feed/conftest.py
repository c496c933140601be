"""Gives each test a fleet of its own, without a worker yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.sandbox.simulator import Simulator
from tests.support.feed import Fleet


@pytest.fixture
async def fleet(amqp_url: str, prefix: str, simulator: Simulator, tmp_path: Path) -> AsyncIterator[Fleet]:
    """Nobody listens before the first worker is there."""
    async with Fleet(amqp_url, prefix, simulator, tmp_path) as ready:
        yield ready

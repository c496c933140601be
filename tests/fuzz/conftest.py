"""Sets a scene for what is sent to a real worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.sandbox.broker import Broker
from tests.support.scene import Scene


@pytest.fixture
async def scene(broker: Broker, tmp_path: Path) -> AsyncIterator[Scene]:
    """A scene of the test's own, without a worker yet."""
    async with Scene(broker, tmp_path) as ready:
        yield ready

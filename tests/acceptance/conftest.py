"""Sets a scene for each story, or one for all stories of a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from service.sandbox.broker import Broker
from tests.support.scene import Scene


@pytest.fixture
async def scene(broker: Broker, tmp_path: Path) -> AsyncIterator[Scene]:
    """A scene of the test's own, without a worker yet."""
    async with Scene(broker, tmp_path) as ready:
        yield ready


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_scene(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """One scene with one worker for all tests of a file, which run in the loop of their module."""
    async with Scene(broker, tmp_path_factory.mktemp("scene")) as ready:
        await ready.start_worker()
        yield ready

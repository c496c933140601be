"""A simulator without oddities, and a client with a token."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from service.sandbox.simulator import Simulator, SimulatorSettings
from tests.integration.simulator.caller import Caller


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A simulator that answers plainly; tests ask for its oddities by name."""
    async with Simulator(SimulatorSettings(quirks=False, empty_search="code"), port=0) as running:
        yield running


@pytest.fixture
async def caller(simulator: Simulator) -> AsyncIterator[Caller]:
    """A client that has a token."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        signed_in = Caller(simulator=simulator, session=session)
        await signed_in.sign_in()
        yield signed_in

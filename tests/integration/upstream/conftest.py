"""A small State, and clients that call it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from service.core.gate import Gates
from service.upstream import Platform, Requester, TechnicalAccount, Upstreams, UpstreamSettings, load_mapping
from tests.integration.upstream.state import State
from tests.support.canaries import CLIENT_SECRET, LOGIN, PASSWORD

Opened = Callable[..., Any]  # Any: an awaitable of Upstreams, taking whatever setting a test changes


@pytest.fixture
async def state() -> AsyncIterator[State]:
    """A State that works until told otherwise."""
    async with State() as running:
        yield running


@pytest.fixture
async def opened(state: State) -> AsyncIterator[Opened]:
    """Gives a function that opens the clients, with the settings a test wants changed."""
    async with AsyncExitStack() as stack:

        async def open_(**changed: Any) -> Upstreams:
            hooks = {name: changed.pop(name) for name in ("on_call", "on_renewal", "hide") if name in changed}
            settings: dict[str, Any] = {
                "oauth_url": f"{state.url}/api/oauth/token",
                "api_url": state.url,
                "client_id": "an-application",
                "client_secret": CLIENT_SECRET,
                "mapping": load_mapping(),
                "accounts": lambda name: TechnicalAccount(name=name, login=LOGIN, password=PASSWORD),
                "platform": Platform(platform_id="99900001100018", technical_platform_id="TND001"),
                "requester": Requester(id="99900012800010", name="Ville de Exempleville"),
                "user_agent": "piste-relay/test",
                **changed,
            }
            gates = Gates(interval=timedelta(seconds=1))
            return await stack.enter_async_context(Upstreams(UpstreamSettings(**settings), gates, **hooks))

        yield open_


@pytest.fixture
async def upstreams(opened: Opened) -> Upstreams:
    """Clients with the usual settings."""
    clients: Upstreams = await opened()
    return clients

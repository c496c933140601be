"""Gives each test of a life of an event its peers: a topology on a fresh virtual host, a whole scene, a ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aio_pika
import pytest

from service.ledger.sqlite import SqliteLedger
from service.messaging.declaring import declare
from service.sandbox.broker import Broker
from tests.support.bus_rig import Outside, topology
from tests.support.scene import Scene


@pytest.fixture
async def outside(amqp_url: str, prefix: str) -> AsyncIterator[Outside]:
    """Somebody else on the bus; the relay's topology is declared already."""
    async with await aio_pika.connect(amqp_url) as connection:
        await declare(connection, topology(prefix))
    async with Outside(amqp_url, prefix) as connected:
        yield connected


@pytest.fixture
async def scene(broker: Broker, tmp_path: Path) -> AsyncIterator[Scene]:
    """A scene of the test's own, without a worker yet."""
    async with Scene(broker, tmp_path) as ready:
        yield ready


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqliteLedger]:
    """A ledger with nothing in it."""
    async with SqliteLedger(str(tmp_path / "ledger.db"), lease=20.0) as opened:
        yield opened

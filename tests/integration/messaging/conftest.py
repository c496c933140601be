"""Gives each test a topology on a fresh virtual host and somebody outside the relay."""

from collections.abc import AsyncIterator, Iterator

import aio_pika
import pytest

from service.messaging.declaring import declare
from service.sandbox.broker import PrivateBroker
from tests.support.bus_rig import Outside, topology


@pytest.fixture
async def outside(amqp_url: str, prefix: str) -> AsyncIterator[Outside]:
    """Somebody else on the bus; the relay's topology is declared already."""
    async with await aio_pika.connect(amqp_url) as connection:
        await declare(connection, topology(prefix))
    async with Outside(amqp_url, prefix) as connected:
        yield connected


@pytest.fixture
def own_broker(private_broker: PrivateBroker) -> Iterator[PrivateBroker]:
    """A node of this test alone, to be stopped and killed."""
    assert private_broker.is_controlled
    with PrivateBroker() as broker:
        yield broker

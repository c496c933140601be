"""Opens the relay's publisher on a link of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service.messaging.connection import Link
from service.messaging.publisher import Publisher


@asynccontextmanager
async def open_publisher(url: str, *, timeout: float = 5.0) -> AsyncIterator[Publisher]:
    """A publisher, connected."""
    link = Link(url, name="test")
    running = asyncio.create_task(link.run(), name="link of a test")
    await link.first()
    try:
        yield Publisher(link, timeout=timeout)
    finally:
        await link.close()
        await running

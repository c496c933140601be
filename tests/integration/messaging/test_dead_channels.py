"""A channel whose connection has just died takes no acknowledgement, and must hold up nothing else."""

import asyncio

import aiormq

from service.messaging import settlement
from service.messaging.settlement import acknowledge


async def test_should_not_wait_for_a_connection_nobody_writes_to(amqp_url: str) -> None:
    """With its queue of frames full and its writer gone, an acknowledgement gives up within its bound."""
    connection = await aiormq.connect(amqp_url)
    try:
        channel = await connection.channel()
        declared = await channel.queue_declare(exclusive=True)
        await channel.basic_publish(b"one", routing_key=declared.queue or "")
        message = await channel.basic_get(declared.queue or "")
        filled = asyncio.Queue[object](maxsize=1)
        filled.put_nowait(None)
        channel.write_queue = filled  # type: ignore[attr-defined]  # what a dead connection leaves
        loop = asyncio.get_running_loop()
        began = loop.time()

        reached = await acknowledge(message)

        assert not reached
        assert loop.time() - began < 2 * settlement.ANSWER_TIMEOUT
    finally:
        await connection.close()

"""The bare loop: aio-pika and aiohttp and nothing else. No ledger, no gate, no retry: a message in doubt is lost."""

import asyncio
import json
import os

import aio_pika
import aiohttp
from aio_pika.abc import AbstractIncomingMessage


async def main() -> None:
    """Consume, call, publish with a confirm, acknowledge."""
    api, concurrency = os.environ["BENCH_API"], int(os.environ["BENCH_CONCURRENCY"])
    connection = await aio_pika.connect_robust(os.environ["BENCH_AMQP"])
    consuming = await connection.channel()
    await consuming.set_qos(concurrency)
    publishing = await connection.channel(publisher_confirms=True, on_return_raises=True)
    results = await publishing.get_exchange("relay.results")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=concurrency)) as session:
        form = {"grant_type": "client_credentials"}
        async with session.post(f"{api}/api/oauth/token", data=form) as answer:
            headers = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}

        async def work(message: AbstractIncomingMessage) -> None:
            event = json.loads(message.body)
            body = {"operation": "creerDumeSimple", "idConsultation": event["data"]["consultation"]["id"]}
            async with session.post(f"{api}/dume/dumeA", json=body, headers=headers) as answer:
                said = await answer.json()
            done = {"causationid": event["id"], "final": True, "data": {"dume_id": said["response"]["idDume"]}}
            reply = aio_pika.Message(json.dumps(done).encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await results.publish(reply, "tender.dume.simplified.done.v1", mandatory=True)
            await message.ack()

        queue = await consuming.get_queue("relay.tenders")
        await queue.consume(work)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

"""The same job on FastStream as documented: typed message, prefetch, confirmed publish, manual acknowledgement."""

import asyncio
import os

import aiohttp
import orjson
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit.annotations import RabbitMessage
from pydantic import BaseModel

CONCURRENCY = int(os.environ["BENCH_CONCURRENCY"])
API = os.environ["BENCH_API"]
QUEUE = RabbitQueue("relay.tenders", declare=False)
RESULTS = RabbitExchange("relay.results", declare=False)

broker = RabbitBroker(
    os.environ["BENCH_AMQP"], default_channel=Channel(prefetch_count=CONCURRENCY, on_return_raises=True)
)
app = FastStream(broker)
sessions: dict[str, aiohttp.ClientSession] = {}
headers: dict[str, str] = {}


class Consultation(BaseModel):
    """What the job needs of the tender."""

    id: str


class Asked(BaseModel):
    """The data of the request."""

    consultation: Consultation


class Event(BaseModel):
    """The request."""

    id: str
    data: Asked


@app.on_startup
async def open_session() -> None:
    """Fetch one token for all calls."""
    session = sessions["api"] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONCURRENCY))
    async with session.post(f"{API}/api/oauth/token", data={"grant_type": "client_credentials"}) as answer:
        headers["Authorization"] = f"Bearer {(await answer.json())['access_token']}"


async def decode(message: RabbitMessage) -> object:
    """CloudEvents in structured mode are JSON under a content type the framework does not know."""
    return orjson.loads(message.body)


@broker.subscriber(QUEUE, ack_policy=AckPolicy.MANUAL, decoder=decode)
async def create(event: Event, message: RabbitMessage) -> None:
    """Call, publish with a confirm, acknowledge."""
    body = {"operation": "creerDumeSimple", "idConsultation": event.data.consultation.id}
    async with sessions["api"].post(f"{API}/dume/dumeA", json=body, headers=headers) as answer:
        said = await answer.json()
    done = {"causationid": event.id, "final": True, "data": {"dume_id": said["response"]["idDume"]}}
    await broker.publish(
        done, exchange=RESULTS, routing_key="tender.dume.simplified.done.v1", persist=True, mandatory=True
    )
    await message.ack()


if __name__ == "__main__":
    asyncio.run(app.run())

"""Connects to a broker, at whichever of its addresses answers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aio_pika
from yarl import URL

from service.messaging.failures import BrokerRefused, BrokerTrouble, broker_errors

if TYPE_CHECKING:
    from aio_pika.abc import AbstractConnection


def addresses(url: str) -> tuple[str, ...]:
    """One URL for each host of an address: `amqp://user:password@one:5672,two:5672/vhost` names two nodes."""
    parts = urlsplit(url)
    login, at, hosts = parts.netloc.rpartition("@")
    return tuple(parts._replace(netloc=f"{login}{at}{host}").geturl() for host in hosts.split(",") if host)


async def dial(url: str, *, timeout: float, **options: str | int) -> AbstractConnection:
    """A connection to one of the hosts of an address, tried in any order, each for at most `timeout` seconds.

    `options` are those of the URL's query, which has the last word. Raises BrokerTrouble when none of them answers;
    BrokerRefused at once, since the nodes of a cluster know the same users.
    """
    hosts = list(addresses(url))
    random.shuffle(hosts)  # the workers of a fleet spread over the nodes, and none insists on one that is down
    trouble = BrokerTrouble(f"connecting: {len(hosts)} hosts in the address")
    for host in hosts:
        complete = URL(host)
        try:
            return await _connected(complete.update_query({**options, **complete.query}), timeout)
        except BrokerRefused:
            raise
        except BrokerTrouble as error:
            trouble = error
    raise trouble


async def _connected(url: URL, timeout: float) -> AbstractConnection:
    with broker_errors("connecting"):
        connection = aio_pika.Connection(url)
        try:
            await connection.connect(timeout=timeout)
        except BaseException:
            # Else its destructor does so, whenever that runs, in whatever loop there is then.
            await connection.close()
            raise
        return connection

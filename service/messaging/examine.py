"""Looks at a broker the way a person would before starting a worker: version, and what is there or differs."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.messaging.declaring import declare, verify
from service.messaging.dialling import dial
from service.messaging.failures import TopologyMismatch

if TYPE_CHECKING:
    from aio_pika.abc import AbstractConnection

    from service.messaging.topology import Topology

CONNECT_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a broker says of itself. `missing` and `differs` say what is not as it should be."""

    product: str
    version: tuple[int, ...]
    missing: str | None = None
    differs: str | None = None


async def examine(url: str, topology: Topology, *, may_declare: bool) -> Examined:
    """The broker at `url`. Nothing is created; differences are only seen where the relay's user may configure.

    Raises BrokerTrouble, BrokerRefused.
    """
    async with await dial(url, timeout=CONNECT_TIMEOUT) as connection:
        product, version = _server(connection)
        missing = await _mismatch(verify(connection, topology))
        differs = None
        if may_declare and missing is None:  # everything exists, so declaring it again only compares
            differs = await _mismatch(declare(connection, topology))
        return Examined(product=product, version=version, missing=missing, differs=differs)


async def _mismatch(check: Coroutine[None, None, None]) -> str | None:
    try:
        await check
    except TopologyMismatch as error:
        return str(error)
    return None


def _server(connection: AbstractConnection) -> tuple[str, tuple[int, ...]]:
    transport = connection.transport
    properties = getattr(transport.connection, "server_properties", {}) if transport else {}
    product, version = (str(properties.get(name) or "") for name in ("product", "version"))
    return product or "unknown", tuple(int(part) for part in version.split(".")[:3] if part.isdecimal())

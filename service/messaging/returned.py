"""Treats what the broker gave back: tried again twice without a look inside, answered the third time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from service.messaging.moves import retry_returned
from service.messaging.received import given_back

if TYPE_CHECKING:
    from service.messaging.in_flight import InFlight, Work
    from service.messaging.settlement import Settlement
    from service.messaging.topology import Topology


class Returned:
    """Carries one delivery of the queue `returned`."""

    def __init__(self, in_flight: InFlight, settlement: Settlement, topology: Topology) -> None:
        self._in_flight = in_flight
        self._settlement = settlement
        self._topology = topology

    async def carry(self, work: Work) -> None:
        """Send the event back where it was, or let the usual work answer it with `returns` saying how often it came."""
        headers = work.received.message.header.properties.headers
        by = given_back(headers if isinstance(headers, Mapping) else {}, self._topology)
        delivery = work.received.delivery
        move = retry_returned(delivery, by.queue, by.reason, self._topology)
        if move is not None:
            work.is_settling = True
            await self._settlement.move(work.received, move)
            return
        work.received = replace(work.received, delivery=replace(delivery, returns=delivery.returns + 1))
        await self._in_flight.carry(work)

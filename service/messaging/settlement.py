"""Carries an outcome out: results and the moved event confirmed by the broker before anything is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import structlog

from contracts.results import too_large_reply
from service.core.errors import LedgerUnavailable
from service.core.outcome import Completed
from service.messaging.failures import BrokerTrouble, PublishTooLarge, asking
from service.messaging.moves import Move, move_of
from service.messaging.outbound import result_message
from service.messaging.topology import RESULTS, Topology

if TYPE_CHECKING:
    from aiormq.abc import DeliveredMessage

    from contracts.results import ResultEvent
    from service.core.delivery import Delivery
    from service.core.outcome import Outcome
    from service.messaging.patience import PatientPublisher
    from service.messaging.received import Received

TURN_UNWRITTEN = "turn_unwritten"
RESULT_TOO_LARGE = "result_too_large"

ANSWER_TIMEOUT = 2.0
"""Seconds an acknowledgement may take to be handed to the connection; it waits for no answer."""

Moved = Callable[["Outcome", int], Awaitable[None]]
"""Told the outcome and the turn of a copy once the broker has confirmed it."""

log = structlog.get_logger(__name__)


class Settlement:
    """Publishes what an outcome asks for. What it returns from is safe: the delivery may be acknowledged."""

    def __init__(self, publisher: PatientPublisher, topology: Topology, moved: Moved) -> None:
        self._publisher = publisher
        self._topology = topology
        self._moved = moved

    async def settle(self, received: Received, outcome: Outcome) -> None:
        """Publish the results, the terminal one last, then the moved event if there is one; each confirmed.

        Returns only when all is confirmed, however long that takes. Cancelled, it leaves the rest unpublished and the
        delivery unacknowledged, so that it comes back.
        """
        await self.publish_results(outcome.results)
        if isinstance(outcome, Completed):
            return
        move = move_of(outcome, received.delivery, self._topology)
        if move is not None:
            await self.move(received, move)
            await self._tell_turn(received.delivery, outcome, move.marks.turn)

    async def publish_results(self, results: Iterable[ResultEvent]) -> None:
        """Publish results in any order, those marked final after all others are confirmed.

        What is larger than the broker takes is left out, and the request ends in a failure that says so instead.
        """
        ordered = tuple(results)
        limit = await self._all([result for result in ordered if not result.final])
        finals = [result for result in ordered if result.final]
        if limit is None:
            limit = await self._all(finals)
        if limit is not None:
            for result in finals:
                await self._publish_result(too_large_reply(result, limit=limit))

    async def move(self, received: Received, move: Move) -> None:
        """Publish the whole event where it goes next; returns when it is confirmed there."""
        await self._publisher.publish(move.exchange, move.routing_key, received.copy(move.marks))

    async def _all(self, results: list[ResultEvent]) -> int | None:
        """Publish those that the broker takes; its limit in bytes when it does not take all."""
        if len(results) == 1:
            return await self._unless_too_large(results[0])
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(self._unless_too_large(result), name=f"result {result.id}") for result in results
            ]
        return next((limit for task in asked if (limit := task.result()) is not None), None)

    async def _unless_too_large(self, result: ResultEvent) -> int | None:
        try:
            await self._publish_result(result)
        except PublishTooLarge as error:
            log.error(  # noqa: TRY400  # the sentence says it all
                RESULT_TOO_LARGE, event_id=result.causationid, type=result.type, detail=str(error)
            )
            return error.limit
        return None

    async def _publish_result(self, result: ResultEvent) -> None:
        await self._publisher.publish(self._topology.name(RESULTS), result.type, result_message(result))

    async def _tell_turn(self, delivery: Delivery, outcome: Outcome, turn: int) -> None:
        try:
            await self._moved(outcome, turn)
        except LedgerUnavailable as error:
            # The copy is confirmed. Not acknowledging now would only make a second copy; an unwritten turn merely lets
            # an old one be worked on, under the ledger's lease. That the ledger is lost is said once, and not here.
            log.debug(TURN_UNWRITTEN, message_id=delivery.message_id, turn=turn, detail=str(error))


async def acknowledge(message: DeliveredMessage) -> bool:
    """Acknowledge a message; False when its channel is gone, and the broker delivers it again."""
    if message.channel.is_closed or message.delivery_tag is None:
        return False
    try:
        # Bounded: a connection that has just died leaves a full queue of frames nobody writes, and the same work may
        # have another message to acknowledge, on the connection that came after it.
        async with asking("acknowledging", ANSWER_TIMEOUT):
            await message.channel.basic_ack(message.delivery_tag, wait=False)
    except BrokerTrouble:
        return False
    return True


async def give_back(message: DeliveredMessage) -> None:
    """Return a message to its queue, counted by the broker as a failed delivery; nothing when its channel is gone."""
    if message.channel.is_closed or message.delivery_tag is None:
        return
    try:
        async with asking("giving back", ANSWER_TIMEOUT):
            # A reject counts on every version of the broker; newer ones no longer count a nack.
            await message.channel.basic_reject(message.delivery_tag, requeue=True, wait=False)
    except BrokerTrouble:
        return

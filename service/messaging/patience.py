"""Publishes until the broker has confirmed, for as long as it takes, and says when that takes long."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from service.messaging.failures import (
    BrokerTrouble,
    ExchangeMissing,
    PublishTooLarge,
    PublishUnroutable,
    TopologyMismatch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.messaging.outbound import Outbound
    from service.messaging.publisher import Publisher

SETTLEMENT_DOUBTED = "settlement_doubted"
SETTLEMENT_CONFIRMED = "settlement_confirmed"

FIRST_WAIT = 0.5
LONGEST_WAIT = 15.0
REPLACE_AFTER = 300.0
"""Seconds without a confirm after which the connections are made anew."""

REPAIRED = (PublishUnroutable, ExchangeMissing)
"""Declared again at once: something was deleted under the running relay."""

log = structlog.get_logger(__name__)


class PatientPublisher:
    """Never gives up on a message, and never asks for another one meanwhile.

    `doubted(True)` is called when the first message is in doubt, `doubted(False)` when none is any more; `repair`
    declares the topology again; `replace` makes the connections anew.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        doubted: Callable[[bool], None],
        repair: Callable[[], Awaitable[None]],
        replace: Callable[[], Awaitable[None]],
        replace_after: float = REPLACE_AFTER,
    ) -> None:
        self._publisher = publisher
        self._doubted = doubted
        self._repair = repair
        self._replace = replace
        self._replace_after = replace_after
        self._in_doubt = 0
        self._replaced_at = 0.0

    async def publish(self, exchange: str, routing_key: str, message: Outbound) -> None:
        """Return once the message is confirmed; the same id is sent again each time, so a double can be told.

        Raises PublishTooLarge: no patience helps there.
        """
        try:
            await self._publisher.publish(exchange, routing_key, message)
        except PublishTooLarge:
            raise
        except BrokerTrouble as error:
            with self._doubt(str(error)):
                await self._insist(exchange, routing_key, message, error)

    async def _insist(self, exchange: str, routing_key: str, message: Outbound, error: BrokerTrouble) -> None:
        clock = asyncio.get_running_loop()
        since = clock.time()
        wait = 0.0 if isinstance(error, REPAIRED) else FIRST_WAIT
        while True:
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311  # jitter
            wait = max(FIRST_WAIT, min(wait * 2, LONGEST_WAIT))
            try:
                if isinstance(error, REPAIRED):
                    await self._repair()
                await self._publisher.publish(exchange, routing_key, message)
            except PublishTooLarge:
                raise
            except BrokerTrouble as again:
                error = again
            except TopologyMismatch as mismatch:
                error = PublishUnroutable(str(mismatch))
            else:
                return
            if clock.time() - max(since, self._replaced_at) > self._replace_after:
                self._replaced_at = clock.time()
                await self._replace()

    @contextmanager
    def _doubt(self, detail: str) -> Iterator[None]:
        self._in_doubt += 1
        if self._in_doubt == 1:
            log.warning(SETTLEMENT_DOUBTED, detail=detail)
            self._doubted(True)
        try:
            yield
        finally:
            self._in_doubt -= 1
            if self._in_doubt == 0:
                log.info(SETTLEMENT_CONFIRMED)
                self._doubted(False)

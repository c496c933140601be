"""Names what can go wrong with the broker, and turns whatever the client library raises into one of these names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    AuthenticationError,
    ChannelInvalidStateError,
    ProbableAuthenticationError,
)


class BrokerTrouble(Exception):  # named for what is wrong, like the failures of core
    """The broker could not be reached, closed a channel, or did not answer in time."""


class BrokerRefused(BrokerTrouble):
    """The broker refuses these credentials or this virtual host."""


class PublishUnconfirmed(BrokerTrouble):
    """In doubt: the broker may or may not have the message. Send it again under the same id."""


class PublishUnroutable(BrokerTrouble):
    """The broker took the message and found no queue for it: it is not stored anywhere."""


class ExchangeMissing(PublishUnconfirmed):
    """In doubt, and an exchange is not there: declare the topology before sending again."""


class PublishTooLarge(BrokerTrouble):
    """The broker does not take messages of this size, and never will: the `limit` is in bytes."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"a message of {size} bytes, and the broker takes {limit}")
        self.limit = limit


class TopologyMismatch(Exception):  # named for what is wrong, like the failures of core
    """An exchange or queue is missing, or exists with other arguments; the text says which and what to run."""


def is_own_cancellation() -> bool:
    """Whether the current task was asked to end, as opposed to having awaited something a dead connection cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


@contextmanager
def broker_errors(doing: str, kind: type[BrokerTrouble] = BrokerTrouble) -> Iterator[None]:
    """Raise `kind` for every failure of the client library inside; our own cancellation passes unchanged."""
    try:
        yield
    except asyncio.CancelledError as error:
        if is_own_cancellation():
            raise
        raise kind(f"{doing}: the connection was lost") from error
    except (AuthenticationError, ProbableAuthenticationError) as error:
        raise BrokerRefused(f"{doing}: {error}") from error
    except TimeoutError as error:
        raise kind(f"{doing}: no answer in time") from error
    except (*CONNECTION_EXCEPTIONS, ChannelInvalidStateError) as error:
        raise kind(f"{doing}: {type(error).__name__} {error}".rstrip()) from error
    except Exception as error:
        # What waits on a channel that the library closes itself ends with this very class, and no text.
        if type(error) is Exception:
            raise kind(f"{doing}: the channel was closed") from error
        raise


@asynccontextmanager
async def asking(doing: str, within: float) -> AsyncIterator[None]:
    """Bound a conversation with the broker to `within` seconds, and raise BrokerTrouble for every way it can fail.

    The bound is ours: on Python 3.11 the library's own, around a call whose connection is lost, misses the loss and
    waits to its end.
    """
    with broker_errors(doing):
        async with asyncio.timeout(within):
            yield

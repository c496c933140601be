"""What the client library raises, and what becomes of it."""

import asyncio

import pytest
from aio_pika.exceptions import (
    AMQPConnectionError,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    DeliveryError,
    ProbableAuthenticationError,
)
from aiormq import spec

from service.messaging.failures import BrokerRefused, BrokerTrouble, PublishUnconfirmed, asking, broker_errors


@pytest.mark.parametrize(
    "error",
    [
        AMQPConnectionError("reset"),
        ChannelNotFoundEntity("no queue"),
        ChannelInvalidStateError("closed"),
        DeliveryError(None, spec.Basic.Nack(delivery_tag=1)),
        ConnectionResetError("reset"),
        OSError("unreachable"),
        RuntimeError("closed"),
        TimeoutError(),
        Exception(),
    ],
)
async def test_should_turn_every_failure_of_the_library_into_a_trouble(error: Exception) -> None:
    """Whatever the library raises, even a bare Exception, is told as what it means, with its cause kept."""
    with (
        pytest.raises(PublishUnconfirmed, match="publishing") as raised,
        broker_errors("publishing", PublishUnconfirmed),
    ):
        raise error

    assert raised.value.__cause__ is error


async def test_should_tell_a_refusal_from_a_trouble() -> None:
    """Wrong credentials do not get better by waiting."""
    with pytest.raises(BrokerRefused), broker_errors("connecting"):
        raise ProbableAuthenticationError("ACCESS_REFUSED")


async def test_should_let_mistakes_of_the_relay_through() -> None:
    """An error that is not the library's is not taken for a trouble with the broker."""
    with pytest.raises(KeyError), broker_errors("publishing"):
        raise KeyError("ours")


async def test_should_take_a_foreign_cancellation_for_a_loss() -> None:
    """Awaiting what a dead connection cancelled is a trouble, not the end of the task."""
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    lost.cancel()

    with pytest.raises(BrokerTrouble, match="lost"), broker_errors("publishing"):
        await lost


async def test_should_end_when_it_is_asked_to() -> None:
    """The cancellation of the task itself passes through."""

    async def publish() -> None:
        with broker_errors("publishing"):
            await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(publish())
    await asyncio.wait({task}, timeout=0)
    task.cancel()
    await asyncio.wait({task})

    assert task.cancelled()


async def test_should_bound_every_question() -> None:
    """No answer within the time is a trouble like any other."""
    with pytest.raises(BrokerTrouble, match="no answer in time"):
        async with asking("asking", 0):
            await asyncio.get_running_loop().create_future()

"""Which calls belong to which delivery."""

from __future__ import annotations

import asyncio

import pytest

from service.observability.calls import CallSeen, calls_recorded, record_call

pytestmark = pytest.mark.unit


def call(operation: str) -> CallSeen:
    return CallSeen(upstream="chorus-pro", operation=operation)


async def test_should_keep_the_calls_of_each_delivery_apart() -> None:
    """Deliveries worked on at once do not see each other's calls."""

    async def deliver(*operations: str) -> list[str]:
        with calls_recorded() as calls:
            for operation in operations:
                await asyncio.sleep(0)
                record_call(call(operation))
            return [seen.operation for seen in calls]

    first, second = await asyncio.gather(deliver("a", "b"), deliver("c"))

    assert (first, second) == (["a", "b"], ["c"])


async def test_should_see_the_calls_of_tasks_started_inside() -> None:
    """Work split into tasks is still the work of one delivery."""

    async def work() -> None:
        record_call(call("a"))

    with calls_recorded() as calls:
        await asyncio.create_task(work())

    assert calls == [call("a")]


def test_should_take_no_notice_outside_of_a_delivery() -> None:
    """A health check belongs to no event."""
    record_call(call("healthCheck"))
    with calls_recorded() as calls:
        pass

    assert calls == []

"""One broker stops, dies, runs short, cuts connections and keeps its confirms to itself: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from service.sandbox.broker import Broker, PrivateBroker
from tests.chaos.broker import (
    alarm,
    crash_and_start,
    lose_connections,
    stop_and_start,
    time_out_consumers,
    withhold_confirms,
)
from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.steps import fail, faults, kill_one, repeat, wait

BEYOND = 12.0  # seconds: longer than a publish waits for its confirm


@pytest.fixture
async def impatient_broker(broker: Broker) -> AsyncIterator[PrivateBroker]:
    """A node of the test's own that takes back what is not acknowledged within a second and a half."""
    if not broker.is_controlled:
        pytest.skip("a broker given by its URL is not ours to disturb")
    async with PrivateBroker() as own:
        time_out_consumers(own, after=1.5)
        yield own


async def test_should_survive_a_failing_broker(
    open_chaos: OpenChaos, private_broker: PrivateBroker, form: Form
) -> None:
    """Connections end, publishers are blocked, confirms come late, the broker is stopped and started."""
    chaos = await open_chaos()

    await chaos.survive(
        "broker: connections ended, blocked, confirms late, restarted",
        wait(1),
        repeat(form.times(2, 10), lose_connections(private_broker), wait(form.of(1, 0.5))),
        alarm(
            "memory", private_broker.raise_memory_alarm, private_broker.clear_memory_alarm, seconds=form.of(2, BEYOND)
        ),
        wait(1),
        withhold_confirms(private_broker, seconds=form.of(3, BEYOND)),
        stop_and_start(private_broker, down_for=form.of(0, 5)),
        wait(1),
    )


@pytest.mark.full
async def test_should_survive_a_broker_that_fails_otherwise(
    open_chaos: OpenChaos, private_broker: PrivateBroker
) -> None:
    """Publishers blocked for lack of disk, confirms that never come, a crash of the broker, and workers that die."""
    chaos = await open_chaos()

    await chaos.survive(
        "broker: disk full, confirms lost, killed; workers killed",
        wait(1),
        alarm("disk", private_broker.raise_disk_alarm, private_broker.clear_disk_alarm, seconds=5),
        repeat(
            2,
            alarm("disk", private_broker.raise_disk_alarm, private_broker.clear_disk_alarm, seconds=0.5),
            kill_one(),
            wait(0.5),
        ),
        repeat(2, withhold_confirms(private_broker, seconds=2, for_ever=True), wait(1)),
        kill_one(),
        crash_and_start(private_broker, down_for=0),
        wait(1),
    )


@pytest.mark.full
async def test_should_survive_consumer_timeouts(impatient_broker: PrivateBroker, open_chaos: OpenChaos) -> None:
    """The broker takes events back from workers that wait for slow answers: none is worked on twice."""
    chaos = await open_chaos(impatient_broker)
    slow = faults(0.4, "slow", spare=("token", "healthCheck"), params={"seconds": 2.5})

    await chaos.survive("consumers time out while answers are slow", fail(*slow, seconds=25), wait(1))

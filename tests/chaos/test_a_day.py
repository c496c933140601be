"""A maintenance lasts a day and twenty thousand requests wait for its end: then all are done, in bounded room."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.sandbox.broker import PrivateBroker
from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.scene import Chaos, Step
from tests.chaos.steps import kill_all, ready, wait

DAY = timedelta(days=1)
MEMORY = 400 * 2**20
"""Bytes that no worker may ever hold; one that has just started holds about 80 MB."""
ROOM = 2**30
"""Bytes that nothing else may take, in memory or on disk."""
TOTAL_MEMORY = "erlang:memory(total)."
A_DAY = {"invoice": 4, "tender": 8, "fact": 2, "dume": 1, "bid": 1, "search": 84}
PARKED_LIMIT = 300.0
DRAINED_LIMIT = 450.0
"""Seconds; a machine with nothing else to do needs less than a third."""


@pytest.mark.timeout(840)
async def test_should_survive_a_maintenance_of_a_day(open_chaos: OpenChaos, form: Form, tmp_path: Path) -> None:
    """Announced from yesterday to tomorrow: nothing is called, all is parked, and drained once it is over."""
    calendar, count = tmp_path / "calendar.json", form.times(300, 20_000)
    announce(calendar, ends=datetime.now(UTC) + DAY)
    chaos = await open_chaos(rate=1.0, weights=A_DAY, variables={"RELAY_MAINTENANCE__CALENDAR": str(calendar)})

    await chaos.survive(
        f"maintenance of a day, {count:,} parked, then drained",
        many_requests(count),
        all_parked(),
        room_taken(),
        kill_all(),
        ready(),
        no_calls(),
        the_day_is_over(calendar),
        wait(2),
        limit=DRAINED_LIMIT,
    )

    await room_taken()(chaos)
    assert chaos.fleet.peak_memory() < MEMORY


def announce(calendar: Path, *, ends: datetime) -> None:
    """Write the calendar: everything is away from yesterday on."""
    window = {"upstream": "all", "from": (datetime.now(UTC) - DAY).isoformat(), "to": ends.isoformat()}
    new = calendar.with_suffix(".new")
    new.write_text(json.dumps([window]))
    new.replace(calendar)


def many_requests(count: int) -> Step:
    """As many requests as come in in a day, as fast as the broker takes them."""

    async def step(chaos: Chaos) -> None:
        begun = time.monotonic()
        await chaos.stream.ask_all(chaos.mixture.next() for _ in range(count))
        chaos.tell(f"{count} requests published in {time.monotonic() - begun:.1f} s")

    return step


def all_parked() -> Step:
    """Wait until everything that was published lies in a parking queue."""

    async def step(chaos: Chaos) -> None:
        give_up, parked = time.monotonic() + PARKED_LIMIT, 0
        while parked < len(chaos.stream.asked) - 5:  # the stream goes on
            assert time.monotonic() < give_up, f"only {parked} requests are parked after {PARKED_LIMIT:g} seconds"
            await asyncio.sleep(0.5)
            parked = sum([await chaos.bus.depth(queue) for queue in ("parked.chorus-pro", "parked.dume")])
        chaos.tell(f"{parked} requests are parked")

    return step


def room_taken() -> Step:
    """Note how much room the workers and the broker take, which stays bounded."""

    async def step(chaos: Chaos) -> None:
        taken = {"the most a worker ever held": chaos.fleet.peak_memory()}
        if chaos.broker.is_controlled:
            taken["the broker's memory"] = int(await asyncio.to_thread(chaos.broker.evaluate, TOTAL_MEMORY))
        if isinstance(chaos.broker, PrivateBroker):
            taken["the broker's disk"] = sum(file.stat().st_size for file in chaos.broker.folder.rglob("*.*"))
        chaos.tell(", ".join(f"{what}: {size / 2**20:.0f} MB" for what, size in taken.items()))
        assert max(taken.values()) < ROOM, taken

    return step


def no_calls() -> Step:
    """Nobody called the State, not even for its health: the end of the maintenance is known."""

    async def step(chaos: Chaos) -> None:
        assert [call.operation for call in chaos.simulator.journal.calls()] == []
        await asyncio.sleep(0)

    return step


def the_day_is_over(calendar: Path) -> Step:
    """The State is back, as the calendar says by now; its tokens have expired meanwhile."""

    async def step(chaos: Chaos) -> None:
        chaos.simulator.world.clock.move(DAY.total_seconds())
        announce(calendar, ends=datetime.now(UTC))
        chaos.tell("the maintenance is over")
        await asyncio.sleep(0)

    return step

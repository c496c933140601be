"""A maintenance lasts a day and twenty thousand requests wait for its end: then all are done, in bounded room."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.chaos.conftest import Form, OpenChaos
from tests.chaos.scene import Chaos, Step
from tests.chaos.steps import kill_all, ready, wait

DAY = timedelta(days=1)
MARGIN = 60.0  # seconds by which the day is over
MEMORY = 400 * 2**20
"""Bytes that no worker may ever hold; one that has just started holds about 80 MB."""
MOSTLY_TENDERS = {"invoice": 10, "tender": 75, "search": 15}
PARKED_LIMIT = 240.0
DRAINED_LIMIT = 300.0


async def test_should_survive_a_maintenance_of_a_day(open_chaos: OpenChaos, form: Form, tmp_path: Path) -> None:
    """Announced for a day: nothing is called, all is parked, and at its end drained; workers die in between."""
    calendar, count = tmp_path / "calendar.json", form.times(300, 20_000)
    begun = datetime.now(UTC) - timedelta(minutes=1)
    calendar.write_text(json.dumps([{"upstream": "all", "from": begun.isoformat(), "to": (begun + DAY).isoformat()}]))
    chaos = await open_chaos(
        own_clocks=True, rate=1.0, weights=MOSTLY_TENDERS, variables={"RELAY_MAINTENANCE__CALENDAR": str(calendar)}
    )

    await chaos.survive(
        f"maintenance of a day, {count:,} parked, drained",
        many_requests(count),
        all_parked(),
        kill_all(),
        ready(),
        no_calls(),
        a_day_passes(),
        wait(2),
        limit=DRAINED_LIMIT,
    )

    assert chaos.fleet.peak_memory() < MEMORY


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


def no_calls() -> Step:
    """Nobody called the State, not even for its health: the end of the maintenance is known."""

    async def step(chaos: Chaos) -> None:
        assert [call.operation for call in chaos.simulator.journal.calls()] == []
        await asyncio.sleep(0)

    return step


def a_day_passes() -> Step:
    """Let a day go by on the clocks of every worker and of the State."""

    async def step(chaos: Chaos) -> None:
        chaos.simulator.world.clock.move(DAY.total_seconds() + MARGIN)
        for member in chaos.fleet.members:
            assert member.clock is not None
            member.clock.move(DAY.total_seconds() + MARGIN)
        chaos.tell("a day passes")
        await asyncio.sleep(0)

    return step

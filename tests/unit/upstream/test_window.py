"""How many calls an upstream has at once."""

from __future__ import annotations

import asyncio

import pytest

from service.upstream.window import StillPaused, Window

pytestmark = pytest.mark.unit


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Calls:
    """Calls that hold their place until they are let go."""

    def __init__(self, window: Window, count: int) -> None:
        self.at_once = 0
        self.most = 0
        self.leave = asyncio.Semaphore(0)
        self.tasks = [asyncio.create_task(self._call(window)) for _ in range(count)]

    async def _call(self, window: Window) -> None:
        async with window.place(patience=5.0):
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            await self.leave.acquire()
            self.at_once -= 1

    async def end(self) -> None:
        for _ in self.tasks:
            self.leave.release()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_should_hold_back_what_is_too_much() -> None:
    """No more calls at once than there are places, and all of them in the end."""
    calls = Calls(window := Window(3), 10)

    await settle()
    await calls.end()

    assert (calls.most, window.in_use) == (3, 0)


async def test_should_come_back_slowly() -> None:
    """After a maintenance one call goes through; each answer lets one more."""
    window = Window(4)
    window.reset()
    calls = Calls(window, 6)

    seen = []
    for _ in range(4):
        await settle()
        seen.append(calls.at_once)
        window.answered()
    await settle()
    await calls.end()

    assert (seen, calls.most) == ([1, 2, 3, 4], 4)


@pytest.mark.parametrize(("before", "after"), [(8, 4), (3, 1), (1, 1)])
def test_should_halve_when_throttled(before: int, after: int) -> None:
    """The quota is for the whole application, so fewer calls at once."""
    window = Window(before)

    window.throttled(0.0)

    assert window.limit == after


async def test_should_refuse_calls_while_it_must_be_quiet_for_long() -> None:
    """A wait of more than two seconds is the broker's; the call says how long."""
    clock = Clock()
    window = Window(2, clock)
    window.throttled(30.0)
    clock.now = 10.0

    with pytest.raises(StillPaused) as caught:
        async with window.place(patience=1.0):
            pass

    assert caught.value.seconds == 20.0


async def test_should_call_again_after_the_quiet() -> None:
    """The pause ends by itself."""
    clock = Clock()
    window = Window(2, clock)
    window.throttled(30.0)
    clock.now = 31.0

    async with window.place(patience=1.0):
        used = window.in_use

    assert used == 1


async def test_should_not_wait_for_a_place_for_ever() -> None:
    """Every wait has an end."""
    window = Window(1)
    calls = Calls(window, 1)
    await settle()

    with pytest.raises(StillPaused):
        async with window.place(patience=0.01):
            pass
    await calls.end()

    assert window.in_use == 0


async def test_should_pass_on_the_place_of_a_cancelled_call() -> None:
    """A call that gives up, while waiting or just when it is let in, takes no place with it."""
    window = Window(1)
    calls = Calls(window, 3)
    await settle()

    calls.tasks[1].cancel()
    calls.leave.release()
    await settle()
    going_on = calls.at_once
    await calls.end()

    assert (going_on, window.in_use) == (1, 0)

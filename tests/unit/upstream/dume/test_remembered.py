"""What seldom changes is asked once, kept for a while, and told for longer while nobody can be asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from service.core.errors import CallFacts, Unavailable
from service.upstream.dume.remembered import HEAVIEST, MOST, REST, Remembered, Told
from service.upstream.operation import Refusal

pytestmark = pytest.mark.unit
FACTS = CallFacts(upstream="dume", operation="listerReferentiel")
NO = Refusal(operation="listerReferentiel", code="X", text="Non.")


@dataclass(slots=True)
class State:
    """Whoever is asked, and how often that was."""

    asked: int = 0
    refuses: bool = False
    is_down: bool = False
    waits: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self) -> str | Refusal:
        """Answer with the number of the question."""
        self.asked += 1
        if self.is_down:
            raise Unavailable(FACTS, "HTTP 503")
        return NO if self.refuses else f"answer {self.asked}"


@dataclass(slots=True)
class Clock:
    """A clock that is moved by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def one(_: str) -> int:
    """Each answer has one row."""
    return 1


async def told(remembered: Remembered, state: State, key: str = "a list") -> tuple[str, bool]:
    """What is told, and whether it was remembered."""
    answer = await remembered.get(key, state.ask, one)
    assert isinstance(answer, Told)
    return answer.value, answer.cached


async def test_should_ask_once_while_it_is_fresh() -> None:
    """Each question has its own answer, which expires."""
    state, clock = State(), Clock()
    remembered = Remembered(keep=60, stale=0, clock=clock)
    first = [await told(remembered, state), await told(remembered, state), await told(remembered, state, "another")]
    clock.now = 60.0

    assert first == [("answer 1", False), ("answer 1", True), ("answer 2", False)]
    assert await told(remembered, state) == ("answer 3", False)


async def test_should_ask_every_time_when_it_keeps_nothing() -> None:
    """Zero is never, not for ever."""
    state = State()
    remembered = Remembered(keep=0, stale=0, clock=Clock())

    assert [await told(remembered, state) for _ in range(2)] == [("answer 1", False), ("answer 2", False)]


async def test_should_ask_one_question_at_a_time() -> None:
    """Who asks the same meanwhile waits for the one answer."""
    state, release = State(), asyncio.Event()

    async def slowly() -> str | Refusal:
        await release.wait()
        return await state.ask()

    remembered = Remembered(keep=60, stale=0, clock=Clock())
    asking = [asyncio.create_task(remembered.get("a list", slowly, one)) for _ in range(5)]
    release.set()
    answers = await asyncio.gather(*asking)

    assert state.asked == 1
    assert [answer.cached for answer in answers if isinstance(answer, Told)] == [False, True, True, True, True]


async def test_should_tell_an_old_answer_while_nobody_can_be_asked() -> None:
    """For a bounded time, with its age, and without asking at every turn."""
    state, clock = State(), Clock()
    remembered = Remembered(keep=60, stale=600, clock=clock)
    fresh = await remembered.get("a list", state.ask, one)
    state.is_down, clock.now = True, 100.0
    old = [await remembered.get("a list", state.ask, one) for _ in range(3)]
    clock.now += REST
    await remembered.get("a list", state.ask, one)

    assert isinstance(fresh, Told)
    assert old == [Told(value="answer 1", as_of=fresh.as_of, cached=True)] * 3
    assert state.asked == 3
    clock.now = 660.0
    with pytest.raises(Unavailable):
        await remembered.get("a list", state.ask, one)


async def test_should_go_on_with_a_new_answer_once_it_can_be_asked() -> None:
    """A failed renewal is made up for after its rest."""
    state, clock = State(is_down=False), Clock()
    remembered = Remembered(keep=60, stale=6000, clock=clock)
    await told(remembered, state)
    state.is_down, clock.now = True, 100.0
    await told(remembered, state)
    state.is_down, clock.now = False, 100.0 + REST

    assert await told(remembered, state) == ("answer 3", False)


async def test_should_fail_when_there_is_nothing_to_tell() -> None:
    """Nothing is made up."""
    with pytest.raises(Unavailable):
        await Remembered(keep=60, stale=60).get("a list", State(is_down=True).ask, one)


async def test_should_take_a_refusal_for_an_answer_and_not_remember_it() -> None:
    """A list that is withdrawn is withdrawn, and one that is added is there at once."""
    state, clock = State(), Clock()
    remembered = Remembered(keep=60, stale=600, clock=clock)
    await told(remembered, state)
    state.refuses, clock.now = True, 60.0
    refused = await remembered.get("a list", state.ask, one)
    state.refuses = False

    assert refused == NO
    assert await told(remembered, state) == ("answer 3", False)


@pytest.mark.parametrize("weight", [1, HEAVIEST // 3, 2 * HEAVIEST])
async def test_should_remember_so_much_and_no_more(weight: int) -> None:
    """Neither many small answers nor a few large ones fill the memory."""
    remembered = Remembered(keep=60, stale=0, clock=Clock())
    for number in range(MOST + 10):
        await remembered.get(number, State().ask, lambda _: weight)

    assert len(remembered._known) == min(MOST, HEAVIEST // weight)
    assert remembered._weight == weight * len(remembered._known)
    assert remembered._asked == {}

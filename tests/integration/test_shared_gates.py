"""The workers of a fleet share what they know of an upstream: one notices, one tries, all wait and all go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from contracts.words import PauseCause
from service.core.errors import CallFacts, CredentialsRejected
from service.core.gate import Position
from service.ledger import open_ledger
from tests.support.gatekeepers import UPSTREAM, WHOLE, Gatekeeper, Health, gatekeepers
from tests.support.until import until

FLEETS = (1, 3, 20)
INTERVAL = 0.3
ENOUGH_ROUNDS = 5
REJECTED = CredentialsRejected(CallFacts(upstream=UPSTREAM, operation="token", http_status=401), "invalid_client")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The ledger all of them share."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


async def met(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that can be seen without asking anybody."""

    async def look() -> bool:
        return condition()

    await until(look, what, limit=60)


async def stand(keepers: Sequence[Gatekeeper], position: Position) -> None:
    """Wait until all of them have their gate there."""
    await met(lambda: all(keeper.position is position for keeper in keepers), f"gates {position}")


def said(keepers: Sequence[Gatekeeper]) -> Counter[str]:
    """What all of them published together, by type."""
    return Counter(result.type for keeper in keepers for result in keeper.published)


async def all_said(keepers: Sequence[Gatekeeper], *types: str) -> None:
    """Wait until these were published."""
    await met(lambda: said(keepers) >= Counter(types), f"{types} published")


def an_hour_on_both_sides(folder: Path) -> Path:
    """A calendar that announces a maintenance from an hour ago to an hour from now."""
    calendar, now, hour = folder / "calendar.json", datetime.now(UTC), timedelta(hours=1)
    window = {"upstream": UPSTREAM, "from": (now - hour).isoformat(), "to": (now + hour).isoformat()}
    calendar.write_bytes(orjson.dumps({"windows": [window]}))
    return calendar


@pytest.mark.parametrize("count", FLEETS)
async def test_should_close_for_all_what_one_has_found_closed(url: str, count: int) -> None:
    """Nobody else has to spend a call to learn of it, and it is published once."""
    health = Health(is_up=False)
    async with gatekeepers(count, url, health) as keepers:
        await keepers[0].meets()
        await stand(keepers, Position.CLOSED)
        await all_said(keepers, "upstream.paused.v1")

        assert said(keepers) == {"upstream.paused.v1": 1}


@pytest.mark.parametrize("count", FLEETS)
async def test_should_let_one_of_the_fleet_ask_at_a_time(url: str, count: int) -> None:
    """Twenty workers ask as often as one: the State in maintenance is left in peace."""
    health = Health(is_up=False)
    async with gatekeepers(count, url, health) as keepers:
        await keepers[0].meets()
        await stand(keepers, Position.CLOSED)
        began, before = datetime.now(UTC), len(health.asked)
        await met(lambda: len(health.asked) >= before + ENOUGH_ROUNDS, "some rounds")
        rounds = (datetime.now(UTC) - began).total_seconds() / INTERVAL

        assert len(health.asked) - before <= rounds + 2


@pytest.mark.parametrize("count", FLEETS)
async def test_should_open_for_all_what_one_has_tried(url: str, count: int) -> None:
    """One event of one worker goes first; when it comes back well, all go on, and that is published once."""
    health = Health(is_up=False)
    async with gatekeepers(count, url, health) as keepers:
        await keepers[-1].meets()
        await stand(keepers, Position.CLOSED)
        health.is_up = True
        await met(lambda: any(one.position is Position.PROBING for one in keepers), "a trial")
        (trying,) = [keeper for keeper in keepers if keeper.lets_through()]
        await trying.gets_through()
        await stand(keepers, Position.OPEN)
        await all_said(keepers, "upstream.paused.v1", "upstream.resumed.v1")

        assert said(keepers) == {"upstream.paused.v1": 1, "upstream.resumed.v1": 1}


async def test_should_back_off_together(url: str) -> None:
    """When the event that was let through fails, nobody of the fleet lets another through before its time."""
    health = Health(is_up=False)
    async with gatekeepers(3, url, health) as keepers:
        await keepers[0].meets()
        await stand(keepers, Position.CLOSED)
        health.is_up = True
        for trial in range(1, 3):
            await met(lambda: any(one.lets_through("e-1") for one in keepers), "a trial")
            (trying,) = [one for one in keepers if one.position is Position.PROBING]
            began = datetime.now(UTC)
            await trying.meets(event="e-1")
            await met(lambda: any(one.position is Position.PROBING for one in keepers), "the next trial")

            assert (datetime.now(UTC) - began).total_seconds() >= INTERVAL * 2**trial * 0.9


async def test_should_take_the_turn_of_a_worker_that_died_while_it_tried(url: str) -> None:
    """A trial nobody carries on any more passes to the next."""
    health = Health(is_up=False)
    async with gatekeepers(3, url, health) as keepers:
        await keepers[0].meets()
        await stand(keepers, Position.CLOSED)
        health.is_up = True
        await met(lambda: any(one.position is Position.PROBING for one in keepers), "a trial")
        doomed = next(one for one in keepers if one.position is Position.PROBING)
        await doomed.stop()
        others = [one for one in keepers if one is not doomed]
        await stand(others, Position.OPEN)

        assert {one.name for one in others} & set(health.asked)


async def test_should_say_what_a_worker_died_over(url: str) -> None:
    """A pause that was written down and never published is published by another worker."""
    health = Health(is_up=False)
    async with gatekeepers(2, url, health, orphaned=0.5) as keepers:
        keepers[0].is_mute = True
        await keepers[0].meets()
        await all_said(keepers[1:], "upstream.paused.v1")

        assert said(keepers) == {"upstream.paused.v1": 1}


async def test_should_keep_its_own_trouble_to_itself(url: str) -> None:
    """Credentials that one worker has wrong, the others may have right."""
    health = Health()
    async with gatekeepers(2, url, health) as keepers:
        await keepers[0].meets(REJECTED)
        await all_said(keepers, "upstream.paused.v1")
        await keepers[1].ledger.ping()

        assert [keeper.position for keeper in keepers] == [Position.CLOSED, Position.OPEN]


async def test_should_wait_for_the_end_of_a_window_another_worker_knows(url: str, tmp_path: Path) -> None:
    """A calendar that has not reached a worker yet is not held against the one that has it."""
    health = Health()
    async with gatekeepers(2, url, health) as keepers:
        keepers[0].follow(an_hour_on_both_sides(tmp_path))
        await stand(keepers, Position.CLOSED)
        await keepers[1].ledger.ping()

        assert health.asked == []
        assert {str(keeper.maintenance.gates.gate(WHOLE).cause) for keeper in keepers} == {PauseCause.ANNOUNCED}


async def test_should_know_what_is_announced_before_anything_is_consumed(url: str, tmp_path: Path) -> None:
    """A worker that starts in the midst of a maintenance lets no event through, not even the first ones."""
    async with open_ledger(url, lease=20.0) as ledger:
        keeper = Gatekeeper("worker-1", Health(), ledger)
        keeper.follow(an_hour_on_both_sides(tmp_path))
        await keeper.maintenance.restore()

        assert not keeper.lets_through()


async def test_should_warn_once_in_the_fleet_of_each_move(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever noticed it does; those who hear of it only note it."""
    health = Health(is_up=False)
    async with gatekeepers(3, url, health) as keepers:
        await keepers[0].meets()
        await stand(keepers, Position.CLOSED)
        health.is_up = True
        await stand(keepers, Position.OPEN)
    warned = [line for line in capsys.readouterr().out.splitlines() if "[warning" in line and " api_" in line]

    assert [("api_closed" in line, "api_opened" in line) for line in warned] == [(True, False), (False, True)]

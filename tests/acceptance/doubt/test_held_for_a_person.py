"""What nobody can look up is held for a person, who decides with one command, and then it goes on to its one end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from service.core.entry import State
from service.sandbox.broker import Broker
from service.sandbox.simulator import Fault
from tests.support import command
from tests.support.stage import CONSUMING, Stage
from tests.support.writes import DEPOSIT, SAVE, SIMPLE, Asked

ASK = {"RELAY_DOUBT__THEN": "ask", "RELAY_DOUBT__LOOKS": "1", "RELAY_DOUBT__WAIT": "3"}
"""After one empty look a person is asked; until then all of them rest."""

NOTHING_THERE = {
    "rechercherFactureParFournisseur": {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"},
    "rechercherDumes": {"response": {"messageList": [], "dumes": []}},
}
"""What a search answers that shows nothing."""

TOLD = {"why", "asked", "about", "account", "first_sent_at", "last_sent_at", "calls", "look_at", "number", "commands"}
"""What a person is told beside the operation and how often it was sent."""

ASKED = b"needs_person"
"""What every message about a question says, and no other."""

ACK = 21  # bytes of an acknowledgement on the wire


@pytest.fixture
async def stage(broker: Broker, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose worker asks a person."""
    async with Stage(broker, tmp_path, ASK) as ready:
        yield ready


async def decide(stage: Stage, one: Asked, *words: str) -> command.Ended:
    """What the decision about a request says."""
    return await command.run("doubt", "decide", one.id, *words, environment=stage.scene.environment())


async def decide_all(stage: Stage, asked: list[Asked], *words: str) -> list[int]:
    """The exit codes of the same decision about several requests, taken two at a time."""
    two = asyncio.Semaphore(2)

    async def one_by_one(one: Asked) -> int:
        async with two:
            return (await decide(stage, one, *words)).code

    return await asyncio.gather(*(one_by_one(one) for one in asked))


def delayed(stage: Stage, one: Asked) -> list[str]:
    """Why the requester was told that it takes longer."""
    results = stage.scene.bus.results_of(one.id)
    return [r["data"]["cause"] for r in results if r["type"].endswith(".delayed.v1")]


async def test_should_send_what_a_person_did_not_find(stage: Stage) -> None:
    """Held with no terminal result, everything told; decided `not-sent` while the worker runs, each is done once."""
    asked = _new(stage)
    stage.disturb("reset_before")
    await stage.scene.start_worker()
    await stage.publish()
    await stage.held(asked)
    shown = json.loads((await command.run("deadletters", "show", asked[0].id, environment=stage.environment())).out)
    without_end = stage.scene.audit.without_end([one.id for one in asked])
    causes = [delayed(stage, one)[-1] for one in asked]
    codes = await decide_all(stage, asked, "not-sent")
    complaints = await stage.complaints()

    assert (without_end, causes) == ([one.id for one in asked], ["needs_person"] * len(asked))
    assert (shown["reason"], shown["question"]["operation"], shown["question"]["sends"]) == ("needs_person", DEPOSIT, 1)
    assert set(shown["question"]) >= TOLD
    assert (codes, complaints) == ([0] * len(asked), [])


async def test_should_follow_what_a_person_found(stage: Stage) -> None:
    """Done, and shown by no search: decided `sent` with the number of the State, each is taken over, not sent again."""
    asked = _numbered(stage)
    await _hidden(stage)
    await stage.publish(*(one.kind for one in asked))
    await stage.held(asked)
    stage.scene.simulator.world.faults.remove()
    wrong = await decide(stage, asked[0], "sent", "--flow-number", "CPP0009999999999999999999")
    await stage.asks(asked[0], "does not know flow CPP0009999999999999999999")
    await stage.held(asked)
    codes = await asyncio.gather(*(decide_all(stage, [one], "sent", *stage.number_of(one)) for one in asked))
    await stage.publish(*(one.kind for one in stage.asked if one not in asked))
    complaints = await stage.complaints()

    assert (wrong.code, codes, complaints) == (0, [[0]] * len(asked), [])
    assert stage.times_called(DEPOSIT) == {DEPOSIT: 2}


async def test_should_end_what_a_person_gives_up(stage: Stage) -> None:
    """Given up: one `failed` for each, which says that the State may have it; decided again, nothing happens."""
    asked = _two(stage)
    stage.disturb("reset_before")
    await stage.scene.start_worker()
    await stage.publish(*(one.kind for one in asked))
    await stage.held(asked)
    codes = await decide_all(stage, asked, "give-up")
    await stage.scene.audit.ended([one.id for one in asked])
    again = await decide(stage, asked[0], "give-up")
    ends = [await stage.scene.bus.terminal(one.id) for one in asked]

    assert (codes, again.code) == ([0] * 2, 0)
    assert {(end["type"].split(".")[-2], end["data"]["reason"], end["data"]["effect"]) for end in ends} == {
        ("failed", "given_up", "unknown")
    }
    assert await stage.scene.audit.quiet() == {}


async def before_it_is_published(stage: Stage) -> None:
    """The ledger has them held; neither the dead letters nor the requesters know."""
    await stage.start()
    stage.broker.hold(ASKED, up=True)
    await _empty_looks(stage)
    await stage.noted(State.HELD, asked=_two(stage))


async def before_the_confirm(stage: Stage) -> None:
    """The requesters are told, and the confirm of that is on its way."""
    await stage.start()
    hold = stage.broker.hold(ASKED, down=True)
    await _empty_looks(stage)
    await stage.noted(State.HELD, asked=_two(stage))
    await hold.keeps()


async def before_the_ack(stage: Stage) -> None:
    """They are among the dead letters; the acknowledgements are on their way."""
    await stage.start()
    hold = stage.broker.hold(CONSUMING, up=True)
    await _empty_looks(stage)
    await stage.held(_two(stage))
    await hold.keeps(size=ACK * len(_two(stage)))


@pytest.mark.parametrize("reach", [before_it_is_published, before_the_confirm, before_the_ack])
async def test_should_hold_once_what_was_cut_off(stage: Stage, reach: Callable[[Stage], Awaitable[None]]) -> None:
    """Killed anywhere while it hands a question over: it is asked, and one decision is enough."""
    await reach(stage)
    await stage.kill()
    await stage.scene.start_worker()
    await stage.held(_two(stage))
    codes = await decide_all(stage, _two(stage), "not-sent")
    await _the_others(stage)
    complaints = await stage.complaints()

    assert (codes, complaints) == ([0] * 2, [])


async def test_should_wait_for_an_event_that_is_on_its_way(stage: Stage) -> None:
    """Decided from the list in the moment it is held: the command waits until the event can go on."""
    await stage.start()
    hold = stage.broker.hold(ASKED, up=True)
    await _empty_looks(stage)
    await stage.noted(State.HELD, asked=_two(stage))
    deciding = asyncio.create_task(decide_all(stage, _two(stage)[:1], "not-sent"))
    await stage.noted(State.CLAIMED, asked=_two(stage)[:1])
    await stage.broker.let_go(hold)
    codes = [*await deciding, *await decide_all(stage, _two(stage)[1:], "not-sent")]
    await _the_others(stage)
    complaints = await stage.complaints()

    assert (codes, complaints) == ([0] * 2, [])


def _new(stage: Stage) -> list[Asked]:
    """The requests that make something new, which nobody may simply repeat."""
    return [one for one in stage.asked if not one.is_repeatable]


def _numbered(stage: Stage) -> list[Asked]:
    """Those of them that the State gives a number to, by which a person names them, and that a blind search lets go."""
    searched = {"fact updated"}  # sees nothing to replace
    return [one for one in _new(stage) if one.operation in {DEPOSIT, SIMPLE, SAVE} and one.kind not in searched]


def _two(stage: Stage) -> list[Asked]:
    """One request to each upstream."""
    return [one for one in stage.asked if one.kind in {"invoice", "simplified"}]


async def _the_others(stage: Stage) -> None:
    """Nothing stands in their way."""
    stage.scene.simulator.world.faults.remove()
    await stage.publish(*(one.kind for one in stage.asked if one not in _two(stage)))


async def _empty_looks(stage: Stage) -> None:
    """Requests in doubt, of which nothing was done: the next look leads to a person."""
    stage.disturb("reset_before")
    await stage.publish(*(one.kind for one in _two(stage)))


async def _hidden(stage: Stage) -> None:
    """Every answer lost, and every search blind."""
    stage.disturb("lost_answer")
    for operation, body in NOTHING_THERE.items():
        stage.fault(Fault(operation=operation, kind="status", params={"status": 200, "body": body}))
    await stage.scene.start_worker()

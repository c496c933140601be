"""Killed at any point between queue and acknowledgement, every kind of write is done once and answered once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from service.core.entry import State
from service.sandbox.broker import Broker
from tests.support.postgres import Postgres
from tests.support.scene import STATE_IN_A_HURRY
from tests.support.stage import CONSUMING, PUBLISHING, Stage
from tests.support.writes import ON_THE_WIRE, publication

READING = (
    *(b"recupererModelDume", b"recupererDumeFormate", b"/ajouter/fichier", b"/rechercher/fournisseur"),
    b"rechercherDumes",
)
"""By which calls are known that come before the one that counts."""
AT_ONCE = ("invoice", "archive", "simplified", "deletion", "metadata", "bid over")
"""The kinds that need none."""
END, PROGRESS, FACT = ".done.v1", ".received.v1", ".integrated.v1"
ACK = 21  # bytes of an acknowledgement on the wire
REST = {"RELAY_TRACKING__STEPS": "5s"}
"""Time in which what is followed rests in its delay queue while the others begin."""
SHOWN_LATER = STATE_IN_A_HURRY.changed(search_lag=1.5)
"""So that what is followed rests at least once: a search does not show at once what was done."""
PATIENT = {"RELAY_LEDGER__LEASE": "10"}
"""Time in which a call may be held before the relay itself gives it up."""

Reach = Callable[[Stage], Awaitable[None]]


async def before_it_is_written_down(stage: Stage) -> None:
    """The events are in the worker's hands, and nobody can write into the ledger."""
    await stage.start()
    stage.lock()
    await stage.publish()
    await stage.taken()


async def before_sending(stage: Stage) -> None:
    """The ledger says `sending`; not a byte of the calls has left."""
    hold = stage.upstream.hold(*ON_THE_WIRE, up=True)
    await stage.start()
    await stage.publish()
    await hold.keeps(lines=len(stage.asked))


async def before_it_is_ready(stage: Stage) -> None:
    """The ledger knows of them; what must be read before some of the calls is on its way."""
    hold = stage.upstream.hold(*READING, up=True)
    await stage.start()
    await stage.publish(*(one.kind for one in stage.asked if one.kind not in AT_ONCE))
    await hold.keeps(lines=len(stage.asked) - len(AT_ONCE))
    await stage.publish(*AT_ONCE)


async def after_sending(stage: Stage) -> None:
    """The State has done the work; its answers are on their way."""
    hold = stage.upstream.hold(*ON_THE_WIRE, down=True)
    await stage.start()
    await stage.publish()
    await hold.keeps(lines=len(stage.asked))
    await stage.done_upstream()


async def after_the_answer(stage: Stage) -> None:
    """The answers have come, and cannot be written into the ledger."""
    hold = stage.upstream.hold(*ON_THE_WIRE, down=True)
    await stage.start()
    await stage.publish()
    await hold.keeps(lines=len(stage.asked))
    stage.lock()
    await stage.upstream.let_go(hold)
    await stage.answered()


async def while_it_is_written_down(stage: Stage) -> None:
    """The answers are in the database; its word that they are is on its way."""
    hold = stage.upstream.hold(*ON_THE_WIRE, down=True)
    await stage.start()
    await stage.publish()
    await hold.keeps(lines=len(stage.asked))
    assert stage.database is not None
    stage.database.hold(b"COMMIT", down=True)
    await stage.upstream.let_go(hold)
    await stage.noted(State.ANSWERED, State.CLOSED, some=True)


async def after_the_ledger(stage: Stage) -> None:
    """The answers are in the ledger; nothing is published."""
    await stage.start()
    stage.broker.hold(PUBLISHING, up=True)
    await stage.publish()
    await stage.noted(State.ANSWERED, State.CLOSED)


async def after_the_publish(stage: Stage) -> None:
    """The first results are at the broker, and its confirms are on their way."""
    stage.broker.hold(END.encode(), PROGRESS.encode(), down=True)
    await stage.start()
    await stage.publish()
    await stage.published(END, PROGRESS)


async def after_the_last_ledger_write(stage: Stage) -> None:
    """The terminal results are in the ledger; none is published."""
    hold = stage.broker.hold(END.encode(), up=True)
    await _up_to_the_end(stage)
    await stage.noted(State.CLOSED)
    await hold.keeps()


async def after_the_last_publish(stage: Stage) -> None:
    """The last results are at the broker, terminal or ahead of the terminal one; its confirms are on their way."""
    stage.broker.hold(END.encode(), down=True)
    await _up_to_the_end(stage)
    await stage.published(END, FACT)


async def before_the_ack(stage: Stage) -> None:
    """Everything is confirmed; the acknowledgements are on their way."""
    await stage.start()
    hold = stage.broker.hold(CONSUMING, up=True)
    await stage.publish()
    await stage.published(END)
    await hold.keeps(size=ACK * len(stage.asked))


POINTS: dict[Reach, dict[str, str]] = {
    before_it_is_written_down: {},
    before_it_is_ready: {},
    before_sending: {},
    after_sending: {},
    after_the_answer: PATIENT,
    after_the_ledger: {},
    after_the_publish: {},
    after_the_last_ledger_write: REST,
    after_the_last_publish: REST,
    before_the_ack: {},
}
ARRIVED = (after_sending, after_the_answer)
"""The points of doubt at which the State has everything, so that no person need be asked about any of it."""


@pytest.mark.parametrize(("reach", "variables"), POINTS.items(), ids=[point.__name__ for point in POINTS])
async def test_should_end_once_what_was_cut_off(
    broker: Broker, tmp_path: Path, reach: Reach, variables: dict[str, str]
) -> None:
    """One request of each kind, the worker killed at this point, another one started: all end, none is done twice."""
    settings = SHOWN_LATER if variables is REST else STATE_IN_A_HURRY
    besides = [publication()] if reach in ARRIVED else []
    async with Stage(broker, tmp_path, variables, settings=settings, besides=besides) as stage:
        await reach(stage)
        await stage.kill()
        await stage.scene.start_worker()
        complaints = await stage.complaints()

    assert complaints == []


@pytest.mark.parametrize("reach", [after_the_answer, while_it_is_written_down, after_the_last_ledger_write])
async def test_should_end_once_with_a_ledger_elsewhere(
    broker: Broker, postgres: Postgres, tmp_path: Path, reach: Reach
) -> None:
    """The same where the ledger is a PostgreSQL that the worker is cut off from in that moment."""
    url = postgres.new_database()
    variables = {"RELAY_LEDGER__URL": url, **POINTS.get(reach, PATIENT)}
    settings = SHOWN_LATER if POINTS.get(reach) is REST else STATE_IN_A_HURRY
    async with Stage(broker, tmp_path, variables, settings=settings) as stage:
        await reach(stage)
        await stage.kill()
        await stage.scene.start_worker()
        complaints = await stage.complaints()
    postgres.drop_database(url)

    assert complaints == []


async def _up_to_the_end(stage: Stage) -> None:
    """What is followed rests between two looks when the others come: then nothing but terminal results is published."""
    await stage.start()
    followed = [one.kind for one in stage.asked if one.is_followed]
    await stage.publish(*followed)
    await stage.resting(len(followed))
    await stage.publish(*(one.kind for one in stage.asked if not one.is_followed))

"""Whatever becomes of the answer of a call, every kind of write is done once and answered once."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.sandbox.broker import Broker
from tests.support.essential_data import PUBLISH
from tests.support.stage import Stage
from tests.support.writes import DEPOSIT, SAVE, SIMPLE, publication

DONE = ("lost_answer", "truncated", "timeout_after", "gateway_timeout_after")
NOT_DONE = ("reset_before", "gateway_timeout_before")
LATE = 5.5  # seconds
WITH_PATIENCE = {"RELAY_LEDGER__LEASE": "5", "RELAY_DOUBT__WAIT": "4"}
"""A call is given up after four seconds; the looks that count come four and eight seconds later."""


@pytest.mark.parametrize("kind", DONE)
async def test_should_take_over_what_was_done(broker: Broker, tmp_path: Path, kind: str) -> None:
    """The work of each was done, and its answer lost: it is found and taken over; only what may be repeated is."""
    async with Stage(broker, tmp_path, besides=[publication()]) as stage:
        stage.disturb(kind)
        await stage.scene.start_worker()
        await stage.publish()
        complaints = await stage.complaints()

    assert complaints == []
    assert stage.times_called(DEPOSIT, SIMPLE, PUBLISH) == {DEPOSIT: 2, SIMPLE: 1, PUBLISH: 1}


@pytest.mark.parametrize("kind", NOT_DONE)
async def test_should_send_again_what_was_not_done(broker: Broker, tmp_path: Path, kind: str) -> None:
    """Nothing of each was done: it is sent once more, and done once."""
    async with Stage(broker, tmp_path) as stage:
        stage.disturb(kind)
        await stage.scene.start_worker()
        await stage.publish()
        complaints = await stage.complaints()

    assert complaints == []
    assert stage.times_called(DEPOSIT, SIMPLE, SAVE) == {DEPOSIT: 4, SIMPLE: 2, SAVE: 18}


async def test_should_wait_for_work_that_is_done_late(broker: Broker, tmp_path: Path) -> None:
    """The State takes longer than anybody waits for an answer: the looks outlast it, and nothing is sent again."""
    async with Stage(broker, tmp_path, WITH_PATIENCE) as stage:
        stage.disturb("slow", params={"seconds": LATE})
        await stage.scene.start_worker()
        await stage.publish()
        complaints = await stage.complaints()

    assert complaints == []
    assert stage.times_called(DEPOSIT, SIMPLE) == {DEPOSIT: 2, SIMPLE: 1}

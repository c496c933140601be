"""DUME alone fails, under a stream that asks for little else: facts, drafts and bids meet whatever may happen."""

from __future__ import annotations

import pytest

from service.sandbox.simulator import Fault
from tests.chaos.conftest import OpenChaos
from tests.chaos.steps import fail, faults, kill_one, repeat, together, wait

MOSTLY_DUME = {
    "fact": 45, "dume": 14, "bid": 10, "creation": 6, "publication": 8, "tender": 5, "read": 6, "invoice": 6,
}  # fmt: skip
KINDS = ("500", "502", "504", "lost_answer", "gateway_timeout_after", "truncated", "reset_before")


@pytest.mark.full
async def test_should_survive_a_dume_that_loses_answers_while_workers_die(open_chaos: OpenChaos) -> None:
    """Nearly every third call fails or loses its answer, then nobody answers; a worker dies every third second."""
    chaos = await open_chaos(weights=MOSTLY_DUME, rate=12.0)
    unwell = fail(*faults(0.3, *KINDS, spare=("healthCheck", "token")), seconds=15)
    away = fail(Fault(upstream="dume", kind="maintenance"), seconds=4)

    await chaos.survive(
        "DUME loses answers at 30 %, goes away; workers killed",
        together(repeat(1, unwell, away, wait(1)), repeat(5, wait(3), kill_one())),
        wait(1),
    )

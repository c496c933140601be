"""A consultation that was cancelled has no DUME any more, and what is deleted is told, however it came about."""

from __future__ import annotations

import pytest

from service.cli.deciding import Verdict
from service.core.outcome import Rejected
from service.sandbox.simulator import Simulator
from tests.builders import new_number, simplified
from tests.support.counter import Counter
from tests.support.tender_facts import DELETE, fact, states
from tests.support.tenders import SEARCH, lag, refusing

DONE, REFUSED = "tender.sync.done.v1", "tender.sync.refused.v1"


@pytest.fixture
def consultation() -> str:
    """The id of a consultation that nobody used before."""
    return new_number("C")


async def test_should_not_believe_a_person_about_a_deletion_that_is_not_shown(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """The deletion never arrived, and could not be made ready again: who says it was done is shown the DUME."""
    await counter.answer(fact("created", consultation, 1))
    event = fact("cancelled", consultation, 2)
    counter.fault("reset_before", DELETE)
    await counter.pipeline.handle(counter.delivery(event))
    refusing(counter, SEARCH)
    held = await counter.hand_in(event, redelivered=True)
    await counter.decided_sent(event)
    again = await counter.hand_in(event, redelivered=True)
    await counter.decided(event, Verdict.NOT_SENT)
    told = await counter.answer(event)

    assert isinstance(held, Rejected), held
    assert isinstance(again, Rejected), again
    assert (told["action"], told["dume_id"], states(simulator, consultation)) == ("deleted", None, ["04"])


async def test_should_believe_a_person_about_a_deletion_that_is_shown(counter: Counter, consultation: str) -> None:
    """It was carried out, and its answer lost: no DUME serves the consultation any more."""
    first = await counter.answer(fact("created", consultation, 1))
    event = fact("cancelled", consultation, 2)
    counter.fault("lost_answer", DELETE)
    await counter.pipeline.handle(counter.delivery(event))
    refusing(counter, SEARCH)
    held = await counter.hand_in(event, redelivered=True)
    await counter.decided_sent(event)
    told = await counter.answer(event)

    assert isinstance(held, Rejected), held
    assert (told["action"], told["dume_id"], told["deleted_dume_ids"]) == ("deleted", None, [first["dume_id"]])


async def test_should_delete_once_more_what_a_search_still_shows(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """The repetition of a deletion is refused, perhaps because it is deleted: that is no end yet."""
    await counter.answer(fact("created", consultation, 1))
    simulator.world.clock.move(3600)
    lag(simulator, 600)
    counter.fault("lost_answer", DELETE)
    refusing(counter, DELETE)
    told = await counter.answer(fact("cancelled", consultation, 2))

    assert (told["ended"], told["action"], states(simulator, consultation)) == (DONE, "deleted", ["04"])


async def two_lots(counter: Counter, consultation: str) -> list[str]:
    """Two DUMEs of a consultation, one for each lot."""
    made = []
    for lot in ("1", "2"):
        event = simplified(consultation)
        event["data"]["consultation"]["lots"] = [{"number": lot}]
        made.append(str((await counter.answer(event))["dume_id"]))
    return made


async def test_should_name_all_that_it_deleted(counter: Counter, consultation: str) -> None:
    """The answer of the second deletion was lost, and the search shows neither of them any more."""
    both = await two_lots(counter, consultation)
    counter.fault("lost_answer", DELETE, skip=1)
    told = await counter.answer(fact("cancelled", consultation, 1))

    assert (told["ended"], sorted(told["deleted_dume_ids"])) == (DONE, sorted(both))


async def test_should_say_which_of_several_is_not_deleted(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """The first is refused, the second deleted all the same, which is remembered however far the search lags."""
    first, second = await two_lots(counter, consultation)
    simulator.world.clock.move(3600)
    lag(simulator, 600)
    refusing(counter, DELETE)
    told = await counter.answer(fact("cancelled", consultation, 1))
    again = simplified(consultation)
    again["data"]["consultation"]["lots"] = [{"number": "2"}]
    made = await counter.answer(again)

    assert (told["ended"], told["dume_id"], told["deleted_dume_ids"]) == (REFUSED, first, [second])
    assert (made["ended"], states(simulator, consultation)) == (
        "tender.dume.simplified.done.v1",
        ["brouillon", "04", "brouillon"],
    )

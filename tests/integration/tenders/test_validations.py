"""A draft is validated and read back, wherever it is shown, and a refused repetition is believed by its state alone."""

from __future__ import annotations

import pytest

from service.core.outcome import RetryLater
from service.handlers.validate_dume import PATIENCE
from service.sandbox.simulator import Simulator
from tests.builders import BUYER
from tests.support.bus import request
from tests.support.counter import Counter
from tests.support.tenders import SAVE, SEARCH, consultation, kept, lag, made, refusing, wish

VALIDATION = "tender.dume.validation.requested.v1"
DONE, REFUSED = "tender.dume.validation.done.v1", "tender.dume.validation.refused.v1"


@pytest.mark.parametrize("buyer", [{"buyer": BUYER}, {}], ids=["named", "the requester"])
async def test_should_read_it_back_by_its_buyer(
    counter: Counter, simulator: Simulator, buyer: dict[str, object]
) -> None:
    """The document names a reference, not the identifier of the consultation, and the request names neither."""
    about = {**consultation("1"), "reference": "REF-1"}
    event = request("tender.dume.draft.requested.v1", {"consultation": about, **buyer})
    first = str((await counter.answer(event))["dume_id"])
    answer = await counter.answer(request(VALIDATION, {"dume_id": first, **buyer}))

    assert (answer["ended"], answer["state"], answer["state_code"]) == (DONE, "validated", "validé")
    assert (kept(simulator, about), len(counter.calls(SEARCH))) == ({first: "validé"}, 2)


async def test_should_wait_for_a_search_that_lags(counter: Counter, simulator: Simulator) -> None:
    """Shown as a draft, it is asked for again; the answer of the validation itself is not read back yet."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    simulator.world.clock.move(10)
    lag(simulator, 5.0)
    event = wish("validation", about, dume_id=first)
    waiting = await counter.pipeline.handle(counter.delivery(event))
    simulator.world.clock.move(10)
    answer = await counter.answer(event)

    assert isinstance(waiting, RetryLater)
    assert (waiting.reason, answer["ended"], answer["state"]) == ("read_back", DONE, "validated")


async def test_should_not_believe_a_refused_repetition_before_it_is_shown(
    counter: Counter, simulator: Simulator
) -> None:
    """The answer was lost, the repetition is refused as final, and the search still shows a draft."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    simulator.world.clock.move(10)
    lag(simulator, 5.0)
    counter.fault("lost_answer", SAVE, contains=first)
    event = wish("validation", about, dume_id=first)
    await counter.pipeline.handle(counter.delivery(event))
    waiting = await counter.pipeline.handle(counter.delivery(event, redelivered=True))
    simulator.world.clock.move(10)
    answer = await counter.answer(event)

    assert (waiting.reason, answer["ended"], answer["state"]) == ("in_doubt", DONE, "validated")
    assert counter.calls(SAVE)[:3] == ["created", "changed", "none"]


async def test_should_believe_a_refused_repetition_of_what_stays_a_draft(
    counter: Counter, simulator: Simulator
) -> None:
    """The first try never arrived, and the State says no for a reason of its own."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    counter.fault("reset_before", SAVE, contains=first)
    event = wish("validation", about, dume_id=first)
    await counter.pipeline.handle(counter.delivery(event))
    for _ in range(2):
        refusing(counter, SAVE, "EX-2", "Le document est incomplet")
    answer = await counter.answer(event)

    assert (answer["ended"], answer["reason"], answer["code"]) == (REFUSED, "upstream_refused", "EX-2")
    assert kept(simulator, about) == {first: "brouillon"}


async def test_should_say_that_it_is_validated_already(counter: Counter, simulator: Simulator) -> None:
    """A first refusal is one, and the state tells why."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    simulator.world.dume.set_state(first, "publié")
    answer = await counter.answer(wish("validation", about, dume_id=first))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (REFUSED, "dume_not_modifiable", first)


async def test_should_not_know_a_dume_that_is_none(counter: Counter) -> None:
    """There is no document to validate."""
    answer = await counter.answer(wish("validation", consultation(), dume_id="unknown1"))

    assert (answer["ended"], answer["reason"], counter.calls(SAVE)) == (REFUSED, "dume_unknown", [])


async def test_should_believe_a_first_refusal_although_nothing_can_be_looked_up(counter: Counter) -> None:
    """The state would explain it; that it cannot be seen makes no doubt of a clear answer."""
    about = consultation("1")
    first = await made(counter, "draft", about)
    refusing(counter, SAVE, "EX-2")
    counter.fault("gateway_timeout_before", SEARCH, count=3)
    answer = await counter.answer(wish("validation", about, dume_id=first))

    assert (answer["ended"], answer["reason"], answer["code"]) == (REFUSED, "upstream_refused", "EX-2")


async def test_should_believe_the_answer_where_no_search_can_be_read(counter: Counter) -> None:
    """The consultation is not found by its reference, and the answer about all DUMEs of the buyer is none."""
    about = {**consultation("1"), "reference": "REF-1"}
    first = await made(counter, "draft", about)
    unreadable = {"status": 200, "body": {"response": {"messageList": [], "dumes": "trop"}}}
    counter.fault("status", SEARCH, count=40, contains="siretAcheteur", params=unreadable)
    answer = await counter.answer(request(VALIDATION, {"dume_id": first}))

    assert (answer["ended"], answer["state"]) == (DONE, "validated")
    assert len(counter.calls(SEARCH)) == 2 * (PATIENCE + 1)

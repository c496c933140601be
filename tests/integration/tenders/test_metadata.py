"""The metadata of a DUME are told anew, in any state, and the last request counts."""

from __future__ import annotations

from service.sandbox.simulator import Simulator
from tests.support.counter import Counter
from tests.support.tenders import TELL, consultation, deletion, document_of, made, refusing, shown_lots, validated, wish

DONE, REFUSED = "tender.dume.metadata.done.v1", "tender.dume.metadata.refused.v1"


async def test_should_regroup_the_lots_of_a_validated_dume(counter: Counter, simulator: Simulator) -> None:
    """Its document stays as it is."""
    about = consultation("1")
    first = await validated(counter, about)
    before = document_of(simulator, first)
    answer = await counter.answer(wish("metadata", consultation("1", "2", id=about["id"]), dume_id=first))

    assert (answer["ended"], answer["dume_id"], answer["consultation_id"]) == (DONE, first, about["id"])
    assert (shown_lots(simulator, first), document_of(simulator, first) == before) == (["1", "2"], True)


async def test_should_tell_them_again_when_the_answer_was_lost(counter: Counter, simulator: Simulator) -> None:
    """It leaves one effect."""
    about = consultation("1")
    first = await made(counter, "simplified", about)
    counter.fault("lost_answer", TELL)
    answer = await counter.answer(wish("metadata", consultation("2", id=about["id"]), dume_id=first))

    assert (answer["ended"], counter.calls(TELL), shown_lots(simulator, first)) == (DONE, ["changed"] * 2, ["2"])


async def test_should_say_that_the_dume_is_deleted(counter: Counter) -> None:
    """There is nothing to tell of it any more."""
    about = consultation("1")
    first = await made(counter, "simplified", about)
    await counter.answer(deletion(first))
    answer = await counter.answer(wish("metadata", about, dume_id=first))

    assert (answer["ended"], answer["reason"], answer["dume_id"]) == (REFUSED, "dume_not_modifiable", first)


async def test_should_pass_on_what_the_state_says_of_others(counter: Counter) -> None:
    """It may be a bidder's, which no search of a buyer shows: nobody says here that it is unknown."""
    answer = await counter.answer(wish("metadata", consultation(), dume_id="unknown1"))

    assert (answer["ended"], answer["reason"], answer["code"]) == (REFUSED, "upstream_refused", "SIM-DUME-010")


async def test_should_not_believe_the_first_refusal_of_a_repetition(counter: Counter) -> None:
    """It arrived, its answer was lost, and what is refused then may be about that: it is sent once more."""
    about = consultation("1")
    dume_id = await made(counter, "draft", about)
    counter.fault("lost_answer", TELL)
    refusing(counter, TELL)
    told = await counter.answer(wish("metadata", about, dume_id=dume_id))

    assert (told["ended"], counter.calls(TELL)) == ("tender.dume.metadata.done.v1", ["changed", "none", "changed"])

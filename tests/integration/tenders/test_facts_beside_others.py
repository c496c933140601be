"""Facts go on from what others did, a person, a single request or somebody by hand, and wait where nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.cli.deciding import Verdict
from service.core.outcome import Rejected, RetryLater
from service.sandbox.simulator import Simulator
from tests.builders import BUYER, new_number
from tests.support.bus import Json, request
from tests.support.counter import Counter
from tests.support.tender_facts import DELETE, METADATA, SAVE, fact, kept, states
from tests.support.tenders import lag

DONE = "tender.sync.done.v1"


@pytest.fixture
def consultation() -> str:
    """The id of a consultation that nobody used before."""
    return new_number("C")


async def test_should_wait_for_the_search_after_an_earlier_fact_was_given_up(
    simulator: Simulator, tmp_path: Path, consultation: str
) -> None:
    """What that one made may not be shown yet: nothing is made beside it."""
    wait = {"RELAY_DOUBT__THEN": "ask", "RELAY_DOUBT__WAIT": "1"}
    async with Counter(simulator, tmp_path, wait) as counter:
        lag(simulator, 600)
        counter.fault("lost_answer", SAVE)
        event = fact("created", consultation, 1)
        held = await counter.hand_in(event)
        await counter.decided(event, Verdict.GIVE_UP)
        later = fact("updated", consultation, 2)
        waits = await counter.pipeline.handle(counter.delivery(later))
        lag(simulator, 0)
        told = await counter.answer(later)

    assert isinstance(held, Rejected), held
    assert isinstance(waits, RetryLater), waits
    assert (told["ended"], told["action"], len(kept(simulator, consultation))) == (DONE, "changed", 1)


async def test_should_not_count_what_was_planned_and_never_sent(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """The State took no calls for a moment, and somebody validated the DUME by hand meanwhile: it is told the rest."""
    made = await counter.answer(fact("created", consultation, 1))
    counter.fault("throttle", SAVE, count=50)
    event = fact("published", consultation, 2, reference="R-2")
    waits = await counter.pipeline.handle(counter.delivery(event))
    simulator.world.faults.remove()
    simulator.world.dume.set_state(str(made["dume_id"]), "validé")
    told = await counter.answer(event)

    assert isinstance(waits, RetryLater), waits
    assert (told["action"], told["adopted"], counter.calls(METADATA)) == ("metadata_updated", False, ["changed"])


@pytest.mark.parametrize("kind", ["validation", "deletion", "metadata"])
async def test_should_not_be_worked_on_beside_a_request_about_its_dume(
    counter: Counter, consultation: str, kind: str
) -> None:
    """Whichever comes first, the other waits until nobody doubts what it did."""
    made = await counter.answer(fact("created", consultation, 1))
    event = single(kind, consultation, made["dume_id"])
    counter.fault("lost_answer", SAVE)
    doubtful = fact("updated", consultation, 2, reference="R-2")
    await counter.pipeline.handle(counter.delivery(doubtful))
    waits = await counter.pipeline.handle(counter.delivery(event))
    await counter.answer(doubtful)
    counter.fault("reset_before", {"validation": SAVE, "deletion": DELETE, "metadata": METADATA}[kind])
    await counter.pipeline.handle(counter.delivery(event))
    later = await counter.pipeline.handle(counter.delivery(fact("updated", consultation, 3, reference="R-3")))

    assert isinstance(waits, RetryLater), waits
    assert isinstance(later, RetryLater), later
    assert (waits.reason, later.reason) == ("key_busy", "key_busy")


def single(kind: str, consultation: str, dume_id: str) -> Json:
    """A single request about a DUME."""
    data: Json = {"dume_id": dume_id, "buyer": BUYER, "consultation": {"id": consultation}}
    return request(f"tender.dume.{kind}.requested.v1", data)


async def test_should_ask_in_the_name_of_the_buyer_where_no_requester_is_configured(
    simulator: Simulator, tmp_path: Path
) -> None:
    """A platform of many buyers has no requester of its own: each request names whose it is, its reads included."""
    consultation, nobody = new_number("C"), {"RELAY_DUME__REQUESTER_ID": "", "RELAY_DUME__REQUESTER_NAME": ""}
    async with Counter(simulator, tmp_path, nobody) as counter:
        story = [
            await counter.answer(fact("created", consultation, 1)),
            await counter.answer(fact("published", consultation, 2)),
            await counter.answer(fact("updated", consultation, 3, procedure="Dialogue compétitif")),
        ]
        asked = {"dume_id": story[-1]["dume_id"]}
        unnamed = await counter.answer(request("tender.dume.validation.requested.v1", asked))

    assert [one["action"] for one in story] == ["created", "validated", "replaced"]
    assert (unnamed["ended"], unnamed["reason"]) == ("tender.dume.validation.failed.v1", "not_configured")


async def test_should_leave_no_draft_in_the_place_of_what_bidders_use(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """Validated by a single request, and no fact told of a publication: what takes its place is validated too."""
    made = await counter.answer(fact("created", consultation, 1))
    await counter.answer(single("validation", consultation, made["dume_id"]))
    replaced = await counter.answer(fact("updated", consultation, 2, procedure="Dialogue compétitif"))
    between = states(simulator, consultation)
    gone = await counter.answer(fact("cancelled", consultation, 3))

    assert (replaced["action"], replaced["state"], between) == ("replaced", "validated", ["remplacé", "validé"])
    assert (gone["action"], states(simulator, consultation)) == ("deleted", ["remplacé", "04"])


async def test_should_keep_a_name_that_a_fact_leaves_out(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """A buyer named by its identifier alone is the same buyer: nothing is to be replaced, and its name stays."""
    await counter.answer(fact("published", consultation, 1))
    told = await counter.answer(fact("updated", consultation, 2, buyer={"id": BUYER["id"]}, reference="R-2"))

    assert (told["action"], states(simulator, consultation)) == ("metadata_updated", ["validé"])
    assert BUYER["name"] in simulator.world.dume.document(str(told["dume_id"])).decode()

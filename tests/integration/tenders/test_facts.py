"""Facts about a consultation bring its DUME along, in whatever order and however often they come."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from service.sandbox.simulator import Simulator
from tests.builders import new_number, simplified
from tests.support.counter import Counter
from tests.support.tender_facts import DELETE, METADATA, SAVE, SIMPLE, fact, kept, states

DONE, REFUSED = "tender.sync.done.v1", "tender.sync.refused.v1"


@pytest.fixture
def consultation() -> str:
    """The id of a consultation that nobody used before."""
    return new_number("C")


async def test_should_follow_the_life_of_a_consultation(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """From the draft to the end, one DUME after the other."""
    told = [
        await counter.answer(fact("created", consultation, 1)),
        await counter.answer(fact("updated", consultation, 2, title="Travaux tout autres")),
        await counter.answer(fact("published", consultation, 3, title="Travaux tout autres")),
        await counter.answer(fact("updated", consultation, 4, title="Travaux tout autres", reference="R-2")),
        await counter.answer(fact("updated", consultation, 5, procedure="Dialogue compétitif", reference="R-2")),
        await counter.answer(fact("cancelled", consultation, 6)),
    ]
    first, second = (dume["idDume"] for dume in kept(simulator, consultation))

    assert [one["ended"] for one in told] == [DONE] * 6
    assert [(one["action"], one["dume_id"], one["state"]) for one in told] == [
        ("created", first, "draft"),
        ("changed", first, "draft"),
        ("validated", first, "validated"),
        ("metadata_updated", first, "validated"),
        ("replaced", second, "validated"),
        ("deleted", None, None),
    ]
    assert (told[4]["replaced_dume_id"], told[5]["deleted_dume_ids"]) == (first, [second])
    assert states(simulator, consultation) == ["remplacé", "04"]


async def test_should_make_a_validated_dume_of_a_consultation_that_is_published_at_once(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """Nothing was told of it before, so one call does all."""
    told = await counter.answer(fact("published", consultation, 1))

    assert (told["action"], told["state"], states(simulator, consultation)) == ("created", "validated", ["validé"])
    assert counter.calls(SAVE) == ["created"]


async def test_should_validate_a_simplified_dume_that_the_service_leaves_a_draft(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """Bidders of a published consultation need more than a draft, whichever way it is made."""
    told = await counter.answer(fact("published", consultation, 1, simplified=True))

    assert (told["action"], told["state"], states(simulator, consultation)) == ("created", "validated", ["validé"])
    assert (counter.calls(SIMPLE), counter.calls(SAVE)) == (["created"], ["changed"])


async def test_should_remember_the_validation_of_a_simplified_dume(
    patient: Counter, simulator: Simulator, consultation: str
) -> None:
    """A search that stays behind shows a draft, and what was answered counts."""
    await patient.answer(fact("published", consultation, 1, simplified=True))
    simulator.world.dume.search_lag = 600.0
    told = await patient.answer(fact("updated", consultation, 2, reference="R-2"))

    assert (told["ended"], told["action"], states(simulator, consultation)) == (DONE, "metadata_updated", ["validé"])


async def test_should_go_on_from_a_dume_that_a_single_request_made(
    patient: Counter, simulator: Simulator, consultation: str
) -> None:
    """Both ways lead to one DUME, even while the search does not show it yet."""
    simulator.world.dume.search_lag = 600.0
    made = await patient.answer(simplified(consultation))
    told = await patient.answer(fact("published", consultation, 1))

    assert (told["ended"], told["action"], told["dume_id"]) == (DONE, "validated", made["dume_id"])
    assert states(simulator, consultation) == ["validé"]


async def test_should_make_no_second_dume_while_the_search_stays_behind(
    patient: Counter, simulator: Simulator, consultation: str
) -> None:
    """What the relay itself made is known to its ledger."""
    simulator.world.dume.search_lag = 600.0
    made = await patient.answer(fact("created", consultation, 1))
    told = await patient.answer(fact("updated", consultation, 2, reference="R-2"))

    assert (told["action"], told["dume_id"], states(simulator, consultation)) == (
        "changed",
        made["dume_id"],
        ["brouillon"],
    )


async def test_should_make_a_new_one_after_a_cancellation_that_the_search_does_not_show(
    patient: Counter, simulator: Simulator, consultation: str
) -> None:
    """A consultation that is taken up again gets a DUME of its own."""
    first = await patient.answer(fact("created", consultation, 1))
    simulator.world.dume.search_lag = 600.0
    await patient.answer(fact("cancelled", consultation, 2))
    told = await patient.answer(fact("created", consultation, 3))

    assert (told["action"], told["dume_id"] != first["dume_id"]) == ("created", True)
    assert states(simulator, consultation) == ["04", "brouillon"]


@pytest.mark.parametrize("kind", ["created", "updated", "cancelled"])
async def test_should_say_that_a_later_revision_was_there_first(counter: Counter, consultation: str, kind: str) -> None:
    """An older fact takes nothing back, and is answered all the same."""
    later = await counter.answer(fact("published", consultation, 5, reference="R-5"))
    saves = counter.calls(SAVE)
    told = await counter.answer(fact(kind, consultation, 4))

    assert (told["ended"], told["action"], told["revision"], told["superseded_by"]) == (DONE, "none", 4, 5)
    assert (told["dume_id"], told["state"]) == (later["dume_id"], "validated")
    assert (counter.calls(SAVE), counter.calls(DELETE)) == (saves, [])


async def test_should_still_validate_when_the_publication_comes_last(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """A later update was there first: the draft is validated as it stands, and no older value comes back."""
    await counter.answer(fact("created", consultation, 1))
    await counter.answer(fact("updated", consultation, 3, procedure="Dialogue compétitif", title="Le nouveau"))
    told = await counter.answer(fact("published", consultation, 2, title="L'ancien"))

    assert (told["ended"], told["action"], told["superseded_by"], told["state"]) == (DONE, "validated", 3, "validated")
    assert states(simulator, consultation) == ["validé"]
    assert "COMP_DIALOGUE" in simulator.world.dume.document(str(told["dume_id"])).decode()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order)))
async def test_should_come_to_the_same_end_in_any_order(
    counter: Counter, simulator: Simulator, consultation: str, order: tuple[int, ...]
) -> None:
    """Created, published, changed and changed once more: one live DUME, validated, as the last revision has it."""
    story = [
        fact("created", consultation, 1),
        fact("published", consultation, 2),
        fact("updated", consultation, 3, procedure="Appel d'offres restreint"),
        fact("updated", consultation, 4, procedure="Dialogue compétitif"),
    ]
    for place in order:
        told = await counter.answer(story[place])
        assert told["ended"] == DONE

    living = [dume for dume in kept(simulator, consultation) if dume["statut"] not in {"remplacé", "04"}]
    assert [dume["statut"] for dume in living] == ["validé"]
    assert "COMP_DIALOGUE" in simulator.world.dume.document(str(living[0]["idDume"])).decode()


async def test_should_do_nothing_when_everything_is_as_it_should_be(counter: Counter, consultation: str) -> None:
    """A publication told twice, under two ids, changes nothing the second time."""
    await counter.answer(fact("published", consultation, 1))
    told = await counter.answer(fact("published", consultation, 2))

    assert (told["action"], counter.calls(SAVE), counter.calls(METADATA)) == ("none", ["created"], [])


async def test_should_work_on_one_fact_at_a_time(counter: Counter, simulator: Simulator, consultation: str) -> None:
    """Told all at once, they are still brought along one after the other."""
    story = [
        fact("created", consultation, 1),
        *(fact("updated", consultation, n, reference=f"R-{n}") for n in (2, 3, 4)),
    ]
    told = await asyncio.gather(*(counter.answer(one) for one in story))

    assert {one["ended"] for one in told} == {DONE}
    assert (states(simulator, consultation), counter.calls(SAVE).count("created")) == (["brouillon"], 1)


async def test_should_refuse_to_choose_between_several_dumes(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """Made lot by lot with single requests, nobody can say which of them a fact is about."""
    for lot in ("1", "2"):
        event = simplified(consultation)
        event["data"]["consultation"]["lots"] = [{"number": lot}]
        assert (await counter.answer(event))["ended"] == "tender.dume.simplified.done.v1"
    told = await counter.answer(fact("updated", consultation, 1))

    assert (told["ended"], told["reason"]) == (REFUSED, "dume_ambiguous")
    assert states(simulator, consultation) == ["brouillon"] * 2


async def test_should_delete_all_of_them_when_the_consultation_is_cancelled(
    counter: Counter, simulator: Simulator, consultation: str
) -> None:
    """A consultation that is no more needs none of them."""
    for lot in ("1", "2"):
        event = simplified(consultation)
        event["data"]["consultation"]["lots"] = [{"number": lot}]
        await counter.answer(event)
    told = await counter.answer(fact("cancelled", consultation, 1))

    assert (told["ended"], len(told["deleted_dume_ids"])) == (DONE, 2)
    assert states(simulator, consultation) == ["04"] * 2

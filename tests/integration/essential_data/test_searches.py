"""Searches bring all that is published, however many rows the State shows at once; and name the days they could not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from service.core.outcome import Completed
from service.sandbox.simulator import Simulator
from tests.builders import BUYER
from tests.support.bus import Json
from tests.support.counter import Counter
from tests.support.essential_data import (
    FIND,
    FIND_V1,
    HOLDER,
    OTHER_BUYER,
    concession,
    contract,
    publication,
    publish_all,
    put,
    search,
    span,
    update,
)

FIRST = date(2026, 1, 1)
YEAR = {"published_from": "2026-01-01", "published_until": "2026-12-31"}
COMPLETE = {"complete": True, "incomplete": [], "narrowed": []}


async def found(counter: Counter, event: Json) -> tuple[list[Json], Json]:
    """The rows on all pages, and what the terminal result says."""
    outcome = await counter.hand_in(event)
    assert isinstance(outcome, Completed), outcome
    *pages, end = [one.data.model_dump(mode="json") for one in outcome.results]
    assert all(len(page["essential_data"]) <= 100 for page in pages)
    return [row for page in pages for row in page["essential_data"]], end


@pytest.mark.parametrize("version", [1, 2])
async def test_should_bring_all_of_many_once(counter: Counter, simulator: Simulator, version: int) -> None:
    """More than the State shows at once: the days are divided until all is shown, and nothing comes twice."""
    references = put(simulator, [day for day in span(FIRST, 130) for _ in range(2)])
    rows, end = await found(counter, search(version=version, **YEAR))

    assert sorted(row["reference"] for row in rows) == sorted(references)
    assert end == {"total": 260, "pages": 3, **COMPLETE}
    assert len(counter.calls(FIND if version == 2 else FIND_V1)) <= 11


async def test_should_divide_a_day_by_what_else_there_is(counter: Counter, simulator: Simulator) -> None:
    """One day of more than a hundred: by kind, by nature, by procedure."""
    many = [FIRST] * 60
    expected = [
        *put(simulator, many),
        *put(simulator, many, procedure="Dialogue compétitif"),
        *put(simulator, many, nature="Marché de partenariat"),
        *put(simulator, many, kind="CC"),
    ]
    rows, end = await found(counter, search(published_from=str(FIRST), published_until=str(FIRST)))

    assert sorted(row["reference"] for row in rows) == sorted(expected)
    day = {"published_from": "2026-01-01", "published_until": "2026-01-01"}
    assert end == {"total": 240, "pages": 3, **COMPLETE, "narrowed": [day]}


async def test_should_name_the_days_it_could_not_read(counter: Counter, simulator: Simulator) -> None:
    """More than a hundred alike on one day: nothing divides them, and whoever asked is told which day it is."""
    put(simulator, [FIRST + timedelta(days=3)] * 120)
    others = put(simulator, span(FIRST, 90))
    rows, end = await found(counter, search(**YEAR))

    assert set(others) - {row["reference"] for row in rows} <= {others[3]}
    assert (end["complete"], end["incomplete"]) == (
        False,
        [{"published_from": "2026-01-04", "published_until": "2026-01-04"}],
    )


async def test_should_notice_labels_that_no_list_has(counter: Counter, simulator: Simulator) -> None:
    """A day is divided by lists; a row whose procedure is in none of them is told, and the day as not read whole."""
    odd = put(simulator, [FIRST], procedure="Procédure d'autrefois")
    put(simulator, [FIRST] * 70)
    put(simulator, [FIRST] * 70, procedure="Dialogue compétitif")
    rows, end = await found(counter, search(published_from=str(FIRST), published_until=str(FIRST)))

    assert (odd[0] in {row["reference"] for row in rows}, end["total"], end["complete"]) == (True, 141, False)


async def test_should_bring_older_rows_by_days_alone(counter: Counter, simulator: Simulator) -> None:
    """Version 1 takes days alone, and what else was asked for is held against what it shows."""
    put(simulator, span(FIRST, 3))
    (wanted,) = put(simulator, [FIRST], kind="CC", buyer=OTHER_BUYER)
    rows, end = await found(counter, search(version=1, buyer_id=OTHER_BUYER, **YEAR))

    assert ([row["reference"] for row in rows], rows[0]["kind"], end["total"]) == ([wanted], "concession", 1)


async def test_should_tell_what_was_handed_in(counter: Counter, simulator: Simulator) -> None:
    """Contract and concession come back in the words they were handed in with, in either version."""
    one, two = contract(), concession()
    consultation = {"id": "C-1", "lot_number": "1"}
    await counter.answer(publication(one, consultation=consultation))
    await counter.answer(publication(two, kind="concession"))
    publish_all(simulator)
    today = simulator.world.clock().date()
    days = {"published_from": str(today - timedelta(days=1)), "published_until": str(today)}
    for version in (1, 2):
        (first, second), _ = await found(counter, search(version=version, **days))
        told = {name: first[name] for name in ("id", "object", "nature", "procedure", "notified_on", "amount")}

        assert told == {**{name: one[name] for name in told}, "amount": "182000.50"}
        assert (first["cpv"], first["place"]["code"], first["buyer_id"]) == ("50312600", "99999", BUYER["id"])
        assert [holder["id"] for holder in second["holders"]] == [HOLDER]
        assert (second["signed_on"], second["total_value"]) == ("2026-09-01", "4000000.00")
        assert first["lot_number"] == ("1" if version == 1 else None)


async def test_should_tell_every_version(counter: Counter, simulator: Simulator) -> None:
    """By its reference alone: what was published first, and what a modification made of it."""
    reference = (await counter.answer(publication()))["reference"]
    publish_all(simulator)
    change = {"number": 1, "notified_on": "2027-02-01", "amount": "200000"}
    await counter.answer(update(reference, modifications=[change]))
    publish_all(simulator)
    rows, end = await found(counter, search(reference=reference))

    assert [len(row["modifications"]) for row in rows] == [0, 1]
    assert (rows[1]["modifications"][0]["amount"], end) == ("200000.00", {"total": 2, "pages": 1, **COMPLETE})


async def test_should_find_whatever_kind_a_buyer_has(counter: Counter, simulator: Simulator) -> None:
    """Whose it is the State takes under two names: without a kind both are asked."""
    put(simulator, [FIRST], buyer=OTHER_BUYER)
    expected = [*put(simulator, [FIRST]), *put(simulator, [FIRST], kind="CC")]
    rows, _ = await found(counter, search(buyer_id=BUYER["id"], holder_id=HOLDER, **YEAR))

    assert [row["reference"] for row in rows] == expected


async def test_should_stop_at_what_was_asked_for(counter: Counter, simulator: Simulator) -> None:
    """A limit cuts, and it is said that there may be more."""
    put(simulator, span(FIRST, 30))
    rows, end = await found(counter, search(limit=10, **YEAR))

    assert (len(rows), end["total"], end["complete"]) == (10, 10, False)


async def test_should_pass_on_a_refusal(counter: Counter, simulator: Simulator) -> None:
    """The State's refusal of a search is an answer."""
    simulator.world.apply(simulator.world.settings.changed(platforms=()))
    answer = await counter.answer(search(**YEAR))

    assert (answer["ended"], answer["code"]) == ("tender.essential_data.search.refused.v1", "SIM-PLAT-001")


async def test_should_give_pages_the_same_ids_each_time(counter: Counter, simulator: Simulator) -> None:
    """A redelivered request brings no second set of pages to whoever drops ids it knows."""
    put(simulator, span(FIRST, 130))
    event = search(**YEAR)
    outcomes = [await counter.hand_in(event) for _ in range(2)]
    ids = [[one.id for one in outcome.results] for outcome in outcomes if isinstance(outcome, Completed)]

    assert (len(set(ids[0])), ids[0]) == (3, ids[1])


async def test_should_go_on_where_a_part_is_refused(simulator: Simulator, tmp_path: Path) -> None:
    """A part that the State does not search is told as not read; the others come."""
    put(simulator, [FIRST] * 60)
    put(simulator, [FIRST] * 60, procedure="Dialogue compétitif")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("dume: {essential_data: {kinds: {concession: XX}}}", encoding="utf-8")
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        rows, end = await found(counter, search(published_from=str(FIRST), published_until=str(FIRST)))

    day = {"published_from": "2026-01-01", "published_until": "2026-01-01"}
    assert (len(rows), end["complete"], end["incomplete"]) == (120, False, [day])


async def test_should_go_where_an_operator_says(simulator: Simulator, tmp_path: Path) -> None:
    """The path is printed in two ways; the State has both here."""
    put(simulator, [FIRST])
    mapping = tmp_path / "mapping.yaml"
    path = "/dumes/donneesEssentielles"
    mapping.write_text(f"dume: {{prefixes: {{donneesEssentielles: {path}}}}}", encoding="utf-8")
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        rows, _ = await found(counter, search(**YEAR))

    assert (len(rows), {call.path for call in simulator.journal.calls(FIND)}) == (1, {path})

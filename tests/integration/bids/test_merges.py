"""A bidder's DUME is made out of a buyer's; that nothing is known of the company is said, and stops nothing."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from service.sandbox.simulator import Simulator
from tests.builders import new_number
from tests.support.bids import ASKED, BIDDER, MERGING, XML, elsewhere, merging, published, text
from tests.support.counter import Counter

ANSWERING = b"QualificationApplicationResponse"
DOWN = "Les donnees de l'entreprise n'ont pas pu etre recuperees"


@pytest.fixture
async def hasty(simulator: Simulator, tmp_path: Path, variables: dict[str, str]) -> AsyncIterator[Counter]:
    """A counter whose calls end within a second or so."""
    async with Counter(simulator, tmp_path, {**variables, "RELAY_LEDGER__LEASE": "1"}) as opened:
        yield opened


def is_down(simulator: Simulator, how: str) -> None:
    """Let the service of company data be down."""
    simulator.world.apply(simulator.world.settings.changed(company_service=how))


async def test_should_fill_the_dume_of_a_buyer_with_company_data(counter: Counter, simulator: Simulator) -> None:
    """By the identifier of the buyer's DUME; nothing is saved."""
    answer = await counter.answer(
        merging(buyer_dume_id=published(simulator.world, new_number("C")), bidder=BIDDER, unpublished_data=True)
    )
    document = base64.b64decode(answer["document"])

    assert (answer["ended"], answer["company_data"], answer["notices"]) == (
        "tender.bid.merge.reported.v1",
        "included",
        [],
    )
    assert (ANSWERING in document, BIDDER["id"].encode() in document) == (True, True)
    assert counter.calls(MERGING) == ["none"]


async def test_should_take_the_document_of_a_buyer_too(counter: Counter) -> None:
    """Whoever has the XML needs no identifier."""
    answer = await counter.answer(merging(buyer_document=text(ASKED), bidder=BIDDER))

    assert (answer["ended"], answer["company_data"]) == ("tender.bid.merge.reported.v1", "included")


@pytest.mark.parametrize("bid", ["identifier", "document"])
async def test_should_fill_the_dume_of_a_buyer_with_an_earlier_one(
    counter: Counter, simulator: Simulator, bid: str
) -> None:
    """Two identifiers go under names of their own, and company data is not asked for."""
    dume_id = elsewhere(simulator.world, new_number("C"))
    given = {"bid_dume_id": dume_id} if bid == "identifier" else {"bid_document": text(XML)}
    answer = await counter.answer(merging(buyer_dume_id=published(simulator.world, new_number("C")), **given))

    assert (answer["ended"], answer["company_data"]) == ("tender.bid.merge.reported.v1", None)
    assert BIDDER["name"].encode() in base64.b64decode(answer["document"])


@pytest.mark.parametrize(
    ("how", "company_data", "notices"),
    [
        ("no_data", "missing", []),
        ("message", "missing", [{"code": "SIM-DATA-001", "upstream_text": DOWN}]),
        ("refusal", "missing", [{"code": "SIM-DATA-001", "upstream_text": DOWN}]),
    ],
)
async def test_should_go_on_without_company_data(
    counter: Counter, simulator: Simulator, how: str, company_data: str, notices: list[Any]
) -> None:
    """However the State tells that the service behind it is down, the answer says so and is no failure."""
    is_down(simulator, how)
    answer = await counter.answer(merging(buyer_document=text(ASKED), bidder=BIDDER))

    assert (answer["ended"], answer["company_data"], answer["notices"]) == (
        "tender.bid.merge.reported.v1",
        company_data,
        notices,
    )
    assert (answer["document"] is None) is (how == "refusal")


async def test_should_try_again_when_the_company_service_hangs(hasty: Counter, simulator: Simulator) -> None:
    """A time-out tells nothing: it is a passing failure like any other."""
    is_down(simulator, "timeout")
    answer = await hasty.answer(merging(buyer_document=text(ASKED), bidder=BIDDER))

    assert (answer["ended"], answer["reason"], answer["effect"], answer["retryable"]) == (
        "tender.bid.merge.failed.v1",
        "upstream_error",
        "none",
        True,
    )


async def test_should_say_when_a_buyer_has_not_published(counter: Counter, simulator: Simulator) -> None:
    """The State's own code, listed in the mapping, gets a reason of its own."""
    dume_id = published(simulator.world, new_number("C"))
    simulator.world.dume.set_state(dume_id, "validé")
    answer = await counter.answer(merging(buyer_dume_id=dume_id, bidder=BIDDER))

    assert (answer["ended"], answer["reason"], answer["code"], answer["buyer_dume_id"]) == (
        "tender.bid.merge.refused.v1",
        "dume_not_published",
        "SIM-DUME-031",
        dume_id,
    )


async def test_should_pass_any_other_refusal_on(counter: Counter) -> None:
    """With the code and the words of the State."""
    answer = await counter.answer(merging(buyer_dume_id="abcdefgh", bidder=BIDDER))

    assert (answer["ended"], answer["reason"], answer["code"]) == (
        "tender.bid.merge.refused.v1",
        "upstream_refused",
        "SIM-DUME-010",
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"buyer_document": text(XML), "bidder": BIDDER}, "data.buyer_document: "),
        ({"buyer_document": text(ASKED), "bid_document": text(ASKED)}, "data.bid_document: "),
        ({"buyer_document": text(b"<!DOCTYPE x []><x/>"), "bidder": BIDDER}, "data.buyer_document: "),
    ],
    ids=["no buyer's", "no bidder's", "unsafe"],
)
async def test_should_send_no_document_of_the_wrong_kind(
    counter: Counter, simulator: Simulator, data: dict[str, Any], field: str
) -> None:
    """The sentence names the field."""
    answer = await counter.answer(merging(**data))

    assert (answer["ended"], answer["reason"]) == ("tender.bid.merge.failed.v1", "invalid_event")
    assert answer["detail"].startswith(field)
    assert [call for call in simulator.journal.calls() if call.operation != "token"] == []

"""What is known of a company is passed on whole, but for bank details; that nothing is known is an answer."""

from __future__ import annotations

from typing import Any

import pytest

from service.sandbox.simulator import Simulator
from tests.support.bids import company
from tests.support.counter import Counter


async def test_should_tell_what_is_known_of_a_company(counter: Counter) -> None:
    """Name and SIRET by names of ours, everything else as the State says it."""
    answer = await counter.answer(company())

    assert (answer["ended"], answer["company_data"], answer["name"]) == (
        "tender.company.lookup.reported.v1",
        "included",
        "ENTREPRISE FICTIVE 000458",
    )
    assert (answer["details"]["formeJuridique"], answer["details"]["adresse"]["ville"]) == ("SARL", "EXEMPLEVILLE")
    assert (answer["details_complete"], answer["notices"]) == (True, [])


async def test_should_pass_on_no_bank_details(counter: Counter) -> None:
    """They come with unpublished data, and stay with the State."""
    answer = await counter.answer(company(unpublished_data=True))

    assert answer["details"]["coordonneesBancaires"] == "…"
    assert answer["details"]["chiffresAffaires"][0] == {"annee": 2025, "montant": "512000.5"}
    assert "0123456789A" not in str(answer)


@pytest.mark.parametrize(
    ("how", "codes"), [("no_data", []), ("message", ["SIM-DATA-001"]), ("refusal", ["SIM-DATA-001"])]
)
async def test_should_say_that_nothing_is_known_now(
    counter: Counter, simulator: Simulator, how: str, codes: list[Any]
) -> None:
    """Whichever way the State tells that the service behind it is down."""
    simulator.world.apply(simulator.world.settings.changed(company_service=how))
    answer = await counter.answer(company())

    assert (answer["ended"], answer["company_data"], answer["name"], answer["details"]) == (
        "tender.company.lookup.reported.v1",
        "missing",
        None,
        None,
    )
    assert [notice["code"] for notice in answer["notices"]] == codes


async def test_should_say_that_a_company_is_not_known(counter: Counter) -> None:
    """With the words of the State."""
    answer = await counter.answer(company("12345678900012"))

    assert (answer["company_data"], answer["notices"][0]["upstream_text"]) == (
        "missing",
        "Aucune donnee pour cette entreprise",
    )

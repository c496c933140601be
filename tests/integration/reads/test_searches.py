"""Searches bring every invoice that fits, once, in every role; and say when there may be more."""

from __future__ import annotations

from typing import Any

import pytest

from service.core.outcome import Completed
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.settings import Account, Party
from tests.support.bench import Bench
from tests.support.bus import Json
from tests.support.canaries import LOGIN, PASSWORD
from tests.support.reads import keep, search

TOWN = "99900012800010"
OTHER_TOWN = "99900045600014"
OTHER_LOGIN = "TECH_2_2@cpro.fr"
OTHER_SUPPLIER = "99977788800012"


async def found(bench: Bench, event: Json) -> tuple[list[str], Json]:
    """The numbers on all pages, and what the terminal result says."""
    outcome = await bench.handle(event)
    assert isinstance(outcome, Completed), outcome
    *pages, end = [one.data.model_dump(mode="json") for one in outcome.results]
    return [one["invoice_number"] for page in pages for one in page["invoices"]], end


async def test_should_bring_each_of_many_invoices_once(bench: Bench, simulator: Simulator) -> None:
    """Three pages of the State, one without its numbers, are three pages of results, numbered from one."""
    numbers = [f"F-{number:04}" for number in range(230)]
    await keep(simulator, numbers)

    outcome = await bench.handle(search())

    assert isinstance(outcome, Completed)
    pages = [one.data.model_dump()["page"] for one in outcome.results if one.type == "invoice.search.page.v1"]
    assert pages == [1, 2, 3]
    assert await found(bench, search()) == (numbers, {"total": 230, "pages": 3, "complete": True})


async def test_should_give_pages_the_same_ids_each_time(bench: Bench, simulator: Simulator) -> None:
    """A redelivered request brings no second set of pages to whoever drops ids it knows."""
    await keep(simulator, [f"F-{number}" for number in range(120)])
    event = search()
    outcomes = [await bench.handle(event) for _ in range(2)]
    ids = [[one.id for one in outcome.results] for outcome in outcomes if isinstance(outcome, Completed)]

    assert len(set(ids[0])) == 3
    assert ids[0] == ids[1]


@pytest.mark.parametrize("form", ["code", "list"])
async def test_should_report_that_nothing_was_found(bench: Bench, simulator: Simulator, form: str) -> None:
    """Whichever way the State says it, nothing found is an answer without a page."""
    simulator.world.apply(simulator.world.settings.changed(empty_search=form))

    assert await found(bench, search(invoice_number="F-none")) == ([], {"total": 0, "pages": 0, "complete": True})


async def test_should_say_when_there_are_more_than_were_wanted(bench: Bench, simulator: Simulator) -> None:
    """The limit counts invoices that fit, and is said to have been reached."""
    await keep(simulator, [f"F-{number}" for number in range(8)])

    assert await found(bench, search(limit=5)) == (
        [f"F-{n}" for n in range(5)],
        {"total": 5, "pages": 1, "complete": False},
    )
    assert (await found(bench, search(limit=8)))[1] == {"total": 8, "pages": 1, "complete": True}


async def test_should_show_one_invoice_to_each_role(bench: Bench, simulator: Simulator) -> None:
    """Supplier, recipient and validator see the same invoice under the same id."""
    (invoice,) = await keep(simulator, ["F-1"], framework="A9")
    shown = []
    for role in ("supplier", "recipient", "validator"):
        outcome = await bench.handle(search(role=role, invoice_number="F-1"))
        assert isinstance(outcome, Completed)
        shown += outcome.results[0].data.model_dump()["invoices"]

    assert invoice.validator is not None
    assert [one["chorus_pro_id"] for one in shown] == [invoice.id] * 3
    assert {one["supplier_siret"] for one in shown} == {invoice.supplier.siret}
    assert {one["recipient_siret"] for one in shown} == {invoice.recipient.siret}
    assert shown[2]["validator_siret"] == invoice.validator.siret


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"invoice_number": "F-2"}, ["F-2"]),
        ({"statuses": ["suspended", "REJETEE"]}, ["F-1"]),
        ({"type": "credit_note"}, ["F-3"]),
        ({"recipient_siret": OTHER_TOWN}, ["F-2"]),
        ({"supplier_siret": "99911122200017", "recipient_siret": TOWN}, ["F-1", "F-3"]),
        ({"total_including_tax_min": "500.00"}, ["F-1", "F-3"]),
        ({"total_including_tax_max": "12.00", "total_excluding_tax_min": 10}, ["F-2"]),
        ({"issued_from": "2026-11-24"}, []),
        ({"issued_from": "2026-11-23", "issued_until": "2026-11-23"}, ["F-1", "F-2", "F-3"]),
        ({"deposited_until": "2020-01-01"}, []),
        ({"commitment_number": "BC-2"}, ["F-2"]),
        ({"status_changed_until": "2020-01-01T00:00:00Z"}, []),
    ],
)
@pytest.mark.parametrize("role", ["supplier", "recipient"])
async def test_should_heed_every_criterion(
    bench: Bench, simulator: Simulator, role: str, criteria: dict[str, Any], expected: list[str]
) -> None:
    """Whether the State takes a criterion or the relay checks it, the same invoices fit."""
    (first,) = await keep(simulator, ["F-1"])
    await keep(simulator, ["F-2"], recipient=OTHER_TOWN, total="12.00", commitment="BC-2")
    await keep(simulator, ["F-3"], credit_note=True)
    simulator.world.chorus_pro.move_status(first.id, "SUSPENDUE")

    assert (await found(bench, search(role=role, **criteria)))[0] == expected


async def test_should_find_what_was_downloaded_already(bench: Bench, simulator: Simulator) -> None:
    """A recipient asks for what it has not fetched yet."""
    fetched, _ = await keep(simulator, ["F-1", "F-2"])
    fetched.is_downloaded = True

    assert (await found(bench, search(role="recipient", downloaded=False)))[0] == ["F-2"]
    assert (await found(bench, search(role="recipient", downloaded=True)))[0] == ["F-1"]


async def test_should_tell_each_role_what_it_has_to_do(bench: Bench, simulator: Simulator) -> None:
    """What is suspended waits for its supplier, what is made available for its recipient; criteria are checked here."""
    suspended, _, _ = await keep(simulator, ["F-1", "F-2", "G-3"])
    await keep(simulator, ["V-1"], framework="A12")
    simulator.world.chorus_pro.move_status(suspended.id, "SUSPENDUE")

    assert (await found(bench, search(scope="to_do")))[0] == ["F-1"]
    assert (await found(bench, search(scope="to_do", role="recipient")))[0] == ["F-2", "G-3"]
    assert (await found(bench, search(scope="to_do", role="recipient", invoice_number="G-3")))[0] == ["G-3"]
    assert (await found(bench, search(scope="to_do", role="validator")))[0] == ["V-1"]


async def test_should_not_call_a_search_complete_that_may_have_been_cut(bench: Bench, simulator: Simulator) -> None:
    """Validators cannot name a maximum: 200 results may be all there are, or all that are shown."""
    await keep(simulator, [f"V-{number:03}" for number in range(210)], framework="A9")
    numbers, end = await found(bench, search(role="validator"))

    assert len(numbers) == 200
    assert end == {"total": 200, "pages": 2, "complete": False}


async def test_should_not_end_at_a_page_that_came_back_empty(bench: Bench, simulator: Simulator) -> None:
    """What stands behind it is reported, and that something may be missing."""
    await keep(simulator, numbers := [f"F-{number:03}" for number in range(230)])
    empty = {"codeRetour": 0, "listeFactures": []}
    bench.fault("rechercherFactureParFournisseur", "status", params={"status": 200, "body": empty}, skip=1)
    shown, end = await found(bench, search())

    assert shown == numbers[:100] + numbers[200:]
    assert end == {"total": 130, "pages": 2, "complete": False}


async def test_should_look_into_the_archive(bench: Bench, simulator: Simulator) -> None:
    """What was abandoned is archived, and no longer among the living."""
    abandoned, _ = await keep(simulator, ["F-1", "F-2"])
    simulator.world.chorus_pro.move_status(abandoned.id, "ABANDONNEE")

    assert (await found(bench, search(scope="archive")))[0] == ["F-1"]
    assert (await found(bench, search(scope="payment_requests", role="recipient")))[0] == ["F-2"]


async def test_should_say_that_the_sandbox_has_no_archive(bench: Bench) -> None:
    """The one operation that is not offered there ends the request with an explanation, and closes nothing."""
    bench.fault("rechercherDemandePaiement", "status", params={"status": 403}, count=3)
    end = await bench.end(search(scope="archive"))

    assert end.type == "invoice.search.failed.v1"
    assert end.data.model_dump()["reason"] == "not_configured"
    assert "sandbox" in end.data.model_dump()["detail"]
    assert (await found(bench, search()))[1]["complete"] is True


async def test_should_hand_on_a_refusal(bench: Bench) -> None:
    """A search that the State refuses is no empty one."""
    said = {"codeRetour": 20001, "libelle": "GDP_MSG_11.005 Utilisateur non habilite"}
    bench.fault("rechercherFactureParFournisseur", "status", params={"status": 400, "body": said})
    end = await bench.end(search())

    assert end.type == "invoice.search.refused.v1"
    assert end.data.model_dump() == {
        "reason": "not_entitled",
        "code": "GDP_MSG_11.005",
        "upstream_text": "GDP_MSG_11.005 Utilisateur non habilite",
    }


async def test_should_show_nothing_of_persons_and_accounts(bench: Bench, simulator: Simulator) -> None:
    """The State tells account numbers and persons beside the invoices; no result repeats them."""
    await keep(simulator, ["F-1"])
    outcome = await bench.handle(search())

    assert isinstance(outcome, Completed)
    assert len(simulator.journal.calls("rechercherFactureParFournisseur")) == 1
    assert not any(b"00000099999" in one.published or b"PERSONNE" in one.published for one in outcome.results)


async def test_should_search_in_the_name_of_one_account(bench: Bench, simulator: Simulator) -> None:
    """Invoices of another account's suppliers are not shown, whatever is asked for."""
    other = Account(
        login=OTHER_LOGIN, password=PASSWORD, suppliers=(Party(siret=OTHER_SUPPLIER, name="AUTRE"),), recipients=()
    )
    simulator.world.put_account(other)
    await keep(simulator, ["F-1"], login=LOGIN)
    await keep(simulator, ["G-1"], login=OTHER_LOGIN, supplier=OTHER_SUPPLIER, recipient=OTHER_TOWN)

    assert (await found(bench, search()))[0] == ["F-1"]
    assert (await found(bench, search(invoice_number="G-1", supplier_siret=OTHER_SUPPLIER)))[0] == []

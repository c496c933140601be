"""Companies that share a login see their own invoices, and only those, in whatever way they ask."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.sandbox.simulator import Simulator
from service.sandbox.simulator.invoices import Invoice
from tests.support.bench import Bench, open_bench
from tests.support.bus import Json, request
from tests.support.canaries import LOGIN, PASSWORD
from tests.support.reads import by_id, by_number, download, keep, search

LILAS, PONT = "99911122200017", "99933344400011"
STATUS, CORRECTION = "invoice.status.requested.v1", "invoice.validator.correction.requested.v1"
DECISION = "invoice.recipient.decision.requested.v1"


@pytest.fixture
async def bench(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Bench]:
    """Two accounts of one login: one lists a supplier each."""
    account = {"login": LOGIN, "password_file": "password"}
    listed = {"lilas": LILAS, "pont": PONT}
    accounts = {name: {"chorus_pro": account, "suppliers": [siret]} for name, siret in listed.items()}
    (tmp_path / "accounts").write_text(json.dumps(accounts))
    (tmp_path / "password").write_text(PASSWORD)
    async with open_bench(tmp_path, simulator, {"RELAY_ACCOUNTS": str(tmp_path / "accounts")}) as ready:
        yield ready


async def said(bench: Bench, event: Json) -> tuple[str, str | None]:
    """Type and reason of the ending."""
    end = await bench.end(event)
    return end.type, end.data.model_dump(mode="json").get("reason")


async def theirs(simulator: Simulator, **facts: str) -> Invoice:
    """An invoice of the other company."""
    (invoice,) = await keep(simulator, ["P-1"], supplier=PONT, **facts)
    return invoice


async def test_should_leave_out_what_another_sent(bench: Bench, simulator: Simulator) -> None:
    """A search that names nobody brings one's own; who received them sees both."""
    await keep(simulator, ["L-1"], supplier=LILAS)
    await theirs(simulator)
    shown: dict[str, list[str]] = {}
    for account, role in (("lilas", "supplier"), ("pont", "supplier"), ("pont", "recipient")):
        outcome = await bench.settle(search(account=account, role=role))
        found = [one.data.model_dump()["invoices"] for one in outcome.results if one.type == "invoice.search.page.v1"]
        shown[f"{account} {role}"] = [one["invoice_number"] for page in found for one in page]

    assert shown == {"lilas supplier": ["L-1"], "pont supplier": ["P-1"], "pont recipient": ["L-1", "P-1"]}


async def test_should_find_nothing_under_an_id(bench: Bench, simulator: Simulator) -> None:
    """The id of another's invoice opens neither its history nor its documents, in any role it is not seen in."""
    invoice = await theirs(simulator)
    hidden = [
        await said(bench, event)
        for event in (
            request(STATUS, by_id(invoice), account="lilas"),
            request(STATUS, {**by_id(invoice), "role": "validator"}, account="lilas"),
            download([by_id(invoice)], account="lilas"),
            request(CORRECTION, {**by_id(invoice), "validator_siret": "99941414200011"}, account="lilas"),
        )
    ]

    assert {reason for _, reason in hidden} == {"invoice_not_found"}
    assert bench.calls("consulterHistoriqueFacture") + bench.calls("telechargerGroupeFacture") == 0
    assert (await said(bench, request(STATUS, by_id(invoice), account="pont")))[0] == "invoice.status.reported.v1"
    assert (await said(bench, download([by_id(invoice)], account="pont")))[0] == "invoice.download.reported.v1"


async def test_should_say_that_a_supplier_is_another_accounts(bench: Bench, simulator: Simulator) -> None:
    """Whoever names it is told so, as with a deposit."""
    invoice = await theirs(simulator)
    events = (
        search(account="lilas", supplier_siret=PONT),
        download([by_number(invoice)], account="lilas"),
        request(STATUS, by_number(invoice), account="lilas"),
        request(CORRECTION, {**by_number(invoice), "validator_siret": "99941414200011"}, account="lilas"),
    )

    assert {(await said(bench, event))[1] for event in events} == {"supplier_not_in_account"}


async def test_should_let_a_recipient_act_whoever_sent_it(bench: Bench, simulator: Simulator) -> None:
    """The suppliers of an account do not bound what it received."""
    invoice = await theirs(simulator)
    wanted = {**by_id(invoice), "status": "suspended", "reason": "Il manque le bon."}

    assert (await said(bench, request(DECISION, wanted, account="lilas")))[0] == "invoice.recipient.decision.done.v1"

"""The admin API shows everything but secrets, and begins again when asked."""

from __future__ import annotations

import pytest

from service.sandbox.samples import make_ubl
from tests.integration.simulator.caller import LOGIN, PASSWORD, TRANSVERSES, Caller, account


async def test_should_write_every_call_down_without_a_secret(caller: Caller) -> None:
    """The journal names operation, flow and numbers, and holds neither token nor password."""
    await caller.deposit(make_ubl("F-1"))
    answer = await caller.send("GET", "/_sim/journal?operation=deposerFluxFacture")
    (call,) = answer.json["calls"]

    assert (call["status"], call["effect"], call["summary"]["numbers"], call["account_login"], call["token_ok"]) == (
        200,
        "created",
        ["F-1"],
        "TECH_1_1@cpro.fr",
        True,
    )
    assert not any(secret in answer.text for secret in (PASSWORD, caller.headers["Authorization"].split()[1]))


async def test_should_number_calls_so_that_news_can_be_asked_for(caller: Caller) -> None:
    """`since` gives the calls after a number, also when the journal was cleared in between."""
    last = caller.simulator.journal.calls()[-1].n
    await caller.send("DELETE", "/_sim/journal")
    await caller.post("/dume/dumeA", {"operation": "healthCheck"})
    calls = (await caller.send("GET", f"/_sim/journal?since={last}")).json["calls"]

    assert [(call["n"], call["upstream"], call["operation"]) for call in calls] == [(last + 1, "dume", "healthCheck")]


async def test_should_count_what_there_is(caller: Caller) -> None:
    """The state lists flows and invoices, and counts them by state and by status."""
    await caller.integrated(make_ubl("F-1"))
    state = (await caller.send("GET", "/_sim/state")).json

    assert (state["flows"]["by_state"], state["invoices"]["by_status"], state["dumes"]["count"]) == (
        {"IN_INTEGRE": 1},
        {"MISE_A_DISPOSITION": 1},
        0,
    )


async def test_should_begin_again(caller: Caller) -> None:
    """A reset forgets flows, faults, tokens, calls and changed settings."""
    await caller.post("/_sim/settings", {"integrated_after": 99})
    await caller.fault("maintenance")
    await caller.deposit(make_ubl("F-1"))
    await caller.post("/_sim/reset")
    state = (await caller.send("GET", "/_sim/state")).json

    assert (
        state["flows"]["count"],
        state["tokens"],
        (await caller.send("GET", "/_sim/faults")).json["faults"],
        (await caller.send("GET", "/_sim/journal")).json["calls"],
        (await caller.send("GET", "/_sim/settings")).json["integrated_after"],
    ) == (0, 0, [], [], 1.0)


async def test_should_move_the_clock(caller: Caller) -> None:
    """Time may be let pass without waiting."""
    number = (await caller.deposit(make_ubl("F-1"))).json["numeroFluxDepot"]
    await caller.post("/_sim/clock", {"advance": 60})

    assert (await caller.report(number))["etatCourantDepotFlux"] == "IN_INTEGRE"


async def test_should_say_what_is_wrong_with_a_setting(caller: Caller) -> None:
    """Settings that do not exist or do not fit are refused and change nothing."""
    refused = await caller.post("/_sim/settings", {"quota": "many", "speed": 1})

    assert (refused.status, len(refused.json["errors"])) == (400, 2)


async def test_should_not_show_secrets_among_the_settings(caller: Caller) -> None:
    """The settings are shown without passwords."""
    answer = await caller.send("GET", "/_sim/settings")

    assert (PASSWORD in answer.text, "sim-secret" in answer.text) == (False, False)


async def test_should_change_a_password(caller: Caller) -> None:
    """A changed technical password refuses the old one from then on."""
    await caller.post("/_sim/accounts", {"login": "TECH_1_1@cpro.fr", "password": "changed"})

    assert (await caller.send("GET", "/cpro/transverses/v1/health-check")).status == 401


async def test_should_keep_what_a_changed_account_does_not_name(caller: Caller) -> None:
    """A new password leaves the account its suppliers, those it met included."""
    await caller.integrated(make_ubl("F-1", supplier="99977788800011"))
    await caller.post("/_sim/accounts", {"login": LOGIN, "password": "changed"})
    caller.headers["cpro-account"] = account(LOGIN, "changed")

    assert [row["numeroFacture"] for row in (await caller.search())["listeFactures"]] == ["F-1"]


async def test_should_take_accounts_in_as_settings(caller: Caller) -> None:
    """An account that comes with the settings may issue for the companies it lists."""
    other = {"login": "TECH_3_3@cpro.fr", "password": "other", "suppliers": [{"siret": "99988800000015", "name": "B"}]}
    await caller.post("/_sim/settings", {"accounts": [other]})
    caller.headers["cpro-account"] = account("TECH_3_3@cpro.fr", "other")
    answer = await caller.post(f"{TRANSVERSES}/recuperer/structures/actives/fournisseur")

    assert [one["identifiant"] for one in answer.json["listeStructures"]] == ["99988800000015"]


async def test_should_refuse_a_fault_that_no_call_could_meet(caller: Caller) -> None:
    """A misspelt operation is refused with the name it resembles, in place of waiting for ever."""
    refused = await caller.fault("lost_answer", operation="deposerFluxFactures")

    assert (refused.status, "did you mean deposerFluxFacture" in refused.text) == (400, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", '{"advance": 1e300}'),
        ("clock", '{"advance": Infinity}'),
        ("settings", '{"integrated_after": 1e300}'),
        ("faults", '{"kind": "throttle", "seconds": 1e300}'),
        ("faults", '{"kind": "throttle", "params": {"retry_after": "1\\r\\nX: y"}}'),
        ("faults", '{"kind": "status", "params": {"headers": {"X": "1\\n"}}}'),
        ("faults", '{"kind": "slow", "params": {"seconds": true}}'),
        ("accounts", '{"login": ["x"]}'),
        ("invoices/x/status", '{"status": "REJETEE"}'),
    ],
)
async def test_should_refuse_what_could_not_be_carried_out(caller: Caller, path: str, body: str) -> None:
    """A wrong request is answered with a sentence and changes nothing."""
    refused = await caller.send("POST", f"/_sim/{path}", data=body)

    assert (refused.status, bool(refused.json["errors"])) == (400, True)


async def test_should_answer_404_for_what_is_not_there(caller: Caller) -> None:
    """Neither an unknown path nor an unknown invoice is taken for a call to the State."""
    statuses = [
        (await caller.send("GET", "/_sim/nothing")).status,
        (await caller.post("/_sim/invoices/1/status", {"status": "REJETEE"})).status,
        (await caller.post("/_sim/dumes/none/state", {"state": "publié"})).status,
    ]

    assert (statuses, caller.simulator.journal.calls("unknown")) == ([404, 404, 404], [])


async def test_should_put_many_invoices_there(caller: Caller) -> None:
    """As many as asked for, of one supplier, over the last days, shown at once; a number is given once."""
    put = await caller.post("/_sim/invoices", {"count": 12, "start": "LOT-", "days": 3})
    again = await caller.post("/_sim/invoices", {"count": 1, "start": "LOT-"})
    unknown = await caller.post("/_sim/invoices", {"count": 1, "supplier": "99900000000001"})
    too_long = await caller.post("/_sim/invoices", {"count": 1, "start": "A-VERY-LONG-START-"})
    found = await caller.search(
        rechercheFactureParFournisseur={"triColonne": "NumeroFacture", "triSens": "Ascendant", "nbResultatsParPage": 5}
    )

    assert put.json == {"count": 12, "first": "LOT-00001", "last": "LOT-00012"}
    assert [one["numeroFacture"] for one in found["listeFactures"]] == [f"LOT-0000{place}" for place in range(1, 6)]
    assert (found["parametresRetour"]["total"], {one["statut"] for one in found["listeFactures"]}) == (
        12,
        {"MISE_A_DISPOSITION"},
    )
    assert [one.status for one in (again, unknown, too_long)] == [400, 400, 400]
    assert again.json["errors"] == ["supplier 99911122200017 used the number LOT-00001 already"]

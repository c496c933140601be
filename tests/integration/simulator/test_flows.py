"""Deposited files go their way: reported, integrated, refused, found."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest

from service.sandbox.samples import make_archive, make_cii, make_facturx, make_ubl
from service.sandbox.simulator import Simulator
from tests.integration.simulator.caller import DEPOSIT, FACTURES, TRANSVERSES, Caller


def texts(report: dict[str, Any]) -> dict[str, str]:
    return {error["numeroDP"]: error["libelleErreurDP"] for error in report["listeErreurDP"]}


async def test_should_move_a_flow_through_its_states(caller: Caller, simulator: Simulator) -> None:
    """A flow is unknown at first, then under way, then integrated."""
    number = (await caller.deposit(make_ubl("F-1"))).json["numeroFluxDepot"]
    seen = []
    for _ in range(4):
        report = await caller.report(number)
        seen.append(report.get("etatCourantDepotFlux", report["libelle"]))
        simulator.world.clock.move(0.4)

    assert seen == [
        "TRA_MSG_00.015",
        "IN_RECU",
        "IN_EN_ATTENTE_TRAITEMENT_CPP",
        "IN_INTEGRE",
    ]


@pytest.mark.parametrize(
    ("content", "syntax", "interface"),
    [
        (make_ubl("F-1"), "IN_DP_E1_UBL_INVOICE", "1100"),
        (make_cii("F-1"), "IN_DP_E1_CII_16B", "1106"),
        (make_facturx("F-1"), "IN_DP_E2_CII_FACTURX", "1117"),
        (make_archive([("1.xml", make_ubl("F-1"))]), "IN_DP_E1_UBL_INVOICE", "1100"),
    ],
)
async def test_should_integrate_every_kind_of_file(caller: Caller, content: bytes, syntax: str, interface: str) -> None:
    """UBL, CII, Factur-X and an archive all end as an invoice that can be searched."""
    number = await caller.integrated(content, syntax=syntax)
    found = await caller.search(numeroFluxDepot=number)

    assert (number[:10], [row["numeroFacture"] for row in found["listeFactures"]]) == (f"CPP001{interface}", ["F-1"])


async def test_should_show_amounts_to_the_last_digit(caller: Caller) -> None:
    """An amount is a JSON number with the digits of the file."""
    number = await caller.integrated(make_ubl("F-1", total="1234567890.10"))
    body = {"numeroFluxDepot": number, "rechercheFactureParFournisseur": {}}

    assert '"montantTTC":1234567890.10,' in (await caller.post(f"{FACTURES}/rechercher/fournisseur", body)).text


async def test_should_take_a_duplicate_and_refuse_it_at_integration(caller: Caller) -> None:
    """The second deposit is received like the first; its flow is rejected, the first invoice stays."""
    await caller.integrated(make_ubl("F-1"))
    second = await caller.deposit(make_ubl("F-1"))
    caller.simulator.world.clock.move(10)
    report = await caller.report(second.json["numeroFluxDepot"])
    found = await caller.search(numeroFacture="F-1")

    assert (second.json["codeRetour"], report["etatCourantDepotFlux"], len(found["listeFactures"])) == (
        0,
        "IN_REJETE",
        1,
    )


async def test_should_integrate_the_good_part_of_an_archive(caller: Caller) -> None:
    """Good invoices are created, the report names the others."""
    number = await caller.integrated(make_archive([("1.xml", make_ubl("F-1")), ("2.xml", make_ubl("F#2"))]))
    report = await caller.report(number)

    assert (report["etatCourantDepotFlux"], list(texts(report))) == ("IN_INTEGRE_PARTIEL", ["F#2"])


@pytest.mark.parametrize("content", [b"%PDF-1.7 nothing inside", b"<Invoice", make_cii("F-1")])
async def test_should_reject_a_file_that_is_not_what_it_claims(caller: Caller, content: bytes) -> None:
    """A file that cannot be read as declared ends with a technical error and creates nothing."""
    report = await caller.report(await caller.integrated(content))

    assert (report["etatCourantDepotFlux"], len(report["listeErreurTechnique"])) == ("IN_REJETE", 1)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"nomFichier": "a.xml", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE"}, 400, None),
        ({"fichierFlux": "&&", "nomFichier": "a.xml", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE"}, 200, 20003),
        ({"fichierFlux": "YQ==", "nomFichier": "a.xml", "syntaxeFlux": "IN_DP_NOTHING"}, 200, 20002),
    ],
)
async def test_should_refuse_a_deposit_it_cannot_keep(
    caller: Caller, body: dict[str, str], status: int, code: int | None
) -> None:
    """A missing field is an empty 400; what is no base64 or of no known syntax is refused by code."""
    refused = await caller.post(f"{FACTURES}/deposer/flux", body)

    assert (refused.status, (refused.json or {}).get("codeRetour")) == (status, code)


async def test_should_refuse_a_file_that_is_too_large(caller: Caller) -> None:
    """Ten megabytes are the limit, and their code is a known one."""
    body = {"fichierFlux": "A" * 14_000_000, "nomFichier": "a.xml", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE"}
    headers = caller.headers | {"Content-Type": "application/json"}
    refused = await caller.send("POST", DEPOSIT, data=BytesIO(json.dumps(body).encode()), headers=headers)

    assert refused.json == {"codeRetour": 20001, "libelle": "GDP_MSG_11.022"}


async def test_should_refuse_with_400_when_told_so(caller: Caller) -> None:
    """Functional refusals come with either status."""
    await caller.post("/_sim/settings", {"refusal_status": 400})
    refused = await caller.post(f"{TRANSVERSES}/consulterCRDetaille", {"numeroFluxDepot": "CPP0"})

    assert (refused.status, refused.json) == (400, {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"})


async def test_should_show_an_invoice_after_the_search_lag(caller: Caller, simulator: Simulator) -> None:
    """Between integration and search an invoice cannot be found."""
    await caller.post("/_sim/settings", {"search_lag": 60})
    number = await caller.integrated(make_ubl("F-1"))
    before = await caller.search(numeroFluxDepot=number)
    simulator.world.clock.move(60)

    assert (before["codeRetour"], (await caller.search(numeroFluxDepot=number))["codeRetour"]) == (20000, 0)


async def test_should_page_searches_by_ten(caller: Caller) -> None:
    """Without a size a page has ten rows, and says how many pages there are."""
    number = await caller.integrated(make_archive([(f"{n}.xml", make_ubl(f"F-{n:02}")) for n in range(12)]))
    order = {"triColonne": "NumeroFacture", "triSens": "Ascendant"}
    first = await caller.search(order, numeroFluxDepot=number)
    last = await caller.search({**order, "pageResultatDemandee": 2}, numeroFluxDepot=number)

    assert (first["parametresRetour"], [row["numeroFacture"] for row in last["listeFactures"]]) == (
        {"pageCourante": 1, "pages": 2, "nbResultatsParPage": 10, "total": 12},
        ["F-10", "F-11"],
    )


async def test_should_search_by_company_status_and_time(caller: Caller, simulator: Simulator) -> None:
    """Each filter narrows the search; together they find the one invoice, and nothing when one does not fit."""
    await caller.integrated(make_ubl("F-1"))
    await caller.integrated(make_ubl("F-2", supplier="99933344400011"))
    structures = (await caller.post(f"{TRANSVERSES}/recuperer/structures/actives/fournisseur")).json["listeStructures"]
    ids = {row["identifiant"]: row["idStructureCPP"] for row in structures}
    wanted: dict[str, object] = {
        "idFournisseur": ids["99933344400011"],
        "statutCourant": ["MISE_A_DISPOSITION"],
        "periodeDateHeureEtatCourantAu": simulator.world.clock().isoformat(),
    }
    found = await caller.search(**wanted)
    missed = await caller.search(**wanted, periodeDateHeureEtatCourantDu=simulator.world.clock().isoformat())

    assert ([row["numeroFacture"] for row in found["listeFactures"]], missed["codeRetour"]) == (["F-2"], 20000)


async def test_should_advance_the_status_and_keep_its_history(caller: Caller) -> None:
    """Statuses come by themselves, then as a person sets them."""
    await caller.integrated(make_ubl("F-1"))
    invoice = (await caller.search(numeroFacture="F-1"))["listeFactures"][0]["identifiantFactureCPP"]
    await caller.post(f"/_sim/invoices/{invoice}/status", {"status": "SUSPENDUE", "comment": "Piece manquante"})
    wanted = {"idFacture": invoice, "paramRechercheHistoStatuts": {"triSensListeHistoStatut": "Ascendant"}}
    history = (await caller.post(f"{FACTURES}/consulter/historique", wanted)).json

    assert [row["histoStatutCode"] for row in history["historiquesDesStatuts"]["histoStatut"]] == [
        "DEPOSEE",
        "EN_COURS_ACHEMINEMENT",
        "MISE_A_DISPOSITION",
        "SUSPENDUE",
    ]


async def test_should_show_an_invoice_in_full(caller: Caller) -> None:
    """The detail names both parties and the total."""
    await caller.integrated(make_ubl("F-1", total="99.90"))
    invoice = (await caller.search(numeroFacture="F-1"))["listeFactures"][0]["identifiantFactureCPP"]
    shown = (await caller.post(f"{FACTURES}/consulter/fournisseur", {"identifiantFactureCPP": invoice})).json["facture"]

    assert (
        shown["fournisseur"]["codeFournisseur"],
        shown["destinataire"]["codeDestinataire"],
        shown["montantTotal"]["montantTtcTotal"],
    ) == ("99911122200017", "99900012800010", 99.9)


async def test_should_refuse_companies_nobody_listed_when_strict(caller: Caller) -> None:
    """With `any_supplier` off only the companies of the account may issue."""
    await caller.post("/_sim/settings", {"any_supplier": False})
    report = await caller.report(await caller.integrated(make_ubl("F-1", supplier="99955566600013")))

    assert texts(report) == {"F-1": "Identifiant fournisseur inconnu."}


async def test_should_keep_accounts_apart(caller: Caller) -> None:
    """An account sees neither the flows nor the invoices of another one's companies."""
    number = await caller.integrated(make_ubl("F-1"))
    await caller.post("/_sim/accounts", {"login": "TECH_2_2@cpro.fr", "password": "other", "suppliers": []})
    caller.headers["cpro-account"] = "VEVDSF8yXzJAY3Byby5mcjpvdGhlcg=="

    assert [(await caller.report(number))["codeRetour"], (await caller.search(numeroFacture="F-1"))["codeRetour"]] == [
        20000,
        20000,
    ]

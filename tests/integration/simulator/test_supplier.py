"""The simulated Chorus Pro takes what a supplier does besides depositing, and shows what came of it everywhere."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from service.sandbox.samples import RECIPIENT, make_ubl
from service.sandbox.simulator import Simulator
from tests.integration.simulator.caller import FACTURES, TRANSVERSES, Caller

ELSEWHERE = "99900045600014"
HISTORY = {"paramRechercheHistoStatuts": {"triSensListeHistoStatut": "Ascendant"}}


async def supplier_id(caller: Caller) -> int:
    """Chorus Pro's own number of the first company of the account."""
    rows = (await caller.post(f"{TRANSVERSES}/recuperer/structures/actives/fournisseur")).json["listeStructures"]
    return int(rows[0]["idStructureCPP"])


async def uploaded(caller: Caller, name: str = "F-1.pdf", extension: str = "PDF") -> Any:
    """The answer to an upload."""
    body = {"pieceJointeFichier": base64.b64encode(b"%PDF-").decode(), "pieceJointeNom": name}
    more = {"pieceJointeTypeMime": "application/pdf", "pieceJointeExtension": extension}
    return (await caller.post(f"{TRANSVERSES}/ajouter/fichier", body | more)).json


async def submission(caller: Caller, **changes: Any) -> dict[str, Any]:
    """The body of a submission of a PDF."""
    file = (await uploaded(caller))["pieceJointeId"]
    body = {
        "modeDepot": "DEPOT_PDF_API",
        "numeroFactureSaisi": "F-1",
        "dateFacture": "2026-11-20",
        "destinataire": {"codeDestinataire": RECIPIENT, "codeServiceExecutant": "SVC-1"},
        "fournisseur": {"idFournisseur": await supplier_id(caller)},
        "cadreDeFacturation": {"codeCadreFacturation": "A1_FACTURE_FOURNISSEUR"},
        "references": {"deviseFacture": "EUR", "typeFacture": "FACTURE", "typeTva": "TVA_SUR_DEBIT"},
        "montantTotal": {"montantHtTotal": 1000, "montantTVA": 200, "montantTtcTotal": 1200, "montantAPayer": 1200},
        "pieceJointePrincipale": [{"pieceJointePrincipaleDesignation": "Facture", "pieceJointePrincipaleId": file}],
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


async def submitted(caller: Caller, **changes: Any) -> Any:
    """The answer to a submission."""
    return (await caller.post(f"{FACTURES}/soumettre", await submission(caller, **changes))).json


async def in_status(caller: Caller, status: str) -> int:
    """An invoice that its recipient put into a status."""
    await caller.integrated(make_ubl("F-1"))
    invoice = int((await caller.search(numeroFacture="F-1"))["listeFactures"][0]["identifiantFactureCPP"])
    await caller.post(f"/_sim/invoices/{invoice}/status", {"status": status})
    return invoice


async def detail(caller: Caller, invoice: int) -> Any:
    """One invoice in full."""
    return (await caller.post(f"{FACTURES}/consulter/fournisseur", {"identifiantFactureCPP": invoice})).json["facture"]


async def history(caller: Caller, invoice: int) -> list[str]:
    """The statuses of an invoice."""
    answer = (await caller.post(f"{FACTURES}/consulter/historique", {"idFacture": invoice, **HISTORY})).json
    return [row["histoStatutCode"] for row in answer["historiquesDesStatuts"]["histoStatut"]]


async def test_should_show_a_submitted_invoice_like_any_other(caller: Caller, simulator: Simulator) -> None:
    """Search, detail and history agree with the answer, and its status goes on by itself."""
    answer = await submitted(caller)
    simulator.world.clock.move(10)
    (row,) = (await caller.search(numeroFacture="F-1"))["listeFactures"]
    shown = await detail(caller, answer["identifiantFactureCPP"])

    assert (answer["statutFacture"], row["identifiantFactureCPP"], row["modeDepot"], row["numeroFluxDepot"]) == (
        "DEPOSEE",
        answer["identifiantFactureCPP"],
        "DEPOT_PDF_API",
        None,
    )
    assert (row["montantHT"], row["codeServiceExecutant"], len(shown["listeDesPiecesJointes"]["pieceJointe"])) == (
        1000,
        "SVC-1",
        1,
    )
    assert (await history(caller, row["identifiantFactureCPP"]))[-1] == "MISE_A_DISPOSITION"


async def test_should_number_an_entered_invoice(caller: Caller) -> None:
    """Two that are the same in everything get two numbers: nothing else tells them apart."""
    without = dict.fromkeys(("numeroFactureSaisi", "dateFacture", "pieceJointePrincipale"))
    lines = [{"lignePosteNumero": 1}]
    numbers = [
        (await submitted(caller, modeDepot="SAISIE_API", lignePoste=lines, **without))["numeroFacture"] for _ in "12"
    ]

    assert ([len(number) for number in numbers], len(set(numbers))) == ([20, 20], 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fournisseur": {"idFournisseur": 1}}, "SIM_MSG_13.001"),
        ({"numeroFactureSaisi": "F.1"}, "SIM_MSG_13.004"),
        (
            {"pieceJointePrincipale": [{"pieceJointePrincipaleDesignation": "F", "pieceJointePrincipaleId": 1}]},
            "SIM_MSG_13.005",
        ),
    ],
)
async def test_should_refuse_a_submission(caller: Caller, changes: dict[str, Any], code: str) -> None:
    """Suppliers, numbers and files that are not right are refused with the simulator's own codes."""
    assert (await submitted(caller, **changes))["libelle"].startswith(code)


async def test_should_refuse_a_number_that_is_used(caller: Caller) -> None:
    """Whichever way the first invoice came."""
    await caller.integrated(make_ubl("F-1"))
    answer = await submitted(caller)

    assert (answer["codeRetour"] != 0, "deja utilise" in answer["libelle"]) == (True, True)


@pytest.mark.parametrize(
    ("name", "extension", "code"), [("n" * 51, "PDF", "SIM_MSG_12.003"), ("a.exe", "EXE", "SIM_MSG_12.004")]
)
async def test_should_refuse_a_file(caller: Caller, name: str, extension: str, code: str) -> None:
    """Long names and strange endings."""
    assert (await uploaded(caller, name, extension))["libelle"].startswith(code)


async def test_should_complete_a_suspended_invoice_once(caller: Caller) -> None:
    """Afterwards it is not suspended any more, and a second supplement is refused."""
    invoice = await in_status(caller, "SUSPENDUE")
    file = (await uploaded(caller))["pieceJointeId"]
    named = {"pieceJointeComplementaireDesignation": "Bon", "pieceJointeComplementaireType": "BON_DE_LIVRAISON"}
    body = {
        "identifiantFactureCPP": invoice,
        "pieceJointeComplementaire": [{**named, "pieceJointeComplementaireId": file}],
        "commentaire": "Voici.",
    }
    first, second = [(await caller.post(f"{FACTURES}/completer", body)).json for _ in "12"]
    (attached,) = (await detail(caller, invoice))["listeDesPiecesJointes"]["pieceJointe"]

    assert (first["codeRetour"], second["codeRetour"], second["libelle"]) == (0, 20002, "GDP_MSG_11.033")
    assert (attached["pieceJointeId"], attached["pieceJointeTypeCode"]) == (file, "BON_DE_LIVRAISON")
    assert (await history(caller, invoice))[-2:] == ["SUSPENDUE", "COMPLETEE"]


async def test_should_say_whose_an_invoice_is_not(caller: Caller) -> None:
    """One that is not there, and one of a company of somebody else."""
    invoice = await in_status(caller, "SUSPENDUE")
    await caller.post("/_sim/accounts", {"login": "TECH_1_1@cpro.fr", "suppliers": []})
    codes = [
        (await caller.post(f"{FACTURES}/completer", {"identifiantFactureCPP": id})).json["libelle"]
        for id in (1, invoice)
    ]

    assert codes == ["GDP_MSG_11.008", "GDP_MSG_11.005"]


async def test_should_send_an_invoice_on_and_let_it_arrive(caller: Caller, simulator: Simulator) -> None:
    """The number stays, the place is new, and it comes to its recipient in a while."""
    invoice = await in_status(caller, "A_RECYCLER")
    place = {"codeDestinataire": ELSEWHERE, "codeServiceExecutant": "SVC-2"}
    body = {"identifiantFactureCPP": invoice, "destinataire": place, "reference": {"numeroBonCommande": "EJ-2"}}
    answer = (await caller.post(f"{FACTURES}/recycler", body)).json
    under_way = await history(caller, invoice)
    simulator.world.clock.move(60)
    shown = await detail(caller, invoice)

    assert (answer["numeroFacture"], answer["statutFacture"], under_way[-1]) == (
        "F-1",
        "EN_COURS_ACHEMINEMENT",
        "EN_COURS_ACHEMINEMENT",
    )
    assert (
        shown["statutFacture"],
        shown["destinataire"]["codeDestinataire"],
        shown["references"]["numeroBonCommande"],
    ) == (
        "MISE_A_DISPOSITION",
        ELSEWHERE,
        "EJ-2",
    )


async def test_should_drop_what_was_to_come_when_a_status_is_set(caller: Caller, simulator: Simulator) -> None:
    """A recipient that acts before a recycled invoice would have arrived has the last word."""
    invoice = await in_status(caller, "A_RECYCLER")
    body = {"identifiantFactureCPP": invoice, "destinataire": {"codeDestinataire": ELSEWHERE}}
    await caller.post(f"{FACTURES}/recycler", body)
    await caller.post(f"/_sim/invoices/{invoice}/status", {"status": "REJETEE"})
    simulator.world.clock.move(60)

    assert (await history(caller, invoice))[-2:] == ["EN_COURS_ACHEMINEMENT", "REJETEE"]


async def test_should_mark_a_rejection_as_treated(caller: Caller) -> None:
    """Search and detail show the mark; an invoice that is not rejected cannot have it."""
    invoice = await in_status(caller, "REJETEE")
    body = {"listeDemandePaiement": [{"idDemandePaiement": invoice}]}
    before = (await detail(caller, invoice))["rejetTraite"]
    codes = [(await caller.post(f"{FACTURES}/traiterRejet", body)).json["codeRetour"] for _ in "12"]
    (row,) = (await caller.search(numeroFacture="F-1"))["listeFactures"]

    assert (before, codes, row["rejetTraite"], (await detail(caller, invoice))["rejetTraite"]) == (
        False,
        [0, 0],
        True,
        True,
    )


async def test_should_find_by_its_mark_what_was_treated(caller: Caller) -> None:
    """Treated or not is a criterion of searches; what is treated waits for nobody, and its history tells it once."""
    invoice = await in_status(caller, "REJETEE")
    waiting = await to_do(caller)
    marked = [len((await caller.search(rejetTraite=wanted)).get("listeFactures", ())) for wanted in (True, False)]
    for _ in "12":
        await caller.post(f"{FACTURES}/traiterRejet", {"listeDemandePaiement": [{"idDemandePaiement": invoice}]})
    after = [len((await caller.search(rejetTraite=wanted)).get("listeFactures", ())) for wanted in (True, False)]
    told = (await caller.post(f"{FACTURES}/consulter/historique", {"idFacture": invoice})).json
    actions = told["historiquesDesActionsUtilisateurs"]["histoAction"]

    assert (waiting, marked, await to_do(caller), after) == (["F-1"], [0, 1], [], [1, 0])
    assert [one["histoActionCode"] for one in actions] == ["TRAITEMENT_REJET"]


async def to_do(caller: Caller) -> list[str]:
    """The numbers of what waits for the supplier."""
    found = (await caller.post(f"{FACTURES}/rechercher/atraiter/fournisseur")).json
    return [one["numeroFacture"] for one in found.get("listeFactures", ())]

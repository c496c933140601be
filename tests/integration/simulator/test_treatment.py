"""Recipients and validators of the simulated State: who may do what, from which status, and what others see of it."""

from __future__ import annotations

from typing import Any

import pytest

from service.sandbox.samples import make_ubl
from service.sandbox.simulator.treatment import WRONG_VALIDATOR
from tests.integration.simulator.caller import FACTURES, TRANSVERSES, Caller

RECEIVED = f"{FACTURES}/traiter/recue"
TO_VALIDATE = f"{FACTURES}/traiter/factureAValider"
CORRECT = f"{FACTURES}/corriger/valideur/facture"


async def invoice(caller: Caller, framework: str = "A1") -> int:
    """The id of an invoice that went as far as it goes by itself."""
    await caller.integrated(make_ubl("F-1", framework=framework))
    (row,) = (await caller.search())["listeFactures"]
    return int(row["identifiantFactureCPP"])


async def treated(caller: Caller, path: str, id: int, **fields: Any) -> Any:  # Any: JSON of any shape
    """What the State says to a decision."""
    return (await caller.post(path, {"idFacture": id, **fields})).json


async def status(caller: Caller) -> str:
    """Where the supplier sees it."""
    (row,) = (await caller.search())["listeFactures"]
    return str(row["statut"])


async def test_should_take_a_recipients_decision(caller: Caller) -> None:
    """The supplier sees the status in its search, and the reason in the history."""
    id = await invoice(caller)
    said = await treated(caller, RECEIVED, id, nouveauStatut="SUSPENDUE", motif="Il manque tout.")
    history = (await caller.post(f"{FACTURES}/consulter/historique", {"idFacture": id})).json
    first = history["historiquesDesStatuts"]["histoStatut"][0]

    assert (said["codeRetour"], said["nouveauStatut"], await status(caller)) == (0, "SUSPENDUE", "SUSPENDUE")
    assert (first["histoStatutCode"], first["histoStatutCommentaire"]) == ("SUSPENDUE", "Il manque tout.")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"nouveauStatut": "VALIDEE_1"}, "GDP_MSG_11.001"),
        ({"nouveauStatut": "REJETEE"}, "SIM_MSG_11.004"),
        ({"nouveauStatut": "REJETEE", "motif": ""}, "SIM_MSG_11.004"),
        ({"nouveauStatut": "INVENTE"}, "SIM_MSG_11.005"),
        ({"idFacture": 1, "nouveauStatut": "REJETEE", "motif": "x"}, "GDP_MSG_11.008"),
    ],
)
async def test_should_refuse_what_a_recipient_may_not_do(caller: Caller, fields: dict[str, Any], code: str) -> None:
    """Refused with a code, and nothing is changed."""
    id = await invoice(caller)
    said = await treated(caller, RECEIVED, **{"id": fields.pop("idFacture", id), **fields})

    assert (said["codeRetour"] != 0, said["libelle"].split()[0], await status(caller)) == (
        True,
        code,
        "MISE_A_DISPOSITION",
    )


async def test_should_let_nobody_else_decide(caller: Caller) -> None:
    """An account that receives for others is not entitled, and finds nothing among what it received."""
    id = await invoice(caller)
    strangers = [{"siret": "99900078900011", "name": "SYNDICAT FICTIF DES EAUX"}]
    await caller.post("/_sim/accounts", {"login": "TECH_1_1@cpro.fr", "recipients": strangers, "validators": []})
    said = await treated(caller, RECEIVED, id, nouveauStatut="MISE_EN_PAIEMENT")
    found = (await caller.post(f"{FACTURES}/rechercher/recipiendaire", {"paramRecherche": {}})).json

    assert (said["libelle"], found["libelle"]) == ("GDP_MSG_11.005", "TRA_MSG_00.015")


async def test_should_send_a_subcontractors_invoice_to_its_validator_first(caller: Caller) -> None:
    """It waits; validated, it goes on by itself to its recipient."""
    id = await invoice(caller, "A9")
    before = await status(caller)
    said = await treated(caller, TO_VALIDATE, id, action="VALIDATION")
    shown = (await caller.post(f"{FACTURES}/rechercher/valideur", {"pagination": {}, "numeroFacture": "F-1"})).json
    caller.simulator.world.clock.move(10)

    assert (before, said["statutFacture"], await status(caller)) == ("A_VALIDER_1", "VALIDEE_1", "MISE_A_DISPOSITION")
    assert [row["idFacture"] for row in shown["listeFactures"]] == [id]


async def test_should_let_a_wrong_validator_be_corrected(caller: Caller) -> None:
    """Refused for that reason, and for no other, the supplier may name another one."""
    id = await invoice(caller, "A12")
    other = {"typeIdentifiantStructure": "SIRET", "identifiantStructure": "99941414200011"}
    early = await treated(caller, CORRECT, id, **other)
    await treated(caller, TO_VALIDATE, id, action="REFUS", motifRefus=WRONG_VALIDATOR)
    wrong = await status(caller)
    unknown = await treated(caller, CORRECT, id, identifiantStructure="99941414400017")
    await treated(caller, CORRECT, id, **other)

    assert (early["libelle"], wrong) == ("GDP_MSG_11.001", "ERREUR_FOURNISSEUR_SUR_VALIDEUR")
    assert (unknown["libelle"].split()[0], await status(caller)) == ("SIM_MSG_11.006", "A_VALIDER_1")


@pytest.mark.parametrize(
    ("deed", "comment", "answer"),
    [
        ("suspends", "Il manque tout.", (200, "SUSPENDUE")),
        ("rejects", "Doublon.", (200, "REJETEE")),
        ("asks_to_recycle", None, (200, "A_RECYCLER")),
        ("authorises_payment", None, (200, "MANDATEE")),
        ("pays", None, (200, "MISE_EN_PAIEMENT")),
        ("suspends", None, (400, "MISE_A_DISPOSITION")),
        ("dances", None, (400, "MISE_A_DISPOSITION")),
    ],
)
async def test_should_let_a_test_play_the_recipient(
    caller: Caller, deed: str, comment: str | None, answer: tuple[int, str]
) -> None:
    """A word does what the real recipient would do, and only what it could do."""
    id = await invoice(caller)
    said = await caller.post(f"/_sim/invoices/{id}/status", {"recipient": deed, "comment": comment})

    assert (said.status, await status(caller)) == answer


@pytest.mark.parametrize(
    ("path", "body", "name", "code"),
    [
        ("recuperer/structures/actives/destinataire", {}, "listeStructures", "99900012800010"),
        (
            "recuperer/etats/traitement",
            {"statutCourant": "COMPTABILISEE"},
            "listeStatutsPossiblesPourTraitement",
            "MISE_EN_PAIEMENT",
        ),
        ("recuperer/motifs/refus/Facture/AValider", {}, "listeMotifRefusFactureAValider", WRONG_VALIDATOR),
        ("recuperer/syntaxeflux", {"formatFlux": "IN_DP_E2_FACTURX"}, "listeSyntaxeFlux", "IN_DP_E2_CII_FACTURX"),
        ("recuperer/tauxtva", {}, "listeTauxTva", "TVA3"),
        ("rechercher/destinataire", {"identifiant": "99900012800010"}, "listeDestinataires", "VILLE IMAGINAIRE"),
    ],
)
async def test_should_tell_its_lists(caller: Caller, path: str, body: dict[str, str], name: str, code: str) -> None:
    """Each list under the name it has at the State."""
    answer = await caller.post(f"{TRANSVERSES}/{path}", body)

    assert (answer.status, answer.json["codeRetour"], code in str(answer.json[name])) == (200, 0, True)

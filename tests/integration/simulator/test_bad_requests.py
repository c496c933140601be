"""Whatever a client sends, the simulated State answers it and goes on."""

from __future__ import annotations

import base64
import json
from io import BytesIO

import pytest

from service.sandbox.simulator.server import LARGEST_REQUEST
from tests.integration.simulator.caller import DEPOSIT, FACTURES, STRUCTURES, Caller

SEARCH = f"{FACTURES}/rechercher/fournisseur"
STRUCTURE = f"{STRUCTURES}/rechercher"
DUME = "/dume/dumeA"
TENDER = {
    "plateforme": {"typeIdPlateforme": "1", "idPlateforme": "99900001100018", "idTechniquePlateforme": "TND001"},
    "rsDemandeur": "VILLE IMAGINAIRE DE VALCLAIR",
    "idDemandeur": "99900012800010",
    "idConsultation": "C-1",
}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SEARCH, {"numeroFacture": ["F-1"]}),
        (SEARCH, {"numeroFluxDepot": {"a": 1}}),
        (SEARCH, {"typeFacture": [1]}),
        (SEARCH, {"idFournisseur": 10**30}),
        (SEARCH, {"idFournisseur": str(10**30)}),
        (SEARCH, {"listeDestinataire": [{"idDestinataire": [1]}]}),
        (SEARCH, {"periodeDateDepotDu": "0001-01-01T00:00:00+14:00"}),
        (SEARCH, {"periodeDateDepotAu": "9999-12-31T23:59:59-14:00"}),
        (SEARCH, {"rechercheFactureParFournisseur": {"nbResultatsParPage": 10**30}}),
        (STRUCTURE, {"structure": {"identifiantStructure": [1]}}),
        (STRUCTURE, {"structure": {"typeStructure": {}}}),
        (DEPOSIT, {"fichierFlux": "AAAA", "nomFichier": "\ud800.xml", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE"}),
        (DUME, {"operation": "\ud800"}),
    ],
)
async def test_should_refuse_fields_of_a_wrong_kind(caller: Caller, path: str, body: dict[str, object]) -> None:
    """A field that is not what it should be is answered with 400 and no body, not with a failure of the simulator."""
    headers = caller.headers | {"Content-Type": "application/json"}
    refused = await caller.send("POST", path, data=json.dumps(body), headers=headers)

    assert (refused.status, refused.text) == (400, "")


async def test_should_still_show_its_journal_after_bytes_that_are_no_text(caller: Caller) -> None:
    """Nothing that was sent can make the journal or the state unreadable."""
    headers = caller.headers | {"Content-Type": "application/json"}
    await caller.send("POST", DEPOSIT, data=b'{"nomFichier": "\\ud800', headers=headers)
    await caller.send("POST", DEPOSIT, data=b"\xff\xfe{", headers=headers)
    await caller.send("POST", DEPOSIT, data=b"[" * 100_000, headers=headers)

    assert [(await caller.send("GET", f"/_sim/{page}")).status for page in ("journal", "state")] == [200, 200]


async def test_should_refuse_a_body_larger_than_the_gateway_takes(caller: Caller) -> None:
    """A body over the limit is answered with 413 and no body, and written down."""
    headers = caller.headers | {"Content-Type": "application/json"}
    refused = await caller.send("POST", DEPOSIT, data=BytesIO(b" " * (LARGEST_REQUEST + 1)), headers=headers)

    assert (refused.status, refused.text, caller.simulator.journal.calls("deposerFluxFacture")[-1].status) == (
        413,
        "",
        413,
    )


async def test_should_make_a_readable_document_of_any_title(caller: Caller) -> None:
    """A title with control characters and narrow blanks ends in a document that can be read back."""
    title = "Travaux\x01\u00a0: lot\u202fn\u00b0 1"
    made = await caller.post(DUME, {"operation": "creerDumeSimple", **TENDER, "libelleConsultation": title})
    asked = {"operation": "recupererDumeFormate", "idDume": made.json["response"]["idDume"]}
    xml = (await caller.post(DUME, {**TENDER, **asked, "format": "2"})).json["response"]["dume"]
    pdf = (await caller.post(DUME, {**TENDER, **asked, "format": "1"})).json["response"]["dume"]

    assert (title.replace("\x01", "") in base64.b64decode(xml).decode(), base64.b64decode(pdf)[:5]) == (True, b"%PDF-")

"""What is sent about a bid stands under the names of the mapping, which an operator may change."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, cast

import pytest

from contracts.events import Bidder, Consultation
from service.upstream import Platform, Requester, load_mapping
from service.upstream.dume.bidders import Bidders, Chosen
from service.upstream.dume.caller import Caller
from service.upstream.dume.operations import DumeAnswer, DumeRequest
from service.upstream.dume.wire import Wire

pytestmark = pytest.mark.unit

BIDDER = Bidder(id="99900045800037", name="Atelier Exemple SARL")
REQUESTER = Requester(id="99900012800010", name="Ville de Exempleville")
XML = b"<QualificationApplicationResponse/>"
TEXT = base64.b64encode(XML).decode()


class Scribe:
    """Writes down what would be sent; answers what every operation can read."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}  # Any: bodies as they are on the wire

    async def call(self, _: object, request: DumeRequest, **__: object) -> DumeAnswer:
        """Take a request down."""
        self.sent = dict(request.root)
        return DumeAnswer.model_validate({"idDume": "t3n6b8yc", "dumeOE": TEXT})


def bench(override: Path | None = None) -> tuple[Bidders, Scribe]:
    """The bidders' part of DUME over a scribe."""
    scribe = Scribe()
    wire = Wire(
        mapping=load_mapping(override).dume,
        platform=Platform(platform_id="99900001100018", technical_platform_id="TND001"),
        requester=REQUESTER,
    )
    return Bidders(caller=Caller(client=cast("Any", scribe), wire=wire, event="event")), scribe


def own(sent: dict[str, Any]) -> dict[str, Any]:
    """What is said beyond the envelope."""
    return {name: value for name, value in sent.items() if name not in {"plateforme", "rsDemandeur", "idDemandeur"}}


@pytest.mark.parametrize(("unpublished", "kind"), [(False, "1"), (True, "2")])
async def test_should_always_say_which_company_data_is_wanted(*, unpublished: bool, kind: str) -> None:
    """Pages of the State disagree on whether it may be left out."""
    bidders, scribe = bench()
    await bidders.merge_with_company(Chosen(dume_id="k7p2x9qd"), BIDDER, unpublished=unpublished)

    assert own(scribe.sent) == {
        "operation": "FusionnerDumeAvecDonneesEntreprise",
        "idDume": "k7p2x9qd",
        "siretOE": BIDDER.id,
        "typeDonnees": kind,
    }


async def test_should_name_two_identifiers_apart() -> None:
    """Both are printed as idDume."""
    bidders, scribe = bench()
    await bidders.merge(Chosen(dume_id="k7p2x9qd"), Chosen(dume_id="t3n6b8yc"), None)

    assert own(scribe.sent) == {"operation": "FusionnerDumes", "idDumeA": "k7p2x9qd", "idDumeOE": "t3n6b8yc"}


async def test_should_put_them_into_objects_where_an_operator_says_so(tmp_path: Path) -> None:
    """A dot in a name makes an object."""
    file = tmp_path / "mapping.yaml"
    names = "{merged_buyer_dume_id: dumeA.idDume, merged_bid_dume_id: dumeOE.idDume}"
    file.write_text(f"dume: {{bidders: {{fields: {names}}}}}\n", encoding="utf-8")
    bidders, scribe = bench(file)
    await bidders.merge(Chosen(dume_id="k7p2x9qd"), Chosen(dume_id="t3n6b8yc"), None)

    assert (scribe.sent["dumeA"], scribe.sent["dumeOE"]) == ({"idDume": "k7p2x9qd"}, {"idDume": "t3n6b8yc"})


async def test_should_send_one_of_identifier_and_document() -> None:
    """Never both."""
    bidders, scribe = bench()
    await bidders.merge(Chosen(dume_id=None, document=XML), Chosen(dume_id=None, document=XML), None)

    assert own(scribe.sent) == {"operation": "FusionnerDumes", "dumeA": TEXT, "dumeOE": TEXT}


async def test_should_save_for_a_bidder_and_lots() -> None:
    """With what a search can find it by; titles and dates of the consultation are the buyer's affair."""
    bidders, scribe = bench()
    about = Consultation.model_validate({"id": "C-1", "title": "Bancs", "lots": [{"number": "1"}]})
    saved = await bidders.save(XML, about, BIDDER, None)

    assert saved == "t3n6b8yc"
    assert own(scribe.sent) == {
        "operation": "enregistrerDume",
        "idConsultation": "C-1",
        "lots": [{"numeroLot": "1"}],
        "dume": TEXT,
        "siretOE": BIDDER.id,
    }


@pytest.mark.parametrize(("asked_by", "asks"), [("bidder", BIDDER), ("requester", REQUESTER)])
async def test_should_ask_in_the_name_that_the_mapping_says(
    tmp_path: Path, asked_by: str, asks: Bidder | Requester
) -> None:
    """No page says who asks, the bidder or the body whose platform it is."""
    file = tmp_path / "mapping.yaml"
    file.write_text(f"dume: {{bidders: {{asked_by: {asked_by}}}}}\n", encoding="utf-8")
    bidders, scribe = bench(file)
    await bidders.search(consultation_id="C-1", bidder=BIDDER)

    assert (scribe.sent["idDemandeur"], scribe.sent["rsDemandeur"]) == (asks.id, asks.name)


async def test_should_leave_out_what_an_operator_says_is_not_taken(tmp_path: Path) -> None:
    """A value of this part is named with it in front."""
    file = tmp_path / "mapping.yaml"
    file.write_text("dume: {left_out: [cpv, bids_due, bidders.saved_lots, bidders.saved_bidder]}\n", encoding="utf-8")
    bidders, scribe = bench(file)
    await bidders.save(XML, Consultation.model_validate({"id": "C-1", "lots": [{"number": "1"}]}), BIDDER, None)

    assert own(scribe.sent) == {"operation": "enregistrerDume", "idConsultation": "C-1", "dume": TEXT}

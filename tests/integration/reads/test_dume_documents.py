"""Documents of DUMEs are handed over whole and described, in every format, or it is said why not."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from typing import Any

import pytest

from service.core.espd import check, consultation_of
from service.sandbox.simulator import Simulator
from service.sandbox.simulator import dume_document as documents
from tests.builders import new_number, simplified
from tests.support.bench import Bench
from tests.support.bids import consultation, saving
from tests.support.bus import Json, request

DOCUMENT = "tender.dume.document.requested.v1"
MEBIBYTE = 1024 * 1024
GIVEN = b64encode(documents.blank()).decode()


async def told(bench: Bench, **data: Any) -> Json:  # Any: fields of a request
    """The data of the ending, its type included."""
    end = await bench.end(request(DOCUMENT, data))
    return {**end.data.model_dump(mode="json"), "type": end.type}


async def made(bench: Bench, consultation: str = "") -> str:
    """A simplified DUME of a consultation; gives its identifier."""
    end = await bench.end(simplified(consultation or new_number()))
    return str(end.data.model_dump()["dume_id"])


async def saved(bench: Bench) -> str:
    """A bidder's DUME for a consultation; gives its identifier."""
    end = await bench.end(saving(consultation()))
    return str(end.data.model_dump()["dume_id"])


@pytest.mark.parametrize(
    ("form", "begins", "kind"),
    [("pdf", b"%PDF-", "application/pdf"), ("xml", b"<?xml", "application/xml"), ("html", b"<!DOCTYPE", "text/html")],
)
async def test_should_hand_over_a_document_in_each_format(bench: Bench, form: str, begins: bytes, kind: str) -> None:
    """Described by its bytes, and with what the State says of the DUME."""
    consultation = new_number()
    dume_id = await made(bench, consultation)
    said = await told(bench, dume_id=dume_id, format=form)
    file, content = said["file"], b64decode(said["file"]["content"])

    assert said["type"] == "tender.dume.document.reported.v1"
    assert content.startswith(begins)
    assert {name: file[name] for name in ("name", "media_type", "size", "sha256", "dume_id", "warning")} == {
        "name": f"dume-{dume_id}.{form}",
        "media_type": kind,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "dume_id": dume_id,
        "warning": None,
    }
    assert (said["state"], said["metadata"]["consultation_id"]) == ("draft", consultation)


async def test_should_tell_the_metadata_alone(bench: Bench) -> None:
    """Without a document."""
    dume_id = await made(bench)
    said = await told(bench, dume_id=dume_id, format="none")

    assert (said["file"], said["dume_id"], said["state_code"]) == (None, dume_id, "brouillon")
    assert {"name_code": "statut", "upstream_text": "brouillon"} in said["metadata"]["told"]


async def test_should_show_a_document_that_is_given(bench: Bench) -> None:
    """The State shows a document that it does not keep."""
    said = await told(bench, xml=GIVEN, format="html")

    assert (said["file"]["name"], said["file"]["media_type"], said["dume_id"]) == ("dume.html", "text/html", None)


@pytest.mark.parametrize(("of", "xml"), [("bidder", GIVEN), ("buyer", b64encode(b"<a>").decode())])
async def test_should_not_send_what_is_no_such_document(bench: Bench, of: str, xml: str) -> None:
    """A document of the other kind, or none at all, is not sent anywhere."""
    said = await told(bench, of=of, xml=xml)

    assert (said["type"], said["reason"]) == ("tender.dume.document.failed.v1", "invalid_event")
    assert bench.calls("recupererDumeFormate") == 0


@pytest.mark.parametrize("of", ["buyer", "bidder"])
async def test_should_tell_that_the_state_knows_no_such_dume(bench: Bench, of: str) -> None:
    """A refusal is an answer, in the State's own words."""
    said = await told(bench, of=of, dume_id="aaaaaaaa")

    assert (said["type"], said["reason"]) == ("tender.dume.document.refused.v1", "upstream_refused")
    assert (said["code"], said["of"], said["dume_id"]) == ("SIM-DUME-010", of, "aaaaaaaa")
    assert said["upstream_text"]


async def test_should_hand_over_the_bids_with_what_belongs_to_them(bench: Bench, simulator: Simulator) -> None:
    """Every file once, by one call, each with the DUME it belongs to, under a name of its own."""
    simulator.world.apply(simulator.world.settings.changed(attachment_size=77))
    first, second = await saved(bench), await saved(bench)
    said = await told(bench, bid_dume_ids=[first, second, first])
    files = said["files"]

    assert [file["dume_id"] for file in files] == [first] * 3 + [second] * 3
    assert len({file["name"] for file in files}) == 6
    assert {file["warning"] for file in files} == {None}
    assert [file["size"] for file in files if file["name"].endswith(".bin")] == [77, 77]
    assert (said["bid_dume_ids"], said["format"], said["file"]) == ([first, second], None, None)
    assert bench.calls("telechargerDumeavecPJ") == 1


async def test_should_say_that_a_result_would_be_too_large(bench: Bench, simulator: Simulator) -> None:
    """What a result cannot hold is not read to its end, nor asked for again."""
    simulator.world.apply(simulator.world.settings.changed(attachment_size=9 * MEBIBYTE))
    said = await told(bench, bid_dume_ids=[await saved(bench)])

    assert (said["type"], said["reason"]) == ("tender.dume.document.failed.v1", "document_too_large")
    assert (said["effect"], bench.calls("telechargerDumeavecPJ")) == ("none", 1)


async def test_should_say_that_the_state_gives_less_at_once(bench: Bench) -> None:
    """The gateway's 413 is the State's refusal."""
    bench.fault("telechargerDumeavecPJ", "status", params={"status": 413, "body": "html"})
    said = await told(bench, bid_dume_ids=["aaaaaaaa"])

    assert (said["type"], said["reason"]) == (
        "tender.dume.document.refused.v1",
        "upstream_document_too_large",
    )
    assert said["bid_dume_ids"] == ["aaaaaaaa"]


async def test_should_fill_the_contract_type_and_hand_back_what_was_saved(bench: Bench) -> None:
    """A draft made from the State's model is that model with its values filled in, byte for byte."""
    consultation = {"id": new_number(), "procedure": "Procédure adaptée", "contract_type": "works"}
    buyer = {"id": "99900012800010", "name": "Ville de Exempleville"}
    end = await bench.end(request("tender.dume.draft.requested.v1", {"consultation": consultation, "buyer": buyer}))
    said = await told(bench, dume_id=end.data.model_dump()["dume_id"], format="xml")
    content = b64decode(said["file"]["content"])
    criteria = documents.blank()[documents.blank().index(b"<cac:TenderingCriterion>") :]

    check(content, documents.ROOT)
    assert consultation_of(content) == consultation["id"]
    assert content.endswith(criteria)

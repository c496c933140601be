"""Downloads hand over what the State gives, whole and described, or say why there is nothing."""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import b64decode, b64encode

import pytest

from service.sandbox.simulator import Simulator
from tests.support.bench import Bench
from tests.support.bus import Json
from tests.support.reads import by_id, by_number, download, keep

MEBIBYTE = 1024 * 1024
OTHER = "99933344400011"


async def got(bench: Bench, event: Json) -> tuple[Json, bytes]:
    """What the report says of the file, and the file."""
    end = await bench.end(event)
    assert end.type == "invoice.download.reported.v1", end
    file = end.data.model_dump(mode="json")["file"]
    return file, b64decode(file["content"])


async def why(bench: Bench, event: Json) -> tuple[str, str, Json]:
    """Type and reason of the ending, and all it says."""
    end = await bench.end(event)
    said = end.data.model_dump(mode="json")
    return end.type, said["reason"], said


@pytest.mark.parametrize("role", ["supplier", "recipient"])
async def test_should_hand_over_a_document(bench: Bench, simulator: Simulator, role: str) -> None:
    """One invoice is the PDF itself, described by its bytes and named for its number."""
    (invoice,) = await keep(simulator, ["F/2026 1"])
    file, content = await got(bench, download([by_number(invoice)], role=role))

    assert content.startswith(b"%PDF-")
    assert {name: file[name] for name in ("name", "media_type", "size", "sha256")} == {
        "name": "F_2026_1.pdf",
        "media_type": "application/pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


async def test_should_hand_over_several_at_once(bench: Bench, simulator: Simulator) -> None:
    """Several are one ZIP from one call, each once however often it is named."""
    first, second = await keep(simulator, ["F-1", "F-2"])
    wanted = [by_id(first), by_number(second), by_number(first)]
    file, content = await got(bench, download(wanted, format="pivot", with_attachments=True))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = sorted(archive.namelist())

    assert file["name"].endswith("-and-1-more.zip")
    assert names == ["F-1-annexe-1.bin", "F-1.xml", "F-2-annexe-1.bin", "F-2.xml"]
    assert bench.calls("telechargerGroupeFacture") == 1


async def test_should_hand_over_what_is_attached(bench: Bench, simulator: Simulator) -> None:
    """Attachments alone come from an operation of their own."""
    simulator.world.apply(simulator.world.settings.changed(attachment_size=77))
    (invoice,) = await keep(simulator, ["F-1"])
    file, content = await got(bench, download([by_id(invoice)], what="attachments"))

    assert (len(content), file["media_type"], bench.calls("telechargerPieceJointe")) == (
        77,
        "application/octet-stream",
        1,
    )


async def test_should_say_that_a_result_would_be_too_large(bench: Bench, simulator: Simulator) -> None:
    """What a result cannot hold is not read to its end, nor asked for again."""
    simulator.world.apply(simulator.world.settings.changed(attachment_size=9 * MEBIBYTE))
    (invoice,) = await keep(simulator, ["F-1"])
    kind, reason, said = await why(bench, download([by_id(invoice)], with_attachments=True))

    assert (kind, reason) == ("invoice.download.failed.v1", "document_too_large")
    assert (said["effect"], said["retryable"]) == ("none", False)
    assert bench.calls("telechargerGroupeFacture") == 1


@pytest.mark.parametrize("fault", [None, {"status": 413, "body": "html"}])
async def test_should_say_that_the_state_gives_less_at_once(
    bench: Bench, simulator: Simulator, fault: Json | None
) -> None:
    """Whether the service says it or the gateway before it, 413 is the State's refusal."""
    (invoice,) = await keep(simulator, ["F-1"])
    if fault:
        bench.fault("telechargerGroupeFacture", "status", params=fault)
    else:
        simulator.world.apply(simulator.world.settings.changed(largest_download=10))
    kind, reason, _ = await why(bench, download([by_id(invoice)]))

    assert (kind, reason) == ("invoice.download.refused.v1", "upstream_document_too_large")


async def test_should_name_the_invoice_that_is_not_there(bench: Bench, simulator: Simulator) -> None:
    """One that is not found refuses the download before anything is downloaded, and is named."""
    (invoice,) = await keep(simulator, ["F-1"])
    missing = {"invoice_number": "F-none", "supplier_siret": invoice.supplier.siret}
    kind, reason, said = await why(bench, download([by_id(invoice), missing]))

    assert (kind, reason, said["invoice_number"]) == ("invoice.download.refused.v1", "invoice_not_found", "F-none")
    assert bench.calls("telechargerGroupeFacture") == 0


async def test_should_let_the_supplier_see_that_it_was_fetched(bench: Bench, simulator: Simulator) -> None:
    """A recipient's download is known to the State, which is why it may be asked for what is still to fetch."""
    (invoice,) = await keep(simulator, ["F-1"])
    await got(bench, download([by_id(invoice)], role="recipient"))

    assert invoice.is_downloaded


async def test_should_tell_apart_what_has_one_number(bench: Bench, simulator: Simulator) -> None:
    """A recipient gets the invoices of two suppliers that chose the same number: both, each once."""
    (first,) = await keep(simulator, ["F-1"])
    await keep(simulator, ["F-1"], supplier=OTHER)
    second = next(one for one in simulator.world.chorus_pro.invoices.values() if one.supplier.siret == OTHER)
    file, content = await got(bench, download([by_number(first), by_number(second)], role="recipient"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names, sizes = archive.namelist(), {one.file_size for one in archive.infolist()}

    assert (len(set(names)), 0 in sizes, file["media_type"]) == (2, False, "application/zip")


async def test_should_not_hand_over_half_an_archive(bench: Bench, simulator: Simulator) -> None:
    """Base64 that was cut where it is still base64: the file is asked for again, and never passed off as whole."""
    first, second = await keep(simulator, ["F-1", "F-2"])
    wanted = download([by_id(first), by_id(second)])
    _, whole = await got(bench, wanted)
    half = b64encode(whole[: len(whole) // 6 * 3]).decode()
    params = {"status": 200, "body": {"codeRetour": 0, "fichierResultat": half}}
    bench.fault("telechargerGroupeFacture", "status", params=params)
    _, again = await got(bench, wanted)

    assert again == whole

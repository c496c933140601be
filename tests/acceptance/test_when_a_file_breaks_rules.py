"""What a supplier learns before anything is sent: findings, warnings, checks, and what a recipient demands."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from service.sandbox.broker import Broker
from service.sandbox.samples import RECIPIENT, make_archive, make_cii, make_ubl
from service.sandbox.simulator import Fault
from service.sandbox.simulator.settings import DEMANDING
from tests.builders import deposit_of, new_number
from tests.support.bus import Json, request
from tests.support.canaries import LOGIN, PASSWORD
from tests.support.scene import Scene

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

DONE, REFUSED = "invoice.deposit.done.v1", "invoice.deposit.refused.v1"
WITH_SERVICES = DEMANDING[1].siret
ACCOUNTS: dict[str, Json] = {"strict": {}, "lenient": {"preflight": "warn"}, "looking": {"lookup": True}}
WRONG: dict[str, Any] = {"framework": "M1", "payment_means": None}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """One worker with three accounts of one company: strict, lenient, and one that looks recipients up."""
    folder = tmp_path_factory.mktemp("scene")
    signing_in = {"chorus_pro": {"login": LOGIN, "password": PASSWORD}}
    (folder / "accounts.yaml").write_text(json.dumps({name: signing_in | own for name, own in ACCOUNTS.items()}))
    async with Scene(broker, folder) as ready:
        await ready.start_worker(RELAY_ACCOUNTS=str(folder / "accounts.yaml"))
        yield ready


async def test_should_refuse_with_every_finding_and_send_nothing(scene: Scene) -> None:
    """A file that is wrong in several ways is refused once, with all of them, and its number stays free."""
    number, calls = f"{new_number()}-TOO-LONG-", len(scene.simulator.journal.calls())
    content = make_archive([("good.xml", make_cii(new_number())), ("bad.xml", make_cii(number, **WRONG))])
    result = await _ended(scene, deposit_of("lot.tar.gz", content, account="strict"))

    assert (result["type"], result["data"]["stage"], result["data"]["reason"]) == (
        REFUSED, "preflight", "rules_not_met",
    )  # fmt: skip
    assert [one["rule"] for one in result["data"]["findings"]] == [
        "invoice_number_too_long", "framework_unknown", "payment_means_missing",
    ]  # fmt: skip
    assert {(one["severity"], one["file"]) for one in result["data"]["findings"]} == {("error", "bad.xml")}
    assert [one["number_reusable"] for one in result["data"]["invoices"]] == [True, True]
    assert len(scene.simulator.journal.calls()) == calls


async def test_should_deposit_what_was_corrected(scene: Scene) -> None:
    """After a refusal by preflight the same number goes through under a new id."""
    number = new_number()
    first = await _ended(scene, deposit_of("F.xml", make_ubl(number, **WRONG), account="strict"))
    second = await _ended(scene, deposit_of("F.xml", make_ubl(number), account="strict"))

    assert (first["type"], second["type"], scene.audit.deposits(number)) == (REFUSED, DONE, 1)


async def test_should_deposit_with_warnings(scene: Scene) -> None:
    """Where rules only warn the file is sent, and what was found travels along to the end."""
    number = new_number()
    event = deposit_of("F.xml", make_ubl(number, payment_means=None), account="lenient")
    result = await _ended(scene, event)
    received = await scene.bus.result(event["id"], "invoice.deposit.received.v1")

    assert result["type"] == DONE
    for told in (result, received):
        (warning,) = told["data"]["warnings"]
        assert (warning["rule"], warning["severity"]) == ("payment_means_missing", "warning")


async def test_should_keep_warnings_of_an_answer_that_was_lost(scene: Scene) -> None:
    """What was found is told too when the deposit is found again, and no rule stops what may have been sent."""
    number = new_number()
    fault = Fault(kind="lost_answer", operation="deposerFluxFacture", count=1, contains=f"{number}.xml")
    scene.simulator.faults.add(fault, scene.simulator.world.clock())
    content = make_ubl(number, payment_means=None)
    result = await _ended(scene, deposit_of(f"{number}.xml", content, account="lenient"))

    assert (result["type"], result["data"]["invoices"][0]["adopted"]) == (DONE, True)
    assert [one["rule"] for one in result["data"]["warnings"]] == ["payment_means_missing"]


async def test_should_tell_a_missing_service_code_from_the_look_up(scene: Scene) -> None:
    """The recipient is asked what it demands: refused together with what the file itself has wrong, unsent."""
    number = new_number()
    content = make_ubl(number, recipient=WITH_SERVICES, framework="M1")
    result = await _ended(scene, deposit_of("F.xml", content, account="looking"))

    assert (result["type"], result["data"]["stage"]) == (REFUSED, "preflight")
    assert [one["rule"] for one in result["data"]["findings"]] == ["framework_unknown", "service_code_missing"]
    assert scene.audit.deposits(number) == 0


async def test_should_deposit_although_the_look_up_fails(scene: Scene) -> None:
    """A directory that is down is no reason to hold an invoice back."""
    number = new_number()
    fault = Fault(id="directory", kind="status", operation="rechercherStructure", params={"status": 500})
    scene.simulator.faults.add(fault, scene.simulator.world.clock())
    result = await _ended(scene, deposit_of("F.xml", make_ubl(number, recipient="99900088800011"), account="looking"))
    scene.simulator.faults.remove("directory")

    assert (result["type"], scene.audit.deposits(number)) == (DONE, 1)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({}, "clean"),
        ({"credit_note": True}, "warnings"),
        ({"framework": "M1"}, "would_be_refused"),
    ],
)
async def test_should_check_without_sending(scene: Scene, facts: dict[str, Any], outcome: str) -> None:
    """A check reports what a deposit would meet, and calls nobody."""
    number, calls = new_number(), len(scene.simulator.journal.calls())
    file = {"name": "F.xml", "content": base64.b64encode(make_ubl(number, **facts)).decode()}
    result = await _ended(scene, request("invoice.check.requested.v1", {"file": file}, account="strict"))

    assert (result["type"], result["data"]["outcome"]) == ("invoice.check.reported.v1", outcome)
    assert [one["invoice_number"] for one in result["data"]["invoices"]] == [number]
    assert len(scene.simulator.journal.calls()) == calls


async def test_should_fail_a_check_of_what_cannot_be_read(scene: Scene) -> None:
    """A file that no deposit could be made of fails its check like its deposit."""
    file = {"name": "F.xml", "content": base64.b64encode(b"<Invoice").decode()}
    result = await _ended(scene, request("invoice.check.requested.v1", {"file": file}, account="strict"))

    assert (result["type"], result["data"]["reason"]) == ("invoice.check.failed.v1", "xml_malformed")


async def test_should_tell_what_a_recipient_demands(scene: Scene) -> None:
    """A look-up names the active services and what each demands, without the one Chorus Pro keeps for itself."""
    result = await _ended(scene, request("recipient.lookup.requested.v1", {"siret": WITH_SERVICES}, account="strict"))
    (recipient,) = result["data"]["recipients"]

    assert (result["data"]["exists"], recipient["active"], recipient["demands"]) == (True, True, "service_code")
    assert {one["code"]: one["demands_commitment_number"] for one in recipient["services"]} == {
        "COMPTA": False, "ECOLES": True,
    }  # fmt: skip


async def test_should_tell_that_there_is_no_such_recipient(scene: Scene) -> None:
    """That a SIRET is unknown is an answer, not a failure; a name finds several to choose from."""
    nobody = request("recipient.lookup.requested.v1", {"siret": "99900099900099"}, account="strict")
    several = request("recipient.lookup.requested.v1", {"name": "fictive"}, account="strict")
    unknown, named = await _ended(scene, nobody), await _ended(scene, several)

    assert (unknown["data"]["exists"], unknown["data"]["total"]) == (False, 0)
    assert named["data"]["total"] > 1
    assert RECIPIENT not in [one["siret"] for one in named["data"]["recipients"]]


async def _ended(scene: Scene, event: Json) -> Json:
    """The terminal result of a request, after the audit found nothing wrong with it."""
    await scene.bus.publish(event)
    result = await scene.bus.terminal(event["id"])
    assert scene.audit.complaints([event["id"]]) == []
    return result

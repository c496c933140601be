"""When an invoice is deposited: it is followed until Chorus Pro has taken or refused every invoice of the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.sandbox.samples import make_archive, make_cii, make_facturx, make_ubl
from service.sandbox.simulator import Rule
from tests.builders import deposit, deposit_of, new_number
from tests.support.bus import Json
from tests.support.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

DONE = "invoice.deposit.done.v1"
REFUSED = "invoice.deposit.refused.v1"
MORE_THAN_A_PAGE = 105
FILES = [
    pytest.param("xml", make_ubl, "IN_DP_E1_UBL_INVOICE", id="UBL"),
    pytest.param("xml", make_cii, "IN_DP_E1_CII_16B", id="CII"),
    pytest.param("pdf", make_facturx, "IN_DP_E2_CII_FACTURX", id="Factur-X"),
]


@pytest.mark.parametrize(("ending", "make", "syntax"), FILES)
async def test_should_recognise_the_format(
    shared_scene: Scene, ending: str, make: Callable[[str], bytes], syntax: str
) -> None:
    """A file whose format nobody names is deposited under its own syntax, and its invoice integrated."""
    number = new_number()

    result = await _deposited(shared_scene, deposit_of(f"{number}.{ending}", make(number)))

    flow = _flow(shared_scene, result["data"]["flow_number"])
    assert result["type"] == DONE
    assert result["data"]["outcome"] == "all"
    assert flow["syntax"] == syntax


async def test_should_tell_each_step(shared_scene: Scene) -> None:
    """The requester hears that the file was received, that its invoice was integrated, and how it all ended."""
    number = new_number()
    event = deposit(number, subject=f"invoice/{number}", correlationid="order-17", businessref="B-17")

    result = await _deposited(shared_scene, event)

    told = {one["type"]: one for one in shared_scene.bus.results_of(event["id"])}
    (invoice,) = result["data"]["invoices"]
    fact = {name: value for name, value in invoice.items() if name != "integrated"}
    assert set(told) == {"invoice.deposit.received.v1", "invoice.integrated.v1", DONE}
    assert told["invoice.deposit.received.v1"]["data"]["flow_number"] == result["data"]["flow_number"]
    assert told["invoice.integrated.v1"]["data"] == fact
    assert invoice["total_including_tax"] == "1200.00"
    assert invoice["flow_number"] == result["data"]["flow_number"]
    assert (result["subject"], result["correlationid"], result["businessref"]) == (
        f"invoice/{number}", "order-17", "B-17",
    )  # fmt: skip


async def test_should_deposit_an_archive(shared_scene: Scene) -> None:
    """Several invoices in one tar.gz become one flow, with a fact for each invoice."""
    numbers = sorted(new_number() for _ in range(3))

    result = await _deposited(shared_scene, _archive(numbers))

    facts = [
        one for one in shared_scene.bus.results_of(result["causationid"]) if one["type"] == "invoice.integrated.v1"
    ]
    assert result["data"]["outcome"] == "all"
    assert sorted(one["invoice_number"] for one in result["data"]["invoices"]) == numbers
    assert sorted(fact["data"]["invoice_number"] for fact in facts) == numbers
    assert len({one["flow_number"] for one in result["data"]["invoices"]}) == 1


async def test_should_read_every_page(shared_scene: Scene) -> None:
    """An archive of more invoices than the search shows on a page is accounted for to the last one."""
    numbers = [new_number() for _ in range(MORE_THAN_A_PAGE)]

    result = await _deposited(shared_scene, _archive(numbers))

    assert result["data"]["outcome"] == "all"
    assert {one["invoice_number"] for one in result["data"]["invoices"]} == set(numbers)
    assert len({one["chorus_pro_id"] for one in result["data"]["invoices"]}) == MORE_THAN_A_PAGE


async def test_should_deposit_a_credit_note(shared_scene: Scene) -> None:
    """A credit note is integrated as what it is."""
    number = new_number("CN")

    result = await _deposited(shared_scene, deposit_of("avoir.xml", make_ubl(number, credit_note=True)))

    assert result["type"] == DONE
    assert result["data"]["invoices"][0]["type"] == "credit_note"


async def test_should_publish_a_refusal_with_its_text(shared_scene: Scene) -> None:
    """What Chorus Pro refuses at integration ends in a refusal that repeats its words."""
    number = new_number()
    _rule(shared_scene, number=number, outcome="refused", text="Code service inconnu.")

    result = await _deposited(shared_scene, deposit(number))

    (invoice,) = result["data"]["invoices"]
    assert result["type"] == REFUSED
    assert (result["data"]["stage"], result["data"]["reason"]) == ("integration", "invoice_rejected")
    assert "Code service inconnu." in invoice["upstream_text"]
    assert invoice["number_reusable"] is True


async def test_should_publish_an_error_of_the_whole_file(shared_scene: Scene) -> None:
    """A file that Chorus Pro cannot work on ends in a refusal of its own kind."""
    number = new_number()
    _rule(shared_scene, number=number, outcome="technical_error", text="Fichier illisible.")

    result = await _deposited(shared_scene, deposit(number))

    assert result["type"] == REFUSED
    assert (result["data"]["reason"], result["data"]["upstream_text"]) == ("technical_error", "Fichier illisible.")


async def test_should_split_a_partial_integration(shared_scene: Scene) -> None:
    """Of an archive that was taken in part, each invoice is told taken or refused."""
    good, bad, fine = new_number("A"), new_number("B"), new_number("C")
    _rule(shared_scene, number=bad, outcome="refused", text="Destinataire ferme.")

    result = await _deposited(shared_scene, _archive([good, bad, fine]))

    told = {one["invoice_number"]: one for one in result["data"]["invoices"]}
    kinds = {one["type"] for one in shared_scene.bus.results_of(result["causationid"])}
    assert (result["type"], result["data"]["outcome"]) == (DONE, "some")
    assert {number: one["integrated"] for number, one in told.items()} == {good: True, bad: False, fine: True}
    assert "Destinataire ferme." in told[bad]["upstream_text"]
    assert {"invoice.integrated.v1", "invoice.not_integrated.v1"} <= kinds


async def test_should_refuse_a_number_that_stands_for_something_else(shared_scene: Scene) -> None:
    """A number that the supplier used before for another amount is refused, with both sets of values."""
    number = new_number()
    first = await _deposited(shared_scene, deposit(number, total="600.00"))
    second = await _deposited(shared_scene, deposit(number, total="1200.00"))

    conflict = second["data"].get("conflict")
    assert first["type"] == DONE
    assert (second["type"], second["data"]["reason"]) == (REFUSED, "number_already_used")
    assert (conflict["sent"]["total_including_tax"], conflict["found"]["total_including_tax"]) == ("1200.00", "600.00")
    assert second["data"]["invoices"][0]["number_reusable"] is False


@pytest.mark.parametrize(
    ("outcome", "state"),
    [pytest.param("stuck", None, id="stuck"), pytest.param("state", "IN_NOUVEL_ETAT", id="a state nobody knows")],
)
async def test_should_say_once_that_a_flow_does_not_move(shared_scene: Scene, outcome: str, state: str | None) -> None:
    """A flow that is stuck, or in an unknown state, is followed on, said so once, and ends when Chorus Pro moves it."""
    number = new_number()
    _rule(shared_scene, number=number, outcome=outcome, **({"state": state} if state else {}))
    event = deposit(number)

    await shared_scene.bus.publish(event)
    delayed = await shared_scene.bus.result(event["id"], "invoice.deposit.delayed.v1")
    before = shared_scene.simulator.journal.calls("consulterCRDetaille")[-1].n
    await shared_scene.audit.called("consulterCRDetaille", times=2, since=before)
    chorus_pro = shared_scene.simulator.world.chorus_pro
    chorus_pro.finish(next(flow for flow in chorus_pro.flows.values() if number in [one.number for one in flow.facts]))
    result = await shared_scene.bus.terminal(event["id"])

    told = [one["id"] for one in shared_scene.bus.received if one["type"] == delayed["type"]]
    assert delayed["data"]["cause"] == "stuck"
    assert told.count(delayed["id"]) == 1
    assert result["type"] == DONE
    assert shared_scene.audit.complaints([event["id"]]) == []


async def test_should_send_again_once_after_an_incident(shared_scene: Scene) -> None:
    """A flow that Chorus Pro lost is looked for, found nowhere, and deposited once more."""
    number = new_number()
    _rule(shared_scene, number=number, outcome="incident", count=1)

    result = await _deposited(shared_scene, deposit(number))

    assert result["type"] == DONE
    assert shared_scene.audit.deposits(number) == 2


async def test_should_hold_an_invoice_lost_twice_for_a_person(shared_scene: Scene) -> None:
    """A flow that Chorus Pro lost twice is deposited no third time: a person is asked."""
    number = new_number()
    _rule(shared_scene, number=number, outcome="incident")
    event = deposit(number)

    await shared_scene.bus.publish(event)

    await shared_scene.audit.meets(
        lambda: "needs_person" in [one["data"].get("cause") for one in shared_scene.bus.results_of(event["id"])],
        "a call for a person",
    )
    held = await shared_scene.bus.take("dead-letter")
    assert held is not None
    assert event["id"].encode() in held.body
    assert shared_scene.audit.deposits(number) == 2
    assert shared_scene.audit.without_end([event["id"]]) == [event["id"]]


async def test_should_wait_for_a_flow_not_known_yet(shared_scene: Scene) -> None:
    """A flow that the report does not know in its first moments is asked for again."""
    number, before = new_number(), len(shared_scene.simulator.journal.calls())
    world = shared_scene.simulator.world
    usual = world.settings
    world.apply(usual.changed(unknown_for=0.8, integrated_after=1.0))

    result = await _deposited(shared_scene, deposit(number))
    world.apply(usual)

    reports = [one for one in world.journal.calls("consulterCRDetaille") if one.n > before]
    assert reports[0].summary.get("refused")
    assert result["type"] == DONE


async def _deposited(scene: Scene, event: Json) -> Json:
    """The terminal result of a request, after the audit found nothing wrong with it."""
    await scene.bus.publish(event)
    result = await scene.bus.terminal(event["id"])
    assert scene.audit.complaints([event["id"]]) == []
    return result


def _archive(numbers: list[str]) -> Json:
    return deposit_of("lot.tar.gz", make_archive([(f"{number}.xml", make_ubl(number)) for number in numbers]))


def _rule(scene: Scene, **values: object) -> None:
    scene.simulator.world.chorus_pro.rules.add(Rule.model_validate(values))


def _flow(scene: Scene, number: str) -> Json:
    flows = scene.simulator.world.chorus_pro.to_json()["flows"]
    assert isinstance(flows, dict)
    return next(flow for flow in flows["list"] if flow["number"] == number)

"""When a status changes at Chorus Pro: the supplier, or the recipient, hears of it once, without asking."""

from __future__ import annotations

from collections import Counter

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number
from tests.support.feed import FEED_IN_A_HURRY, heard, invoice_of, told
from tests.support.scene import Scene

EVERY_STATUS = (
    "DEPOSEE", "EN_COURS_ACHEMINEMENT", "MISE_A_DISPOSITION", "SUSPENDUE", "COMPLETEE", "MANDATEE", "MISE_EN_PAIEMENT",
)  # fmt: skip


async def test_should_tell_the_supplier_of_each_change_once(scene: Scene) -> None:
    """Sent, suspended, completed, authorised, ordered to be paid: each of these once, whichever worker lives."""
    first = await scene.start_worker(**FEED_IN_A_HURRY)
    await scene.start_worker(**FEED_IN_A_HURRY)
    event = deposit(number := new_number())
    await scene.bus.publish(event)
    await told(scene, number, "MISE_A_DISPOSITION")
    state = scene.simulator.world.chorus_pro
    invoice = invoice_of(scene, number)
    state.move_status(invoice, "SUSPENDUE", "Il manque le bon de livraison.")
    suspended = await told(scene, number, "SUSPENDUE")
    first.kill()
    state.move_status(invoice, "COMPLETEE")
    await told(scene, number, "COMPLETEE")
    scene.simulator.faults.add(Fault(upstream="chorus-pro", kind="maintenance"), scene.simulator.world.clock())
    state.move_status(invoice, "MANDATEE")
    state.move_status(invoice, "MISE_EN_PAIEMENT")
    await scene.audit.meets(lambda: "upstream.paused.v1" in {one["type"] for one in scene.bus.received}, "a pause")
    scene.simulator.faults.remove()
    paid = await told(scene, number, "MISE_EN_PAIEMENT")
    changes = {one["id"]: one for one in heard(scene, number)}.values()

    assert Counter(one["data"]["status_code"] for one in changes) == dict.fromkeys(EVERY_STATUS, 1)
    assert suspended["data"]["answer_with"] == "invoice.supplement"
    assert suspended["data"]["comment"] == "Il manque le bon de livraison."
    assert (paid["data"]["status"], paid["data"]["previous_status"]) == ("payment_ordered", "payment_authorised")
    assert {one["data"]["sent_by_relay"] for one in changes} == {True}
    assert {(one["account"], one["data"]["as"]) for one in changes} == {("default", "supplier")}

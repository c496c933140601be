"""From deposit to payment: the recipient decides about an invoice, whatever becomes of the State's answers."""

from __future__ import annotations

from typing import Any

from service.sandbox.simulator import Fault
from tests.builders import deposit, new_number
from tests.support import command
from tests.support.bus import Json, request
from tests.support.scene import Scene

DECISION, TREATED = "invoice.recipient.decision", "traiterUneFactureRecue"
NOT_SHOWN = {"status": 200, "body": {"codeRetour": 20001, "libelle": "GDP_MSG_11.005"}}


async def test_should_take_each_decision_once(scene: Scene) -> None:
    """Suspended with an answer lost and looked for, paid with an answer lost that only a person could find again."""
    await scene.start_worker()
    deposited = deposit(new_number())
    await scene.bus.publish(deposited)
    (invoice,) = (await scene.bus.terminal(deposited["id"]))["data"]["invoices"]
    await scene.audit.meets(lambda: _status(scene, invoice) == "MISE_A_DISPOSITION", "an invoice its recipient can see")
    suspended = _decided(invoice, status="suspended", reason="Il manque le bon de livraison.")
    _fault(scene, TREATED, "lost_answer", count=1)
    await scene.bus.publish(suspended)
    first = await scene.bus.terminal(suspended["id"])
    scene.simulator.world.chorus_pro.move_status(invoice["chorus_pro_id"], "COMPLETEE")
    paid = _decided(invoice, status="payment_ordered")
    _fault(scene, TREATED, "lost_answer", count=1)
    _fault(scene, "consulterHistoriqueFacture", "status", skip=1, params=NOT_SHOWN)
    await scene.bus.publish(paid)
    await scene.bus.result(paid["id"], f"{DECISION}.delayed.v1")
    await scene.audit.meets(lambda: _is_held(scene, paid), "a question about the payment")
    scene.simulator.world.faults.remove()
    decided = await command.run("doubt", "decide", paid["id"], "sent", environment=scene.environment())
    second = await scene.bus.terminal(paid["id"])

    assert [(end["type"], end["data"]["status"], end["data"]["adopted"]) for end in (first, second)] == [
        (f"{DECISION}.done.v1", "suspended", True),
        (f"{DECISION}.done.v1", "payment_ordered", True),
    ]
    assert (decided.code, scene.audit.calls(TREATED)) == (0, 2)
    assert scene.audit.complaints([one["id"] for one in (deposited, suspended, paid)]) == []
    assert await scene.audit.quiet() == {}


def _decided(invoice: Json, **data: str) -> Json:
    named = {name: invoice[name] for name in ("invoice_number", "supplier_siret", "recipient_siret")}
    return request(f"{DECISION}.requested.v1", {**named, **data})


def _fault(scene: Scene, operation: str, kind: str, **fields: Any) -> None:  # Any: what a fault takes
    world = scene.simulator.world
    world.faults.add(Fault.model_validate({"operation": operation, "kind": kind, **fields}), world.clock())


def _status(scene: Scene, invoice: Json) -> str:
    chorus_pro = scene.simulator.world.chorus_pro
    return chorus_pro.invoices[invoice["chorus_pro_id"]].status(chorus_pro.advance()).code


def _is_held(scene: Scene, event: Json) -> bool:
    told = [result["data"].get("cause") for result in scene.bus.results_of(event["id"])]
    return "needs_person" in told

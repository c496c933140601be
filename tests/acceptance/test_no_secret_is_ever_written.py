"""No secret is ever written: recognisable ones are planted everywhere and looked for in all that leaves the relay."""

from __future__ import annotations

import base64
import json

from service.sandbox.samples import make_ubl
from service.sandbox.simulator import Fault
from tests.builders import deposit_of, new_number, simplified
from tests.support.bus import STRUCTURED, Json
from tests.support.canaries import CLIENT_SECRET, LOGIN, PASSWORD
from tests.support.scene import Scene

IBAN = "FR7630006000011234567890189"
BODY = "Canari: texte de la facture que personne ne doit lire"


async def test_should_keep_secrets_out_of_all_it_writes(scene: Scene) -> None:
    """Through success, refusal, maintenance, lost answers, bad input and debug logs, no canary is seen."""
    world = scene.simulator.world
    worker = await scene.start_worker(RELAY_LOG__LEVEL="debug")
    events = [_with_canaries() for _ in range(4)]
    await scene.publish_all(*events, simplified(new_number()))
    for kind in ("lost_answer", "status", "truncated", "html_200"):
        fault = Fault.model_validate({"operation": "deposerFluxFacture", "kind": kind, "count": 1})
        scene.simulator.faults.add(fault, world.clock())
        events.append(_with_canaries())
        await scene.bus.publish(events[-1])
    world.gateway.revoke()
    refused = _with_canaries("NUMBER-THAT-IS-FAR-TOO-LONG-FOR-CHORUS-PRO")
    await scene.bus.publish(refused)
    unreadable = json.dumps({"nobody": f"{IBAN} {PASSWORD}"}).encode()
    await scene.bus.publish_raw(unreadable, "invoice.x", content_type=STRUCTURED)
    await scene.audit.ended([event["id"] for event in (*events, refused)])
    letter = await scene.bus.take("dead-letter")
    logged, metrics = worker.text(), await worker.metrics()
    results = json.dumps(scene.bus.received, ensure_ascii=False)
    headers = str(letter.headers) if letter else ""

    written = {"log": logged, "metrics": metrics, "results": results, "dead letter's headers": headers}
    assert [(canary, where) for where, text in written.items() for canary in _canaries() if canary in text] == []


def _with_canaries(number: str | None = None) -> Json:
    content = make_ubl(number or new_number()).replace(b"</cbc:ID>", b"</cbc:ID>\n<!-- " + BODY.encode() + b" -->", 1)
    return deposit_of("facture.xml", content)


def _canaries() -> list[str]:
    account = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
    body = base64.b64encode(BODY.encode()).decode()[:24]
    return [CLIENT_SECRET, PASSWORD, account, BODY, body, IBAN]

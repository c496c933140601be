"""Whichever copy of a request is left, it is enough to bring the request to its end."""

from datetime import UTC, datetime

import pytest

from contracts.envelope import Identity
from contracts.reasons import Reason
from contracts.results import ResultEvent, failure_reply
from service.core.entry import Change, Entry, Registration, Standing, State
from service.core.replies import store
from service.ledger.sqlite import SqliteLedger
from service.messaging.moves import retry_returned
from service.messaging.received import receive
from service.sandbox.simulator import Fault
from tests.builders import DEPOSIT, deposit, new_number
from tests.support.bus import SOURCE
from tests.support.bus_rig import Outside, topology
from tests.support.scene import Scene

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ASKED = Registration(
    source=SOURCE,
    id="e-1",
    type=DEPOSIT,
    account="default",
    operation="deposerFluxFacture",
    digest="of-the-content",
    subject=None,
    keys=("99900045800037 F-1",),
)


async def test_should_answer_a_withdrawn_request_whose_cancellation_never_spoke(scene: Scene) -> None:
    """The worker that withdrew it died before it published anything: the request's own copy says how it ended."""
    worker = await scene.start_worker()
    world = scene.simulator.world
    world.faults.add(Fault.model_validate({"operation": "token", "kind": "status", "params": {"status": 503}}), NOW)
    event = deposit(new_number())
    await scene.bus.publish(event)
    await worker.line("event_settled", event_id=event["id"], outcome="parked")
    async with SqliteLedger(str(scene.folder / "ledger.db"), lease=5.0) as ledger:
        await ledger.withdraw(SOURCE, event["id"], store([_cancelled(event["id"])]))
    world.faults.remove()
    result = await scene.bus.terminal(event["id"], limit=20.0)

    assert (result["type"], result["data"]["reason"]) == ("invoice.deposit.failed.v1", "cancelled")


async def test_should_take_a_request_published_anew_after_a_decision(ledger: SqliteLedger) -> None:
    """A held event was dropped from the dead letters and a person says it was not sent: published anew, it counts."""
    held = await _held(ledger)
    await ledger.raise_turn(SOURCE, held.id, 7)
    await ledger.decide(SOURCE, held.id, to=State.CLAIMED, answer=None, reason="decided_not_sent")
    anew = await ledger.begin(ASKED, owner="two", turn=0, unseen_wait=None)

    assert anew.standing is Standing.HELD


@pytest.mark.parametrize(("why", "is_copy"), [("delivery_limit", True), ("expired", False)])
async def test_should_know_what_somebody_held_before(outside: Outside, prefix: str, why: str, is_copy: bool) -> None:  # noqa: FBT001  # a column of the table
    """What the broker gave back after deliveries is not new, even to a ledger that lost it; what merely expired is."""
    await outside.publish(b"{}", message_id="m-1")
    message = await outside.wait_for("invoices")
    given_back = receive(message, "invoices", topology(prefix), NOW).delivery
    move = retry_returned(given_back, "invoices", why, topology(prefix))

    assert move is not None
    assert (move.marks.turn > 0) is is_copy


async def _held(ledger: SqliteLedger) -> Entry:
    begun = await ledger.begin(ASKED, owner="one", turn=0, unseen_wait=None, send=True)
    return await ledger.advance(begun.entry, "one", Change(state=State.HELD, release=True))


def _cancelled(id: str) -> ResultEvent:
    request = Identity(SOURCE, id, DEPOSIT)
    return failure_reply(request, Reason.CANCELLED, "Withdrawn.", profile="local", now=NOW)

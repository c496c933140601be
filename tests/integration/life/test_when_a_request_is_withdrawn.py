"""A request withdrawn at the very moment it is taken up has one end, whichever of the two was first."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from contracts.envelope import receive
from contracts.events import RequestCancellationRequested
from contracts.results import ResultEvent
from service.core.draft import Draft
from service.core.entry import Change, Entry, Registration, Standing, State
from service.core.errors import SubjectBusy
from service.core.replies import Replies
from service.handlers.base import Calls, Event
from service.handlers.cancel_request import CancelRequest
from service.ledger.sqlite import SqliteLedger
from tests.builders import deposit, new_number
from tests.support.bus import SOURCE, STRUCTURED, Json, request
from tests.support.scene import Scene

CANCELLATION = "request.cancellation.requested.v1"
ASKED = Registration(
    source=SOURCE,
    id="e-1",
    type="invoice.deposit.requested.v1",
    account="default",
    operation="deposerFluxFacture",
    digest="of-the-content",
    subject=None,
    keys=("99900045800037 F-1",),
)


class JustBefore(SqliteLedger):
    """A ledger in which another worker takes up the request while its withdrawal is on its way."""

    def __init__(self, path: str, *, send: bool) -> None:
        super().__init__(path, lease=20.0)
        self._send: bool | None = send

    async def find(self, id: str, source: str | None = None) -> Sequence[Entry]:
        found = await super().find(id, source)
        await self._take_up()
        return found

    async def withdraw(self, source: str, id: str, outcome: bytes | None, account: str = "") -> Entry | None:
        await self._take_up()
        return await super().withdraw(source, id, outcome, account)

    async def _take_up(self) -> None:
        if self._send is not None:
            send, self._send = self._send, None
            begun = await self.begin(ASKED, owner="another", turn=0, unseen_wait=None, send=send)
            if not send:
                await self.advance(begun.entry, "another", Change(release=True))


async def test_should_not_say_withdrawn_of_what_is_being_sent(tmp_path: Path) -> None:
    """The request was claimed for sending between the search for it and the mark: it is refused, or asked again."""
    async with JustBefore(str(tmp_path / "ledger.db"), send=True) as ledger:
        said = await _cancel(ledger)
        state = (await ledger.find("e-1", SOURCE))[0].state

    assert (said, state) == (["request.cancellation.refused.v1"], State.SENDING)


async def test_should_answer_a_request_withdrawn_as_it_arrived(tmp_path: Path) -> None:
    """The request was put back to wait between the search for it and the mark: its own `failed` is published."""
    async with JustBefore(str(tmp_path / "ledger.db"), send=False) as ledger:
        said = await _cancel(ledger)
        entry = (await ledger.find("e-1", SOURCE))[0]

    assert said == ["invoice.deposit.failed.v1", "request.cancellation.done.v1"]
    assert entry.state is State.CLOSED
    assert entry.outcome is not None


@pytest.mark.parametrize("came_first", [True, False])
async def test_should_leave_the_request_of_another_account_alone(tmp_path: Path, *, came_first: bool) -> None:
    """Whoever guesses or shares an id withdraws nothing of another company, before or after it came."""
    async with SqliteLedger(str(tmp_path / "ledger.db"), lease=20.0) as ledger:
        if came_first:
            begun = await ledger.begin(ASKED, owner="one", turn=0, unseen_wait=None)
            await ledger.release(begun.entry, "one")
        said = await _cancel(ledger, account="another")
        standing = (await ledger.begin(ASKED, owner="two", turn=0, unseen_wait=None)).standing

    assert said == [f"request.cancellation.{'refused' if came_first else 'done'}.v1"]
    assert standing is Standing.HELD


async def test_should_withdraw_twice_what_never_came(scene: Scene) -> None:
    """Two cancellations of a request nobody has seen are both done, and the request is withdrawn should it come."""
    await scene.start_worker()
    id = secrets.token_hex(8)
    first, second = (request(CANCELLATION, {"id": id}) for _ in range(2))
    endings = []
    for event in (first, second):
        await scene.bus.publish(event)
        endings.append((await scene.bus.terminal(event["id"]))["type"])
    late = deposit(new_number(), id=id)
    await scene.bus.publish(late)
    result = await scene.bus.terminal(id)

    assert endings == ["request.cancellation.done.v1"] * 2
    assert result["type"] == "invoice.deposit.failed.v1"
    assert result["data"]["reason"] == "cancelled"


async def _cancel(ledger: SqliteLedger, account: str = "default") -> list[str]:
    event = _event(request(CANCELLATION, {"id": "e-1"}, account=account), account)
    calls = Calls(
        upstreams=cast("Any", None),  # reason: a cancellation makes no call
        ledger=ledger,
        replies=Replies("local"),
        accounts=cast("Any", None),
        account=account,
        event=event.key,
        now=event.now,
    )
    wanted = RequestCancellationRequested.model_validate(event.data)
    for _ in range(3):
        try:
            return [_type(said) for said in await CancelRequest().handle(wanted, event, calls)]
        except SubjectBusy:
            await asyncio.sleep(0)
    return ["busy"]


def _type(said: Draft | ResultEvent) -> str:
    return said.type


def _event(written: Json, account: str) -> Event:
    received = receive(orjson.dumps(written), STRUCTURED, {})
    return Event(
        envelope=received.envelope,
        data=received.data,
        digest=received.digest,
        account=account,
        now=datetime.now(UTC),
        key="/tests e-2",
    )

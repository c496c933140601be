"""A call made under a lease leaves before the lease ends, or not at all, whatever held its process up."""

from __future__ import annotations

import time
from typing import Any

import pytest

from service.core.errors import Unreachable
from service.steady import steady
from service.upstream import Refusal, Upstreams
from service.upstream.chorus_pro import Deposited
from service.upstream.transport import Transport, TransportFailure
from tests.integration.upstream.state import State

TIME_LEFT = 0.2  # seconds
FROZEN = 0.6  # seconds: longer than the time left


class Freezing(dict[str, str]):
    """Headers during whose reading nothing of this process runs, as after SIGSTOP."""

    def items(self) -> Any:  # Any: the type of it has no public name
        time.sleep(FROZEN)
        return super().items()


async def deposit(upstreams: Upstreams, until: float) -> Deposited | Refusal:
    """Deposit in the time that is left of a lease."""
    chorus_pro = upstreams.chorus_pro(account="main", event="event-1", until=until)
    return await chorus_pro.deposit(content_base64="PHhtbC8+", name="F-1.xml", syntax="IN_DP_E1_UBL_INVOICE")


async def test_should_send_nothing_after_the_lease(state: State, upstreams: Upstreams) -> None:
    """Somebody else may have taken over: the call fails as not sent."""
    with pytest.raises(Unreachable) as failure:
        await deposit(upstreams, until=steady() - 1)

    assert not failure.value.sent
    assert state.received("deposer/flux") == []


async def test_should_send_while_the_lease_lasts(state: State, upstreams: Upstreams) -> None:
    """Time that is left is time to send in."""
    answer = await deposit(upstreams, until=steady() + 30)

    assert isinstance(answer, Deposited)
    assert len(state.received("deposer/flux")) == 1


async def test_should_send_nothing_when_it_was_frozen_before_it_connected(state: State) -> None:
    """Thawed, it hears of the time-out while it connects, and goes no further."""
    assert not await sent_after_a_freeze(state, connected=False)


async def test_should_send_nothing_when_it_was_frozen_with_a_connection_at_hand(state: State) -> None:
    """Thawed, it could send before it hears of the time-out: a connection kept open is there at once."""
    assert not await sent_after_a_freeze(state, connected=True)


async def sent_after_a_freeze(state: State, *, connected: bool) -> bool:
    """Whether a request left although its time had passed while it was being written."""
    url = f"{state.url}/deposer/flux"
    async with Transport(connect_timeout=5.0, largest_answer=10_000, connections=1, user_agent="test") as transport:
        if connected:
            await transport.send("POST", url, headers={}, body=b"file", timeout=5.0)
        before = len(state.calls)
        with pytest.raises(TransportFailure) as failure:
            await transport.send("POST", url, headers=Freezing(accept="*/*"), body=b"file", timeout=TIME_LEFT)
        await transport.send("POST", url, headers={"x-last": "1"}, body=b"file", timeout=5.0)
    return failure.value.sent or len(state.calls) > before + 1

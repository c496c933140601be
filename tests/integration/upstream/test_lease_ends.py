"""A call made under a lease leaves before the lease ends, or not at all, whatever held its process up."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest

from service.core.errors import Unreachable
from service.steady import steady
from service.upstream import Refusal, Upstreams
from service.upstream.chorus_pro import Deposited
from service.upstream.transport import Transport, TransportFailure
from tests.integration.upstream.state import State

TIME_LEFT = 0.2  # seconds
FROZEN = 0.6  # seconds: longer than the time left


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A peer whose kernel takes connections, so that one may be ready while its caller is frozen."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


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


async def test_should_send_nothing_when_it_was_frozen_while_it_connected(listener: socket.socket) -> None:
    """Thawed, it finds its connection ready before it hears of the time-out, and must not use it."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/deposer/flux"
    loop = asyncio.get_running_loop()

    async with Transport(connect_timeout=5.0, largest_answer=1000, connections=1, user_agent="test") as transport:
        sending = asyncio.ensure_future(transport.send("POST", url, headers={}, body=b"file", timeout=TIME_LEFT))
        await asyncio.sleep(0)
        loop.call_soon(time.sleep, FROZEN)  # nothing of this process runs, as after SIGSTOP
        with pytest.raises(TransportFailure) as failure:
            await sending

    with listener.accept()[0] as accepted:
        heard = accepted.recv(100)
    assert not failure.value.sent
    assert heard == b""

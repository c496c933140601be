"""The network of the tests fails in the ways it is told to, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.support.proxy import FaultProxy

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """A peer that says everything back, in capitals."""

    def __init__(self) -> None:
        self.heard = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await reader.read(1024):
                self.heard += said
                writer.write(said.upper())
                await writer.drain()
        writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, FaultProxy]]:
    """A peer and the proxy before it."""
    peer = Echo()
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, FaultProxy(f"http://127.0.0.1:{port}") as proxy:
        yield peer, proxy


@pytest.fixture
async def line(echo: tuple[Echo, FaultProxy]) -> AsyncIterator[Line]:
    """A connection to the peer through the proxy."""
    reader, writer = await asyncio.open_connection("127.0.0.1", echo[1].port)
    yield reader, writer
    writer.transport.abort()


async def ask(line: Line, text: bytes) -> bytes:
    """What comes back, as far as it comes within a moment; nothing at the end of the connection."""
    line[1].write(text)
    return await asyncio.wait_for(line[0].readexactly(len(text)), 0.3)


async def is_reset(line: Line) -> bool:
    """Whether the connection ends with a reset."""
    try:
        await asyncio.wait_for(line[0].read(), 5)
    except ConnectionResetError:
        return True
    return False


async def test_should_pass_everything_on(echo: tuple[Echo, FaultProxy], line: Line) -> None:
    """Without a fault the peer is heard as if nobody stood in between."""
    large = b"x" * 300_000
    line[1].write(large)

    assert await asyncio.wait_for(line[0].readexactly(len(large)), 10) == large.upper()
    assert (echo[1].passed_up, echo[1].passed_down) == (300_000, 300_000)


async def test_should_name_itself_in_place_of_the_peer() -> None:
    """The URL keeps its user, password, path and parameters."""
    async with FaultProxy("postgresql://user:p%40ss@127.0.0.1:1/relay?sslmode=disable") as proxy:
        assert proxy.url == f"postgresql://user:p%40ss@127.0.0.1:{proxy.port}/relay?sslmode=disable"


async def test_should_fall_silent_in_one_direction(echo: tuple[Echo, FaultProxy], line: Line) -> None:
    """With only the answers frozen the peer hears what is said; what was held comes when it thaws."""
    peer, proxy = echo
    proxy.freeze(up=False)

    with pytest.raises(TimeoutError):
        await ask(line, b"one")
    assert peer.heard == b"one"

    proxy.thaw()
    assert await asyncio.wait_for(line[0].readexactly(3), 5) == b"ONE"


async def test_should_hold_what_is_said(echo: tuple[Echo, FaultProxy], line: Line) -> None:
    """With what is said frozen the peer hears nothing, not even the end of the connection."""
    peer, proxy = echo
    proxy.freeze(down=False)

    with pytest.raises(TimeoutError):
        await ask(line, b"one")
    line[1].write_eof()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(line[0].read(), 0.2)

    assert (peer.heard, proxy.connections) == (b"", 1)
    proxy.thaw()
    await proxy.passed(3)
    assert peer.heard == b"one"


async def test_should_be_slow(echo: tuple[Echo, FaultProxy], line: Line) -> None:
    """A slow network takes its time in each direction."""
    echo[1].slow(0.2)
    begun = asyncio.get_running_loop().time()
    line[1].write(b"one")

    assert await asyncio.wait_for(line[0].readexactly(3), 5) == b"ONE"
    assert asyncio.get_running_loop().time() - begun >= 0.4


async def test_should_cut_and_take_the_next(echo: tuple[Echo, FaultProxy], line: Line) -> None:
    """Connections are reset, even frozen ones; the next one works."""
    proxy = echo[1]
    assert await ask(line, b"one") == b"ONE"
    proxy.freeze()
    line[1].write(b"lost")

    assert proxy.cut() == 1
    assert await is_reset(line)

    await proxy.heal()
    other = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await ask(other, b"two") == b"TWO"
    other[1].transport.abort()
    assert echo[0].heard == b"onetwo"


async def test_should_refuse_until_it_is_healed(echo: tuple[Echo, FaultProxy], line: Line) -> None:
    """While refusing, nobody gets in; afterwards the same port works, as often as it happens."""
    proxy, port = echo[1], echo[1].port
    assert await ask(line, b"one") == b"ONE"
    for _ in range(3):
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        await proxy.heal()
        other = await asyncio.open_connection("127.0.0.1", port)
        assert await ask(other, b"two") == b"TWO"
        other[1].transport.abort()

    assert await is_reset(line)


async def test_should_reset_whoever_asks_for_a_peer_that_is_not_there() -> None:
    """A peer that does not listen ends connections to its proxy."""
    async with FaultProxy("http://127.0.0.1:1") as proxy:
        line = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await is_reset(line)
        line[1].transport.abort()


async def test_should_go_to_the_next_peer_that_takes_it(echo: tuple[Echo, FaultProxy]) -> None:
    """Before several peers, of which one is away, every connection finds one that is there."""
    there = f"127.0.0.1:{echo[1].port}"
    async with FaultProxy(f"http://{there},127.0.0.1:1,{there}") as proxy:
        for _ in range(4):
            line = await asyncio.open_connection("127.0.0.1", proxy.port)
            assert await ask(line, b"one") == b"ONE"
            line[1].transport.abort()


async def test_should_act_behind_a_text(echo: tuple[Echo, FaultProxy], line: Line) -> None:
    """What is done at a text that went up meets the answer, even when the text came in two pieces."""
    peer, proxy = echo
    watch = proxy.watch(b"deposit", then=lambda: proxy.freeze(up=False))
    assert await ask(line, b"a depo") == b"A DEPO"
    line[1].write(b"sit")
    await watch.happened()

    with pytest.raises(TimeoutError):
        await ask(line, b"!")
    assert peer.heard == b"a deposit!"


async def test_should_act_ahead_of_a_text(echo: tuple[Echo, FaultProxy], line: Line) -> None:
    """What is done before a text goes up can keep the peer from ever hearing it; it is done once."""
    peer, proxy = echo
    watch = proxy.watch(b"deposit", before=True, then=proxy.cut)
    assert await ask(line, b"one") == b"ONE"
    line[1].write(b"deposit")

    assert await is_reset(line)
    assert watch.seen.is_set()
    assert peer.heard == b"one"
    other = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await ask(other, b"deposit") == b"DEPOSIT"
    other[1].transport.abort()


async def test_should_say_that_nothing_came_by(echo: tuple[Echo, FaultProxy]) -> None:
    """Waiting for a text or for bytes that never come ends."""
    with pytest.raises(TimeoutError, match="never"):
        await echo[1].watch(b"never").happened(limit=0.05)
    with pytest.raises(TimeoutError, match="0 of 1 bytes"):
        await echo[1].passed(1, limit=0.05)

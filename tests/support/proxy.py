"""Stands between the relay and one of its peers as a network that can be slow, fall silent, break or be closed."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

PORTS = {"amqp": 5672, "postgresql": 5432, "postgres": 5432, "http": 80}
PIECE = 65_536  # bytes
LONGEST_TEXT = 1024  # bytes that a watch may look for
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset instead of a farewell


@dataclass(slots=True)
class Watch:
    """Waits for a text on its way; `then` is called once, at the first sight."""

    text: bytes
    down: bool
    before: bool
    then: Callable[[], object]
    seen: asyncio.Event = field(default_factory=asyncio.Event)

    async def happened(self, *, limit: float = 30.0) -> None:
        """Return once the text came by; raises TimeoutError after the limit, in seconds."""
        try:
            await asyncio.wait_for(self.seen.wait(), limit)
        except TimeoutError as error:
            raise TimeoutError(f"{self.text!r} did not come by within {limit:g} seconds") from error


class _Way:
    """One direction of every connection: open or frozen, quick or slow."""

    def __init__(self, *, down: bool) -> None:
        self.down = down
        self.open = asyncio.Event()
        self.open.set()
        self.seconds = 0.0
        self.passed = 0
        self.watches: list[Watch] = []

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes until their end; the end itself waits like everything while the way is frozen."""
        tail = b""
        while chunk := await reader.read(PIECE):
            seen = tail + chunk
            self._show(seen, before=True)
            await self._wait()
            writer.write(chunk)
            await writer.drain()
            self.passed += len(chunk)
            self._show(seen, before=False)
            tail = seen[-LONGEST_TEXT:]
        await self._wait()

    async def _wait(self) -> None:
        if self.seconds:
            await asyncio.sleep(self.seconds)
        await self.open.wait()

    def _show(self, seen: bytes, *, before: bool) -> None:
        for watch in self.watches:
            if watch.before is before and watch.text in seen and not watch.seen.is_set():
                watch.seen.set()
                watch.then()


class FaultProxy:
    """Passes bytes on to the peer of a URL, any TCP protocol, until told what to do instead.

    Where the URL names several hosts (`one:5672,two:5672`) it is what stands in front of them: each new connection
    goes to the next one that takes it.

    `up` is what the relay says, `down` what its peer answers. A fault lasts until `heal`, and meets connections that
    are open as well as new ones. Connections are taken even while nothing comes through: a peer behind it is not
    refused but silent, unless `refuse` says so.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._targets = list(_targets(self._parts))
        self._up, self._down = _Way(down=False), _Way(down=True)
        self._lines: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}
        self._server: asyncio.Server | None = None
        self._place = _bound(0)
        self.accepted = 0

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        await self._end_lines()
        self._place.close()

    @property
    def port(self) -> int:
        """Where it listens on loopback; the same after a refusal."""
        return int(self._place.getsockname()[1])

    @property
    def url(self) -> str:
        """The peer's URL with this proxy in its place."""
        user, at, _ = self._parts.netloc.rpartition("@")
        return self._parts._replace(netloc=f"{user}{at}127.0.0.1:{self.port}").geturl()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._lines)

    @property
    def passed_up(self) -> int:
        """How many bytes reached the peer so far."""
        return self._up.passed

    @property
    def passed_down(self) -> int:
        """How many bytes reached the relay so far."""
        return self._down.passed

    def freeze(self, *, up: bool = True, down: bool = True) -> None:
        """Let nothing through any more in these directions, without a word to either side."""
        for way, meant in ((self._up, up), (self._down, down)):
            if meant:
                way.open.clear()

    def thaw(self) -> None:
        """Let everything through again, what was held first."""
        self._up.open.set()
        self._down.open.set()

    def slow(self, seconds: float, *, up: bool = True, down: bool = True) -> None:
        """Hold every piece of at most 64 KB for that long in each of these directions; 0 is quick again."""
        for way, meant in ((self._up, up), (self._down, down)):
            if meant:
                way.seconds = seconds

    def cut(self) -> int:
        """Reset every open connection on both sides, losing what was held; new ones are taken. Tells how many."""
        lines = list(self._lines.items())
        for task, writers in lines:
            task.cancel()
            for writer in writers:
                _reset(writer)
        return len(lines)

    def refuse(self) -> None:
        """Reset every open connection and take no new one: whoever tries is refused at once."""
        if self._server is not None:
            place = _bound(self.port)  # before the other goes, so that nobody else takes the port
            self._server.close()
            self._server = None
            self._place = place
        self.cut()

    async def heal(self) -> None:
        """Be a good network again: quick, open, and taking connections."""
        self.slow(0)
        self.thaw()
        if self._server is None:
            await self._listen()

    def watch(
        self,
        text: bytes,
        *,
        down: bool = False,
        before: bool = False,
        then: Callable[[], object] = lambda: None,
    ) -> Watch:
        """Look out for a text on its way up (or down) from now on.

        `then` is called in the same moment: with `before`, ahead of the piece that holds the text (which a `freeze`
        keeps and a `cut` loses), else right behind it (so that a `freeze` or a `cut` meets the answer).
        """
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"a text to look for has at most {LONGEST_TEXT} bytes")
        watch = Watch(text, down, before, then)
        (self._down if down else self._up).watches.append(watch)
        return watch

    async def passed(self, count: int, *, down: bool = False, limit: float = 30.0) -> None:
        """Return once that many more bytes went up (or down); raises TimeoutError after the limit, in seconds."""
        way = self._down if down else self._up
        wanted, give_up = way.passed + count, time.monotonic() + limit
        while way.passed < wanted:
            if time.monotonic() > give_up:
                raise TimeoutError(f"only {way.passed - wanted + count} of {count} bytes came by")
            await asyncio.sleep(0.02)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, sock=self._place)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        line = asyncio.create_task(self._carry(reader, writer), name="line of a proxy")
        self._lines[line] = (writer,)
        await asyncio.wait({line})
        self._lines.pop(line, None)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_writer = None
        try:
            far_reader, far_writer = await self._reach()
            self._lines[_this_task()] = (writer, far_writer)
            ways = (self._up.pass_on(reader, far_writer), self._down.pass_on(far_reader, writer))
            tasks = [asyncio.create_task(way) for way in ways]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:
            _reset(writer)  # nobody at the other end
        finally:
            for open_writer in filter(None, (writer, far_writer)):
                open_writer.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the peer whose turn it is; raises OSError when none of them takes it."""
        for _ in self._targets[1:]:
            self._targets.append(self._targets.pop(0))
            with suppress(OSError):
                return await asyncio.open_connection(*self._targets[-1])
        self._targets.append(self._targets.pop(0))
        return await asyncio.open_connection(*self._targets[-1])

    async def _end_lines(self) -> None:
        while lines := list(self._lines):
            self.cut()
            await asyncio.gather(*lines, return_exceptions=True)
            await asyncio.sleep(0)  # the one that waits for a line strikes it off


def _targets(parts: SplitResult) -> Iterator[tuple[str, int]]:
    for host in parts.netloc.rpartition("@")[2].split(","):
        one = urlsplit(f"//{host}")
        yield one.hostname or "127.0.0.1", one.port or PORTS[parts.scheme]


def _this_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None
    return task


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # closed already
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


def _bound(port: int) -> socket.socket:
    """A place on loopback that is ours while nobody listens there."""
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    place.bind(("127.0.0.1", port))
    return place

"""Stands before a peer and holds single connections: those on which something was said, in one direction or both."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.support.until import until

PORTS = {"amqp": 5672, "http": 80, "postgresql": 5432}
ANYTHING = b""
"""A word that every connection has said."""
PIECE = 65_536  # bytes
REMEMBERED = 1024  # bytes at the end of a piece, in which a word may begin


@dataclass(slots=True)
class Hold:
    """What is held from now on: everything `up`, or `down`, on a connection on which one of `words` was said upwards.

    The piece that says it is the first to be held upwards, and passes where only the answer is held.
    """

    words: tuple[bytes, ...]
    up: bool
    down: bool
    kept: dict[int, int] = field(default_factory=dict)

    async def keeps(self, *, lines: int = 1, size: int = 1, limit: float = 30.0) -> None:
        """Return once so many bytes in all are held, on at least so many connections."""

        async def enough() -> bool:
            return len(self.kept) >= lines and sum(self.kept.values()) >= size

        await until(enough, f"{size} bytes held on {lines} connections that said {self.words}", limit=limit)


@dataclass(slots=True, eq=False)
class _Line:
    """One connection: what was said on it, and how to end it."""

    number: int
    writers: list[asyncio.StreamWriter]
    said: set[bytes] = field(default_factory=set)


class Lines:
    """Passes bytes on to the peer of a URL; connections are told apart by what the relay says on them."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._holds: list[Hold] = []
        self._changed = asyncio.Condition()
        self._lines: dict[asyncio.Task[None], _Line] = {}
        self._count = 0
        self._words: set[bytes] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self.drop()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The peer's URL with this in its place."""
        user, at, _ = self._parts.netloc.rpartition("@")
        port = self._server.sockets[0].getsockname()[1]
        return self._parts._replace(netloc=f"{user}{at}127.0.0.1:{port}").geturl()

    def notice(self, *words: bytes) -> None:
        """Remember from now on which connections say these words, for a hold that comes later."""
        self._words |= set(words)

    def hold(self, *words: bytes, up: bool = False, down: bool = False) -> Hold:
        """Begin to hold what connections say, or are told, that say (or, if noticed, have said) one of the words."""
        self.notice(*words)
        self._holds.append(Hold(words, up, down))
        return self._holds[-1]

    async def let_go(self, hold: Hold) -> None:
        """End a hold: what it kept goes its way."""
        self._holds.remove(hold)
        async with self._changed:
            self._changed.notify_all()

    async def drop(self) -> None:
        """End every connection; what was held is lost."""
        self._holds.clear()
        while lines := list(self._lines.items()):
            for task, line in lines:
                task.cancel()
                for writer in line.writers:
                    writer.transport.abort()
            await asyncio.gather(*(task for task, _ in lines), return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._count += 1
        line = self._lines[task] = _Line(self._count, [writer])
        try:
            target = self._parts.hostname or "127.0.0.1", self._parts.port or PORTS[self._parts.scheme]
            far_reader, far_writer = await asyncio.open_connection(*target)
            line.writers.append(far_writer)
            ways = [
                asyncio.create_task(self._carry(line, reader, far_writer, up=True)),
                asyncio.create_task(self._carry(line, far_reader, writer, up=False)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for open_writer in line.writers:
                open_writer.close()
            self._lines.pop(task, None)

    async def _carry(
        self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool
    ) -> None:
        pieces: asyncio.Queue[bytes] = asyncio.Queue()
        sending = asyncio.create_task(self._send(line, pieces, writer, up=up))
        tail = b""
        try:
            while piece := await reader.read(PIECE):
                if up:
                    line.said |= {word for word in self._words if _ends_in(piece, word, tail)}
                    tail = (tail + piece)[-REMEMBERED:]
                if hold := self._hold_on(line, up=up):
                    hold.kept[line.number] = hold.kept.get(line.number, 0) + len(piece)
                pieces.put_nowait(piece)
            pieces.put_nowait(b"")
            await sending
        except ConnectionError:
            return
        finally:
            sending.cancel()

    async def _send(self, line: _Line, pieces: asyncio.Queue[bytes], writer: asyncio.StreamWriter, *, up: bool) -> None:
        with suppress(ConnectionError):
            while piece := await pieces.get():
                async with self._changed:
                    await self._changed.wait_for(lambda: self._hold_on(line, up=up) is None)
                writer.write(piece)
                await writer.drain()

    def _hold_on(self, line: _Line, *, up: bool) -> Hold | None:
        meant = (hold for hold in self._holds if (hold.up if up else hold.down))
        return next((hold for hold in meant if any(word in line.said for word in hold.words)), None)


def _ends_in(piece: bytes, word: bytes, tail: bytes) -> bool:
    """Whether a piece holds a word, or its end: what was said before the piece counts no more."""
    before = tail[max(0, len(tail) - len(word) + 1) :] if word else b""
    return word in before + piece

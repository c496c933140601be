"""Finds inputs that reach new lines: mutates what got furthest, keeps what gets further, from one seed.

A tracer of the interpreter instead of atheris: that one has wheels for x86-64 Linux up to Python 3.13 only and is built with
clang elsewhere, which no lock can promise; its runs depend on the clock and end the process. This one is slower, and the
same everywhere for the same seed. Neither sees into expat and zlib.
"""

# ruff: noqa: E501 - a table of bytes reads better wide

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

Line = tuple[str, int, int]
"""A file, a line in it, and the line before: the same lines in another order are another way through."""

_MAGIC = (b"<", b">", b"&", b"obj", b"endobj", b"stream", b"<<", b">>", b"/Kids", b"/Names", b"/EF", b"/F", b"0 R", b"xref", b"trailer",
          b"ustar", b"\0", b"\xff", b"path=", b"../", b"<!DOCTYPE a>", b"<![CDATA[", b"]]>", b"<?x?>", b"xmlns:", b"0", b"-1", b"99999999")  # fmt: skip
_HAVOC = 6
_LONGEST = 60_000


@dataclass(slots=True)
class Explored:
    """What a search saw: how many inputs, the lines, and those inputs that reached any first."""

    tried: int = 0
    seen: set[Line] = field(default_factory=set)
    kept: list[bytes] = field(default_factory=list)


def explore(
    target: Callable[[bytes], object], seeds: Sequence[bytes], *, watched: Sequence[str], tries: int, seed: int
) -> Explored:
    """Call `target` with so many inputs; whatever it raises comes out, and the input with it as a note.

    `watched` are parts of the paths of the files whose lines count. Always the same for the same arguments.
    """
    chance = random.Random(seed)  # noqa: S311 - made again from its seed
    explored = Explored()
    for number in range(tries):
        content = seeds[number] if number < len(seeds) else _mutated(chance, explored.kept)
        try:
            reached = _lines(target, content, tuple(watched))
        except Exception as error:
            error.add_note(f"input number {number} of seed {seed}: {content.hex()}")
            raise
        explored.tried += 1
        if not reached <= explored.seen or number < len(seeds):
            explored.seen |= reached
            explored.kept.append(content)
    return explored


def _lines(target: Callable[[bytes], object], content: bytes, watched: tuple[str, ...]) -> set[Line]:
    """The lines that a call ran through, in the watched files."""
    reached: set[Line] = set()
    is_watched: dict[str, bool] = {}

    def local(frame: FrameType, event: str, _argument: Any) -> Any:  # Any: as the interpreter has it
        if event == "line":
            place = (frame.f_code.co_filename, frame.f_lineno)
            reached.add((*place, last.get(id(frame), 0)))
            last[id(frame)] = frame.f_lineno
        return local

    def start(frame: FrameType, _event: str, _argument: Any) -> Any:  # Any: as the interpreter has it
        name = frame.f_code.co_filename
        if name not in is_watched:
            is_watched[name] = any(part in name for part in watched)
        return local if is_watched[name] else None

    last: dict[int, int] = {}
    before = sys.gettrace()
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("one thread is traced, and it is the main one")
    sys.settrace(start)
    try:
        target(content)
    finally:
        sys.settrace(before)
    return reached


def _mutated(chance: random.Random, kept: Sequence[bytes]) -> bytes:
    """One of those kept, the later the likelier, with a few of its pieces changed."""
    content = bytearray(kept[max(chance.randrange(len(kept)), chance.randrange(len(kept)))])
    for _ in range(chance.randrange(1, _HAVOC)):
        place = chance.randrange(len(content) + 1)
        length = min(chance.choice((1, 2, 8, 64, 512)), len(content) - place)
        match chance.randrange(6):
            case 0 if place < len(content):
                content[place] ^= 1 << chance.randrange(8)
            case 1:
                content[place : place + length] = chance.randbytes(chance.randrange(1, 9))
            case 2:
                content[place:place] = chance.choice(_MAGIC)
            case 3:
                del content[place : place + length]
            case 4:
                content[place:place] = content[place : place + length] * chance.randrange(1, 20)
            case _:
                other = chance.choice(kept)
                start = chance.randrange(len(other) + 1)
                content[place : place + length] = other[start : start + chance.choice((8, 64, 512))]
    return bytes(content[:_LONGEST])

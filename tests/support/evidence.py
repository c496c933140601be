"""Keeps what the relay wrote during a run of the tests, wherever it wrote it, and looks through it for secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.canaries import leaks_in

OVERLAP = 600
"""Bytes read again at each look into a growing file, so that a secret written in two goes is seen whole."""


@dataclass(slots=True)
class _Followed:
    """A file that may still grow."""

    path: Path
    where: str
    allowed: tuple[str, ...] = ()
    read: int = 0
    lines: int = 0
    tail: bytes = b""
    is_growing: bool = True

    def new_leaks(self) -> list[str]:
        if not self.path.exists() or self.path.stat().st_size <= self.read:
            return []
        with self.path.open("rb") as file:
            file.seek(self.read)
            new = file.read()
        found = leaks_in(self.tail + new, self.allowed)
        before = self.lines - self.tail.count(b"\n")
        self.read += len(new)
        self.lines += new.count(b"\n")
        self.tail = (self.tail + new)[-OVERLAP:]
        return [f"{self.where}, after line {before}: {leak}" for leak in found]


@dataclass(slots=True)
class Evidence:
    """What was written so far, by where it was written."""

    found: list[str] = field(default_factory=list)
    seen: int = 0
    _followed: dict[Path, _Followed] = field(default_factory=dict)

    def text(self, where: str, written: str | bytes, *, allowed: tuple[str, ...] = ()) -> None:
        """Look at something that was written once; `allowed` may stand in it."""
        self.seen += 1
        self._note([f"{_test()} {where}, {leak}" for leak in leaks_in(written, allowed)])

    def headers(self, where: str, headers: Mapping[str, object] | None) -> None:
        """Look at the headers of a message, whatever they hold."""
        pairs = (f"{name}: {_plain(value)}" for name, value in (headers or {}).items())
        self.text(where, "\n".join(pairs))

    def follow(self, path: Path, where: str) -> None:
        """Look at a file that something is written to, at the end of each test and for the last time at `close`."""
        # One that was closed grows again: a worker that was killed is started on the log it had.
        self._followed.setdefault(path, _Followed(path, f"{_test()} {where}")).is_growing = True

    def close(self, path: Path) -> None:
        """Nothing is written to this file any more; it may be deleted."""
        followed = self._followed.get(path)
        if followed is not None:
            self._look(followed)
            followed.is_growing = False

    def look(self) -> None:
        """Look at what came into the files since the last time."""
        for followed in self._followed.values():
            if followed.is_growing:
                self._look(followed)

    def take(self) -> list[str]:
        """Every leak found so far, each with its place; afterwards there are none."""
        self.look()
        found, self.found = self.found, []
        return found

    def _look(self, followed: _Followed) -> None:
        self.seen += 1
        self._note(followed.new_leaks())

    def _note(self, leaks: list[str]) -> None:
        self.found += [leak for leak in leaks if leak not in self.found]


def _plain(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | bytearray) else str(value)


def _test() -> str:
    """The test that runs now, as pytest calls it."""
    return os.environ.get("PYTEST_CURRENT_TEST", "(outside of a test)").rpartition(" ")[0] or "(outside of a test)"


EVIDENCE = Evidence()
"""Of this process; everything that starts or asks the relay in a test adds to it."""
